"""`feedmill serve`: the Prefect server alone, for containers and machines of its own; never without a password."""

import os
import sys

import click

from flows.cli.exposure import EVERYWHERE, expose
from flows.cli.options import say
from flows.settings import PROJECT_DIR


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), default=4200, show_default=True, help="The dashboard's port.")
@click.option("--host", metavar="ADDRESS", default=EVERYWHERE, show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Run the Prefect server with its dashboard, and nothing else: `feedmill deploy` and workers use it from elsewhere.

    It takes a password, as user:password in PREFECT_SERVER_API_AUTH_STRING. Its database is named by Prefect's own
    variables. Put a proxy with TLS in front.
    """
    exposure = expose(is_public=True, host=host)
    say(exposure.warning(exposure.url(port).removesuffix("/api")))
    sys.stdout.flush()
    environment = os.environ | exposure.environment(port) | {"PWD": str(PROJECT_DIR)}
    os.chdir(PROJECT_DIR)  # prefect.toml is there
    os.execve(sys.executable, [sys.executable, "-m", "flows.dashboard_server"], environment)  # noqa: S606 - our own
