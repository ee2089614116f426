"""`feedmill up`: the whole system on this machine, until Ctrl-C."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from flows.cli.automations import apply_all, find_block, missing_block
from flows.cli.exposure import Exposure, expose
from flows.cli.failure import CommandError
from flows.cli.foreign import ForeignWorkers
from flows.cli.options import open_database, with_settings
from flows.cli.prefect_api import POOL, FlowRun, PrefectApi, wait_until, worker_name
from flows.cli.stack import Stack
from flows.credentials import read_credentials
from flows.memory import MALLOC
from flows.mill import is_holder_dead, utc_now
from flows.newsroom import newsroom_port, world_started_at
from flows.reports.numbers import terminal_summary
from flows.settings import PROJECT_DIR, Settings
from ingest.urls import host_of
from storage import feeds as stored
from storage.database import Database
from storage.feeds import NewFeed

FIRST_DEPLOYMENT = "ingest-feeds/ingest-feeds"
SAMPLE_SECONDS = 60  # the newsroom's feeds are asked in every round: there is something new each minute
WATCH_SECONDS = 2.0
REAP_SECONDS = 90.0
SLOT_SECONDS = 300.0
SERVER_BYTES, WORKER_BYTES = 600 << 20, 350 << 20  # twice what they begin with: Prefect's own grow with runs
SLOT_RETRY_SECONDS = 10.0


@click.command()
@click.option("--once", is_flag=True, help="End after the first round.")
@click.option("--port", type=click.IntRange(1024, 65535), default=4200, show_default=True, help="The dashboard's port.")
@click.option(
    "--sample/--no-sample", default=True, help="With no feeds yet, serve and subscribe to the sample newsroom."
)
@click.option("--sample-port", type=click.IntRange(1024, 65535), default=8700, show_default=True)
@click.option("--public", is_flag=True, help="Let other machines reach the dashboard. Needs a password.")
@click.option("--host", metavar="ADDRESS", help="With --public: the address to listen on. Default: all of them.")
@with_settings
def up(
    settings: Settings, once: bool, port: int, sample: bool, sample_port: int, public: bool, host: str | None
) -> None:
    """Run the whole system on this machine: Prefect server with its dashboard, deployments, a worker, a first poll.

    With no feeds yet it serves the sample newsroom and subscribes to it. Ctrl-C stops everything it started.

    Only this machine reaches it. With --public others do, and whoever reaches it can run code: it takes a password, as
    user:password in PREFECT_SERVER_API_AUTH_STRING, or asks for one. Put a proxy with TLS in front.
    """
    exposure = expose(is_public=public, host=host)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(number, _interrupt)
    try:
        with _only_one(settings), _stack(settings, exposure, _free_port(port, "--port", exposure.host)) as (stack, api):
            if public:
                _say(exposure.warning(api.dashboard))
            _bring_up(stack, api, settings, sample_port if sample else None)
            foreign = ForeignWorkers(api, worker_name(settings.data_dir), _say)
            foreign.tell()
            run = _first_round(stack, api, is_only=once)
            if not once:
                _keep_going(stack, api, run, foreign)
            elif run is not None and run.state_type != "COMPLETED":
                raise CommandError(f"the first round ended as {run.state_name}: {run.message}")
    except KeyboardInterrupt:
        _say("")  # the terminal's ^C stands alone on its line
    _say("Stopped: server, worker and newsroom have ended; what was stored is safe.")


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Refuse to start twice with one data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"feedmill is up already with the data folder {settings.data_dir}; stop it, or set FEEDMILL_DATA_DIR"
            ) from error
        yield


@contextmanager
def _stack(settings: Settings, exposure: Exposure, port: int) -> Iterator[tuple[Stack, PrefectApi]]:
    if not (PROJECT_DIR / "prefect.yaml").exists():
        raise CommandError(
            f"no prefect.yaml beside {PROJECT_DIR / 'flows'}: `feedmill up` runs in a checkout of feedmill"
        )
    environment = _environment(settings) | exposure.environment(port)
    with Stack(PROJECT_DIR, settings.data_dir.resolve() / "logs", environment) as stack:
        yield stack, PrefectApi(exposure.url(port), exposure.auth)


def _environment(settings: Settings) -> dict[str, str]:
    """What our children see: Prefect in our data folder, and our database, whatever is set outside."""
    data_dir = settings.data_dir.resolve()
    read_credentials(settings)  # what is wrong with them is said here, not by every run
    file = settings.credentials_file
    secrets = {"FEEDMILL_CREDENTIALS_FILE": str(file.resolve())} if file is not None else {}
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PWD": str(PROJECT_DIR),
        "DO_NOT_TRACK": "1",
        **MALLOC,
        "PREFECT_HOME": str(data_dir / "prefect"),
        "PREFECT_PROFILES_PATH": str(data_dir / "prefect" / "profiles.toml"),
        "FEEDMILL_DATA_DIR": str(data_dir),
        "FEEDMILL_DATABASE_URL": settings.database,
        **secrets,
    }


def _free_port(wanted: int, option: str, host: str = "127.0.0.1") -> int:
    """The port, or the next free one after it, which is said."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            if port != wanted:
                _say(f"Port {wanted} is taken by something else: using {port} ({option} names another).")
            return port
    raise CommandError(f"no free port from {wanted} on: name another one with {option}")


