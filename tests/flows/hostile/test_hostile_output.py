"""Text from the world that attacks whoever reads it: terminals, logs, dashboards, programs."""

import json
import logging
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from flows.cli.main import cli
from flows.logs import guard_logs
from flows.reports.failing import failing_table
from flows.reports.round import report_markdown
from storage import feeds

EVIL = "\x1b]0;pwn\x07\x1b[2J\u202e\x9b31m[x](javascript:alert(1))|`=cmd`\x00"
OBEYED = set("\x00\x07\x1b\x9b\u202e")


@pytest.fixture
def record_factory() -> Any:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("record_factory")
def test_no_log_line_carries_what_a_terminal_obeys_or_forges_another_line(capsys: Any) -> None:
    guard_logs()
    handler = logging.StreamHandler()
    logger = logging.getLogger("flows.hostile")
    logger.addHandler(handler)
    try:
        int(EVIL)
    except ValueError:
        logger.exception("page %s failed", f"{EVIL}\nCRITICAL all is lost")
    finally:
        logger.removeHandler(handler)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert not OBEYED & set(said)
    assert "\nCRITICAL" not in said


@pytest.mark.usefixtures("each_database")
async def test_hostile_titles_and_authors_are_stored_shown_and_exported_harmless(hostile: Any) -> None:
    """Through a round, and for a row that came into the database some other way."""
    web = hostile.web
    entry = (
        f"<item><title>{EVIL} gauge</title><author>{EVIL} Ann</author><link>{web.url('evil', '/page0')}</link></item>"
    )
    web.say("evil", "/page0", web.page("evil", f"<h1>{EVIL}</h1>", f'<meta name="author" content="{EVIL}Bo">'))
    report = await hostile.round(web.feed("evil", entry))
    [article] = await hostile.stored()
    assert report.bugs == 0
    assert not OBEYED & set(json.dumps(article, ensure_ascii=False, default=str))
    async with hostile.mill() as mill:
        change = text("UPDATE article SET title = :evil, site_name = :evil, text = 'gauge ' || :evil")
        await mill.writer.apply(
            lambda session: session.connection().execute(change, {"evil": EVIL.replace("\x00", "")})
        )

    database = ("--database", hostile.settings.database)
    for command in (("articles", "show", "1"), ("articles", "search", "gauge"), ("feeds", "list")):
        shown = CliRunner().invoke(cli, [*command, *database], catch_exceptions=False)
        assert shown.exit_code == 0
        assert not OBEYED & set(shown.output)
    for command in (
        ("articles", "show", "1", "--json"),
        ("articles", "export"),
        ("articles", "search", "gauge", "--json"),
    ):
        shown = CliRunner().invoke(cli, [*command, *database], catch_exceptions=False)
        assert json.loads(shown.stdout), "valid JSON, and the data is what it was"
        assert not OBEYED & set(shown.stdout)


@pytest.mark.usefixtures("each_database")
async def test_artifacts_show_hostile_words_as_they_are(hostile: Any) -> None:
    address = hostile.web.url("evil", "/[x](javascript:alert(1))|`<img>")
    report = await hostile.round(address)
    async with hostile.mill() as mill:
        with mill.database.read() as session:
            [row] = failing_table(feeds.failing(session))
    shown = " ".join(row.values()) + report_markdown(report, hostile.now)
    assert "](javascript" not in shown
    assert "<img" not in shown.replace("\\<", "")
    assert not OBEYED & set(shown)
