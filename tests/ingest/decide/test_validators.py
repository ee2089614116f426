"""Which validators a feed keeps (rules 1-12, 16)."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.errors import FeedRejected, IngestError, NotAFeed
from ingest.model import FailureKind, Validators

URL = "https://news.example/feed"
ETAGS = ['"abc"', 'W/"abc"', 'w/"abc"', "abc", r'"a\"b"', '"\x80\xff"']
DATES = ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "sun, 06 nov 1994 08:49:37 gmt", "garbage"]


@pytest.mark.parametrize("etag", ETAGS)
def test_rule_3_an_etag_is_kept_byte_for_byte(make: Any, decide: Any, etag: str) -> None:
    after = decide(make.fresh(), make.fetched(etag=etag), make.feed(), "h", 0)
    assert after.state.validators == Validators(etag, None, URL)


@pytest.mark.parametrize("date", DATES)
def test_rule_4_a_last_modified_of_any_form_is_kept_as_it_came(make: Any, decide: Any, date: str) -> None:
    after = decide(make.fresh(), make.fetched(last_modified=date), make.feed(), "h", 0)
    assert after.state.validators == Validators(None, date, URL)


def test_rule_2_both_validators_are_kept(make: Any, decide: Any) -> None:
    after = decide(make.fresh(), make.fetched(etag='"e"', last_modified="L"), make.feed(), "h", 0)
    assert after.state.validators == Validators('"e"', "L", URL)


def test_rule_6_a_later_200_replaces_the_pair(make: Any, decide: Any, conditional: Validators) -> None:
    after = decide(make.state(validators=conditional), make.fetched(last_modified="L2"), make.feed(), "new", 1)
    assert after.state.validators == Validators(None, "L2", URL)


def test_rule_7_the_same_body_with_new_validators_stores_them_and_changes_nothing_else(
    make: Any, decide: Any, conditional: Validators
) -> None:
    after = decide(make.state(validators=conditional), make.fetched(etag='"touched"'), None, "old")
    assert after.state.validators == Validators('"touched"', None, URL)
    assert (after.is_changed, after.state.body_hash, after.failure) == (False, "old", None)


def test_rule_8_a_304_refreshes_every_validator_that_it_names(make: Any, decide: Any, conditional: Validators) -> None:
    after = decide(make.state(validators=conditional), make.not_modified(etag='"e2"', last_modified="L2"))
    assert after.state.validators == Validators('"e2"', "L2", URL)


def test_rule_9_a_304_without_validators_keeps_the_stored_ones(make: Any, decide: Any, conditional: Validators) -> None:
    after = decide(make.state(validators=conditional), make.not_modified())
    assert after.state.validators == replace(conditional, url=URL)


def test_rule_10_a_304_that_nobody_asked_for_is_an_error_and_stores_nothing(make: Any, decide: Any) -> None:
    after = decide(make.state(), make.not_modified(etag='"e"'))
    assert after.failure is FailureKind.PROTOCOL
    assert after.state.validators == Validators()


def test_rule_10_the_retry_after_it_waits_for_the_next_normal_slot(make: Any, decide: Any) -> None:
    normal = decide(make.state(), make.fetched(), None, "old").next_poll_at
    assert decide(make.state(), make.not_modified()).next_poll_at == normal


def test_rule_11_validators_carry_the_address_that_gave_them(make: Any, decide: Any) -> None:
    result = replace(make.redirected((302, "https://cdn.example/feed")), headers={"etag": '"e"'})
    after = decide(make.fresh(), result, make.feed(), "h", 0)
    assert after.state.validators == Validators('"e"', None, "https://cdn.example/feed")


def test_rule_11_a_304_keeps_the_address_that_gave_them(make: Any, decide: Any) -> None:
    known = Validators('"e"', None, "https://cdn.example/feed")
    after = decide(make.state(validators=known), make.not_modified(last_modified="L"))
    assert after.state.validators == Validators('"e"', "L", "https://cdn.example/feed")


@pytest.mark.parametrize("error", [NotAFeed("a login page"), FeedRejected("too deep")])
def test_rule_12_a_document_that_is_no_feed_leaves_validators_and_hash_alone(
    make: Any, decide: Any, conditional: Validators, error: IngestError
) -> None:
    after = decide(make.state(validators=conditional), make.fetched(etag='"bad"'), error, "bad")
    assert (after.state.validators, after.state.body_hash) == (conditional, "old")
    assert after.failure is not None


@pytest.mark.parametrize("kind", [FailureKind.TRUNCATED, FailureKind.HTTP_ERROR, FailureKind.EMPTY])
def test_rules_12_42_43_a_failed_fetch_stores_no_validators(
    make: Any, decide: Any, conditional: Validators, kind: FailureKind
) -> None:
    after = decide(make.state(validators=conditional), make.failed(kind, 206, etag='"bad"'))
    assert after.state.validators == conditional


def test_rule_12_an_answer_that_was_never_parsed_is_fetched_again(make: Any, decide: Any) -> None:
    after = decide(make.state(), make.fetched(etag='"e"'), None, "never seen")
    assert (after.failure, after.state.body_hash) == (FailureKind.REJECTED, "old")


def test_rule_16_expires_0_and_no_cache_keep_validators(make: Any, decide: Any) -> None:
    result = make.fetched(etag='"e"', expires="0", cache_control="no-cache, private")
    assert decide(make.fresh(), result, make.feed(), "h", 0).state.validators == Validators('"e"', None, URL)


def test_rule_19_a_delta_keeps_the_new_etag_and_the_known_window(
    make: Any, decide: Any, conditional: Validators
) -> None:
    result = replace(make.fetched(etag='"e2"', im="feed"), status=226)
    after = decide(make.state(validators=conditional), result, make.feed(make.entries(0.1)), "delta", 1)
    assert (after.state.validators.etag, after.state.window_entries) == ('"e2"', 500)


def test_rule_19_a_226_without_im_is_a_200(make: Any, decide: Any, conditional: Validators) -> None:
    result = replace(make.fetched(etag='"e2"'), status=226)
    after = decide(make.state(validators=conditional), result, make.feed(make.entries(0.1)), "whole", 1)
    assert after.state.window_entries == 1


def test_rule_15_no_number_of_304s_forces_a_full_request(make: Any, decide: Any, conditional: Validators) -> None:
    state = make.state(validators=conditional)
    for _ in range(500):
        state = decide(state, make.not_modified()).state
    assert state.validators == replace(conditional, url=URL)


def test_rule_5_one_validator_stays_alone(make: Any, decide: Any) -> None:
    after = decide(make.state(validators=Validators('"e"')), make.not_modified())
    assert after.state.validators == Validators('"e"', None, URL)
