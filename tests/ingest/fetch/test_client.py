"""Fetching by the rules, against a real server on loopback."""

import asyncio
import errno
import gzip
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.fetch.client import Client, ClientOptions
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest, FetchResult, NotModified, Validators

Make = Callable[..., Awaitable[Client]]
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"
BOTH = Validators(etag='W/"a\\"b"', last_modified="sunday, 6 nov 94")


async def get(client: Client, url: str, **more: Any) -> FetchResult:
    return await client.fetch(FetchRequest(url=url, **more))


def failure(result: FetchResult) -> tuple[FailureKind, int | None]:
    assert isinstance(result, FetchFailed), result
    assert result.detail.endswith(".")
    return result.kind, result.status


def header_lines(request: bytes, name: bytes) -> list[bytes]:
    return [line for line in request.split(b"\r\n") if line.lower().startswith(name.lower() + b":")]


async def test_a_page_comes_back_whole_with_its_headers(server: Any, client: Client) -> None:
    url = server.reply("/", body=b"<p>hi</p>", headers=b"X-One: a\r\nx-one: b\r\nContent-Type: text/html\r\n")

    result = await get(client, url)

    assert isinstance(result, Fetched)
    assert (result.url, result.final_url, result.status, result.body) == (url, url, 200, b"<p>hi</p>")
    assert result.headers["x-one"] == "a, b"
    assert result.headers["content-type"] == "text/html"


async def test_requests_say_who_we_are_and_nothing_else(server: Any, client: Client) -> None:
    """Rules 1, 14, 44 to 48."""
    url = server.reply("/", headers=b"Set-Cookie: a=b; Path=/\r\n")
    await get(client, url)
    await get(client, url, accept="application/atom+xml")

    first, second = server.requests
    names = [line.split(b":")[0].lower() for line in first.split(b"\r\n")[1:] if line]
    assert first.startswith(b"GET / HTTP/1.1\r\n")
    assert sorted(names) == [b"accept", b"accept-encoding", b"host", b"user-agent"]
    assert header_lines(first, b"User-Agent") == [b"User-Agent: millwheel/1.0 (+https://example.org)"]
    assert header_lines(first, b"Accept-Encoding") == [b"Accept-Encoding: gzip, deflate, br, zstd"]
    assert header_lines(second, b"Accept") == [b"Accept: application/atom+xml"]
    assert not header_lines(second, b"Cookie")
    assert server.connections == 1


