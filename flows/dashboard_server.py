"""Prefect's server with its dashboard, which answers under its own names alone where no password protects it.

``python -m flows.dashboard_server``, set up by Prefect's own variables, as `prefect server start` is.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.memory import keep_trimmed

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
REFUSAL = b"This Prefect server has no password, so it answers as localhost alone (docs/how-to/public.md).\n"


class KnownHosts:
    """Refuses (421) what asks for another host, as a page does whose name was rebound to this machine."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what asks for one of the names, websockets too."""
        if scope["type"] == "lifespan" or _host(scope) in self._names:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            head = [(b"content-type", b"text/plain"), (b"content-length", str(len(REFUSAL)).encode())]
            await send({"type": "http.response.start", "status": 421, "headers": head})
            await send({"type": "http.response.body", "body": REFUSAL})


def _host(scope: Scope) -> str | None:
    """The name that is asked for, without its port; None where there is none, or more than one."""
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    try:
        return urlsplit(f"//{given[0]}").hostname if len(given) == 1 else None
    except ValueError:
        return None


def main() -> None:
    """Serve until SIGTERM."""
    keep_trimmed()
    settings = get_current_settings().server
    app: ASGIApp = create_app(final=True)
    if settings.api.auth_string is None:
        app = KnownHosts(app, {*LOOPBACK_NAMES, str(settings.api.host)})
    uvicorn.run(
        app,
        host=str(settings.api.host),
        port=settings.api.port,
        timeout_keep_alive=settings.api.keepalive_timeout,
        log_level=settings.logging_level.lower(),
    )


if __name__ == "__main__":
    main()
