"""The server answers under its own names: what a page elsewhere has had rebound to this machine it refuses."""

import pytest

from flows.dashboard_server import LOOPBACK_NAMES, KnownHosts


async def passed_on(scope, receive, send):
    await send({"type": "passed on"})


async def answer_to(*hosts, kind="http"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": [(b"host", host) for host in hosts]}
    await KnownHosts(passed_on, LOOPBACK_NAMES)(scope, None, send)
    return sent[0]


@pytest.mark.parametrize("host", [b"127.0.0.1:4200", b"localhost:4200", b"LOCALHOST", b"[::1]:4200"])
async def test_its_own_names_are_answered(host):
    assert await answer_to(host) == {"type": "passed on"}


@pytest.mark.parametrize(
    "host", [b"evil.example:4200", b"127.0.0.1.evil.example", b"localhost@evil.example", b"", b"[::1", b"10.0.0.1"]
)
async def test_another_name_is_refused(host):
    assert (await answer_to(host))["status"] == 421


async def test_a_request_without_a_host_or_with_two_is_refused():
    assert (await answer_to())["status"] == 421
    assert (await answer_to(b"localhost", b"evil.example"))["status"] == 421


async def test_a_websocket_of_another_name_is_closed():
    assert await answer_to(b"evil.example", kind="websocket") == {"type": "websocket.close", "code": 1008}
    assert await answer_to(b"localhost", kind="websocket") == {"type": "passed on"}


async def test_the_servers_own_start_is_no_request():
    assert await answer_to(kind="lifespan") == {"type": "passed on"}
