"""The automations that feedmill declares on its Prefect server, as the server's API takes them. No Prefect here.

They are known by name and applied as often as one likes. Why each: docs/how-to/alerts.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flows import alerts

PREFIX = "feedmill: "
ZOMBIES, STUCK, LATE = f"{PREFIX}zombie runs", f"{PREFIX}stuck runs", f"{PREFIX}late runs"
FAILED, FEEDS, DRIFT = f"{PREFIX}failed runs", f"{PREFIX}feeds failing, gone or silent", f"{PREFIX}site drifting"

FLOWS = (
    "backfill",
    "ingest-feeds",
    "ingest-urls",
    "maintain",
    "reextract",
)  # whatever else the server runs is not ours

# Prefect's heart beats every 180 s unless it is told otherwise: three of them.
NO_HEARTBEAT_SECONDS = 600
STUCK_SECONDS = 1800  # an image may have to be pulled first
_LEFT_PENDING = ("Running", "Cancelling", "Cancelled", "Completed", "Failed", "Crashed", "Paused", "Suspended")
_LEFT_SCHEDULE = ("Pending", *_LEFT_PENDING)

_RUN = "{{ flow_run.name }} ({{ flow.name }}): {{ flow_run|ui_url }}"
_SENTENCE = "{{ event.payload.sentence }}"
_FACTS = "{% for fact in event.payload.evidence or [] %}\n- {{ fact }}{% endfor %}"
_ADVICE = "{% for line in event.payload.advice or [] %}\n{{ line }}{% endfor %}"


def declare(flow_names: Sequence[str], block_id: str | None) -> list[dict[str, Any]]:
    """Give every automation, for runs of these flows; without a notification block those that only tell do nothing.

    These still exist: the dashboard's event feed shows when each has triggered.
    """
    ours = {"prefect.resource.role": "flow", "prefect.resource.name": list(flow_names)}
    runs = {"match": {"prefect.resource.id": "prefect.flow-run.*"}, "match_related": ours}
    each = {**runs, "for_each": ["prefect.resource.id"]}
    ended = {
        ZOMBIES: "No heartbeat for ten minutes: its worker or machine is gone.",
        STUCK: "Handed to a worker half an hour ago, and never begun.",
    }
    return [
        _automation(
            ZOMBIES,
            "Ends a run whose process is gone, so that the next one may begin.",
            _absence(["prefect.flow-run.heartbeat"], ["prefect.flow-run.*"], NO_HEARTBEAT_SECONDS) | each,
            [_crash(ended[ZOMBIES]), *_tell(block_id, "feedmill: a run has died", f"{_RUN}\n{ended[ZOMBIES]}")],
        ),
        _automation(
            STUCK,
            "Ends a run that a worker has taken and not begun.",
            _absence(_runs("Pending"), _runs(*_LEFT_PENDING), STUCK_SECONDS) | each,
            [_crash(ended[STUCK]), *_tell(block_id, "feedmill: a run is stuck", f"{_RUN}\n{ended[STUCK]}")],
        ),
        _automation(
            LATE,
            "Tells that no worker takes up runs.",
            _absence(_runs("Late"), _runs(*_LEFT_SCHEDULE), STUCK_SECONDS) | each,
            _tell(block_id, "feedmill: no worker", f"{_RUN}\nIt is late by half an hour: is a worker running?")
            or _NOTHING,
        ),
        _automation(
            FAILED,
            "Tells of every run that failed or crashed.",
            _presence(_runs("Failed", "Crashed")) | runs,
            _tell(block_id, "feedmill: a run failed", f"{_RUN}\n{{{{ flow_run.state.message }}}}") or _NOTHING,
        ),
        _automation(
            FEEDS,
            "Tells of feeds that newly fail, are gone, or are silent beyond their rhythm.",
            _presence([alerts.FAILING, alerts.GONE, alerts.SILENT, alerts.MORE]) | _about("feedmill.feed*"),
            _tell(block_id, f"feedmill: {_SENTENCE}", f"{_SENTENCE}{_FACTS}{_ADVICE}") or _NOTHING,
        ),
        _automation(
            DRIFT,
            "Tells of sites whose template has probably changed.",
            _presence([alerts.DRIFTING]) | _about("feedmill.site.*"),
            _tell(block_id, "feedmill: {{ event.payload.site }} has changed", f"{_SENTENCE}{_FACTS}{_ADVICE}")
            or _NOTHING,
        ),
    ]


_NOTHING: list[dict[str, Any]] = [{"type": "do-nothing"}]


def _automation(
    name: str, description: str, trigger: Mapping[str, Any], actions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "enabled": True,
        "tags": ["feedmill"],
        "trigger": dict(trigger),
        "actions": list(actions),
    }


def _absence(after: Sequence[str], expect: Sequence[str], seconds: int) -> dict[str, Any]:
    return {
        "type": "event",
        "posture": "Proactive",
        "after": list(after),
        "expect": list(expect),
        "threshold": 1,
        "within": float(seconds),
    }


def _presence(expect: Sequence[str]) -> dict[str, Any]:
    return {"type": "event", "posture": "Reactive", "expect": list(expect), "threshold": 1, "within": 0.0}


def _about(subject: str) -> dict[str, Any]:
    return {"match": {"prefect.resource.id": subject}}


def _runs(*states: str) -> list[str]:
    return [f"prefect.flow-run.{state}" for state in states]


def _crash(message: str) -> dict[str, Any]:
    return {"type": "change-flow-run-state", "name": "Crashed", "state": "CRASHED", "message": message}


def _tell(block_id: str | None, subject: str, body: str) -> list[dict[str, Any]]:
    if block_id is None:
        return []
    return [{"type": "send-notification", "block_document_id": block_id, "subject": subject, "body": body}]


def agrees(declared: Any, found: Any) -> bool:
    """Whether the server holds what is declared; what it adds of its own counts for nothing."""
    if isinstance(declared, Mapping):
        return isinstance(found, Mapping) and all(agrees(value, found.get(name)) for name, value in declared.items())
    if isinstance(declared, list) and all(isinstance(item, str) for item in declared):
        return isinstance(found, list) and sorted(declared) == sorted(map(str, found))
    if isinstance(declared, list):
        same_length = isinstance(found, list) and len(found) == len(declared)
        return same_length and all(map(agrees, declared, found))
    return bool(declared == found)
