"""An article by what people have of it: its number, or an address that led to it."""

from typing import TYPE_CHECKING, Any

import click
from sqlmodel import Session

from flows.cli.failure import CommandError

if TYPE_CHECKING:
    from storage.filters import Outsider


class _ArticleName(click.ParamType[int | str]):
    """A number, or an http or https address."""

    name = "article"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        from ingest.urls import is_web_url

        if value.isascii() and value.isdecimal():
            return int(value)
        if not is_web_url(value):
            self.fail(f"{value!r} is neither the number of an article nor an http or https address", param, ctx)
        return value


ARTICLE = _ArticleName()


def find_article(session: Session, name: int | str) -> dict[str, Any]:
    """The article in the fields of the export. Raises CommandError, which says what became of one that is gone."""
    from flows.gone import keys_of, told
    from storage import articles, filters, names, tombstones

    keys = keys_of(name) if isinstance(name, str) else set()
    number = name if isinstance(name, int) else names.find_named(session, keys)
    article = articles.get(session, number) if number is not None else None
    if article is not None:
        return article
    gone = tombstones.get_gone(session, name) if isinstance(name, int) else tombstones.find_gone(session, keys)
    if gone is not None:
        raise CommandError(told(gone))
    outsider = filters.find_outsider(session, keys) if keys else None
    if outsider is not None:
        raise CommandError(_kept_out(outsider))
    who = f"article {name}" if isinstance(name, int) else f"article of the address {name}"
    raise CommandError(f"there is no {who}; `feedmill articles search` finds ids")


def _kept_out(outsider: "Outsider") -> str:
    """Who is kept out, since when, by which filter, and what to do."""
    standing = "" if outsider.is_standing else ", which is there no more"
    named, day = f"{outsider.url} ({outsider.title or 'no title'})", f"{outsider.kept_out_at:%Y-%m-%d}"
    all_the_same = f"`feedmill ingest-urls {outsider.url}` stores it all the same"
    return f"{named} was kept out on {day} by the filter {outsider.rule}{standing}: {outsider.reason}. {all_the_same}"
