"""`feedmill deploy`: the timetable of prefect.yaml and the automations, onto a Prefect server that runs elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import click

from flows.cli.automations import API, DEFAULT_URL, apply_all, find_block, missing_block
from flows.cli.failure import CommandError
from flows.cli.options import say, with_settings
from flows.cli.prefect_api import POOL, PrefectApi, wait_until
from flows.settings import PROJECT_DIR, Settings

ROUNDS = "ingest-feeds/ingest-feeds"
EVERY_SECONDS = 300  # prefect.yaml's
LEAST_SECONDS = 60  # Prefect creates runs ahead of time: below a minute it falls behind


@click.command()
@API
@click.option(
    "--rounds-at-once",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Rounds that may run side by side: as many as there are workers. They share the hosts.",
)
@click.option(
    "--wait", "wait_seconds", type=click.FloatRange(min=0), default=120, help="Seconds to wait for the server."
)
@with_settings
def deploy(settings: Settings, api_url: str | None, rounds_at_once: int, wait_seconds: float) -> None:
    """Put every deployment, schedule and automation onto a Prefect server; again as often as one likes.

    Where workers run on several machines, or in containers. `feedmill up` does the same for its own server. The work
    pool is made where it is missing, of the type process.
    """
    url = (api_url or os.environ.get("PREFECT_API_URL") or DEFAULT_URL).rstrip("/")
    api = PrefectApi(url, os.environ.get("PREFECT_API_AUTH_STRING"))
    wait_until(api.is_healthy, lambda: None, f"the Prefect server at {url}", wait_seconds)
    if not api.has_work_pool(POOL):
        api.create_work_pool(POOL)
    _deploy_all(url)
    every = max(LEAST_SECONDS, EVERY_SECONDS // rounds_at_once)
    if rounds_at_once > 1:
        api.set_rhythm(ROUNDS, at_once=rounds_at_once, every_seconds=every)
    block_id = find_block(api, settings.notify_block)
    apply_all(api, block_id)
    say(f"Deployed to {api.dashboard}: a round every {every} s, {rounds_at_once} at once at most.")
    if settings.notify_block and block_id is None:
        raise CommandError(missing_block(settings.notify_block))


def _deploy_all(url: str) -> None:
    """By Prefect's own command, which reads prefect.yaml. Raises CommandError with the end of what it said."""
    if not (PROJECT_DIR / "prefect.yaml").exists():
        raise CommandError(f"no prefect.yaml beside {PROJECT_DIR / 'flows'}: deploy from a checkout of feedmill")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=PROJECT_DIR,
        env=os.environ | {"PREFECT_API_URL": url, "PWD": str(PROJECT_DIR), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(f"`prefect deploy --all` failed:\n{(done.stdout + done.stderr)[-2000:]}")
