"""Credentials go to whom they are for, over https or on this machine, and nowhere else, whatever redirects say."""

import base64

import pytest

from ingest.errors import BadCredentials
from ingest.fetch.credentials import parse_credentials
from ingest.fetch.guard import has_credentials
from ingest.model import Fetched, FetchRequest

BASIC = "Basic " + base64.b64encode(b"ana:open sesame").decode()
HOSTWIDE = '[[credential]]\nhost = "{host}"\nusername = "ana"\npassword = "open sesame"\n'
OF_FEED = '[[credential]]\nfeed = "{feed}"\ntoken = "t0ken"\n'


def sent(server):
    """What each request carried as Authorization, by path."""
    found = {}
    for request in server.requests:
        lines = request.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        found[lines[0].split(" ")[1]] = headers.get("Authorization")
    return found


async def client_with(make_client, text):
    return await make_client(credentials=parse_credentials(text))


async def test_a_host_is_told_at_all_its_addresses(server, make_client):
    for path in ("/feed", "/page"):
        server.reply(path)
    client = await client_with(make_client, HOSTWIDE.format(host=f"127.0.0.1:{server.port}"))
    for path in ("/feed", "/page"):
        assert isinstance(await client.fetch(FetchRequest(url=server.url(path))), Fetched)
    assert sent(server) == {"/feed": BASIC, "/page": BASIC}


async def test_a_feeds_token_is_for_that_address_and_where_its_host_sends_it_alone(server, make_client):
    server.reply("/feed", 302, b"x", f"Location: {server.url('/new')}\r\n".encode())
    for path in ("/new", "/other"):
        server.reply(path)
    client = await client_with(make_client, OF_FEED.format(feed=server.url("/feed")))
    await client.fetch(FetchRequest(url=server.url("/feed")))
    await client.fetch(FetchRequest(url=server.url("/other")))
    assert sent(server) == {"/feed": "Bearer t0ken", "/new": "Bearer t0ken", "/other": None}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_host_takes_nothing_along(server, make_client, status):
    elsewhere = server.url("/elsewhere", "localhost")
    server.reply("/feed", status, b"x", f"Location: {elsewhere}\r\n".encode())
    server.reply("/elsewhere")
    text = HOSTWIDE.format(host=f"127.0.0.1:{server.port}") + OF_FEED.format(feed=server.url("/feed"))
    client = await client_with(make_client, text)
    assert isinstance(await client.fetch(FetchRequest(url=server.url("/feed"))), Fetched)
    assert sent(server)["/feed"] is not None
    assert sent(server)["/elsewhere"] is None


async def test_another_host_cannot_have_a_hosts_credential_used_by_redirecting_to_it(server, make_client):
    server.reply("/trap", 302, b"x", f"Location: {server.url('/private')}\r\n".encode())
    server.reply("/private")
    client = await client_with(make_client, HOSTWIDE.format(host=f"127.0.0.1:{server.port}"))
    await client.fetch(FetchRequest(url=server.url("/trap", "localhost")))
    assert sent(server) == {"/trap": None, "/private": None}


async def test_there_and_back_again_takes_nothing_along_either(server, make_client):
    server.reply("/feed", 302, b"x", f"Location: {server.url('/away', 'localhost')}\r\n".encode())
    server.reply("/away", 302, b"x", f"Location: {server.url('/back')}\r\n".encode())
    server.reply("/back")
    client = await client_with(make_client, HOSTWIDE.format(host=f"127.0.0.1:{server.port}"))
    await client.fetch(FetchRequest(url=server.url("/feed")))
    assert sent(server) == {"/feed": BASIC, "/away": None, "/back": None}


async def test_a_form_for_a_hub_carries_none(server, make_client):
    server.reply("/hub", 202)
    client = await client_with(make_client, HOSTWIDE.format(host=f"127.0.0.1:{server.port}"))
    await client.fetch(FetchRequest(url=server.url("/hub"), form={"hub.mode": "subscribe"}))
    assert sent(server) == {"/hub": None}


def test_nothing_is_sent_in_the_clear_nor_to_another_port_or_a_host_below():
    credentials = parse_credentials(HOSTWIDE.format(host="news.example"))
    assert credentials.headers("https://news.example/feed") == {"Authorization": BASIC}
    for url in (
        "http://news.example/feed",
        "https://news.example:8443/feed",
        "https://www.news.example/feed",
        "https://news.example.evil.example/feed",
    ):
        assert credentials.headers(url) == {}
    assert credentials.headers("https://news.example/b", ["http://news.example/a"]) == {"Authorization": BASIC}


def test_a_feeds_own_goes_before_its_hosts_and_a_header_may_be_named():
    both = OF_FEED.format(feed="https://news.example/feed") + HOSTWIDE.format(host="news.example")
    assert parse_credentials(both).headers("https://news.example/feed") == {"Authorization": "Bearer t0ken"}
    named = parse_credentials('[[credential]]\nhost = "News.Example"\nheader = "X-Api-Key"\ntoken = "k3y"\n')
    assert named.headers("https://news.example/") == {"X-Api-Key": "k3y"}
    assert parse_credentials("").headers("https://news.example/") == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[credential]\nhost", "are no TOML at line 1"),
        ('password = "s3cret"', "a list of"),
        ('[[credential]]\ntoken = "s3cret"', "host or by feed"),
        ('[[credential]]\nhost = "a"\nfeed = "https://a/"\ntoken = "s3cret"', "host or by feed"),
        ('[[credential]]\nhost = "https://a/"\ntoken = "s3cret"', "written as in an address"),
        ('[[credential]]\nhost = "a.example"\npassword = "s3cret"', "username and password, or a token"),
        ('[[credential]]\nhost = "a.example"\nusername = "a:b"\npassword = "s3cret"', "no colon"),
        ('[[credential]]\nhost = "a.example"\ntoken = "s3cret\\r\\nX: y"', "cannot be sent"),
        ('[[credential]]\nhost = "a.example"\ntoken = "s3cret"\nheader = "Host"', "cannot be sent"),
        ('[[credential]]\nhost = "a.example"\ntoken = "s3cret"\ncolour = "red"', "not colour"),
        ('[[credential]]\nhost = "a.example"\ntoken = 5', "is a text"),
        ('[[credential]]\nfeed = "http://a.example/f"\ntoken = "s3cret"', "is not https"),
        ('[[credential]]\nfeed = "https://u:s3cret@a.example/f"\ntoken = "t"', "holds a password itself"),
    ],
)
def test_what_cannot_be_used_is_told_without_the_secret(text, told):
    with pytest.raises(BadCredentials) as refused:
        parse_credentials(text)
    assert told in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_credential_shows_no_secret_of_itself():
    assert "sesame" not in repr(parse_credentials(HOSTWIDE.format(host="a.example")))
    assert BASIC not in repr(parse_credentials(HOSTWIDE.format(host="a.example")))


@pytest.mark.parametrize("url", ["https://u:p@a.example/", "https://token@a.example/f", "https:\\\\u:p@a.example/"])
def test_an_address_with_a_password_in_it_is_known(url):
    assert has_credentials(url)
    assert not has_credentials("https://a.example/@someone?mail=a@b")
