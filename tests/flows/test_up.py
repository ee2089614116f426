"""`feedmill up` as a newcomer runs it: the whole system on free ports, and nothing left of it afterwards."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from flows.cli.prefect_api import PrefectApi

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(500)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_with(folder):
    """The processes whose environment names the data folder: what `up` started, and itself."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"FEEDMILL_DATA_DIR={folder}".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def ask(dashboard, path, body):
    return PrefectApi(f"{dashboard}/api")._call("POST", path, body)


def status_under_the_name(host, dashboard):
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{dashboard}/api/health", headers={"host": host})
        ) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def scheduled_runs(dashboard):
    wanted = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    return [run for run in ask(dashboard, "/flow_runs/filter", wanted) if run["auto_scheduled"]]


def leave_a_run_in_the_only_slot(dashboard):
    """As a worker does that dies between taking a run up and starting it."""
    deployment = next(d for d in ask(dashboard, "/deployments/filter", {}) if d["name"] == "ingest-feeds")
    run = ask(dashboard, f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {}})
    ask(dashboard, f"/flow_runs/{run['id']}/set_state", {"state": {"type": "PENDING", "name": "Submitting"}})


def wait_until(is_true, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.5)
    return False


@pytest.fixture
def started(tmp_path):
    """`feedmill up` in its own data folder, with a file that collects what it prints."""
    printed = tmp_path / "printed"
    ports = ("--port", str(free_port()), "--sample-port", str(free_port()))
    with printed.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli.main", "up", *ports],
            env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path / "data"), "FEEDMILL_HOST_DELAY_SECONDS": "0.1"},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    yield process, printed
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_up_brings_all_up_schedules_the_next_round_and_leaves_nothing_behind(started, tmp_path):
    process, printed = started
    is_there = wait_until(lambda: "Ctrl-C stops everything" in printed.read_text() or process.poll() is not None, 200)
    text = printed.read_text()
    assert is_there, text
    # Where the schedule's own round began first, it has done the work, and ours finds nothing left.
    is_first = "A scheduled round is under way" not in text
    assert re.search(r"Completed: \d\d+ new articles from 19 feeds, 3 failing", text) or not is_first, text
    dashboard = re.search(r"Dashboard +(\S+)", text)[1]
    names = {run["name"] for run in ask(dashboard, "/deployments/filter", {})}
    assert names == {"backfill", "ingest-feeds", "ingest-urls", "maintain", "reextract"}
    assert wait_until(lambda: len(scheduled_runs(dashboard)) > 1, 60), "the scheduler works beside these versions"
    assert f"This run    {dashboard}/runs/flow-run/" in text
    assert any("feedmill.db" in log["message"] for log in ask(dashboard, "/logs/filter", {})), "which database"
    assert status_under_the_name("rebound.example", dashboard) == 421, "a page of another name reads nothing"
    ask(dashboard, "/work_pools/feedmill/workers/heartbeat", {"name": "stranger"})
    assert wait_until(lambda: "another worker, stranger, takes rounds" in printed.read_text(), 60)
    assert printed.read_text().count("another worker") == 1, "once, and nothing of our own"
    second = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "up", "--once"],
        env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, "up already" in second.stderr) == (1, True)

    leave_a_run_in_the_only_slot(dashboard)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert "Stopped" in printed.read_text()
    assert processes_with(tmp_path / "data") == []

    again = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", "up", "--once", "--port", dashboard.rpartition(":")[2]],
        env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path / "data"), "FEEDMILL_HOST_DELAY_SECONDS": "0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert re.search(r"(Completed|NothingNew): \d+ new articles?", again.stdout)
    assert "flow-run/" not in again.stdout, "a link to a server that has ended"
    assert processes_with(tmp_path / "data") == []
