"""Thirty simulated days of 500 feeds through the decision: what the servers and the reader have to say."""

import heapq
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from ingest.decide.outage import forgive
from ingest.decide.paging import MAX_PAGES, may_have_gap
from ingest.decide.schedule import Poll, PollPolicy, decide_poll
from ingest.errors import NotAFeed
from ingest.model import Entry, FeedState, FeedStatus, Fetched, ParsedFeed, PollDecision

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=30)
HOUR = 3600
WINDOW = 30
OUTAGE = (START + timedelta(days=12), START + timedelta(days=12, hours=3))
STANDSTILL = (START + timedelta(days=15), START + timedelta(days=17))


def gather(server: Any, state: FeedState, seen: set[datetime], now: datetime) -> Poll:
    """What the poll step does around the decision: fetch, hash, parse what changed, fill gaps, count what is new."""
    result = server.ask(state.url, state.validators, now)
    if not isinstance(result, Fetched):
        return Poll(state, result)
    body_hash = sha256(result.body).hexdigest()
    if body_hash == state.body_hash:
        return Poll(state, result, None, body_hash)
    if result.headers.get("content-type") == "text/html":
        return Poll(state, result, NotAFeed("A login page."), body_hash)
    parsed = document(server, shown_posts(server, result, now))
    new = {entry.published_at for entry in parsed.entries} - seen
    if len(new) == len(parsed.entries) and may_have_gap(state, result, parsed):
        new |= older_posts(server, now, seen)
    seen |= new
    return Poll(state, result, parsed, body_hash, len(new))


def shown_posts(server: Any, result: Fetched, now: datetime) -> list[datetime]:
    if "entries" in result.headers:
        return []
    since = int(result.headers.get("since", 0))
    return server.posts[: server.version(now)][max(since, server.version(now) - WINDOW) :]


def document(server: Any, posts: list[datetime]) -> ParsedFeed:
    entries = tuple(Entry(id=None, url=None, published_at=post) for post in posts)
    return ParsedFeed(format="rss20", title=None, entries=entries, hints=server.hints)


def older_posts(server: Any, now: datetime, seen: set[datetime]) -> set[datetime]:
    """The pages behind the first, up to the one that overlaps (rule 79)."""
    found: set[datetime] = set()
    for page in range(1, MAX_PAGES + 1):
        end = max(server.version(now) - page * WINDOW, 0)
        posts = set(server.posts[max(end - WINDOW, 0) : end])
        found |= posts - seen
        if posts & seen or not posts:
            break
    return found


@dataclass
class Outcome:
    """What thirty days left behind."""

    servers: list[Any]
    states: dict[str, FeedState]
    seen: dict[str, set[datetime]]
    decisions: Counter[str]
    forgiven: int = 0


def run_thirty_days(servers: list[Any]) -> Outcome:
    """Poll every feed when it is due, or when its host is open again: holds are kept by whoever claims the host.

    For three hours our own network is down, for two days nothing runs at all.
    """
    chance, policy = random.Random(20261101), PollPolicy()
    outcome = Outcome(servers, {}, {server.url: set() for server in servers}, Counter())
    holds: dict[int, datetime] = {}
    queue = [(START + timedelta(seconds=chance.random() * HOUR), number) for number in range(len(servers))]
    heapq.heapify(queue)
    while queue[0][0] < END:
        now, number = heapq.heappop(queue)
        server = servers[number]
        waits_until = max(holds.get(id(server.host), START), STANDSTILL[1] if is_within(now, STANDSTILL) else START)
        if now < waits_until:
            heapq.heappush(queue, (waits_until + timedelta(seconds=chance.random() * 300), number))
            continue
        state = outcome.states.get(server.url) or FeedState(url=server.url, created_at=START)
        if is_within(now, OUTAGE):
            decision = forgive(state, now, chance.random())
            outcome.forgiven += 1
        else:
            decision = decide_poll(gather(server, state, outcome.seen[server.url], now), now, policy, chance.random())
            check_decision(server, decision)
            outcome.decisions[decision.failure or "usable"] += 1
        outcome.states[server.url] = decision.state
        holds[id(server.host)] = max(holds.get(id(server.host), START), decision.host_hold_until or START)
        heapq.heappush(queue, (decision.next_poll_at, number))
    return outcome


