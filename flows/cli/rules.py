"""`feedmill rules`: what decides over a page's text, and whether those rules are sound."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.failure import CommandError, complain
from flows.cli.learned import forget, learned
from flows.cli.options import (
    WEB_URL,
    as_json,
    open_database,
    print_json,
    read_input,
    read_settings,
    say,
    with_settings,
)
from flows.cli.profiles import profiles

if TYPE_CHECKING:
    from flows.cli.rule_files import Check
    from flows.settings import Settings
    from ingest.blocks import Furniture
    from ingest.model import Entry, Fetched, Page
    from ingest.profiles import SiteProfile


@click.group()
def rules() -> None:
    """The rules of extraction and cleaning: packs, site rules, and what was learned."""


rules.add_command(learned)
rules.add_command(forget)
rules.add_command(profiles)


@rules.command()
@click.argument("target", metavar="URL|FILE")
@click.option("--url", type=WEB_URL, help="A file's address: decides relative links, and which site's rules apply.")
@click.option("--entry", metavar="JSON", help="The feed's entry, as `feedmill parse` prints it, or a file with it.")
@as_json
@with_settings
def explain(settings: "Settings", target: str, url: str | None, entry: str | None, is_json: bool) -> None:
    """Why a page becomes the article it does: fetched (robots.txt is asked first), or read from a file (- for stdin).

    Tells the candidates for the text with their numbers and which won, the page's status and what gave it away, every
    field with its source and what was passed over, each removed block with its rule and where that stands (or that it
    was learned from the site's stored pages), the rule for the site, and what its profile did.
    """
    from flows.cli.rule_story import tell
    from ingest.decide.site_profile import tell_through
    from ingest.extract.context import ExtractContext
    from ingest.extract.explain import explain as explain_page
    from ingest.extract.sitefolder import find_site_rule

    page = _read_page(settings, target, url)
    address = page.final_url or page.url
    rule, learned = find_site_rule(address, str(settings.site_rules)), _read_learned(settings, address)
    profile = _read_profile(settings, address) if settings.site_profiles and rule is None else None
    through = tell_through(profile) if profile is not None else None
    context = ExtractContext(now=datetime.now(UTC), site_rule=rule, learned=learned, through=through)
    story = explain_page(page, _read_entry(entry), context)
    if profile is not None and through is None:
        story = replace(story, site_profile=f"read whole: {profile.state}, {profile.reason}")
    if is_json:
        print_json(asdict(story))
    else:
        say(tell(story))


@rules.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def check(files: tuple[Path, ...], is_json: bool) -> None:
    """Check the rule packs and the rules for sites, yours and the shipped ones; or only FILES.

    Every file must parse and compile, every rule must hit a sample of its own, none may hit the guard texts (articles
    about comments and share buttons), and recorded pages must give what was recorded. What is wrong is named by file,
    line and rule, and the exit code is 1; what is passed over on purpose is told, and is no error.
    """
    from flows.cli.rule_files import check_everything, check_files

    found = check_files(list(files)) if files else check_everything(read_settings().site_rules)
    if is_json:
        print_json({"packs": found.packs, "site_rules": found.site_rules} | asdict(found.findings))
    else:
        say("\n".join([*found.findings.warnings, f"{found.packs} pack(s) and {found.site_rules} site rule(s) checked"]))
    _fail_for(found)


@rules.command()
@click.argument("url", type=WEB_URL)
@click.option("--name", help="What the recorded page is called; by default after its address.")
@click.option("--force", is_flag=True, help="Overwrite what was recorded under that name, and the rule.")
def record(url: str, name: str | None, force: bool) -> None:
    """Record a page for a rule of your own: fetch it, and write page, expectation and a first rule.

    They go to your folder of site rules (FEEDMILL_SITE_RULES_DIR). The expectation is what is extracted now: correct it
    where that is wrong, then the rule until `feedmill rules check` is content. A rule that is there already stays.
    """
    from flows.cli.rule_files import Recording
    from flows.cli.rule_files import record as record_page
    from ingest.fetch.directives import may_be_archived, robots_tags

    settings = read_settings()
    if name is not None and not name.replace("-", "").replace("_", "").isalnum():
        raise click.UsageError("--name is made of letters, digits, - and _")
    answer = asyncio.run(_fetch(settings, url))
    tags = robots_tags(answer.headers, answer.body, _token(settings))
    if not may_be_archived(answer.headers, tags):
        raise CommandError(f"{url} asks that no copy of it be kept (noarchive or no-store), so none is recorded")
    for path in record_page(Recording(_page(answer), settings.site_rules, name, is_forced=force)):
        say(f"wrote {path}")


def _fail_for(found: "Check") -> None:
    for problem in found.findings.errors:
        complain(problem)
    if found.findings.errors:
        raise CommandError(f"{len(found.findings.errors)} rule(s) or recorded page(s) are not sound: see above")


def _read_page(settings: "Settings", target: str, url: str | None) -> "Page":
    from ingest.model import Page
    from ingest.urls import is_web_url

    if is_web_url(target):
        return _page(asyncio.run(_fetch(settings, target)))
    return Page(url=url or "", html=read_input(target))


def _read_learned(settings: "Settings", url: str) -> "Mapping[int, Furniture]":
    """What the stored pages of an address's host have taught; nothing where nothing is stored yet."""
    from ingest.blocks import SiteMemory
    from ingest.clean.learning.memory import tell_knowledge
    from ingest.urls import host_of, is_web_url
    from storage import blocks

    path = settings.database.partition("sqlite:///")[2]
    if not is_web_url(url) or (path and not Path(path).exists()):
        return {}
    with open_database(settings) as database, database.read() as session:
        found = {one.block.key: one.block for one in blocks.find(session, host_of(url))}
    return tell_knowledge(SiteMemory((), found)).learned


def _read_profile(settings: "Settings", url: str) -> "SiteProfile | None":
    """The profile of an address's host, as this version has learned it; None where it has learned none."""
    from ingest.decide.site_profile import renew
    from ingest.extract.version import extraction_version
    from ingest.urls import host_of, is_web_url
    from storage import profiles as stored

    path = settings.database.partition("sqlite:///")[2]
    if not is_web_url(url) or (path and not Path(path).exists()):
        return None
    with open_database(settings) as database, database.read() as session:
        found = stored.find(session, host_of(url))
    return renew(found[0].profile, extraction_version()) if found else None


def _read_entry(text: str | None) -> "Entry | None":
    if text is None:
        return None
    from flows.cli.page_input import read_entry

    try:
        return read_entry(json.loads(text if text.lstrip().startswith("{") else read_input(text)))
    except ValueError as error:
        raise CommandError(f"--entry is no JSON: {error}") from error


async def _fetch(settings: "Settings", url: str) -> "Fetched":
    from flows.mill import open_client
    from flows.steps.fetch_alone import Visitor
    from ingest.fetch.guard import check_url
    from ingest.model import Fetched

    async with open_client(settings) as client:
        answer = await Visitor(client, _token(settings)).fetch(check_url(url))
    if isinstance(answer, Fetched):
        return answer
    raise CommandError(answer.detail)


def _token(settings: "Settings") -> str:
    from flows.mill import client_options

    return client_options(settings).robots_token


def _page(answer: "Fetched") -> "Page":
    from ingest.model import Page

    content_type = answer.headers.get("content-type")
    return Page(url=answer.url, html=answer.body, final_url=answer.final_url, content_type=content_type)