def _bring_up(stack: Stack, api: PrefectApi, settings: Settings, sample_port: int | None) -> None:
    started = time.monotonic()
    _upgrade(settings)
    _say("Starting the Prefect server (about ten seconds) ...")
    stack.start("Prefect server", "flows.dashboard_server", most_bytes=SERVER_BYTES)
    _serve_sample(stack, settings, sample_port)
    wait_until(api.is_healthy, stack.require_alive, "the Prefect server")
    api.end_leftovers()
    name = worker_name(settings.data_dir)
    stack.start("worker", "flows.process_worker", "--pool", POOL, "--name", name, most_bytes=WORKER_BYTES)
    wait_until(lambda: api.has_work_pool(POOL), stack.require_alive, "the work pool")
    _serve_websub(stack, settings)
    stack.run("deploy", "prefect", "--no-prompt", "deploy", "--all")
    _apply_automations(api, settings)
    _say(f"Dashboard   {api.dashboard}   (up after {time.monotonic() - started:.0f} s)")


def _upgrade(settings: Settings) -> None:
    """Create the schema, or bring it to this feedmill's: Postgres too, which other commands leave to us."""
    with Database(settings.database) as database:
        database.upgrade()
        _say(f"Database    {database.shown_url}")


def _apply_automations(api: PrefectApi, settings: Settings) -> None:
    """Alerts and repairs; a block that is not there yet keeps nobody from starting."""
    block_id = find_block(api, settings.notify_block)
    apply_all(api, block_id)
    if settings.notify_block and block_id is None:
        _say(f"Attention: {missing_block(settings.notify_block)}.")


def _serve_websub(stack: Stack, settings: Settings) -> None:
    """Listen for pushes where the setting says under which address hubs reach us."""
    if settings.websub_callback_url:
        stack.start("websub", "flows.cli.main", "websub", "serve")
        _say(f"WebSub      {settings.websub_callback_url} (port {settings.websub_port})")


def _serve_sample(stack: Stack, settings: Settings, port: int | None) -> None:
    """Serve the sample newsroom where there are no feeds yet, or where its feeds are what is subscribed to."""
    with open_database(settings) as database, database.read() as session:
        rows = stored.listing(session)
    ours = [row["url"] for row in rows if host_of(row["url"]).partition(":")[0].endswith(".localhost")]
    if (rows and not ours) or (not rows and port is None):
        return
    if not rows:
        _say("No feeds yet: serving the sample newsroom and subscribing to it.")
    port = int(host_of(ours[0]).partition(":")[2] or 80) if ours else _free_port(port or 0, "--sample-port")
    stack.start("newsroom", "flows.cli.main", "sample", "--port", str(port))
    wait_until(lambda: newsroom_port(settings) is not None, stack.require_alive, "the sample newsroom")
    _say(f"Newsroom    http://127.0.0.1:{port}/")
    if not rows:
        _subscribe_to_sample(settings, port)


