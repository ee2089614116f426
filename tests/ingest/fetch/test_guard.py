"""Which addresses and URLs are let through (hostile-input A1-A5, A8, A9, A12)."""

import socket
from ipaddress import ip_network

import pytest
import yarl
from ada_url import URL
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import BadUrl
from ingest.fetch.guard import (
    AddressPolicy,
    ForbiddenAddress,
    check_address,
    check_host,
    check_url,
    endpoint_of,
    guarded_sockets,
    host_of,
    loggable_url,
)

PUBLIC_ONLY = AddressPolicy()
FORBIDDEN = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1 127.255.255.254
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 168.63.129.16
:: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 3fff::1 100::1 5f00::1 4000::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::8.8.8.8
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::808:808
2002:7f00:1:: 2002:808:808::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 172.15.0.1
172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700::1111 2a00:1450:4001:81b::200e ::ffff:8.8.8.8 64:ff9b::808:808
"""


@pytest.mark.parametrize("ip", FORBIDDEN.split())
def test_no_special_purpose_address_is_let_through(ip: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(ip, 443, PUBLIC_ONLY)


@pytest.mark.parametrize("ip", PUBLIC.split())
def test_the_neighbours_of_special_purpose_blocks_are_let_through(ip: str) -> None:
    check_address(ip, 443, PUBLIC_ONLY)


@pytest.mark.parametrize("port", [80, 443, 1024, 8080, 8443, 65535])
def test_web_ports_and_user_ports_are_let_through(port: int) -> None:
    check_address("8.8.8.8", port, PUBLIC_ONLY)


@pytest.mark.parametrize("port", [1, 21, 22, 25, 79, 81, 111, 442, 587, 1023])
def test_other_ports_are_not_let_through_even_on_allowed_networks(port: int) -> None:
    policy = AddressPolicy(allow_networks=(ip_network("127.0.0.0/8"),))

    for ip in ("8.8.8.8", "127.0.0.1"):
        with pytest.raises(ForbiddenAddress, match="port"):
            check_address(ip, port, policy)


def test_an_allowed_network_is_let_through_however_it_is_spelt_and_no_other() -> None:
    policy = AddressPolicy(allow_networks=(ip_network("127.0.0.0/8"),))

    check_address("127.1.2.3", 8080, policy)
    check_address("::ffff:127.1.2.3", 8080, policy)
    for ip in ("10.0.0.1", "::1"):
        with pytest.raises(ForbiddenAddress):
            check_address(ip, 8080, policy)


def test_an_allowed_endpoint_is_exact_in_address_and_port() -> None:
    policy = AddressPolicy(allow_endpoints=frozenset({("127.0.0.1", 8765)}))

    check_address("127.0.0.1", 8765, policy)
    for ip, port in (("127.0.0.1", 8766), ("127.0.0.2", 8765), ("::1", 8765)):
        with pytest.raises(ForbiddenAddress):
            check_address(ip, port, policy)


def test_no_socket_is_made_for_a_forbidden_address_and_one_for_an_allowed_one() -> None:
    make_socket = guarded_sockets(PUBLIC_ONLY)

    with pytest.raises(ForbiddenAddress):
        make_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80)))
    with pytest.raises(ForbiddenAddress):
        make_socket((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 80, 0, 0)))
    made = make_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("8.8.8.8", 80)))
    made.close()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://Example.COM", "http://example.com/"),
        ("  https://example.com:443/a b?c=d e#f ", "https://example.com/a%20b?c=d%20e"),
        ("http://user:secret@example.com/x#y", "http://example.com/x"),
        ("http://münchen.de/é", "http://xn--mnchen-3ya.de/%C3%A9"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http:\\\\example.com\\a", "http://example.com/a"),
        ("http://example.com/a/../b/%zz", "http://example.com/b/%zz"),
        ("http://example.com/a@b", "http://example.com/a@b"),
    ],
)
def test_a_url_is_normalised_as_browsers_do(given: str, expected: str) -> None:
    assert check_url(given) == expected
    assert check_url(expected) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        "example.com/feed",
        "//example.com/feed",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:text/html,x",
        "javascript:alert(1)",
        "feed:https://example.com/",
        "http://",
        "http://./",
        "http://exa mple.com/",
        "http://example.com:99999/",
        "http://example.com%00.evil/",
        "http://[::1%25lo]/",
        "http://[::1/",
        "http://exam\nple.com/",
        "http://example.com/\x00",
        "http://example.com/\x7f",
        "http://example.com/" + "a" * 2_048,
        "http://example.com/" + "é" * 1_000,
        "http://\ud800.com/",
    ],
)
def test_what_can_never_be_asked_for_is_a_bad_url(given: str) -> None:
    with pytest.raises(BadUrl):
        check_url(given)


@given(st.text(max_size=80).map("http://{}".format) | st.text(max_size=80).map("https://example.org/{}".format))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    try:
        url = check_url(text)
    except BadUrl:
        return

    assert check_url(url) == url
    assert endpoint_of(url).name == URL(url).hostname.strip("[]")
    assert endpoint_of(url).host
    assert yarl.URL(url, encoded=True).raw_host == endpoint_of(url).name


def test_a_relative_url_is_read_against_its_base() -> None:
    assert check_url("../b", "https://example.com/x/y/z") == "https://example.com/x/b"
    assert check_url("//other.example/q", "https://example.com/") == "https://other.example/q"
    with pytest.raises(BadUrl):
        check_url("file:///etc/passwd", "https://example.com/")


@pytest.mark.parametrize(
    ("url", "host", "name", "port"),
    [
        ("http://example.com/", "example.com", "example.com", 80),
        ("https://example.com./a:b@c", "example.com", "example.com.", 443),
        ("https://example.com:8443/?q=/x:1", "example.com:8443", "example.com", 8443),
        ("http://[2606:4700::1111]/", "[2606:4700::1111]", "2606:4700::1111", 80),
        ("http://[2606:4700::1111]:8080/", "[2606:4700::1111]:8080", "2606:4700::1111", 8080),
    ],
)
def test_the_endpoint_of_a_url_is_who_is_asked(url: str, host: str, name: str, port: int) -> None:
    endpoint = endpoint_of(url)

    assert (endpoint.host, endpoint.name, endpoint.port) == (host, name, port)
    assert host_of(url) == host


@pytest.mark.parametrize("url", ["http://127.1/", "http://localhost/", "http://a.localhost/", "http://[::1]:99/"])
def test_a_url_can_be_refused_without_asking_dns(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_host(url, PUBLIC_ONLY)


def test_names_are_not_refused_before_dns_was_asked() -> None:
    check_host("http://example.com/", PUBLIC_ONLY)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@example.com/a@b", "http://example.com/a@b"),
        ("http://user:s:e:c@example.com", "http://example.com"),
        ("\\\\user:secret@example.com", "\\\\example.com"),
        ("ftp://user:secret@example.com/", "ftp://example.com/"),
        ("http://example.com/\u202egnp.exe\x9b", "http://example.com/\ufffdgnp.exe\ufffd"),
        ("http://example.com/\x1b[31m\r\n", "http://example.com/\ufffd[31m\ufffd\ufffd"),
    ],
)
def test_messages_show_urls_without_credentials_and_control_characters(url: str, shown: str) -> None:
    assert loggable_url(url) == shown
    assert len(loggable_url("http://example.com/" + "a" * 9_999)) == 200
