"""Who reaches the dashboard: this machine alone, unless a password is given that is one."""

import click
import pytest

from flows import redaction
from flows.cli.exposure import expose
from flows.cli.failure import CommandError

STRONG = "ana:correct horse battery"


@pytest.fixture(autouse=True)
def no_password(monkeypatch):
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    monkeypatch.setattr(redaction, "_HIDDEN", set())


def test_without_public_it_listens_on_this_machine_alone_and_no_other_page_may_use_it():
    told = expose(is_public=False, host=None).environment(4321)
    assert told["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert told["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert told["PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED"] == "true"
    assert told["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4321,http://localhost:4321"
    assert "PREFECT_SERVER_API_AUTH_STRING" not in told
    with pytest.raises(click.UsageError):
        expose(is_public=False, host="0.0.0.0")


@pytest.mark.parametrize(
    "auth", ["", "ana", "ana:", ":correct horse battery", "ana:short", "ana:aaaaaaaaaaaaaaa", "ana:köpfe-und-zahlen"]
)
def test_public_without_a_password_that_is_one_does_not_start(monkeypatch, auth):
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", auth)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError) as refused:
        expose(is_public=True, host=None)
    assert auth not in str(refused.value) or not auth.partition(":")[2]


def test_public_with_one_listens_everywhere_and_asks_for_it_and_no_message_holds_it(monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", STRONG)
    exposure = expose(is_public=True, host=None)
    told = exposure.environment(4321)
    assert (told["PREFECT_SERVER_API_HOST"], told["PREFECT_API_URL"]) == ("0.0.0.0", "http://127.0.0.1:4321/api")
    assert told["PREFECT_SERVER_API_AUTH_STRING"] == told["PREFECT_API_AUTH_STRING"] == STRONG
    assert told["PREFECT_UI_API_URL"] == "/api"
    assert "horse" not in repr(exposure) + exposure.warning("http://127.0.0.1:4321")
    assert redaction.redacted("it is correct horse battery") == "it is ***"


def test_one_address_may_be_named(monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", STRONG)
    assert expose(is_public=True, host="192.0.2.7").url(4200) == "http://192.0.2.7:4200/api"
    assert expose(is_public=True, host="[::]").url(4200) == "http://[::1]:4200/api"
    with pytest.raises(click.UsageError):
        expose(is_public=True, host="dashboard.example")


async def test_the_command_refuses_before_anything_starts(feedmill):
    ended = await feedmill("up", "--public")
    assert ended.code == 1
    assert "--public needs a password" in ended.err
    assert "Starting" not in ended.out
