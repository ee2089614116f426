"""`feedmill retention`: how long articles are kept, what would go, and letting it go."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import click
from sqlmodel import Session

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import counted, require_feeds
from flows.settings import Settings
from storage.removing import Removed
from storage.retention import Example, Preview, RetentionPolicy, Share
from storage.retention_rules import Rule

_LIMITS = ("days", "articles", "revisions")
_SHOWN = 20  # sites and feeds: --json has all
_NOTHING = (
    "Nothing is set: everything is kept. Set FEEDMILL_RETENTION_DAYS, FEEDMILL_RETENTION_ARTICLES or "
    "FEEDMILL_RETENTION_REVISIONS, a rule with `feedmill retention set`, or try --days N here."
)


@click.group()
def retention() -> None:
    """How long articles are kept: show, set, preview, apply, forget. Off unless something is set."""


def _limits(command: Callable[..., Any]) -> Callable[..., Any]:
    days = click.option("--days", type=click.IntRange(0), metavar="N", help="Keep articles so many days. 0: for ever.")
    most = click.option("--articles", type=click.IntRange(0), metavar="N", help="Keep each feed's N newest. 0: all.")
    versions = click.option(
        "--revisions", type=click.IntRange(0), metavar="N", help="Keep N earlier versions of each article. 0: all."
    )
    return days(most(versions(command)))


def _scope(command: Callable[..., Any]) -> Callable[..., Any]:
    site = click.option("--site", metavar="HOST", help="Only articles of this host.")
    feed = click.option("--feed", "feed_url", metavar="URL", help="Only articles that this feed has shown.")
    return site(feed(command))


# --- what is kept ----------------------------------------------------------------------------------------------------


@retention.command()
@as_json
@with_settings
def show(settings: Settings, is_json: bool) -> None:
    """Show what is kept: by the settings, and by the rules of hosts and feeds."""
    from flows.retention import policy_of
    from storage.retention_rules import list_rules

    policy = policy_of(settings)
    with open_database(settings) as database, database.read() as session:
        rules = list_rules(session)
    if is_json:
        kept = {name: getattr(policy, name) for name in (*_LIMITS, "counts_from")}
        print_json({**kept, "rules": [asdict(rule) for rule in rules]})
        return
    say(f"{'everywhere else':<50} {_kept(policy)}, days counted from when it was {_counted_from(policy)}")
    for rule in rules:
        say(f"{rule.feed_url or rule.site or '':<50} {_kept(rule)}")


def _counted_from(policy: RetentionPolicy) -> str:
    return "published" if policy.counts_from == "published" else "seen last"


def _kept(limits: RetentionPolicy | Rule) -> str:
    names = {"days": "day", "articles": "article", "revisions": "earlier version"}
    told = [(name, getattr(limits, name)) for name in _LIMITS]
    words = [
        counted(limit, names[name]) if limit else f"all {names[name]}s" for name, limit in told if limit is not None
    ]
    return ", ".join(words) or "as others"


@retention.command("set")
@_limits
@_scope
@click.option("--clear", is_flag=True, help="Drop the rule: what the others keep is kept.")
@with_settings
def set_rule(settings: Settings, site: str | None, feed_url: str | None, clear: bool, **limits: int | None) -> None:
    """Keep the articles of one feed or host otherwise than the settings say. Replaces the rule that it had.

    A feed's rule goes before its host's, and that before the settings; what it leaves out is as they say. An article
    that several feeds have shown stays as long as one of them keeps it.
    """
    from storage import retention_rules

    if (site is None) == (feed_url is None):
        raise click.UsageError("say whose articles: --site HOST or --feed URL")
    if clear == any(limit is not None for limit in limits.values()):
        raise click.UsageError("say what is kept: --days N, --articles N, --revisions N; or --clear")
    rule = Rule(site=site and site.lower(), feed_url=feed_url, **limits)
    with open_database(settings) as database, database.begin() as session:
        _require(session, rule.site, feed_url)
        if clear:
            retention_rules.drop_rule(session, rule)
        else:
            retention_rules.put_rule(session, rule)
    kept = "as others" if clear else _kept(rule)
    say(f"{feed_url or rule.site}: {kept}. `feedmill retention preview` says what goes.")


def _require(session: Session, site: str | None, feed_url: str | None) -> None:
    from storage import sites

    require_feeds(session, [feed_url] if feed_url else [])
    if site is not None and not sites.is_known(session, site):
        raise CommandError(f"no page of {site} was ever fetched; hosts are written as in an address: news.example")


# --- what goes -------------------------------------------------------------------------------------------------------


@retention.command()
@_limits
@_scope
@as_json
@with_settings
def preview(settings: Settings, is_json: bool, **asked: Any) -> None:
    """Count what would go now, by site and feed, with the oldest as examples. Nothing is taken away.

    --days, --articles and --revisions take the place of the settings, to try them; rules of hosts and feeds stay.
    """
    from flows.mill import utc_now
    from storage.retention import preview as foretell

    policy = _policy(settings, asked)
    with open_database(settings) as database, database.read() as session:
        _require(session, policy.site, policy.feed_url)
        found = foretell(session, policy, utc_now())
    if is_json:
        print_json(_document(found))
        return
    say("\n".join(_lines(found)))
    if not found.all.articles and not found.revisions:
        _explain_nothing(settings, policy)


@retention.command()
@_limits
@_scope
@as_json
@with_settings
def apply(settings: Settings, is_json: bool, **asked: Any) -> None:
    """Let go of it now, as the nightly upkeep does. There is no way back: see the preview first.

    Articles go with their versions, their archived pages, and their places in search and stories. What is left is a
    tombstone for each name: no feed, backfill or import brings them back, and `articles show` says when and why they
    went. Safe beside a running ingest; one that was cut off is simply started again.
    """
    from flows.mill import utc_now
    from flows.reports.upkeep import retention_sentence
    from flows.retention import let_go

    policy = _policy(settings, asked)
    with open_database(settings) as database:
        with database.read() as session:
            _require(session, policy.site, policy.feed_url)
        removed = let_go(database, policy, utc_now(), _show_progress)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if is_json:
        print_json(asdict(removed))
        return
    say(f"{retention_sentence(removed)}.")
    if removed == Removed():
        _explain_nothing(settings, policy)


@retention.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@with_settings
def forget(settings: Settings, urls: tuple[str, ...]) -> None:
    """Let articles that went come again, under every name that they had. What went does not come back by itself.

    `feedmill ingest-urls` fetches such a page, where it is still there.
    """
    from flows.gone import keys_of
    from storage import tombstones

    with open_database(settings) as database, database.begin() as session:
        unknown = [url for url in urls if not tombstones.forget(session, keys_of(url))]
    say(f"{counted(len(urls) - len(unknown), 'article')} may come again.")
    if unknown:
        raise CommandError(f"no article that went had the address {' or '.join(unknown)}")


def _policy(settings: Settings, asked: dict[str, Any]) -> RetentionPolicy:
    from flows.retention import policy_of

    given = {name: value for name, value in asked.items() if value is not None}
    return replace(policy_of(settings), **given)


def _show_progress(removed: Removed) -> None:
    if sys.stderr.isatty():
        print(f"\r{counted(removed.articles, 'article')} gone\x1b[K", end="", file=sys.stderr, flush=True)


def _explain_nothing(settings: Settings, policy: RetentionPolicy) -> None:
    from flows.retention import is_anything_set

    with open_database(settings) as database:
        if not is_anything_set(database, policy):
            say(_NOTHING)


def _document(found: Preview) -> dict[str, Any]:
    return {
        **_share(found.all),
        "revisions": found.revisions,
        "captures": found.captures,
        "sites": [{"site": share.name, **_share(share)} for share in _largest(found.sites.values())],
        "feeds": [{"feed": share.name, **_share(share)} for share in _largest(found.feeds.values())],
        "examples": [asdict(example) for example in found.examples],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"articles": share.articles, "oldest": share.oldest, "newest": share.newest}


def _largest(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: (-share.articles, share.name))


def _lines(found: Preview) -> list[str]:
    from flows.reports.upkeep import retention_sentence

    sums = Removed(found.all.articles, found.revisions, found.captures)
    lines = [f"{retention_sentence(sums, is_foretold=True)}. Nothing was taken away."]
    for title, shares in (("By site", found.sites), ("By feed", found.feeds)):
        lines += ["", title] if shares else []
        lines += [_line(share) for share in _largest(shares.values())[:_SHOWN]]
        lines += [f"  and {len(shares) - _SHOWN:,} more: --json has all"] if len(shares) > _SHOWN else []
    lines += ["", "The oldest"] if found.examples else []
    return [*lines, *(line for example in found.examples for line in _shown(example))]


def _shown(example: Example) -> Iterator[str]:
    yield f"  {example.article_id:>6}  {example.dated_at:%Y-%m-%d}  {example.title or '(no title)'}"
    yield f"{'':>10}{example.url or '(no address)'}: {example.reason}"


def _line(share: Share) -> str:
    span = f"{share.oldest:%Y-%m-%d} to {share.newest:%Y-%m-%d}"
    return f"  {share.articles:>9,}  {span}  {share.name}"
