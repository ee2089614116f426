"""What of the feeds' health is news: an alert for each change, once, in the words of an event. No Prefect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flows.health import HealthReport, document
from ingest.decide.drift import Drift
from ingest.decide.health import Health, HealthState
from ingest.model import FeedStatus
from ingest.text import strip_controls
from storage.feeds import FeedSchedule
from storage.told import Told

FAILING, GONE, SILENT = "feedmill.feed.failing", "feedmill.feed.gone", "feedmill.feed.silent"
RECOVERED, MORE = "feedmill.feed.recovered", "feedmill.feeds.more"
DRIFTING, SITE_RECOVERED = "feedmill.site.drifting", "feedmill.site.recovered"
TOLD_ONE_BY_ONE = 20  # of one kind in one night: when a host with a hundred feeds fails, that is one message
_FAILURES = 3
_A_DAY = timedelta(days=1)
_EVENTS = {HealthState.FAILING: FAILING, HealthState.GONE: GONE, HealthState.SILENT: SILENT}
_WELL = frozenset({HealthState.HEALTHY, HealthState.DRIFTING})  # a drift is told of its site


@dataclass(frozen=True, slots=True)
class Alert:
    """An event to emit: its name, whom it is about (``feedmill.feed.7``) under which name, and what is known."""

    event: str
    subject: str
    name: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class News:
    """What has changed since people were told last, and what they know afterwards."""

    alerts: list[Alert] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    well: list[str] = field(default_factory=list)


def find_news(report: HealthReport, before: Mapping[str, Told], now: datetime) -> News:
    """Compare a report with what was told before. ``before`` of feeds that are there no more is forgotten quietly."""
    news, seen = News(), set[str]()
    for row, verdict in report.feeds:
        subject = f"feedmill.feed.{row.feed_id}"
        seen.add(subject)
        _compare_feed(news, row, verdict, (subject, before.get(subject), now))
    for drift in report.drifts:
        subject = f"feedmill.site.{drift.site}"
        seen.add(subject)
        if subject not in before:
            news.told[subject] = Told(str(HealthState.DRIFTING), drift.since)
            news.alerts.append(_drift_alert(subject, drift))
    for subject in before.keys() - seen:
        news.well.append(subject)
        if site := subject.removeprefix("feedmill.site."):
            news.alerts += [_site_recovered(subject, site)] if site != subject else []
    news.alerts = list(_bounded(news.alerts))
    return news


def _compare_feed(news: News, row: FeedSchedule, verdict: Health, known: tuple[str, Told | None, datetime]) -> None:
    subject, told, now = known
    if verdict.state in _WELL:
        if told is not None:
            news.well.append(subject)
            news.alerts += (
                [] if row.state.status is FeedStatus.PAUSED else [_feed_alert(RECOVERED, subject, row, verdict)]
            )
    elif _is_news(row, verdict, told, now):
        news.told[subject] = Told(str(verdict.state), verdict.since)
        news.alerts.append(_feed_alert(_EVENTS[verdict.state], subject, row, verdict))


def _is_news(row: FeedSchedule, verdict: Health, told: Told | None, now: datetime) -> bool:
    """Whether people should hear of it: not of one failed poll, not of slowness, and not twice of one episode."""
    if verdict.state not in _EVENTS:
        return False
    if told is not None and told.state == verdict.state:
        return verdict.since is not None and told.since is not None and verdict.since > told.since
    lasts = now - verdict.since if verdict.since else timedelta()
    return verdict.state is not HealthState.FAILING or row.state.failures >= _FAILURES or lasts >= _A_DAY


def _feed_alert(event: str, subject: str, row: FeedSchedule, verdict: Health) -> Alert:
    facts = {name: _plain(value) for name, value in document(row, verdict).items()}
    sentence = f"{row.state.url} is {verdict.state}: {verdict.reason}"
    return Alert(event, subject, row.state.url, facts | {"sentence": strip_controls(sentence)})


def _drift_alert(subject: str, drift: Drift) -> Alert:
    payload = {
        "site": drift.site,
        "since": _plain(drift.since),
        "reason": drift.reason,
        "evidence": list(drift.evidence),
        "advice": list(drift.advice),
        "url": drift.first_url,
        "sentence": strip_controls(f"{drift.site} has probably changed its template: {drift.reason}"),
    }
    return Alert(DRIFTING, subject, drift.site, payload)


def _site_recovered(subject: str, site: str) -> Alert:
    return Alert(
        SITE_RECOVERED,
        subject,
        site,
        {"site": site, "sentence": f"the latest pages of {site} give as much as those before"},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(map(strip_controls, value)) if isinstance(value, tuple) else value


def _bounded(alerts: list[Alert]) -> Iterator[Alert]:
    """The first ones of each kind; the others as one that counts them."""
    counts: dict[str, int] = {}
    for alert in alerts:
        counts[alert.event] = counts.get(alert.event, 0) + 1
        if counts[alert.event] <= TOLD_ONE_BY_ONE:
            yield alert
    for event, count in counts.items():
        if count > TOLD_ONE_BY_ONE:
            kind = event.rpartition(".")[2]
            rest = count - TOLD_ONE_BY_ONE
            sentence = f"{rest} more: {kind}. `feedmill feeds health` and the artifact feed-health have all"
            yield Alert(MORE, "feedmill.feeds", f"{rest} more", {"state": kind, "count": rest, "sentence": sentence})