async def test_proxies_of_the_environment_are_ignored(
    server: Any, make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hostile input A11."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    client = await make_client()

    assert isinstance(await get(client, server.reply("/")), Fetched)


# --- conditional requests


@pytest.mark.parametrize(
    "etag", [b'"abc"', b'W/"abc"', b'w/"abc"', b"abc", b'"a\\"b"', b'"\xe9\xff\x80"', '"ü€"'.encode()]
)
async def test_an_etag_goes_back_byte_for_byte(server: Any, client: Client, etag: bytes) -> None:
    """Rules 2 and 3: obs-text bytes too."""
    modified = b"sunday, 06 nov 94"
    first = await get(client, server.reply("/", headers=b"ETag: %s\r\nLast-Modified: %s\r\n" % (etag, modified)))
    assert isinstance(first, Fetched)
    stored = Validators(etag=first.headers["etag"], last_modified=first.headers["last-modified"])
    stored.etag.encode("utf-8")  # type: ignore[union-attr]  # a database's text column takes it

    second = await get(client, server.say("/", NOT_MODIFIED), validators=stored)

    assert isinstance(second, NotModified)
    assert header_lines(server.requests[1], b"If-None-Match") == [b"If-None-Match: " + etag]
    assert header_lines(server.requests[1], b"If-Modified-Since") == [b"If-Modified-Since: " + modified]


async def test_a_304_gives_its_headers(server: Any, client: Client) -> None:
    """Rule 8."""
    url = server.say("/", b'HTTP/1.1 304 X\r\nETag: "new"\r\nCache-Control: max-age=60\r\n\r\n')

    result = await get(client, url, validators=BOTH)

    assert isinstance(result, NotModified)
    assert result.headers == {"etag": '"new"', "cache-control": "max-age=60"}


async def test_a_304_that_nobody_asked_for_breaks_the_protocol(server: Any, client: Client) -> None:
    """Rule 10: and it is not asked again."""
    assert failure(await get(client, server.say("/", NOT_MODIFIED))) == (FailureKind.PROTOCOL, 304)
    assert len(server.requests) == 1


async def test_validators_follow_a_redirect_within_their_origin_only(server: Any, client: Client) -> None:
    """Rule 11."""
    server.say("/b", NOT_MODIFIED)
    near = server.reply("/near", 302, headers=b"Location: /b\r\n")
    far = server.reply("/far", 302, headers=b"Location: http://other.localhost:%d/b\r\n" % server.port)

    assert isinstance(await get(client, near, validators=BOTH), NotModified)
    assert failure(await get(client, far, validators=BOTH)) == (FailureKind.PROTOCOL, 304)
    conditions = [len(header_lines(request, b"If-None-Match")) for request in server.requests]
    assert conditions == [1, 1, 1, 0]


# --- statuses


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (201, FailureKind.HTTP_ERROR),
        (202, FailureKind.HTTP_ERROR),
        (206, FailureKind.PROTOCOL),
        (300, FailureKind.HTTP_ERROR),
        (305, FailureKind.HTTP_ERROR),
        (400, FailureKind.HTTP_ERROR),
        (401, FailureKind.DENIED),
        (403, FailureKind.DENIED),
        (404, FailureKind.NOT_FOUND),
        (410, FailureKind.GONE),
        (418, FailureKind.HTTP_ERROR),
        (429, FailureKind.RATE_LIMITED),
        (451, FailureKind.DENIED),
        (500, FailureKind.SERVER_ERROR),
        (503, FailureKind.UNAVAILABLE),
        (599, FailureKind.SERVER_ERROR),
        (999, FailureKind.SERVER_ERROR),
    ],
)
async def test_each_status_has_its_kind_and_is_asked_once(
    server: Any, client: Client, status: int, kind: FailureKind
) -> None:
    """Rules 12, 34, 38, 39."""
    url = server.reply("/", status, headers=b"X-Reason: why\r\n")

    result = await get(client, url)

    assert failure(result) == (kind, status)
    assert isinstance(result, FetchFailed)
    assert result.headers["x-reason"] == "why"
    assert url in result.detail
    assert str(status) in result.detail
    assert len(server.requests) == 1


async def test_headers_as_long_as_real_sites_send_them_are_taken(server: Any, client: Client) -> None:
    policy = b"Content-Security-Policy: %s\r\n" % (b"default-src 'self' https://cdn.example.org; " * 500)

    assert isinstance(await get(client, server.reply("/", headers=policy)), Fetched)


async def test_rule_19_a_delta_is_asked_for_only_together_with_an_etag(server: Any, client: Client) -> None:
    url = server.reply("/", 304)
    for validators in (Validators(), Validators(last_modified="x"), Validators(etag='"e"')):
        await client.fetch(FetchRequest(url=url, validators=validators, accepts_delta=True))
    await client.fetch(FetchRequest(url=url, validators=Validators(etag='"e"')))
    assert [b"\r\nA-IM: feed\r\n" in request for request in server.requests] == [False, False, True, False]


@pytest.mark.parametrize("status", [200, 203, 226])
async def test_a_whole_body_is_taken_from_200_and_its_kin(server: Any, client: Client, status: int) -> None:
    """Rule 19: 226 without IM is a 200."""
    assert isinstance(await get(client, server.reply("/", status)), Fetched)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Length: 20\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"", mtime=0),
        b"HTTP/1.1 204 X\r\n\r\n",
    ],
)
async def test_an_empty_body_is_a_failure(server: Any, client: Client, answer: bytes) -> None:
    """Rule 43."""
    assert failure(await get(client, server.say("/", answer)))[0] is FailureKind.EMPTY


# --- redirects


async def test_redirects_are_followed_and_remembered(server: Any, client: Client) -> None:
    """Rules 35 and 36 need each hop with its status."""
    a = server.reply("/a", 301, headers=b"Location: /b?x=1#part\r\n")
    server.reply("/b", 302, headers=b"Location: //www.localhost:%d/c\r\n" % server.port)
    server.reply("/c", 303, headers=b"Location: d\r\n")
    server.reply("/d", 307, headers=b"Location: /e\r\n")
    server.reply("/e", 308, headers="Location: /\u00e9\r\n".encode())
    server.reply("/%C3%A9")

    result = await get(client, a)

    assert isinstance(result, Fetched)
    assert result.final_url == f"http://www.localhost:{server.port}/%C3%A9"
    assert [hop.status for hop in result.redirects] == [301, 302, 303, 307, 308]
    assert result.redirects[0].url == a
    assert result.redirects[0].target == server.url("/b?x=1")
    assert [hop.target for hop in result.redirects[:-1]] == [hop.url for hop in result.redirects[1:]]


