"""Who reaches the dashboard of `feedmill up`: this machine alone, or, with a password, others as well."""

import ipaddress
import sys
from dataclasses import dataclass, field

import click

from flows.cli.failure import CommandError
from flows.redaction import hide_auth
from flows.settings import dashboard_auth

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - asked for by --public, with a password
LEAST = 12  # characters of a password: nothing slows down who guesses
_EXAMPLES = {"admin:password1234", "admin:passpasspass"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Where the server listens, and the `user:password` that it asks for; None: it asks for none."""

    host: str = LOOPBACK
    auth: str | None = field(default=None, repr=False)

    def url(self, port: int) -> str:
        """The API's address from this machine."""
        own = LOOPBACK if self.host == EVERYWHERE else "[::1]" if self.host == "::" else self._shown
        return f"http://{own}:{port}/api"

    def environment(self, port: int) -> dict[str, str]:
        """What server, worker and runs are told. No web page of another origin may use the API, here or elsewhere."""
        own = {f"http://{name}:{port}" for name in (LOOPBACK, "localhost")}
        told = {
            "PREFECT_API_URL": self.url(port),
            "PREFECT_SERVER_API_HOST": self.host,
            "PREFECT_SERVER_API_PORT": str(port),
            "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
            "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true",
            "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": ",".join(sorted(own)),
        }
        if self.host != LOOPBACK:
            told["PREFECT_UI_API_URL"] = "/api"  # the browser asks whom it has the page from, not its own machine
        if self.auth is not None:
            told |= {"PREFECT_SERVER_API_AUTH_STRING": self.auth, "PREFECT_API_AUTH_STRING": self.auth}
        return told

    def warning(self, dashboard: str) -> str:
        """What an operator is told before anything listens."""
        return (
            f"Public: the dashboard listens on {self._shown} ({dashboard} from here) and asks for the password. "
            "Without a proxy that speaks TLS it goes over the network in the clear: docs/how-to/public.md"
        )

    @property
    def _shown(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def expose(*, is_public: bool, host: str | None) -> Exposure:
    """Who is to reach it. Raises CommandError for a public one without a password that is one."""
    auth = dashboard_auth()
    if not is_public:
        if host is not None:
            raise click.UsageError("--host goes with --public: without it only this machine reaches the dashboard")
        hide_auth(auth)
        return Exposure(auth=auth)
    auth = auth or _ask()
    hide_auth(auth)
    _require_strong(auth)
    return Exposure(host=_address(host or EVERYWHERE), auth=auth)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError(
            "--public needs a password, or whoever reaches the port can run code here: set "
            "PREFECT_SERVER_API_AUTH_STRING to user:password"
        )
    password: str = click.prompt("Password for the dashboard (user admin)", hide_input=True, confirmation_prompt=True)
    return f"admin:{password}"


def _require_strong(auth: str) -> None:
    user, colon, password = auth.partition(":")
    if not (user and colon and auth.isascii() and auth.isprintable()):
        raise CommandError("PREFECT_SERVER_API_AUTH_STRING is user:password, in printable ASCII")
    if len(password) < LEAST or auth in _EXAMPLES or len(set(password)) < LEAST // 2:
        raise CommandError(f"this password is soon guessed: take {LEAST} characters or more, not the same few")


def _address(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError as error:
        raise click.UsageError(
            f"--host {host} is no address: 0.0.0.0 for all of this machine, or one of its own"
        ) from error
