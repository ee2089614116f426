"""Pushes over real HTTP: rules 96-100, from the hub's POST to the stored article and the polls that it saves."""

import asyncio
import gzip
from datetime import timedelta

import pytest

from flows.steps.take_push import Delivery, take_push
from flows.websub import BODIES_AT_ONCE, MAX_PUSH_BYTES
from storage import feeds

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_push_is_answered_2xx_and_its_article_stored_without_a_poll_rule_96(stage):
    await stage.go_live()
    polls = stage.publisher.polls

    answer = await stage.publish(2)

    assert answer.status == 202
    assert stage.titles == ["News 2"]
    assert stage.publisher.polls == polls
    assert stage.subscriptions[0]["pushes"] == 1


async def test_a_push_touches_no_validator_and_the_next_poll_doubles_nothing(stage):
    stage.publisher.headers["ETag"] = '"one"'
    await stage.go_live()
    before = stage.feed.state
    await stage.publish(2)

    after = stage.feed.state
    assert (after.validators, after.body_hash, after.last_polled_at) == (
        before.validators,
        before.body_hash,
        before.last_polled_at,
    )
    stage.clock.forward(hours=30)
    report = await stage.poll()

    assert (report.feeds_polled, report.entries_new, report.articles_new) == (1, 0, 0)
    assert stage.titles == ["News 2"]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_signature_of_the_spec_is_taken_rule_99(stage, method):
    await stage.go_live()

    assert (await stage.publisher.push(method=method)).status == 202
    await stage.websub.settled()

    assert stage.subscriptions[0]["pushes"] == 1


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("sha256=" + "0" * 64, id="wrong, rule 97"),
        pytest.param("md5=" + "0" * 32, id="unknown method, rule 97"),
        pytest.param("", id="missing, rule 98"),
    ],
)
async def test_a_push_that_is_not_signed_is_answered_2xx_and_discarded(stage, signature):
    await stage.go_live()

    answer = await stage.publish(2, X_Hub_Signature=signature)

    assert answer.status == 202
    assert stage.titles == []
    assert (stage.subscriptions[0]["pushes"], stage.feed.state.push_until) == (0, None)


async def test_a_push_in_a_content_coding_is_decoded_and_either_form_may_be_signed(stage):
    await stage.go_live()
    stage.publisher.entries.append(2)

    answer = await stage.publisher.push(gzip.compress(stage.publisher.feed()), Content_Encoding="gzip")
    await stage.websub.settled()

    assert answer.status == 202
    assert stage.titles == ["News 2"]


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        pytest.param(b"x" * (MAX_PUSH_BYTES + 1), "", 413, id="too large as sent"),
        pytest.param(gzip.compress(b"x" * (MAX_PUSH_BYTES + 1)), "gzip", 413, id="too large decoded"),
        pytest.param(gzip.compress(b"<rss/>")[:-3], "gzip", 400, id="broken off"),
        pytest.param(b"<rss/>", "lzma", 415, id="unknown coding"),
    ],
)
async def test_bodies_beyond_the_bounds_are_refused_rule_99(stage, body, coding, status):
    await stage.go_live()

    assert (await stage.publisher.push(body, Content_Encoding=coding)).status == status
    await stage.websub.settled()
    assert stage.subscriptions[0]["pushes"] == 0


async def test_more_pushes_than_memory_is_kept_for_are_asked_to_come_again(stage, monkeypatch):
    await stage.go_live()
    monkeypatch.setattr(stage.websub, "_receiving", BODIES_AT_ONCE)

    assert (await stage.publisher.push()).status == 503


@pytest.mark.parametrize("body", [b"<html><body>Sorry</body></html>", b"", b"\x00\x01"])
async def test_a_push_that_is_no_feed_is_discarded(stage, body):
    await stage.go_live()

    assert (await stage.publisher.push(body)).status == 202
    await stage.websub.settled()

    assert stage.subscriptions[0]["pushes"] == 0
    assert (await stage.publish(2)).status == 202
    assert stage.titles == ["News 2"]


async def test_a_push_for_a_paused_feed_changes_nothing(stage):
    await stage.go_live()
    await stage.mill.writer.apply(lambda session: feeds.pause(session, stage.publisher.url()))

    await stage.publish(2)

    assert stage.titles == []


async def test_a_push_for_a_feed_removed_meanwhile_changes_nothing(stage):
    await stage.go_live()
    feed_id = stage.feed.feed_id
    await stage.mill.writer.apply(lambda session: feeds.remove(session, stage.publisher.url()))

    assert (await take_push(stage.mill, Delivery(1, feed_id, stage.publisher.feed(), ""))).entries_new == 0
    assert (await stage.publish(2)).status == 202
    assert stage.titles == []


async def test_while_pushes_come_the_feed_is_polled_once_a_day_rule_100(stage):
    await stage.go_live()
    for number in range(2, 6):
        await stage.publish(number)

    assert stage.feed.poll_reason == "in 24 h: its hub pushes what is new, so this is only the daily check"
    stage.clock.forward(hours=23)
    assert (await stage.poll()).feeds_polled == 0
    stage.clock.forward(hours=5)
    assert (await stage.poll()).feeds_polled == 1
    assert stage.feed.state.push_until > stage.clock()
    assert stage.feed.next_poll_at >= stage.clock() + 13 * HOUR  # twice the mean gap after the last push
    assert len(stage.titles) == 4


async def test_a_missed_push_found_by_a_poll_brings_polling_back_rule_100(stage):
    await stage.go_live()
    await stage.publish(2)
    stage.publisher.entries.append(3)  # and the hub says nothing
    stage.clock.forward(hours=28)

    report = await stage.poll()

    assert report.entries_new == 1
    assert stage.feed.state.push_until is None
    assert stage.feed.poll_reason.endswith("this poll found what no push had brought")
    assert stage.feed.next_poll_at < stage.clock() + DAY


async def test_when_the_lease_ends_polling_is_back_rule_100(stage):
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()
    await stage.publisher.verify(lease_seconds="7200")
    await stage.publish(2)
    assert stage.feed.state.push_until == stage.clock() + 2 * HOUR

    stage.clock.forward(hours=9)
    polled = await stage.poll()

    assert polled.feeds_polled == 1
    assert stage.feed.next_poll_at < stage.clock() + DAY
    assert "hub" not in stage.feed.poll_reason


async def test_a_renewed_lease_lets_the_trust_go_on_rule_100(stage):
    await stage.go_live()
    stage.clock.forward(days=7, hours=12)
    await stage.publish(2)
    lease_until = stage.clock() + timedelta(days=2, hours=12)
    assert stage.feed.state.push_until == lease_until
    stage.clock.forward(hours=13)
    await stage.ask_hubs()

    await stage.publisher.verify()

    assert stage.feed.state.push_until > lease_until


async def test_a_push_that_breaks_off_is_no_push(stage, caplog):
    await stage.go_live()
    path = stage.publisher.form["hub.callback"].partition(str(stage.websub.port))[2]
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.websub.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n<rss>".encode())
    writer.write_eof()
    await reader.read()
    writer.close()

    assert (await stage.publish(2)).status == 202
    assert stage.subscriptions[0]["pushes"] == 1
    assert "Error handling request" not in caplog.text


async def test_what_was_answered_is_stored_before_the_end(stage):
    await stage.go_live()
    stage.publisher.entries.append(2)
    await stage.publisher.push()

    await stage.websub.__aexit__(None, None, None)

    with stage.mill.database.read() as session:
        assert feeds.listing(session)[0]["url"] == stage.publisher.url()
    assert stage.subscriptions[0]["pushes"] == 1