async def test_six_hops_are_one_too_many(server: Any, client: Client) -> None:
    """Rule 37."""
    for number in range(9):
        server.reply(f"/{number}", 302, headers=b"Location: /%d\r\n" % (number + 1))

    assert failure(await get(client, server.url("/0"))) == (FailureKind.REDIRECT, 302)
    assert len(server.requests) == 6


@pytest.mark.parametrize("chain", [[b"/a"], [b"/b", b"/a"], [b"/b", b"/c", b"/b"]])
async def test_a_circle_ends_where_it_closes(server: Any, client: Client, chain: list[bytes]) -> None:
    """Rule 37."""
    for path, target in zip(("/a", "/b", "/c"), chain, strict=False):
        server.reply(path, 301, headers=b"Location: %s\r\n" % target)

    assert failure(await get(client, server.url("/a"))) == (FailureKind.REDIRECT, 301)
    assert len(server.requests) == len(chain)


@pytest.mark.parametrize(
    "location",
    [
        b"file:///etc/passwd",
        b"ftp://127.0.0.1/",
        b"gopher://127.0.0.1/",
        b"data:text/html,x",
        b"javascript:alert(1)",
        b"http://",
        b"http://exa mple.com/",
        b"",
        b"/" + b"a" * 3_000,
    ],
)
async def test_a_redirect_to_what_is_no_web_address_is_not_followed(
    server: Any, client: Client, location: bytes
) -> None:
    """Hostile input A7."""
    url = server.reply("/", 302, headers=b"Location: %s\r\n" % location)

    assert failure(await get(client, url)) == (FailureKind.REDIRECT, 302)


@pytest.mark.parametrize(
    "location",
    [
        b"http://10.0.0.1/",
        b"http://169.254.169.254/latest/meta-data/",
        b"http://[fd00:ec2::254]/",
        b"http://[::ffff:10.0.0.1]/",
        b"//192.168.1.1/",
        b"http://0xa000001/",
        b"http://user@10.0.0.1/",
    ],
)
async def test_a_redirect_to_a_forbidden_address_is_not_followed(server: Any, client: Client, location: bytes) -> None:
    """Hostile input A7 and A8."""
    url = server.reply("/", 302, headers=b"Location: %s\r\n" % location)

    result = await get(client, url)

    assert failure(result)[0] is FailureKind.FORBIDDEN_ADDRESS
    assert isinstance(result, FetchFailed)
    assert len(result.redirects) == 1


async def test_a_body_that_is_too_large_keeps_its_status_and_headers(server: Any, client: Client) -> None:
    url = server.reply("/", body=b"a" * 1_001, headers=b"Cache-Control: max-age=60\r\n")

    result = await get(client, url, max_bytes=1_000)

    assert failure(result) == (FailureKind.TOO_LARGE, 200)
    assert isinstance(result, FetchFailed)
    assert result.headers["cache-control"] == "max-age=60"
    assert isinstance(await get(client, url, max_bytes=1_001), Fetched)


async def test_meta_refresh_and_the_refresh_header_are_ignored(server: Any, client: Client) -> None:
    url = server.reply("/", body=b'<meta http-equiv=refresh content="0;url=/b">', headers=b"Refresh: 0;url=/b\r\n")

    result = await get(client, url)

    assert isinstance(result, Fetched)
    assert result.final_url == url
    assert len(server.requests) == 1