def _subscribe_to_sample(settings: Settings, port: int) -> None:
    from flows.sample.world import Newsroom

    now = utc_now()
    with open_database(settings) as database, database.begin() as session:
        for feed in Newsroom(world_started_at(settings, now)).feeds(now, port):
            new = NewFeed(
                url=feed.url,
                host=host_of(feed.url),
                created_at=now,
                title=feed.title,
                tags=feed.tags,
                min_interval_seconds=SAMPLE_SECONDS,
                max_interval_seconds=SAMPLE_SECONDS,
            )
            stored.add(session, new)


def _first_round(stack: Stack, api: PrefectApi, *, is_only: bool) -> FlowRun | None:
    """Run it and show its numbers; None where server or worker fell meanwhile, which ends ``--once`` alone."""
    _say("First round, as a run of the deployment ingest-feeds ...")
    try:
        run = _run_when_free(stack, api)
    except (OSError, CommandError) as error:
        if is_only:
            raise
        _say(f"The first round was interrupted ({error}); the next does its work.")
        return None
    _say(f"\n{run.state_name}: {run.message}\n")
    if rows := api.artifact_rows(run.id, "ingest-numbers"):
        _say(f"{terminal_summary(rows)}\n")
    return run


def _run_when_free(stack: Stack, api: PrefectApi) -> FlowRun:
    """Run the first round; where a scheduled one has the deployment's only slot, after it."""
    deadline = time.monotonic() + SLOT_SECONDS
    while True:
        run = api.wait_for(api.start_run(FIRST_DEPLOYMENT, {"poll": "due"}), stack.require_alive)
        if not run.is_crowded_out or time.monotonic() > deadline:
            return run
        _say("A scheduled round is under way; the first one waits for it ...")
        time.sleep(SLOT_RETRY_SECONDS)


def _keep_going(stack: Stack, api: PrefectApi, first: FlowRun | None, foreign: ForeignWorkers) -> None:
    if first is not None:  # not with --once: the dashboard ends with us
        _say(f"This run    {api.dashboard}/runs/flow-run/{first.id}")
    _say("\nGoing on: a round every five minutes. Ctrl-C stops everything.\n")
    seen: set[str] = set()
    since = datetime.now(UTC).isoformat()
    dead_until = 0.0  # monotonic: so long after a fall there may be runs whose process ends, or is still to be reaped
    while True:
        if stack.mend(_say):
            dead_until = time.monotonic() + REAP_SECONDS
        with contextlib.suppress(OSError, CommandError):  # the server is being started again, or busy
            if time.monotonic() < dead_until and not foreign.are_there():
                api.end_dead(_is_gone)
            foreign.tell()
            _tell_ended(api, since, seen)
            stack.slim(_say, lambda: api.is_idle(utc_now()))
        time.sleep(WATCH_SECONDS)


def _is_gone(pid: str) -> bool:
    """Whether a process of this machine has ended."""
    return is_holder_dead(f"{socket.gethostname()}:{pid}")


def _tell_ended(api: PrefectApi, since: str, seen: set[str]) -> None:
    for run in api.ended_since(since):
        if run.id not in seen:
            seen.add(run.id)
            _say(_run_line(run))


def _run_line(run: FlowRun) -> str:
    width = shutil.get_terminal_size().columns
    return f"{datetime.now().astimezone():%H:%M:%S}  {run.name}: {run.state_name}. {run.message}"[: max(width, 60)]
