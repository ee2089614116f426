"""What stands past the end of a listing."""

import json
from collections.abc import Callable

from backfill_world.cuts import Cut
from backfill_world.server import Answer, text_answer

NOT_FOUND = "<h1>Not Found</h1>"


def past_end(cut: Cut, empty: Callable[[], Answer], own: Callable[[], Answer]) -> Answer:
    """The answer past the end: as the personality wants it, else the platform's own."""
    if cut.refusal is None:
        return own()
    if cut.refusal == 200:
        return empty()
    return refused(cut.refusal)


def refused(status: int) -> Answer:
    """A listing that does not answer."""
    return text_answer(NOT_FOUND if status == 404 else f"<h1>{status}</h1>", "text/html", "listing", status)


def json_answer(data: object, status: int = 200, **headers: str) -> Answer:
    """A listing in JSON."""
    found = text_answer(json.dumps(data, ensure_ascii=False), "application/json", "listing", status)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status=status, body=found.body, headers=dict(found.headers) | named, kind="listing")
