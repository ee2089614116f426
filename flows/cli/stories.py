"""`feedmill stories`: articles that tell the same text, and where it comes from."""

from datetime import datetime
from typing import Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import DAY, as_json, open_database, print_json, say, utc, with_settings
from flows.cli.words import minute
from flows.settings import Settings
from ingest.decide.origin import choose_origin
from storage import stories as stored
from storage.stories import StoryQuery

_HOUR = 3600


@click.group()
def stories() -> None:
    """Read the stories, groups of articles that tell the same text: list, show."""


@stories.command("list")
@click.option("--since", type=DAY, help="With a copy that was first seen on this day or later, in UTC.")
@click.option("--site", metavar="HOST", help="Only stories that this host has told, too.")
@click.option("--least", type=click.IntRange(2), default=2, show_default=True, help="At least so many copies.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_json
@with_settings
def list_stories(
    settings: Settings, since: datetime | None, site: str | None, least: int, limit: int, is_json: bool
) -> None:
    """List stories, the one with the newest copy first, with how many articles tell it and its origin."""
    query = StoryQuery(least=least, since=utc(since), site=site, limit=limit)
    with open_database(settings) as database, database.read() as session:
        found = stored.find(session, query)
    if is_json:
        print_json([_document(story) for story in found])
        return
    for story in found:
        say("\n".join(_told(story)))
    if not found:
        say("No stories: nothing that is stored tells the same text as another article, as far as was asked.")


@stories.command()
@click.argument("story_id", type=int, metavar="ID")
@as_json
@with_settings
def show(settings: Settings, story_id: int, is_json: bool) -> None:
    """Show a story's copies in the order in which they were seen, and how many hours after the first."""
    with open_database(settings) as database, database.read() as session:
        story = stored.get(session, story_id)
    if story is None:
        raise CommandError(f"there is no story {story_id}; `feedmill stories list` shows them")
    if is_json:
        print_json(_document(story) | {"articles": _copies(story)})
        return
    say("\n".join([*_told(story), "", *(_line(copy) for copy in _copies(story))]))


def _document(story: dict[str, Any]) -> dict[str, Any]:
    plain = {name: story[name] for name in ("id", "size", "first_article_id", "article_ids", "title")}
    return plain | {"origin": _origin(story)}


def _origin(story: dict[str, Any]) -> str | None:
    return choose_origin(
        {"origin_url": one["origin_url"], "text": f"{one['opening'] or ''}\n\n{one['closing'] or ''}"}
        for one in story["articles"]
    )


def _copies(story: dict[str, Any]) -> list[dict[str, Any]]:
    first = story["articles"][0]["first_seen_at"]
    return [
        {
            "id": one["id"],
            "site": one["site"],
            "title": one["title"],
            "url": one["canonical_url"] or one["url"],
            "first_seen_at": one["first_seen_at"],
            "published_at": one["published_at"],
            "origin_url": one["origin_url"],
            "hours_after_first": round((one["first_seen_at"] - first).total_seconds() / _HOUR, 1),
        }
        for one in story["articles"]
    ]


def _told(story: dict[str, Any]) -> list[str]:
    sites = list(dict.fromkeys(one["site"] for one in story["articles"]))
    origin = _origin(story)
    lines = [
        f"{story['id']:>6}  {story['size']:>3} articles  {story['title'] or '(no title)'}",
        f"        first seen {minute(story['articles'][0]['first_seen_at'])}: {', '.join(sites)}",
    ]
    return [*lines, f"        origin {origin}"] if origin else lines


def _line(copy: dict[str, Any]) -> str:
    place = (
        f"{copy['hours_after_first']:>+8.1f} h  article {copy['id']}, {copy['site']}: {copy['title'] or '(no title)'}"
    )
    return f"{place}\n{'':>12}{copy['url'] or '(no address)'}"