# --- truncation


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello" * 9, mtime=0)[:-4],
    ],
)
async def test_a_body_that_ends_early_is_truncated(server: Any, client: Client, answer: bytes) -> None:
    """Rules 12 and 42."""

    async def answer_and_close(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    assert failure(await get(client, server.say("/", answer_and_close)))[0] is FailureKind.TRUNCATED
    assert len(server.requests) == 1


async def test_a_compressed_stream_that_ends_early_is_truncated_although_the_length_agrees(
    server: Any, client: Client
) -> None:
    """Interface decision 12."""
    url = server.reply("/", body=gzip.compress(b"hello" * 99, mtime=0)[:-9], headers=b"Content-Encoding: gzip\r\n")

    assert failure(await get(client, url)) == (FailureKind.TRUNCATED, 200)


# --- connections


async def test_a_kept_connection_that_was_closed_is_replaced_once(server: Any, client: Client) -> None:
    """Rule 34: the only retry inside a fetch."""

    async def close(writer: asyncio.StreamWriter) -> None:
        del writer

    url = server.reply("/")
    good = server.answers["/"][0]
    server.say("/", good, close, good)

    assert isinstance(await get(client, url), Fetched)
    assert isinstance(await get(client, url), Fetched)
    assert len(server.requests) == 3


async def test_a_fresh_connection_that_is_closed_without_an_answer_is_not_tried_again(
    server: Any, client: Client
) -> None:
    """Rule 34."""

    async def close(writer: asyncio.StreamWriter) -> None:
        del writer

    assert failure(await get(client, server.say("/", close))) == (FailureKind.CONNECT, None)
    assert len(server.requests) == 1


async def test_a_refused_connection_is_a_failure(client: Client, unused_tcp_port: int) -> None:
    assert failure(await get(client, f"http://127.0.0.1:{unused_tcp_port}/")) == (FailureKind.CONNECT, None)


async def test_our_own_shortage_of_files_is_no_failure_of_the_server(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more_sockets(*_: Any) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("ingest.fetch.guard.socket.socket", no_more_sockets)

    with pytest.raises(OSError, match="Too many open files"):
        await get(client, server.reply("/"))


async def test_a_name_that_does_not_exist_is_a_failure(client: Client) -> None:
    assert failure(await get(client, "http://no-such-name.invalid/")) == (FailureKind.DNS, None)


async def test_a_certificate_is_checked(server: Any, make_client: Make, tmp_path: Path) -> None:
    ours = certificate(tmp_path)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(ours)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=serving)
    url = f"https://news.localhost:{listener.sockets[0].getsockname()[1]}/"
    server.reply("/")

    stranger = await get(await make_client(), url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=str(ours)))
        trusted = await get(await make_client(), url)
        misnamed = await get(await make_client(), url.replace("news.", "other."))

    assert failure(stranger) == failure(misnamed) == (FailureKind.TLS, None)
    assert isinstance(trusted, Fetched)
    assert len(server.requests) == 1
    listener.close()


