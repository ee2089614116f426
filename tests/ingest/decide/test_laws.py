"""Laws of the decision: total over every answer, never in the past, never before what was asked for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.decide.schedule import NEVER, Poll, PollPolicy, decide_poll
from ingest.errors import FeedRejected, NotAFeed
from ingest.headers import freshness_seconds, retry_after_seconds
from ingest.model import (
    Entry,
    FailureKind,
    FeedState,
    FeedStatus,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    PacingHints,
    ParsedFeed,
    Redirect,
    Validators,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URLS = st.sampled_from(["https://a.example/f", "https://b.example/f", "http://a.example/f", "https://[bad", "", "x"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive
SECONDS = st.integers(-10, 10**7)
HTTP_DATES = MOMENTS.map(lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S} GMT")
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "cache-control": st.one_of(SECONDS.map(lambda n: f"max-age={n}"), st.text(max_size=20)),
        "age": SECONDS.map(str),
        "date": HTTP_DATES,
        "expires": st.one_of(HTTP_DATES, st.just("0")),
        "retry-after": st.one_of(SECONDS.map(str), HTTP_DATES, st.text(max_size=10)),
        "etag": st.text(max_size=8),
        "last-modified": st.text(max_size=8),
    },
)
REDIRECTS = st.lists(
    st.builds(Redirect, url=URLS, status=st.sampled_from([301, 302, 308]), target=URLS), max_size=3
).map(tuple)
RESULTS = st.one_of(
    st.builds(
        Fetched,
        url=URLS,
        final_url=URLS,
        status=st.sampled_from([200, 226]),
        headers=HEADERS,
        body=st.sampled_from([b"", b"x" * 300_000]),
        redirects=REDIRECTS,
    ),
    st.builds(NotModified, url=URLS, final_url=URLS, headers=HEADERS, redirects=REDIRECTS),
    st.builds(
        FetchFailed,
        url=URLS,
        kind=st.sampled_from(FailureKind),
        detail=st.just("It failed."),
        status=st.none() | st.integers(100, 599),
        headers=HEADERS,
        redirects=REDIRECTS,
    ),
)
HINTS = st.builds(
    PacingHints,
    ttl_seconds=st.none() | SECONDS,
    update_period_seconds=st.none() | SECONDS,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
STATES = st.builds(
    FeedState,
    url=URLS,
    status=st.sampled_from(FeedStatus),
    validators=st.builds(Validators, st.none() | st.text(max_size=4)),
    body_hash=st.none() | st.just("h"),
    min_interval_seconds=st.none() | st.integers(0, 10**7),
    interval_seconds=st.none() | st.integers(0, 10**7),
    created_at=st.none() | MOMENTS,
    last_polled_at=st.none() | MOMENTS,
    last_changed_at=st.none() | MOMENTS,
    failures=st.integers(0, 10_000),
    failing_since=st.none() | MOMENTS,
    failure=st.none() | st.sampled_from(FailureKind),
    post_count=st.floats(0, 1e6),
    post_days=st.floats(0, 21),
    window_entries=st.none() | st.integers(0, 5000),
    full_answers=st.integers(0, 10),
    moved_to=st.none() | URLS,
    moved_count=st.integers(0, 5),
    moved_seen_at=st.none() | MOMENTS,
    hints=HINTS,
)
ENTRIES = st.lists(st.builds(Entry, id=st.none(), url=st.none(), published_at=st.none() | MOMENTS), max_size=5)
FEEDS = st.builds(ParsedFeed, format=st.just("rss20"), title=st.none(), entries=ENTRIES.map(tuple), hints=HINTS)
POLLS = st.builds(
    Poll,
    state=STATES,
    result=RESULTS,
    parsed=st.none() | FEEDS | st.sampled_from([NotAFeed("no"), FeedRejected("no")]),
    body_hash=st.none() | st.sampled_from(["h", "other"]),
    new_entries=st.none() | st.integers(0, 5000),
)
POLICIES = st.builds(
    PollPolicy, min_interval_seconds=st.sampled_from([0, 900, 3600]), budget_constant=st.floats(0.5, 20)
)
JITTERS = st.floats(0, 1, exclude_max=True)


def asked_for(result: FetchResult, policy: PollPolicy) -> float:
    """Seconds for which the server, by its headers, wants to be left alone."""
    if isinstance(result, FetchFailed):
        return min(retry_after_seconds(result.headers, NOW) or 0.0, 7 * 86_400)
    return min(freshness_seconds(result.headers) or 0, policy.max_interval_seconds)


@given(POLLS, POLICIES, JITTERS)
def test_no_poll_is_before_the_floor_nor_before_what_the_server_asked_for(
    poll: Poll, policy: PollPolicy, jitter: float
) -> None:
    own = poll.state.min_interval_seconds
    floor = policy.min_interval_seconds if own is None else own

    decision = decide_poll(poll, NOW, policy, jitter)

    if decision.state.status is not FeedStatus.GONE:
        assert decision.next_poll_at >= NOW + timedelta(seconds=floor)
    assert decision.next_poll_at >= NOW + timedelta(seconds=asked_for(poll.result, policy))
    assert decision.next_poll_at >= (decision.host_hold_until or NOW)


@given(POLLS, POLICIES, JITTERS)
def test_the_next_state_is_complete_and_agrees_with_the_decision(poll: Poll, policy: PollPolicy, jitter: float) -> None:
    decision = decide_poll(poll, NOW, policy, jitter)

    after = decision.state
    assert after.last_polled_at == NOW
    assert after.failure == decision.failure
    assert (after.failures == 0) == (decision.failure is None) == (after.failing_since is None)
    assert after.post_count >= 0
    assert after.post_days >= 0
    assert decision.reason.startswith(("in ", "not again: "))


@given(POLLS, POLICIES, JITTERS, JITTERS)
def test_more_jitter_is_never_sooner(poll: Poll, policy: PollPolicy, one: float, other: float) -> None:
    less, more = sorted((one, other))
    if poll.state.hints == PacingHints() and not isinstance(poll.parsed, ParsedFeed):
        sooner = decide_poll(poll, NOW, policy, less).next_poll_at
        assert sooner <= decide_poll(poll, NOW, policy, more).next_poll_at


@given(POLLS, POLICIES)
def test_no_wait_of_ours_is_longer_than_thirty_days_but_for_what_is_gone(poll: Poll, policy: PollPolicy) -> None:
    decision = decide_poll(poll, NOW, policy, 0.0)
    longest = max(30 * 86_400, poll.state.min_interval_seconds or 0)
    skipped = timedelta(days=8)
    assert decision.next_poll_at <= NOW + timedelta(seconds=longest) + skipped or decision.next_poll_at == NEVER


@given(POLLS, POLICIES, JITTERS)
def test_a_failure_keeps_validators_document_and_address(poll: Poll, policy: PollPolicy, jitter: float) -> None:
    decision = decide_poll(poll, NOW, policy, jitter)
    if decision.failure is not None:
        before, after = poll.state, decision.state
        assert (after.url, after.validators, after.body_hash) == (before.url, before.validators, before.body_hash)
