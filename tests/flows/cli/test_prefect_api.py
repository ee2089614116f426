"""The client of Prefect's API against a small server: one that is busy is asked again."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError

import pytest

from flows.cli import prefect_api
from flows.cli.failure import CommandError
from flows.cli.prefect_api import BUSY_TRIES, PrefectApi


@dataclass
class Api:
    """Answers with these statuses in turn, the last one for ever, and remembers what it was asked."""

    statuses: list[int] = field(default_factory=lambda: [200])
    answer: object = True
    asked: list[tuple[str, str, object]] = field(default_factory=list)
    port: int = 0
    token: str = ""
    tokens: list[str | None] = field(default_factory=list)

    def client(self) -> PrefectApi:
        return PrefectApi(f"http://127.0.0.1:{self.port}/api")


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setattr(prefect_api, "POLL_SECONDS", 0.0)
    made = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.take()

        def do_POST(self):
            self.take()

        def take(self):
            if "/csrf-token" in self.path:
                self.send_response(200 if made.token else 422)
                self.end_headers()
                self.wfile.write(json.dumps({"token": made.token}).encode())
                return
            made.tokens.append(self.headers.get("prefect-csrf-token"))
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.asked.append((self.command, self.path, json.loads(sent) if sent else None))
            self.send_response(made.statuses.pop(0) if len(made.statuses) > 1 else made.statuses[0])
            self.end_headers()
            self.wfile.write(json.dumps(made.answer).encode())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_was_busy_for_a_moment_is_asked_again(api):
    api.statuses = [503, 503, 200]

    assert api.client().is_healthy()
    assert api.asked == [("GET", "/api/health", None)] * 3


def test_a_change_carries_the_servers_token_and_a_new_one_when_that_has_ended(api):
    api.token, api.answer = "first", []
    client = api.client()
    client.ended_since("2026-11-20T12:00:00Z")
    api.token, api.statuses = "second", [403, 200]
    client.ended_since("2026-11-20T12:00:00Z")
    client.is_healthy()
    assert api.tokens == ["first", "first", "second", None]


def test_what_was_posted_is_posted_again_whole(api):
    api.statuses, api.answer = [503, 200], []

    assert api.client().ended_since("2026-11-20T12:00:00Z") == []
    first, second = api.asked
    assert first == second
    assert first[2]["flow_runs"]["end_time"] == {"after_": "2026-11-20T12:00:00Z"}


@pytest.mark.parametrize("status", [404, 409, 422, 500, 502])
def test_another_failure_is_told_at_once(api, status):
    api.statuses = [status]

    with pytest.raises(HTTPError) as caught:
        api.client().flow_run("1")
    caught.value.close()

    assert caught.value.code == status
    assert len(api.asked) == 1


def test_a_server_that_stays_busy_is_given_up_and_named(api):
    api.statuses = [503]

    with pytest.raises(CommandError, match=rf"stays busy: http://127\.0\.0\.1:{api.port}/api/flow_runs/1"):
        api.client().flow_run("1")
    assert len(api.asked) == BUSY_TRIES


def test_a_server_that_stays_busy_is_not_healthy(api):
    api.statuses = [503]

    assert not api.client().is_healthy()


def test_a_work_pool_that_is_not_there_yet_is_no_failure(api):
    api.statuses = [503, 404]

    assert not api.client().has_work_pool("feedmill")


def test_runs_whose_process_is_gone_are_ended_and_others_left(api):
    api.answer = [
        {"id": "gone", "infrastructure_pid": "7"},
        {"id": "there", "infrastructure_pid": "8"},
        {"id": "not begun", "infrastructure_pid": None},
    ]

    api.client().end_dead(lambda pid: pid == "7")

    ended = [(path, body["state"]["type"]) for _, path, body in api.asked if path.endswith("/set_state")]
    assert ended == [("/api/flow_runs/gone/set_state", "CRASHED")]


@pytest.mark.parametrize(("count", "is_idle"), [(0, True), (1, False)])
def test_it_is_idle_where_nothing_runs_and_nothing_begins_within_half_a_minute(api, count, is_idle):
    api.answer = count

    assert api.client().is_idle(datetime(2026, 7, 1, 12, tzinfo=UTC)) is is_idle

    asked = [body["flow_runs"] for _, _, body in api.asked]
    assert [about["state"]["type"]["any_"] for about in asked] == [["PENDING", "RUNNING", "CANCELLING"], ["SCHEDULED"]]
    assert asked[1]["expected_start_time"] == {
        "after_": "2026-07-01T11:59:30+00:00",
        "before_": "2026-07-01T12:00:30+00:00",
    }
