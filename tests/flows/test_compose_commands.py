"""What the containers of compose.yaml run, run here as processes with the same words and environment, on a Postgres."""

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
from pathlib import Path

import pytest
import yaml
from postgres_cluster import Cluster

from flows.cli.prefect_api import PrefectApi

pytestmark = [pytest.mark.prefect, pytest.mark.postgres, pytest.mark.timeout(500)]
PROJECT = Path(__file__).parents[2]
DASHBOARD_PASSWORD = "a p@ss/word: of ours"
AUTH = f"admin:{DASHBOARD_PASSWORD}"
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Containers:
    """The services as processes: their names for each other and their folder are those of this machine."""

    def __init__(self, cluster, folder):
        self.folder = folder
        self.port = free_port()
        self.cluster = cluster
        self.started = []
        image = (PROJECT / "Dockerfile").read_text().rpartition("\nENV ")[2].partition("\nUSER")[0]
        self.has_trigrams = cluster.sql("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'") == "1"
        self.image = dict(re.findall(r"^\s*(\w+)=(\S+)", image, re.MULTILINE))

    def here(self, text):
        """A word of the file as it is on this machine."""
        given = {"POSTGRES_PASSWORD": self.cluster.password, "DASHBOARD_PASSWORD": DASHBOARD_PASSWORD}
        text = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda found: given.get(found[1], found[2] or ""), text)
        for there, own in {
            "@postgres/": f"@127.0.0.1:{self.cluster.port}/",
            "http://server:4200": f"http://127.0.0.1:{self.port}",
            "127.0.0.1:4200": f"127.0.0.1:{self.port}",
            "0.0.0.0": "127.0.0.1",
        }.items():
            text = text.replace(there, own)
        own_values = {"postgres": "127.0.0.1", "5432": str(self.cluster.port), "4200": str(self.port)}
        return own_values.get(text, text)

    def environment(self, name, **more):
        """Nothing of ours but the path: as in a container."""
        given = {key: self.here(str(value)) for key, value in COMPOSE["services"][name]["environment"].items()}
        if not self.has_trigrams:  # Prefect needs the extension, which the tests' own Postgres lacks: SQLite then
            given = {key: value for key, value in given.items() if not key.startswith("PREFECT_SERVER_DATABASE_")}
        data = self.folder / name
        data.mkdir(exist_ok=True)
        image = {
            key: value.replace("/data", str(data)).replace("/app", str(PROJECT)) for key, value in self.image.items()
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return image | given | more | {"PATH": path}

    def command(self, name):
        return [self.here(word) for word in COMPOSE["services"][name]["command"]]

    def start(self, name, **more):
        log = self.folder / f"{name}-{len(self.started)}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                self.command(name),
                cwd=PROJECT,
                env=self.environment(name, **more),
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process, log

    def is_healthy(self, name, **more):
        words = [word.replace("8080", more.get("PREFECT_WORKER_WEBSERVER_PORT", "")) for word in self.check(name)]
        return subprocess.run(words, env=self.environment(name), check=False, capture_output=True).returncode == 0

    def check(self, name):
        return [self.here(word) for word in COMPOSE["services"][name]["healthcheck"]["test"][1:]]


def until(is_true, process, log):
    deadline = time.monotonic() + 150
    while not is_true():
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.5)


@pytest.fixture
def containers(tmp_path):
    with Cluster() as cluster:
        cluster.sql("CREATE DATABASE feedmill")  # POSTGRES_DB
        cluster.sql(COMPOSE["configs"]["second-database"]["content"])
        made = Containers(cluster, tmp_path)
        yield made
        for process in reversed(made.started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:  # as `docker compose down` does, after its own patience
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def status(url, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_server_setup_and_two_workers_do_rounds_on_postgres_behind_a_password(containers):
    server, log = containers.start("server")
    until(lambda: containers.is_healthy("server"), server, log)
    base = f"http://127.0.0.1:{containers.port}/api"
    proof = "Basic " + base64.b64encode(AUTH.encode()).decode()
    assert status(f"{base}/flows/count") in {401, 405}
    assert status(f"{base}/work_pools/feedmill") == 401
    assert status(f"{base}/work_pools/feedmill", {"Authorization": proof}) == 404, "no pool yet"

    for _ in range(2):  # `docker compose up` runs it again
        setup, log = containers.start("setup")
        assert setup.wait(200) == 0, log.read_text()
        assert "2 at once at most" in log.read_text()

    api = PrefectApi(base, AUTH)
    for number in range(2):
        own = {"PREFECT_WORKER_WEBSERVER_PORT": str(free_port())}
        worker, log = containers.start("worker", **own)
        until(lambda own=own: containers.is_healthy("worker", **own), worker, log)
        until(lambda number=number: len(api.foreign_workers("feedmill", "")) > number, worker, log)
    runs = [api.start_run("ingest-feeds/ingest-feeds", {}) for _ in range(2)]
    ended = [api.wait_for(run, lambda: None) for run in runs]

    assert any(run.state_name == "NothingNew" for run in ended)
    assert all(run.state_name == "NothingNew" or run.is_crowded_out for run in ended), "a scheduled one may have a slot"
    deployment = api._call("GET", "/deployments/name/ingest-feeds/ingest-feeds")
    assert deployment["global_concurrency_limit"]["limit"] == 2, "two rounds may run at once"
    assert containers.cluster.sql("SELECT count(*) FROM alembic_version", "feedmill") == "1"
    if containers.has_trigrams:
        assert int(containers.cluster.sql("SELECT count(*) FROM flow_run", "prefect")) >= 2
    everything = "".join(file.read_text(errors="replace") for file in containers.folder.glob("*.log"))
    assert containers.cluster.password not in everything
    assert DASHBOARD_PASSWORD not in everything


def test_prefects_server_reaches_its_database_with_the_password_that_it_is_given(containers):
    """As far as the tests' Postgres goes: its migrations begin, and end where they need an extension."""
    environment = containers.environment("server")
    given = {key: containers.here(str(value)) for key, value in COMPOSE["services"]["server"]["environment"].items()}
    words = ["prefect", "server", "database", "upgrade", "-y"]
    done = subprocess.run(words, cwd=PROJECT, env=environment | given, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or 'extension "pg_trgm" is not available' in done.stdout + done.stderr


def test_a_weak_password_starts_no_server(containers):
    environment = containers.environment("server") | {"PREFECT_SERVER_API_AUTH_STRING": "admin:short"}
    done = subprocess.run(
        containers.command("server"), cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "12 characters" in done.stderr
    assert json.dumps("short") not in done.stderr
