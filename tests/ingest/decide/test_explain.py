"""Why the next poll is when it is, in sentences."""

from datetime import datetime, timedelta
from typing import Any

from ingest.decide.explain import explain
from ingest.decide.reason import duration
from ingest.decide.schedule import PollPolicy
from ingest.model import FailureKind, FeedStatus, PacingHints, PollDecision, Validators


def explained(decision: PollDecision, policy: PollPolicy | None = None) -> str:
    return explain(decision.state, decision.next_poll_at, decision.reason, policy or PollPolicy())


def test_it_starts_with_the_decision_as_it_was_taken(make: Any, decide: Any) -> None:
    text = explained(decide(make.state(), make.fetched(cache_control="max-age=7200"), None, "old"))
    assert text.startswith(
        "Polled at 20 Nov 2026 12:00 UTC; the next poll is due at 20 Nov 2026 14:00 UTC, "
        "2 h later: the server's Cache-Control asks for it."
    )


def test_it_tells_all_that_weighs_on_the_feed(make: Any, decide: Any, conditional: Validators) -> None:
    hints = PacingHints(
        ttl_seconds=1800, update_period_seconds=3600, skip_hours=frozenset({1, 2}), skip_days=frozenset({6})
    )
    state = make.state(
        hints=hints, validators=conditional, moved_to="https://new.example/", moved_count=2, min_interval_seconds=7200
    )
    text = explained(decide(state, make.failed(FailureKind.TIMEOUT)))
    for piece in (
        "times a day",
        "500 entries",
        "gives validators",
        "The last poll failed: It failed.",
        "at most every 2 h",
        "Its ttl is 30 min.",
        "updated every 60 min",
        "(GMT): 1, 2.",
        "on Sunday.",
        "https://new.example/: seen 2 of 3 times",
    ):
        assert piece in text


def test_it_names_a_server_that_ignores_validators(make: Any, conditional: Validators, now: datetime) -> None:
    text = explain(make.state(full_answers=3, validators=conditional), now, "in 2 h: so", PollPolicy())
    assert "ignores our validators" in text


def test_a_feed_that_was_never_polled_is_due_at_once(make: Any) -> None:
    assert explain(make.fresh(), None, None, PollPolicy()).startswith("It was not polled yet")


def test_a_paused_feed_is_not_asked(make: Any, now: datetime) -> None:
    assert explain(make.state(status=FeedStatus.PAUSED), now, "x", PollPolicy()).startswith("It is paused")


def test_a_feed_that_is_gone_for_good_names_no_moment(make: Any, decide: Any, now: datetime) -> None:
    gone = decide(make.state(), make.failed(FailureKind.GONE, 410))
    text = explained(decide(gone.state, make.failed(FailureKind.GONE, 410), at=now + timedelta(days=30)))
    assert "not again: the feed is gone since 20 Nov" in text
    assert "9999" not in text


def test_spans_read_as_a_person_says_them() -> None:
    spans = (45, 3600, 7200, 9000, 86_400, 2 * 86_400, 14.2 * 86_400)
    assert [duration(span) for span in spans] == ["45 s", "60 min", "2 h", "2.5 h", "24 h", "2 d", "14.2 d"]


def test_of_a_feed_that_never_answered_no_rhythm_is_told(make: Any, decide: Any) -> None:
    text = explained(decide(make.state(window_entries=None, last_polled_at=None), make.failed(FailureKind.NOT_A_FEED)))
    assert "It has never answered with a feed" in text
    assert "times a day" not in text
    assert "validators" not in text


def test_a_poll_that_was_overdue_says_why_the_next_one_is_later(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(last_polled_at=now - timedelta(days=3), interval_seconds=3600)
    assert "as it was overdue and so were others" in explained(decide(state, make.fetched(), make.feed(), "new", 0))
