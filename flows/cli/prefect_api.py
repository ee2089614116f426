"""The little of Prefect's HTTP API that `feedmill up` needs: without importing Prefect, which takes two seconds."""

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flows.cli.failure import CommandError

POOL = "feedmill"
FINAL_STATES = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
UNFINISHED_STATES = ["SCHEDULED", "PENDING", "RUNNING", "CANCELLING", "PAUSED"]
POLL_SECONDS = 0.5
BUSY_TRIES = 40
QUIET = timedelta(seconds=30)  # a server that is started anew was away for 4 to 17 s


@dataclass(frozen=True, slots=True)
class FlowRun:
    """A flow run as the API tells it."""

    id: str
    name: str
    state_type: str
    state_name: str
    message: str

    @property
    def is_crowded_out(self) -> bool:
        """Whether it was cancelled because another run of its deployment has the only slot."""
        return self.state_type == "CANCELLED" and "concurrency limit" in self.message

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.state_type in FINAL_STATES


class PrefectApi:
    """One Prefect server, by the address of its API (``http://127.0.0.1:4200/api``)."""

    def __init__(self, url: str, auth: str | None = None) -> None:
        self._url = url
        self._client = uuid.uuid4().hex
        self._token: str | None = None
        self._headers = {"content-type": "application/json"}
        if auth:
            import base64

            self._headers["authorization"] = "Basic " + base64.b64encode(auth.encode()).decode()

    @property
    def dashboard(self) -> str:
        """The address of the pages that go with the API."""
        return self._url.removesuffix("/api")

    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            return self._call("GET", "/health") is True
        except (OSError, CommandError):
            return False

    def has_work_pool(self, name: str) -> bool:
        """Whether a worker has created the pool yet."""
        try:
            self._call("GET", f"/work_pools/{name}")
        except urllib.error.HTTPError as error:
            if error.code == 404:  # noqa: PLR2004 - HTTP's own number
                return False
            raise
        return True

    def create_work_pool(self, name: str) -> None:
        """Make a pool whose runs are processes; the first worker that joins it fills in the rest."""
        self._call("POST", "/work_pools/", {"name": name, "type": "process"})

    def set_rhythm(self, deployment: str, *, at_once: int, every_seconds: int) -> None:
        """So many runs of ``flow/deployment`` at once, and one begun so often; what is too many is cancelled."""
        found = self._call("GET", f"/deployments/name/{deployment}")
        limit = {"concurrency_limit": at_once, "concurrency_options": {"collision_strategy": "CANCEL_NEW"}}
        self._call("PATCH", f"/deployments/{found['id']}", limit)
        for one in found["schedules"]:
            schedule = {**one["schedule"], "interval": every_seconds}
            self._call("PATCH", f"/deployments/{found['id']}/schedules/{one['id']}", {"schedule": schedule})

    def count_runs(self, state: Mapping[str, Any]) -> int:
        """How many flow runs are in a state, as the API's filter names it."""
        return int(self._call("POST", "/flow_runs/count", {"flow_runs": {"state": state}}))

    def is_idle(self, now: datetime) -> bool:
        """Whether no flow run is under way, and none begins within QUIET of ``now`` (before: it may be late).

        A run that begins while the server is away is late, or loses its deployment's slot and is cancelled.
        """
        moments = {"after_": (now - QUIET).isoformat(), "before_": (now + QUIET).isoformat()}
        scheduled = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": moments}
        under_way = self.count_runs({"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}})
        return under_way + int(self._call("POST", "/flow_runs/count", {"flow_runs": scheduled})) == 0

    def start_run(self, deployment: str, parameters: Mapping[str, Any]) -> FlowRun:
        """Start a run of ``flow/deployment`` now."""
        deployment_id = self._call("GET", f"/deployments/name/{deployment}")["id"]
        return _flow_run(
            self._call("POST", f"/deployments/{deployment_id}/create_flow_run", {"parameters": parameters})
        )

    def end_leftovers(self) -> None:
        """End what an earlier server left unfinished, before a worker starts.

        Overdue runs that never began are dropped; those under way have crashed, and give their slot back.
        """
        wanted = {
            "sort": "EXPECTED_START_TIME_ASC",  # an answer holds 200: the overdue come before those still to come
            "flow_runs": {"state": {"type": {"any_": UNFINISHED_STATES}}},
        }
        left: list[dict[str, Any]] = self._call("POST", "/flow_runs/filter", wanted)
        crashed = {"type": "CRASHED", "name": "Crashed", "message": "The feedmill that ran it had ended."}
        for run in left:
            if run["state_type"] != "SCHEDULED":
                self._call("POST", f"/flow_runs/{run['id']}/set_state", {"state": crashed, "force": True})
            elif run["expected_start_time"] <= datetime.now(UTC).isoformat():
                self._call("DELETE", f"/flow_runs/{run['id']}")

    def end_dead(self, is_gone: Callable[[str], bool]) -> None:
        """End the runs whose process, by its number, is gone: their worker fell as well, and told nobody."""
        wanted = {"flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}}
        found: list[dict[str, Any]] = self._call("POST", "/flow_runs/filter", wanted)
        crashed = {"type": "CRASHED", "name": "Crashed", "message": "Its process was killed together with its worker."}
        for run in found:
            if run.get("infrastructure_pid") and is_gone(run["infrastructure_pid"]):
                self._call("POST", f"/flow_runs/{run['id']}/set_state", {"state": crashed, "force": True})

    def foreign_workers(self, pool: str, ours: str) -> list[str]:
        """The names of the workers that take rounds of the pool now, all but ours. Empty where there is no pool."""
        wanted = {"workers": {"status": {"any_": ["ONLINE"]}}}
        try:
            found = self._call("POST", f"/work_pools/{pool}/workers/filter", wanted)
        except urllib.error.HTTPError as error:
            if error.code == 404:  # noqa: PLR2004 - HTTP's own number
                return []
            raise
        return sorted(str(worker["name"]) for worker in found if worker["name"] != ours)

    def flow_run(self, run_id: str) -> FlowRun:
        """A run as it is now."""
        return _flow_run(self._call("GET", f"/flow_runs/{run_id}"))

    def wait_for(self, run: FlowRun, alive: Callable[[], None]) -> FlowRun:
        """Wait until a run is over; ``alive`` raises where waiting is in vain."""
        while not run.is_over:
            alive()
            time.sleep(POLL_SECONDS)
            run = self.flow_run(run.id)
        return run

    def ended_since(self, moment: str) -> list[FlowRun]:
        """The runs that ended at or after a moment (ISO 8601), oldest first."""
        runs = self._call(
            "POST",
            "/flow_runs/filter",
            {
                "sort": "END_TIME_DESC",
                "limit": 20,
                "flow_runs": {"end_time": {"after_": moment}, "state": {"type": {"any_": sorted(FINAL_STATES)}}},
            },
        )
        return [_flow_run(run) for run in reversed(runs)]

    def artifact_rows(self, run_id: str, key: str) -> list[dict[str, Any]]:
        """The rows of a run's table artifact; empty where it left none."""
        found = self._call(
            "POST", "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}, "key": {"any_": [key]}}}
        )
        rows: list[dict[str, Any]] = json.loads(found[0]["data"]) if found else []
        return rows

    def automations(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """The automations of these names, doubles included."""
        found: list[dict[str, Any]] = self._call(
            "POST", "/automations/filter", {"automations": {"name": {"any_": list(names)}}}
        )
        return found

    def create_automation(self, automation: Mapping[str, Any]) -> None:
        """Add an automation."""
        self._call("POST", "/automations/", automation)

    def update_automation(self, automation_id: str, automation: Mapping[str, Any]) -> None:
        """Put an automation in the place of another one."""
        self._call("PUT", f"/automations/{automation_id}", automation)

    def delete_automation(self, automation_id: str) -> None:
        """Take an automation off the server."""
        self._call("DELETE", f"/automations/{automation_id}")

    def block_id(self, kind: str, name: str) -> str | None:
        """The id of a block by its type's slug and its name; None where there is none."""
        try:
            found = self._call("GET", f"/block_types/slug/{quote(kind)}/block_documents/name/{quote(name)}")
        except urllib.error.HTTPError as error:
            if error.code == 404:  # noqa: PLR2004 - HTTP's own number
                return None
            raise
        return str(found["id"])

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        if method == "GET":
            return self._send(method, path, data, {})
        try:
            return self._send(method, path, data, self._proof())
        except urllib.error.HTTPError as error:
            if error.code != 403:  # noqa: PLR2004 - HTTP's own number
                raise
        self._token = None  # it ends after an hour
        return self._send(method, path, data, self._proof())

    def _proof(self) -> dict[str, str]:
        """What shows a server that asks for it that no web page in a browser sends this."""
        if self._token is None:
            try:
                found = self._send("GET", f"/csrf-token?client={self._client}", None, {})
            except urllib.error.HTTPError as error:
                if error.code not in {404, 422}:  # it asks for none
                    raise
                found = None
            self._token = str(found["token"]) if isinstance(found, dict) else ""
        return {"prefect-csrf-token": self._token, "prefect-csrf-client": self._client} if self._token else {}

    def _send(self, method: str, path: str, data: bytes | None, more: Mapping[str, str]) -> Any:
        headers = {**self._headers, **more}
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310 - our own server
        text = _answer(request)
        return json.loads(text) if text else None


def _answer(request: urllib.request.Request) -> bytes:
    """The answer's body; a server that is busy (503: its database is locked for a moment) is asked again."""
    for _ in range(BUSY_TRIES):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != 503:  # noqa: PLR2004 - HTTP's own number
                raise
            time.sleep(POLL_SECONDS)
        except http.client.HTTPException as error:
            raise CommandError(f"the Prefect server broke off its answer: {request.full_url}") from error
    raise CommandError(f"the Prefect server stays busy: {request.full_url}")


def _flow_run(record: Mapping[str, Any]) -> FlowRun:
    state = record.get("state") or {}
    return FlowRun(
        id=record["id"],
        name=record["name"],
        state_type=record.get("state_type") or "",
        state_name=record.get("state_name") or "",
        message=state.get("message") or "",
    )


def worker_name(data_dir: Path) -> str:
    """What `feedmill up` calls its worker: by the machine and the data folder, in letters that Prefect takes."""
    return f"feedmill-up@{socket.gethostname()}{data_dir.resolve().as_posix().replace('/', ':')}"


def wait_until(is_true: Callable[[], bool], alive: Callable[[], None], what: str, seconds: float = 120) -> None:
    """Wait for a condition. Raises CommandError naming what did not come."""
    deadline = time.monotonic() + seconds
    while not is_true():
        alive()
        if time.monotonic() > deadline:
            raise CommandError(f"{what} did not come up within {seconds:.0f} s")
        time.sleep(0.2)
