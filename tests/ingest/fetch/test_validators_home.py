"""Validators go to the address that gave them and to no other (rule 11)."""

from typing import Any

from ingest.model import Fetched, FetchRequest, NotModified, Validators


async def test_rule_11_behind_a_redirect_only_the_target_that_gave_them_is_sent_them(
    server: Any, make_client: Any
) -> None:
    target = server.reply("/new", 304, b"", b'ETag: "e"\r\n')
    first = server.reply("/old", 301, b"", b"Location: /new\r\n")
    client = await make_client()
    result = await client.fetch(FetchRequest(url=first, validators=Validators('"e"', None, target)))
    assert isinstance(result, NotModified)
    assert [b"If-None-Match" in request for request in server.requests] == [False, True]


async def test_rule_11_an_address_that_did_not_give_them_is_not_sent_them(server: Any, make_client: Any) -> None:
    url = server.reply("/feed", body=b"all of it")
    client = await make_client()
    elsewhere = Validators('"e"', None, "http://elsewhere.example/feed")
    result = await client.fetch(FetchRequest(url=url, validators=elsewhere))
    assert isinstance(result, Fetched)
    assert b"If-None-Match" not in server.requests[0]
