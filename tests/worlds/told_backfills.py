"""Reports of backfills as plain data, for the tests of what is made of them."""

from datetime import UTC, date, datetime

from flows.backfill_words import Estimate, MonthCount, Report, SourceReport

EVIL = "a|b <img src=x onerror=alert(1)> [click](javascript:alert(1)) `code` \x1b[31m\u202e"


def wordpress(**fields):
    """A source that saw all of its listing."""
    values = {
        "name": "wordpress",
        "found": 350,
        "oldest": datetime(2024, 11, 22, 8, tzinfo=UTC),
        "newest": datetime(2026, 11, 19, 8, tzinfo=UTC),
        "requests": 5,
        "stopped_because": "complete",
    }
    return SourceReport(**values | fields)


def job(**fields):
    """A job that is done."""
    values = {
        "id": 7,
        "site": "http://blog.example/",
        "state": "done",
        "since": date(2024, 1, 1),
        "sources": (wordpress(), SourceReport(name="sitemaps", requests=1, stopped_because="unsuitable", detail="404")),
        "found": 350,
        "already_stored": 12,
        "new": 338,
        "stored": 330,
        "refused": {"not-found": 5, "robots": 3},
        "requests": 352,
        "coverage": 1.0,
        "months": (
            MonthCount(month="2026-10", before=2, after=9, found=9),
            MonthCount(month="2026-11", after=4, found=4),
        ),
    }
    return Report(**values | fields)


def dry_run(**fields):
    """A dry run."""
    values = {
        "id": None,
        "state": "planned",
        "left": 338,
        "stored": 0,
        "refused": {},
        "estimate": Estimate(338, 720),
        "requests": 8,
    }
    return job(**values | fields)


def nowhere(**fields):
    """A site without any listing."""
    sources = tuple(
        SourceReport(name=name, requests=1, stopped_because="unsuitable") for name in ("wordpress", "ghost")
    )
    values = {"sources": sources, "found": 0, "already_stored": 0, "new": 0, "stored": 0, "refused": {}, "months": ()}
    return job(**values | fields)
