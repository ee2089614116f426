"""Forms for hubs: what is sent, which redirects keep it, and that the guard stands before it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from ingest.fetch.guard import AddressPolicy
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest

FORM = {"hub.mode": "subscribe", "hub.topic": "https://news.example/f?a=1&b=ü"}


@dataclass
class FakeHub:
    """Answers by path with a status and a Location; remembers what it was asked."""

    port: int = 0
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def handle(self, request: web.BaseRequest) -> web.Response:
        form = dict((await request.post()).items())
        self.asked.append((request.method, request.path, form, request.headers.get("Content-Type", "")))
        status, location = self.answers.get(request.path, (202, ""))
        return web.Response(status=status, headers={"Location": location} if location else {})


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    fake = FakeHub()
    runner = web.ServerRunner(web.Server(fake.handle, access_log=None), shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.port = runner.addresses[0][1]
    yield fake
    await runner.cleanup()


async def test_a_form_is_posted_as_it_stands(hub, client):
    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, Fetched)
    assert result.status == 202
    assert hub.asked == [("POST", "/hub", FORM, "application/x-www-form-urlencoded")]


@pytest.mark.parametrize("status", [307, 308])
async def test_307_and_308_keep_method_and_body_rules_93_and_94(hub, client, status):
    hub.answers["/hub"] = (status, "/elsewhere")

    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, Fetched)
    assert result.final_url == hub.url("/elsewhere")
    assert [(method, path, form) for method, path, form, _ in hub.asked] == [
        ("POST", "/hub", FORM),
        ("POST", "/elsewhere", FORM),
    ]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_redirects_that_drop_the_form_are_not_followed(hub, client, status):
    hub.answers["/hub"] = (status, "/elsewhere")

    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.REDIRECT
    assert len(hub.asked) == 1


async def test_what_a_hub_refuses_is_a_failure_with_its_status(hub, client):
    hub.answers["/hub"] = (400, "")

    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, FetchFailed)
    assert (result.kind, result.status) == (FailureKind.HTTP_ERROR, 400)


async def test_a_hub_that_redirects_in_a_circle_ends_as_a_failure(hub, client):
    hub.answers["/hub"] = (307, "/hub")

    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.REDIRECT


async def test_the_guard_stands_before_hubs_too_rule_99_a10(hub, make_client):
    guarded = await make_client(policy=AddressPolicy())

    result = await guarded.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.FORBIDDEN_ADDRESS
    assert hub.asked == []


async def test_a_hubs_redirect_to_a_forbidden_address_is_not_followed_a10(hub, client):
    hub.answers["/hub"] = (307, "http://169.254.169.254/latest/meta-data/")

    result = await client.fetch(FetchRequest(url=hub.url("/hub"), form=FORM))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.FORBIDDEN_ADDRESS
