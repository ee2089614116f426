"""`feedmill doctor`: what is wrong with this installation, and what to do about it."""

import importlib.metadata
import shutil
import sys
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, print_json, with_settings
from flows.cli.prefect_api import POOL, PrefectApi, worker_name
from flows.settings import DEFAULT_USER_AGENT, PROJECT_DIR, Settings, dashboard_auth

PREFECT_URL = "http://127.0.0.1:4200/api"
SPARE_BYTES = 1 << 30
PACKAGES = ("prefect", "fastapi", "feedparser", "trafilatura", "sqlmodel", "aiohttp", "lxml")
# The first versions with which Prefect 3.8 does not work: docs/decisions/prefect-versions.md.
TOO_NEW = {"fastapi": (0, 151), "sqlalchemy": (2, 1)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``is_wrong`` counts against the exit code; advice does not."""

    what: str
    found: str
    is_wrong: bool = False
    advice: str | None = None


@click.command()
@as_json
@with_settings
def doctor(settings: Settings, is_json: bool) -> None:
    """Look at everything feedmill needs, and say what is wrong and what to do. Exits 1 where something is."""
    findings = [finding for look in CHECKS for finding in look(settings)]
    if is_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "WRONG" if finding.is_wrong else "note " if finding.advice else "ok   "
            print(f"{mark}  {finding.what}: {finding.found}")
            if finding.advice:
                print(f"       {finding.advice}")
    wrong = sum(finding.is_wrong for finding in findings)
    if wrong:
        raise CommandError(f"{wrong} thing(s) wrong")


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    is_old = sys.version_info < (3, 11)
    yield Finding("Python", version, is_old, "feedmill needs 3.11 or newer" if is_old else None)


def _packages(_settings: Settings) -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "not installed", is_wrong=True, advice="run `make run`, or pip install the lock again")
    for name, limit in TOO_NEW.items():
        version = importlib.metadata.version(name)
        if tuple(map(int, version.split(".")[:2])) >= limit:
            advice = f"Prefect 3.8 does not work with it: pip install '{name}<{'.'.join(map(str, limit))}'"
            yield Finding(f"{name} beside Prefect", version, is_wrong=True, advice=advice)


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = f"give us write access, or set FEEDMILL_DATA_DIR ({error.strerror})"
        yield Finding("data folder", f"{folder} cannot be written", is_wrong=True, advice=advice)
        return
    free = shutil.disk_usage(folder).free
    need = "free some space, or set FEEDMILL_DATA_DIR" if free < SPARE_BYTES else None
    yield Finding("data folder", f"{folder}, {free / (1 << 30):.1f} GiB free", need is not None, need)


def _database(settings: Settings) -> Iterator[Finding]:
    from storage.database import Database
    from storage.errors import StorageError

    try:
        with Database(settings.database) as database:
            revision = database.revision()
            if revision is None:
                yield Finding(
                    "database", f"{database.shown_url}, not created yet", advice="the first command creates it"
                )
                return
            database.require_current()
            yield Finding("database", f"{database.shown_url}, schema {revision}")
    except StorageError as error:
        yield Finding("database", "not usable", is_wrong=True, advice=str(error))


def _credentials(settings: Settings) -> Iterator[Finding]:
    from flows.credentials import read_credentials
    from ingest.errors import BadCredentials

    if settings.credentials_file is None:
        return
    try:
        count = len(read_credentials(settings).each)
        yield Finding("credentials", f"{count} in {settings.credentials_file}")
    except BadCredentials as error:
        yield Finding("credentials", "not usable", is_wrong=True, advice=str(error))


def _prefect(settings: Settings) -> Iterator[Finding]:
    if not (PROJECT_DIR / "prefect.yaml").exists():
        yield Finding("prefect.yaml", "not beside the code", advice="`feedmill up` needs a checkout of the project")
    api = PrefectApi(PREFECT_URL, dashboard_auth())
    if not api.is_healthy():
        yield Finding("Prefect server", f"none at {api.dashboard}", advice="`feedmill up` starts one when you want it")
        return
    yield Finding("Prefect server", f"answers at {api.dashboard}")
    try:
        foreign = api.foreign_workers(POOL, worker_name(settings.data_dir))
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.UNAUTHORIZED:
            raise
        advice = "set PREFECT_API_AUTH_STRING to the user:password that `feedmill up` was given, to see its workers"
        yield Finding("Prefect server", "asks for a password", advice=advice)
        return
    for name in foreign:
        advice = "rounds that it takes go to the database that it was started with, not to ours: a run's log names it"
        yield Finding(f"another worker of the pool {POOL}", name, advice=advice)


def _identity(settings: Settings) -> Iterator[Finding]:
    is_default = settings.user_agent == DEFAULT_USER_AGENT
    advice = "set FEEDMILL_USER_AGENT to a name and address that site owners can reach you at" if is_default else None
    yield Finding("user agent", settings.user_agent, advice=advice)


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _data_folder,
    _database,
    _credentials,
    _prefect,
    _identity,
)
