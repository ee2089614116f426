"""What cleaning took comes back where it stood, and no later reading takes it again: on the sample newsroom."""

import asyncio
from dataclasses import replace

import pytest
import pytest_asyncio
from click.testing import CliRunner
from sqlalchemy import text

from flows.cli.restore import restore as restore_command
from flows.reextraction import ReextractPlan, reextract
from flows.restoring import CannotRestore, restore
from ingest.extract.sitefolder import names_for
from ingest.model import Removal
from storage import articles, texts
from storage.articles import ExportQuery
from storage.database import Database
from storage.reextraction import ReextractQuery

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINE, CONTAINER = "language/ru/byline/written", "platform/wordpress/author-box"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def archived(tmp_path_factory, world_at):
    """A world whose newsroom is down after the first round."""
    async with world_at(tmp_path_factory.mktemp("restoring")) as world:
        await world.round()
        await world.server.stop()
        yield world


@pytest.fixture
def stored(archived):
    """Texts of articles, as they stand in the store: by id, or all that lost something to a rule."""
    with Database(archived.settings.database) as database:

        def get(article_id):
            with database.read() as session:
                return texts.of_article(session, article_id)

        def lost_to(rule):
            with database.read() as session:
                found = [one["id"] for one in articles.export(session, ExportQuery())]
            known = [one for one in map(get, found) if one is not None]
            return [one for one in known if any(removal.rule == rule for removal in one.removed)]

        get.lost_to = lost_to  # type: ignore[attr-defined]
        yield get


def number_of(article, rule):
    return next(number for number, one in enumerate(article.removed, 1) if one.rule == rule)


async def read_all_again(world):
    async with world.mill() as mill:
        return await reextract(mill, ReextractPlan(query=ReextractQuery(), takes_worse=True))


async def test_a_line_comes_back_where_it_stood_and_stays(archived, stored):
    article = stored.lost_to(LINE)[0]
    line = article.removed[number_of(article, LINE) - 1]
    assert line.at == 0

    done = await restore(archived.settings, article, [number_of(article, LINE)])
    await read_all_again(archived)

    after = stored(article.article_id)
    assert after.text == f"{line.text}\n\n{article.text}"
    assert [one.rule for one in after.removed] == [one.rule for one in article.removed if one.rule != LINE]
    assert done.rule_files[0].read_text() == f"# article {article.article_id}\nkeep_text: {line.text}\n"


async def test_a_container_comes_back_from_the_archived_page_and_nothing_else_with_it(archived, stored):
    article = stored.lost_to(CONTAINER)[0]

    done = await restore(archived.settings, article, [number_of(article, CONTAINER)])
    await read_all_again(archived)

    after, [box] = stored(article.article_id), done.removals
    lines = [line for line in after.text.split("\n\n") if line not in article.text.split("\n\n")]
    assert "".join("".join(lines).split()) == "".join(box.text.split())
    assert Removal(box.rule, box.text) not in after.removed
    assert len(after.removed) == len(article.removed) - 1


async def test_a_rule_that_is_off_gives_every_article_of_the_host_its_lines_back(archived, stored):
    rule = "platform/blogger/pager"
    site = stored.lost_to(rule)[0].url.split("/")[2]
    hurt = [one for one in stored.lost_to(rule) if f"//{site}/" in one.url]
    others = [one.article_id for one in stored.lost_to(rule) if one not in hurt]
    assert len(hurt) > 1

    await restore(archived.settings, hurt[0], [number_of(hurt[0], rule)], keeps_rule=True)
    await read_all_again(archived)

    assert [one.article_id for one in stored.lost_to(rule)] == others
    for before in hurt:
        pager = before.removed[number_of(before, rule) - 1]
        assert "".join(pager.text.split()) in "".join(stored(before.article_id).text.split())


async def test_a_second_time_says_that_it_is_there_no_more_and_writes_nothing_twice(archived, stored):
    article = stored.lost_to(CONTAINER)[0]
    number = number_of(article, CONTAINER)

    first = await restore(archived.settings, article, [number])
    written = first.rule_files[0].read_text()
    again = await restore(archived.settings, article, [number])  # as somebody does who still sees the old list
    with pytest.raises(CannotRestore, match=r"lost \d+ block\(s\): there is no number 99"):
        await restore(archived.settings, article, [99])

    assert again.lines == first.lines
    assert first.rule_files[0].read_text() == written


async def test_behind_a_redirect_both_hosts_rules_keep_it(archived, stored):
    article = stored.lost_to("platform/wordpress/author-box")[-1]
    with Database(archived.settings.database) as database, database.begin() as session:
        values = {"url": "http://elsewhere.example/a", "id": article.page_id}
        session.connection().execute(text("UPDATE capture SET final_url = :url WHERE page_id = :id"), values)

    done = await restore(archived.settings, replace(article, removed=(Removal("core/date", "Monday.", 0),)), [1])

    assert [file.name for file in done.rule_files] == [names_for(article.url)[0], "elsewhere.example.txt"]
    assert [file.read_text().splitlines()[-1] for file in done.rule_files] == ["keep_text: Monday."] * 2


@pytest.mark.parametrize(
    ("removal", "words"),
    [
        (Removal("site-rule/user/example.org.txt:12", "A strip.", 0), "taken by user/example.org.txt:12: change that"),
        (Removal("core/repeat", "* * *", 0), "no words to know it by: --rule keeps whatever core/repeat takes"),
    ],
)
async def test_what_cannot_come_back_says_what_to_do(archived, stored, removal, words):
    article = replace(stored.lost_to(CONTAINER)[0], removed=(removal,))

    with pytest.raises(CannotRestore, match=words):
        await restore(archived.settings, article, [1])


async def test_a_learned_block_is_forgotten_for_the_whole_host(archived, stored):
    article = replace(stored.lost_to(CONTAINER)[0], removed=(Removal("learned/00000000000000ff", "Read on.", 0),))

    with pytest.raises(CannotRestore, match=r"`feedmill rules forget \S+ 00000000000000ff`"):
        await restore(archived.settings, article, [1], keeps_rule=True)


async def test_without_an_archived_page_it_is_kept_from_the_next_reading_on(archived, stored):
    article = stored.lost_to("platform/blogger/post-footer")[0]
    with Database(archived.settings.database) as database, database.begin() as session:
        session.connection().execute(text("DELETE FROM capture WHERE page_id = :id"), {"id": article.page_id})

    with pytest.raises(CannotRestore, match=r"is not in the archive: .* keeps it from now on"):
        await restore(archived.settings, article, [number_of(article, "platform/blogger/post-footer")])

    [name] = names_for(article.url)[:1]
    assert "keep_text: " in (archived.settings.site_rules / name).read_text()


async def test_the_command_lists_what_was_taken_and_puts_it_back(archived, stored, monkeypatch):
    monkeypatch.setenv("FEEDMILL_DATA_DIR", str(archived.settings.data_dir))
    article = stored.lost_to("platform/wordpress/meta")[0]
    number = number_of(article, "platform/wordpress/meta")

    def run(*arguments):
        ended = CliRunner().invoke(restore_command, [str(article.article_id), *arguments])
        assert ended.exit_code == 0, ended.output
        return ended.output

    listed = run()
    said = await asyncio.to_thread(run, str(number))

    assert f"{number}  platform/wordpress/meta  (packs/platforms/wordpress.toml:" in listed
    assert "1 block(s) back in article" in said
    assert "keep_text: " in said
    assert stored(article.article_id).text != article.text
