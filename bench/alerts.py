"""Every automation of feedmill fired on a real server, and what its block then posts to a webhook on loopback.

Before them a saved search, whose webhook is posted to by a round of the sample newsroom.

    .venv/bin/python bench/alerts.py --folder /tmp/alerts

The block is Prefect's own Custom Webhook. The server is that of `feedmill up`; only the waits of ten and thirty minutes
are cut to seconds, everything else is as it is shipped.
"""

# ruff: noqa: SLF001 - what is asked of the API here is asked nowhere else

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from faults import kill, runs, wait_for
from system import PROJECT, Up, free_port

from flows import alerts
from flows.automations import DRIFT, FAILED, FEEDS, FLOWS, LATE, STUCK, ZOMBIES, declare
from flows.cli.automations import apply_all, find_block
from flows.cli.prefect_api import PrefectApi

WITHIN = 45.0  # seconds, in the place of minutes; a run must begin within it on a machine with other work
SAVED = "a saved search"
BLOCK = "custom-webhook/loopback"
DEPLOYMENT = "ingest-feeds/ingest-feeds"


@dataclass(frozen=True, slots=True)
class Act:
    """What makes an automation fire, and words of the subject that must come of it."""

    name: str
    what: str
    says: str
    do: Callable[[], object]


class Webhook(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    got: list[dict[str, Any]] = []  # noqa: RUF012 - one receiver a program

    def do_POST(self) -> None:
        """Take a notification."""
        length = int(self.headers.get("Content-Length", 0))
        self.got.append(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Fire them one by one and print what came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder: Path = parser.parse_args().folder
    receiver = HTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    hook = f"http://127.0.0.1:{receiver.server_port}/hook"
    with Up(folder, {"FEEDMILL_ALLOW_NETWORKS": "127.0.0.1/32"}, ("--sample-port", str(free_port()))) as up:
        api = up.api
        make_block(api, hook)
        block_id = find_block(api, BLOCK)
        assert block_id is not None
        apply_all(api, block_id)
        hasten(api)
        save_search(up, hook)
        rows = [fired(act) for act in acts(up)]
    print("| automation | what was done | after, s | subjects and bodies that came |\n|---|---|---:|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def make_block(api: PrefectApi, url: str) -> None:
    """What the page Blocks of the dashboard does."""
    kind = api._call("GET", "/block_types/slug/custom-webhook")["id"]
    found = api._call("POST", "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind]}}})
    data = {"name": "loopback", "url": url, "json_data": {"subject": "{{subject}}", "body": "{{body}}"}}
    schema = {"block_type_id": kind, "block_schema_id": found[0]["id"]}
    api._call("POST", "/block_documents/", {"name": "loopback", "data": data, **schema})


def hasten(api: PrefectApi) -> None:
    """Cut the waits."""
    for one in api.automations([one["name"] for one in declare(FLOWS, None)]):
        if one["trigger"]["posture"] == "Proactive":
            trigger = one["trigger"] | {"within": WITHIN}
            kept = {name: one[name] for name in ("name", "description", "enabled", "tags", "actions")}
            api.update_automation(one["id"], {**kept, "trigger": trigger})


def acts(up: Up) -> list[Act]:
    """What makes each of them fire."""
    api = up.api
    site = {
        "sentence": "news.example gives less text",
        "site": "news.example",
        "evidence": ["12 thin pages"],
        "advice": [],
    }

    def drift() -> None:
        emit(api, alerts.DRIFTING, "feedmill.site.news.example", site)

    return [
        Act(SAVED, "a round that brings what matches", SAVED, lambda: later_round(api)),
        Act(FAILED, "kill -9 of a flow run's process", "a run failed", lambda: kill_a_run(up)),
        *(of_feed(api, kind) for kind in (alerts.FAILING, alerts.GONE, alerts.SILENT)),
        Act(DRIFT, "the event of a drifting site", "has changed", drift),
        Act(LATE, "the pool paused, a run due", "no worker", lambda: late_run(api)),
        Act(STUCK, "a run set to Pending, and left", "a run is stuck", lambda: left_run(api, "PENDING")),
        Act(ZOMBIES, "a run set to Running with one heartbeat, and left", "a run has died", lambda: zombie(api)),
    ]


def of_feed(api: PrefectApi, event: str) -> Act:
    """The event of a feed that fails, is gone or is silent."""
    kind = event.rpartition(".")[2]
    sentence = f"http://example.com/feed is {kind}: the reason"
    facts = {"sentence": sentence, "evidence": ["HTTP 500"], "advice": ["feedmill feeds explain"]}
    return Act(FEEDS, f"the event of a feed: {kind}", f"is {kind}", lambda: emit(api, event, "feedmill.feed.7", facts))


def fired(act: Act) -> tuple[str, ...]:
    """Do it and wait for what is posted of it."""
    before, began = len(Webhook.got), time.monotonic()
    act.do()
    try:
        wait_for(lambda: any(act.says in subject(one) for one in Webhook.got[before:]), "the notification", 240)
    except SystemExit:
        return (act.name, act.what, "never", "")
    took = time.monotonic() - began
    time.sleep(3)
    said = [f"{subject(one)}: {one['body']}".replace("\n", " ") for one in Webhook.got[before:]]
    print(act.name, said, flush=True)
    return (act.name, act.what, f"{took:.0f}", "; ".join(said))


def subject(posted: dict[str, Any]) -> str:
    """What a notification is about; a delivery of the saved search is about its articles."""
    if "delivery" in posted:
        posted |= {"subject": SAVED, "body": f"{len(posted['articles'])} articles"}
    return str(posted["subject"])


def save_search(up: Up, url: str) -> None:
    """What a user types; it is for what is stored from now on."""
    words = ("searches", "add", "all", "the", "--webhook", url)
    environment = os.environ | {"FEEDMILL_DATA_DIR": str(up.folder), "PYTHONPATH": str(PROJECT)} | dict(up.environment)
    subprocess.run([sys.executable, "-m", "flows.cli.main", *words], cwd=PROJECT, env=environment, check=True)


def later_round(api: PrefectApi) -> None:
    """By then most feeds are due again, as the newsroom asks for; one has news each minute."""
    time.sleep(75)
    api.start_run(DEPLOYMENT, {})


def kill_a_run(up: Up) -> None:
    """One of the worker's own."""
    wait_for(lambda: not runs(up), "the end of the round before", 120)
    up.api.start_run(DEPLOYMENT, {})
    wait_for(lambda: bool(runs(up)), "a flow run", 120)
    kill(runs(up))


def late_run(api: PrefectApi) -> None:
    """Nobody takes it: the pool is paused."""
    api._call("PATCH", "/work_pools/feedmill", {"is_paused": True})
    api.start_run(DEPLOYMENT, {})


def left_run(api: PrefectApi, state: str) -> str:
    """A run in a state that nobody moves on."""
    run = api.start_run("reextract/reextract", {})
    api._call(
        "POST", f"/flow_runs/{run.id}/set_state", {"state": {"type": state, "name": state.title()}, "force": True}
    )
    return run.id


def zombie(api: PrefectApi) -> None:
    """A heart that beats once."""
    run_id = left_run(api, "RUNNING")
    run = api._call("GET", f"/flow_runs/{run_id}")
    related = [{"prefect.resource.id": f"prefect.flow.{run['flow_id']}", "prefect.resource.role": "flow"}]
    related[0]["prefect.resource.name"] = "reextract"
    emit(api, "prefect.flow-run.heartbeat", f"prefect.flow-run.{run_id}", {}, related)


def emit(
    api: PrefectApi, name: str, subject: str, payload: dict[str, Any], related: list[dict[str, str]] | None = None
) -> None:
    """An event, as the nightly upkeep and Prefect's client send them."""
    event = {
        "id": str(uuid.uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": name,
        "resource": {"prefect.resource.id": subject},
        "related": related or [],
        "payload": payload,
    }
    api._call("POST", "/events", [event])


if __name__ == "__main__":
    os.environ.pop("FEEDMILL_NOTIFY_BLOCK", None)
    main()
