"""What goes to a hub, what comes from one, and signatures."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from ingest.model import HubOffer
from ingest.websub.request import HubQuestion, hub_form, is_signed, read_question
from ingest.websub.subscription import ask, leave, subscribe_to

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WANTED = subscribe_to(
    HubOffer(hub_url="https://hub.example/", topic_url="https://news.example/f?a=1"), "t0k", "s3c", NOW
)
BODY = b"<rss/>"


def sign(method, secret="s3c", body=BODY):
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def test_the_form_asks_for_the_topic_as_it_was_named_rule_90():
    assert hub_form(WANTED, "https://me.example/websub/") == {
        "hub.mode": "subscribe",
        "hub.topic": "https://news.example/f?a=1",
        "hub.callback": "https://me.example/websub/t0k",
        "hub.lease_seconds": "864000",
        "hub.secret": "s3c",
    }


def test_the_form_that_leaves_carries_no_secret():
    form = hub_form(leave(ask(WANTED, NOW), NOW), "https://me.example/websub")

    assert form == {
        "hub.mode": "unsubscribe",
        "hub.topic": "https://news.example/f?a=1",
        "hub.callback": "https://me.example/websub/t0k",
    }


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_spec_is_accepted_rule_99(method):
    assert is_signed(BODY, sign(method), "s3c")
    assert is_signed(BODY, sign(method).upper(), "s3c")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        "sha256=é",
        sign("md5"),
        sign("sha256", secret="other"),
        sign("sha256", body=b"<rss/> "),
        sign("sha256").replace("sha256", "sha512"),
        sign("sha256")[:-1],
    ],
)
def test_other_signatures_are_not_rules_97_and_98(header):
    assert not is_signed(BODY, header, "s3c")


def test_questions_of_hubs_are_read():
    verify = {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c", "hub.lease_seconds": "60"}

    assert read_question(verify) == HubQuestion("subscribe", "t", "c", "60")
    assert read_question({"hub.mode": "denied", "hub.topic": "t", "hub.reason": "no"}) == HubQuestion(
        "denied", "t", reason="no"
    )


def test_a_reason_cannot_speak_to_terminals():
    question = read_question({"hub.mode": "denied", "hub.topic": "t", "hub.reason": "\x1b[31mno\u202e\n" + "x" * 999})

    assert question is not None
    assert question.reason == "[31mno" + "x" * 291


@pytest.mark.parametrize("left_out", ["hub.mode", "hub.topic", "hub.challenge"])
def test_what_is_no_question_is_none(left_out):
    whole = {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c"}

    assert read_question({name: value for name, value in whole.items() if name != left_out}) is None
    assert read_question(whole | {"hub.mode": "publish"}) is None
    assert read_question(whole | {"hub.challenge": "c" * 5_000}) is None
