"""A Prefect server and a worker with feedmill's deployments, up for a while, whose CPU and memory count."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import CommandFailedError, Cost, Watch, cpu_of, descendants, go_first, own_cpu, reaped_cpu

from flows.cli.prefect_api import PrefectApi, wait_until
from flows.cli.stack import Child, Stack
from flows.settings import PROJECT_DIR

_POOL = "feedmill"
_DEPLOYMENT = "ingest-feeds/ingest-feeds"
_LOOK_SECONDS = 2.0  # each look costs the server some ten milliseconds, which count
_MOST_SECONDS = 1_800
_SETTLE_SECONDS = 3  # the server writes in batches what it has heard


@dataclass(frozen=True, slots=True)
class FlowCost:
    """What one flow run took, beside the sum: CPU seconds of its own process, of the server, and of the worker.

    ``wait``: seconds from the order to the start.
    """

    run_cpu: float
    server_cpu: float
    worker_cpu: float
    task_runs: int
    wait: float


@dataclass(slots=True)
class PrefectStack:
    """Server and worker by their process numbers."""

    api: PrefectApi
    url: str
    server: int
    worker: int
    last: FlowCost | None = None

    def measure_round(self, environment: Mapping[str, str]) -> Cost:
        """A run of the deployment with this environment. Its wall is the run's own, as the server tells it."""
        both = (self.server, self.worker)
        before, began = self._spent(), cpu_of(both)
        watch = Watch([], both)
        try:
            run = self._finish(self._order(environment))
        finally:
            watch.end()
        after = self._spent()
        if run["state_type"] != "COMPLETED":
            raise CommandFailedError(f"the flow run ended as {run['state_name']}: {run['state']['message']}")
        spent = [late - early for late, early in zip(after, before, strict=True)]
        self.last = FlowCost(*spent, self._task_runs(run["id"]), run["estimated_start_time_delta"])
        return watch.cost(run["total_run_time"], cpu_of(both) - began)

    def _spent(self) -> tuple[float, float, float]:
        return reaped_cpu(self.worker), own_cpu(self.server) + reaped_cpu(self.server), own_cpu(self.worker)

    def _order(self, environment: Mapping[str, str]) -> str:
        deployment = self._call("GET", f"/deployments/name/{_DEPLOYMENT}")["id"]
        wanted = {name: value for name, value in environment.items() if name.startswith(("FEEDMILL_", "BENCH_"))}
        wanted["PYTHONPATH"] = environment["PYTHONPATH"]
        body = {"parameters": {"poll": "all", "max_minutes": 60}, "job_variables": {"env": wanted}}
        return str(self._call("POST", f"/deployments/{deployment}/create_flow_run", body)["id"])

    def _finish(self, run_id: str) -> Any:
        deadline = time.monotonic() + _MOST_SECONDS
        while time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            run = self._call("GET", f"/flow_runs/{run_id}")
            if run["state_type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
                break
        else:
            raise CommandFailedError("the flow run does not end")
        while len(descendants([self.worker])) > 1 and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)  # its process has an end of its own to come to
        time.sleep(_SETTLE_SECONDS)
        return run

    def _task_runs(self, run_id: str) -> int:
        return int(self._call("POST", "/task_runs/count", {"flow_runs": {"id": {"any_": [run_id]}}}))

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self.api._call(method, path, body)  # noqa: SLF001 - the same calls, which `up` has no need of


@contextmanager
def prefect_up(folder: Path, environment: Mapping[str, str]) -> Iterator[PrefectStack]:
    """Server, worker and deployments, ended at the end; no schedule of theirs comes into a measured run."""
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier server kept
    folder.mkdir(parents=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    wanted = {
        **environment,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")]),
        "PWD": str(PROJECT_DIR),  # where prefect.yaml says that flows are; not every caller exports it
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_PROFILES_PATH": str(folder / "profiles.toml"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_API_PORT": str(port),
        "DO_NOT_TRACK": "1",
    }
    api = PrefectApi(url)
    with Stack(PROJECT_DIR, folder / "logs", wanted) as stack:
        server = _started_first(stack, "server", "prefect", "server", "start", "--port", str(port))
        wait_until(api.is_healthy, stack.require_alive, "the Prefect server")
        worker = _started_first(stack, "worker", "prefect", "worker", "start", "--pool", _POOL, "--type", "process")
        wait_until(lambda: api.has_work_pool(_POOL), stack.require_alive, "the work pool")
        stack.run("deploy", "prefect", "--no-prompt", "deploy", "--all")
        running = PrefectStack(api, url, server.process.pid, worker.process.pid)
        _pause_schedules(running)
        yield running


def _started_first(stack: Stack, *what: str) -> Child:
    """Start a child with the precedence of everything that is measured."""
    child = stack.start(*what)
    go_first(child.process.pid)
    return child


def _pause_schedules(stack: PrefectStack) -> None:
    for deployment in stack._call("POST", "/deployments/filter", {}):  # noqa: SLF001 - of this module
        for schedule in deployment["schedules"]:
            path = f"/deployments/{deployment['id']}/schedules/{schedule['id']}"
            stack._call("PATCH", path, {"active": False})  # noqa: SLF001 - of this module
    scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    for run in stack._call("POST", "/flow_runs/filter", scheduled):  # noqa: SLF001 - of this module
        stack._call("DELETE", f"/flow_runs/{run['id']}")  # noqa: SLF001 - of this module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