def certificate(folder: Path) -> Path:
    """A self-signed certificate for news.localhost, with its key, in one file."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("news.localhost")]), critical=False)
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


async def test_https_to_a_server_without_tls_is_a_failure(make_client: Make) -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 X\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    client = await make_client()

    assert failure(await get(client, f"https://127.0.0.1:{port}/")) == (FailureKind.TLS, None)
    listener.close()


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://example.org/", "http://example.org:99999/", "http://a b/"])
async def test_what_is_no_web_address_is_a_bad_url(client: Client, url: str) -> None:
    assert failure(await get(client, url)) == (FailureKind.BAD_URL, None)


async def test_credentials_are_neither_sent_nor_shown(server: Any, client: Client) -> None:
    """Hostile input A12."""
    server.reply("/", 401)

    result = await get(client, f"http://user:secret@127.0.0.1:{server.port}/")

    assert failure(result) == (FailureKind.DENIED, 401)
    assert isinstance(result, FetchFailed)
    assert "secret" not in result.detail
    assert not header_lines(server.requests[0], b"Authorization")


async def test_connections_are_kept_for_the_hosts_asked_last_only(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.fetch.transport._MAX_IDLE_HOSTS", 3)
    server.reply("/")
    for number in range(10):
        await get(client, server.url("/", f"h{number}.localhost"))
    await asyncio.sleep(0.05)

    assert server.open == 3
    await get(client, server.url("/", "h9.localhost"))
    assert server.connections == 10


# --- pacing


async def test_starts_at_one_host_are_spaced(server: Any, make_client: Make) -> None:
    """Rule 33; hosts do not wait for each other."""
    client = await make_client(host_delay_seconds=0.15)
    server.reply("/")
    hosts = ("127.0.0.1", "127.0.0.1", "127.0.0.1", "other.localhost")

    await asyncio.gather(*(get(client, server.url("/", host)) for host in hosts))

    same = [at for at, sent in zip(server.times, server.requests, strict=True) if b"Host: 127" in sent]
    assert len(same) == 3
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(same))
    assert [b"other" in sent for sent in server.requests].index(True) < 2


async def test_two_connections_a_host_and_four_an_address(server: Any, make_client: Make) -> None:
    """Rule 33."""
    client = await make_client()
    running = {"one": 0, "all": 0}
    most = {"one": 0, "all": 0}

    def count(names: tuple[str, ...], by: int) -> None:
        for name in names:
            running[name] += by
            most[name] = max(most[name], running[name])

    def answer(*names: str) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
        async def slow(writer: asyncio.StreamWriter) -> None:
            count(names, 1)
            await asyncio.sleep(0.05)
            count(names, -1)
            writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")

        return slow

    server.say("/one", answer("one", "all"))
    server.say("/many", answer("all"))
    urls = [server.url("/one")] * 6 + [server.url("/many", f"h{number}.localhost") for number in range(12)]

    results = await asyncio.gather(*(get(client, url) for url in urls))

    assert all(isinstance(result, Fetched) for result in results)
    assert most == {"one": 2, "all": 4}


async def test_no_more_connections_than_allowed_and_waiting_for_one_costs_no_deadline(
    server: Any, make_client: Make
) -> None:
    client = await make_client(connections=1)

    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1\r\nConnection: close\r\n\r\n%d" % server.open)

    server.say("/", slow)
    urls = [server.url("/", f"h{number}.localhost") for number in range(4)]

    results = await asyncio.gather(*(get(client, url, deadline_seconds=1.0) for url in urls))

    assert [result.body for result in results if isinstance(result, Fetched)] == [b"1"] * 4


async def test_retry_after_holds_the_host_for_everyone(server: Any, client: Client) -> None:
    """Rule 31."""
    server.reply("/limited", 429, headers=b"Retry-After: 600\r\n")
    server.reply("/fine")
    result = await get(client, server.url("/limited"))
    assert failure(result) == (FailureKind.RATE_LIMITED, 429)
    assert isinstance(result, FetchFailed)
    assert result.headers["retry-after"] == "600"

    held = await get(client, server.url("/fine"))

    assert failure(held) == (FailureKind.RATE_LIMITED, None)
    assert isinstance(held, FetchFailed)
    assert 590 <= int(held.headers["retry-after"]) <= 600
    assert len(server.requests) == 1
    assert isinstance(await get(client, server.url("/fine", "other.localhost")), Fetched)


async def test_a_host_can_be_held_and_slowed_from_outside(server: Any, client: Client) -> None:
    client.hold(f"127.0.0.1:{server.port}", 60.0)
    client.set_host_delay(f"slow.localhost:{server.port}", 0.2)
    server.reply("/")

    assert failure(await get(client, server.url("/"))) == (FailureKind.RATE_LIMITED, None)
    for _ in range(2):
        assert isinstance(await get(client, server.url("/", "slow.localhost")), Fetched)
    assert server.times[1] - server.times[0] >= 0.15


async def test_waiting_for_a_turn_does_not_use_up_the_deadline(server: Any, make_client: Make) -> None:
    client = await make_client(host_delay_seconds=0.2)
    url = server.reply("/")

    results = await asyncio.gather(*(get(client, url, deadline_seconds=0.8) for _ in range(6)))

    assert all(isinstance(result, Fetched) for result in results)


async def test_a_request_that_names_no_deadline_has_the_clients(server: Any, make_client: Make) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        del writer
        await asyncio.sleep(30)

    client = await make_client(deadline_seconds=0.1)

    result = await get(client, server.say("/", hang))

    assert isinstance(result, FetchFailed)
    assert result.detail.endswith("it was not done within 0.1 seconds.")


async def test_a_fetch_can_be_cancelled(server: Any, client: Client) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        del writer
        await asyncio.sleep(30)

    task = asyncio.create_task(get(client, server.say("/", hang)))
    await asyncio.sleep(0.05)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_the_robots_token_is_the_name_before_the_slash() -> None:
    """Interface decision 11."""
    assert ClientOptions(user_agent="millwheel/1.0 (+https://example.org)").robots_token == "millwheel"


async def test_a_range_of_bytes_is_had_where_it_is_what_was_asked_for(server: Any, client: Client) -> None:
    part = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-5/9\r\nContent-Length: 3\r\n\r\ndef"
    url = server.say("/part", part)

    wanted = await get(client, url, byte_range=(3, 5))
    other = await get(client, url, byte_range=(0, 2))
    unasked = await get(client, url)

    assert isinstance(wanted, Fetched)
    assert (wanted.status, wanted.body) == (206, b"def")
    assert isinstance(other, FetchFailed)
    assert isinstance(unasked, FetchFailed)
    assert [header_lines(request, b"Range") for request in server.requests] == [
        [b"Range: bytes=3-5"],
        [b"Range: bytes=0-2"],
        [],
    ]
    assert client.sent == 3