def is_within(now: datetime, span: tuple[datetime, datetime]) -> bool:
    return span[0] <= now < span[1]


def check_decision(server: Any, decision: PollDecision) -> None:
    due = decision.next_poll_at
    if due.hour in server.hints.skip_hours or due.weekday() in server.hints.skip_days:
        server.violations.append(f"{server.url}: rule 30: due in a skipped hour, {due}")


@pytest.fixture(scope="module")
def outcome(servers: list[Any]) -> Outcome:
    return run_thirty_days(servers)


def of(outcome: Outcome, *names: str) -> list[Any]:
    return [server for server in outcome.servers if server.name in names]


def test_no_server_has_anything_to_complain_about(outcome: Outcome) -> None:
    assert [violation for server in outcome.servers for violation in server.violations] == []


def test_every_kind_of_answer_was_met(outcome: Outcome) -> None:
    assert set(outcome.decisions) == {
        "usable",
        *("gone", "not-found", "rate-limited", "unavailable", "dns", "timeout", "truncated", "server-error"),
        *("not-a-feed", "protocol", "empty"),
    }
    assert outcome.decisions.total() > 25_000
    assert outcome.forgiven > 1_000


def test_politeness_costs_no_entry_of_a_feed_that_lives(outcome: Outcome) -> None:
    for server in of(
        outcome, "steady", "ttl", "touched", "never304", "moved", "elsewhere", "renewed", "dated", "delta", "breaking"
    ):
        published = server.posts[server.version(server.hits[0]) : server.version(server.hits[-1])]
        assert outcome.seen[server.url] >= set(published), server.url


def test_rule_38_a_feed_that_is_gone_is_left_alone(outcome: Outcome) -> None:
    for server in of(outcome, "gone"):
        assert outcome.states[server.url].status is FeedStatus.GONE
        assert server.day(server.hits[-1]) <= 5


def test_rule_35_moved_feeds_are_known_by_their_new_address(outcome: Outcome) -> None:
    assert all(outcome.states[server.url].url.endswith("/new") for server in of(outcome, "moved"))


def test_dead_feeds_cost_one_poll_in_three_days(outcome: Outcome) -> None:
    assert all(8 <= len(server.hits) <= 11 for server in of(outcome, "dead"))


def test_conditional_requests_save_most_of_the_bytes(outcome: Outcome) -> None:
    def bytes_per_poll(name: str) -> float:
        servers = of(outcome, name)
        return sum(server.full_bytes for server in servers) / sum(len(server.hits) for server in servers)

    assert bytes_per_poll("steady") < 0.5 * bytes_per_poll("never304")


def test_a_feed_that_recovers_is_polled_in_its_rhythm_again(outcome: Outcome) -> None:
    for server in of(outcome, "flaky", "overloaded"):
        state = outcome.states[server.url]
        assert state.failure is not None or state.failures == 0
        assert server.day(server.hits[-1]) > 20


def test_our_own_outage_reaches_no_server_and_counts_against_no_feed(outcome: Outcome) -> None:
    for server in outcome.servers:
        assert not any(is_within(hit, OUTAGE) for hit in server.hits)
    assert all(outcome.states[server.url].failures == 0 for server in of(outcome, "steady", "dated", "renewed"))


def test_rule_27_a_standstill_leaves_no_burst_behind(outcome: Outcome) -> None:
    """All that was due is polled within minutes of the start; the polls after that are apart again, like with like."""
    back = STANDSTILL[1]
    assert not any(is_within(hit, STANDSTILL) for server in outcome.servers for hit in server.hits)
    silent = [[hit for hit in server.hits if hit >= back] for server in of(outcome, "dead", "empty")]
    held_up = [hits for hits in silent if hits[0] < back + timedelta(minutes=5)]
    hours = Counter(int((hits[1] - back).total_seconds() // HOUR) for hits in held_up)
    assert len(held_up) > 20
    assert max(hours.values()) <= len(held_up) / 4


def test_rule_43_a_feed_without_entries_never_fails_and_one_without_bytes_does(outcome: Outcome) -> None:
    assert all(server.hits for server in of(outcome, "vacant"))
    assert all(outcome.states[server.url].window_entries is not None for server in of(outcome, "vacant"))
