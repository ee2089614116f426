"""`feedmill feeds list`, `health` and `explain`: how the subscriptions fare."""

from typing import Any

import click

from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import NO_FEEDS, counted, minute, require_feeds
from flows.mill import utc_now
from flows.settings import Settings
from storage import feeds as stored


@click.command("list")
@click.option("--tag", "tags", multiple=True, help="Only feeds with this tag, or a folder below it. May be repeated.")
@as_json
@with_settings
def list_(settings: Settings, tags: tuple[str, ...], is_json: bool) -> None:
    """List the subscriptions with their state, articles, tags, and when each is polled next."""
    from ingest.filters import is_within

    with open_database(settings) as database, database.read() as session:
        rows = stored.listing(session)
    if tags:
        rows = [row for row in rows if any(is_within(own, tag) for own in row["tags"] for tag in tags)]
    if is_json:
        print_json(rows)
    else:
        say("\n".join(map(_line, rows)) or (f"No feed has the tag {' or '.join(tags)}." if tags else NO_FEEDS))


def _line(row: dict[str, Any]) -> str:
    articles = f"{row['articles']:,} article{' ' if row['articles'] == 1 else 's'}"
    first = f"{row['state']:<7} {articles:>15}  {row['url']}  {row['title'] or ''}".rstrip()
    next_poll = minute(row["next_poll_at"]) if row["next_poll_at"] else "now"
    failures = f", {counted(row['failures'], 'failed poll')} in a row" if row["failures"] else ""
    tags = f"   {', '.join(row['tags'])}" if row["tags"] else ""
    return f"{first}\n        next poll {next_poll}{failures}{tags}"


@click.command()
@as_json
@with_settings
def health(settings: Settings, is_json: bool) -> None:
    """Show how each feed fares: its state, since when, why, what says so, when it is asked next, and what to do.

    Healthy ones are told in a line; drifting is a feed whose site gives less text than it did.
    """
    from flows.health import document, judge

    with open_database(settings) as database, database.read() as session:
        rows = [document(row, verdict) for row, verdict in judge(session, utc_now()).feeds]
    if is_json:
        print_json(rows)
    else:
        say("\n".join(map(_health_lines, rows)) or NO_FEEDS)


def _health_lines(row: dict[str, Any]) -> str:
    since = f" since {minute(row['since'])}" if row["since"] and row["state"] != "healthy" else ""
    lines = [f"{row['state']:<8} {row['url']}", f"{row['reason']}{since}"]
    if row["state"] != "healthy":
        lines += [f"- {fact}" for fact in row["evidence"]]
        lines += [f"next poll {minute(row['next_poll_at'])}: {row['next_poll_reason']}"] if row["next_poll_at"] else []
        lines += [f"try: {line}" for line in row["advice"]]
    return "\n         ".join(lines)


@click.command()
@click.argument("url")
@as_json
@with_settings
def explain(settings: Settings, url: str, is_json: bool) -> None:
    """Say in words why the next poll of a feed is when it is."""
    from flows.store import poll_policy
    from ingest.decide.explain import explain as in_words

    with open_database(settings) as database, database.read() as session:
        require_feeds(session, [url])
        policy = poll_policy(settings, session)
        row = next(row for row in stored.states(session) if row.state.url == url)
    words = in_words(row.state, row.next_poll_at, row.poll_reason, policy)
    if not is_json:
        say(words)
        return
    print_json(
        {
            "url": url,
            "state": row.state.status,
            "last_polled_at": row.state.last_polled_at,
            "next_poll_at": row.next_poll_at,
            "next_poll_reason": row.poll_reason,
            "explanation": words,
        }
    )
