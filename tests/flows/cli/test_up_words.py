"""What `up`, `sample` and the doctor say of ports that are taken and of workers that are not ours."""

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from flows.cli import doctor
from flows.cli.foreign import ForeignWorkers
from flows.cli.prefect_api import PrefectApi, worker_name
from flows.cli.up import _free_port
from flows.settings import Settings

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


async def test_the_sample_says_that_its_port_is_taken(feedmill, taken_port):
    ended = await feedmill("sample", "--port", str(taken_port), "--json")
    assert ended.code == 1
    assert f"port {taken_port} of 127.0.0.1 cannot be had (address already in use)" in ended.json["error"]
    assert "--port" in ended.err
    assert "Traceback" not in ended.err


def test_the_sample_without_feedmill_says_so_too(taken_port):
    ended = subprocess.run(
        [sys.executable, "-m", "flows.sample", "--port", str(taken_port)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"port {taken_port} of 127.0.0.1 cannot be had")


def test_a_port_that_is_not_the_one_asked_for_is_said(taken_port, capsys):
    found = _free_port(taken_port, "--port")
    said = capsys.readouterr().out
    assert taken_port < found < taken_port + 50
    assert said == f"Port {taken_port} is taken by something else: using {found} (--port names another).\n"
    assert _free_port(found, "--port") == found
    assert capsys.readouterr().out == ""


@pytest.fixture
def prefect_with_workers():
    """The address of a server that answers as Prefect's API does, and the workers that it names."""
    workers = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.say(200, True)

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert body == {"workers": {"status": {"any_": ["ONLINE"]}}}
            pool = "/api/work_pools/feedmill/workers/filter"
            self.say(200 if self.path == pool else 404, [{"name": name} for name in workers])

        def say(self, status, document):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api", workers
        server.shutdown()


def test_a_worker_that_is_not_ours_is_named_once(prefect_with_workers, tmp_path, capsys):
    url, workers = prefect_with_workers
    ours = worker_name(tmp_path)
    foreign = ForeignWorkers(PrefectApi(url), ours, print)
    workers.append(ours)
    foreign.tell()
    assert capsys.readouterr().out == ""
    workers.append("stranger")
    foreign.tell()
    foreign.tell()
    assert capsys.readouterr().out.count("another worker, stranger,") == 1
    assert PrefectApi(url).foreign_workers("other", ours) == []


def test_the_doctor_names_a_worker_that_is_not_ours(prefect_with_workers, tmp_path, monkeypatch):
    url, workers = prefect_with_workers
    monkeypatch.setattr(doctor, "PREFECT_URL", url)
    workers += [worker_name(tmp_path), "stranger"]
    server, other = doctor._prefect(Settings(data_dir=tmp_path))
    assert server.found == f"answers at {url.removesuffix('/api')}"
    assert (other.found, other.is_wrong) == ("stranger", False)
    assert "database" in other.advice


def test_the_name_of_our_worker_says_machine_and_folder_in_letters_that_prefect_takes(tmp_path):
    name = worker_name(tmp_path / "data")
    assert socket.gethostname() in name
    assert name.endswith(f":{tmp_path.name}:data")
    assert not set(name) & set("/%&<>")
