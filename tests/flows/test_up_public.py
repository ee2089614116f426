"""`feedmill up --public`, really started: no password, no answer; with it server, worker and rounds work as ever."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(500)]
AUTH = "ana:correct horse battery"
BASIC = {"authorization": "Basic " + base64.b64encode(AUTH.encode()).decode()}


@pytest.fixture
def started(tmp_path):
    """It, with the file that collects what it prints; on this machine only, as a test must be."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    printed = tmp_path / "printed"
    with printed.open("wb") as sink:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "flows.cli.main",
                "up",
                "--no-sample",
                "--public",
                "--host",
                "127.0.0.1",
                "--port",
                port,
            ],
            env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path / "data"), "PREFECT_SERVER_API_AUTH_STRING": AUTH},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    yield process, printed
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def ask(url, body=None, **headers):
    """The status, the document and the headers of an answer."""
    data = json.dumps(body).encode() if body is not None else None
    given = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, given), timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def wait_until_up(process, printed):
    deadline = time.monotonic() + 300
    while "Ctrl-C stops everything" not in printed.read_text():
        assert process.poll() is None, printed.read_text()
        assert time.monotonic() < deadline, printed.read_text()
        time.sleep(0.5)
    return printed.read_text()


def test_the_password_is_asked_for_and_everything_works_with_it(started, tmp_path):
    process, printed = started
    text = wait_until_up(process, printed)
    assert re.search(r"(Completed|NothingNew): ", text), "server, worker and run know the password"
    dashboard = re.search(r"Dashboard +(\S+)", text)[1]
    api = f"{dashboard}/api"

    assert ask(f"{api}/flows/filter", {})[0] == 403, "it looks for a page's proof before the password"
    assert ask(f"{api}/csrf-token?client=test")[0] == 401, "and gives none without"
    assert ask(f"{api}/admin/settings")[0] == 401
    wrong = {"authorization": "Basic " + base64.b64encode(b"ana:wrong horse battery").decode()}
    assert ask(f"{api}/admin/settings", **wrong)[0] == 401
    assert ask(f"{api}/admin/version", **BASIC)[0] == 200

    assert ask(f"{api}/flows/filter", {}, **BASIC)[0] == 403, "a web page that has it sent by a browser"
    token = json.loads(ask(f"{api}/csrf-token?client=test", **BASIC)[1])["token"]
    proof = {"prefect_csrf_token": token, "prefect_csrf_client": "test"}
    assert ask(f"{api}/flows/filter", {}, **BASIC, **proof)[0] == 200
    assert "access-control-allow-origin" not in ask(f"{api}/admin/version", origin="https://evil.example", **BASIC)[2]

    status, page, _ = ask(f"{dashboard}/ui-settings")
    told = json.loads(page)
    assert (status, told["auth"]) == (200, "BASIC")
    assert ask(f"{dashboard}/")[0] == 200

    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    logs = "".join(log.read_text(errors="replace") for log in (tmp_path / "data" / "logs").iterdir())
    assert "horse" not in logs + printed.read_text()
