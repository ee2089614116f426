"""The backfill flow under a real Prefect server: its form, its run's name, states and artifacts."""

import asyncio
from dataclasses import replace

import pytest
from told_backfills import EVIL, dry_run, job, nowhere, wordpress

pytestmark = [
    pytest.mark.prefect,
    # Prefect's client leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
SITE = "http://blog.example/"


@pytest.fixture
def engine(monkeypatch):
    """Put an engine in the place of ours that gives reports made beforehand; gives the list of what it is asked."""

    def put(*reports):
        asked = []

        async def tell(question, progress):
            asked.append(question)
            for report in reports:
                await progress(report)
            return reports[-1]

        async def plan(mill, order, progress):
            return await tell(("plan", order), progress)

        async def run(mill, order, runner, progress):
            return await tell(("run", order), progress)

        async def resume(mill, job_id, budget, runner, progress):
            return await tell(("resume", job_id, *budget), progress)

        for fake in (plan, run, resume):
            monkeypatch.setattr(f"flows.backfilling.{fake.__name__}", fake)
        return asked

    return put


async def test_a_dry_run_leaves_a_report_and_stores_nothing(prefect, environment, engine, runs_and_artifacts):
    from flows.backfill import backfill

    asked = engine(dry_run())
    state = await backfill(site=SITE, return_state=True)
    run, _, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)
    assert (state.name, state.is_completed()) == ("DryRun", True)
    assert run.name == f"dry run of {SITE}"
    assert [kind for kind, _ in asked] == ["plan"], "the form's default looks first"
    assert set(artifacts) == {"backfill-progress", "backfill-report"}
    assert "338 to fetch" in artifacts["backfill-report"].data
    assert artifacts["backfill-progress"].data == 100


async def test_a_run_takes_the_name_of_its_job_and_shows_what_came(prefect, environment, engine, runs_and_artifacts):
    from flows.backfill import backfill

    asked = engine(job(state="running", stored=10, refused={}), job())
    state = await backfill(
        site=SITE, dry_run=False, sources=["wordpress"], max_pages=400, max_requests=900, return_state=True
    )
    run, _, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)
    (_, order) = asked[0]
    assert (order.sources, order.max_pages, order.max_requests) == (("wordpress",), 400, 900)
    assert not order.uses_copies
    assert run.name == f"backfill 7 of {SITE}"
    assert (state.name, "330 articles stored" in state.message) == ("Completed", True)
    assert set(artifacts) == {"backfill-progress", "backfill-report"}
    assert "(data:image/png;base64,iVBOR" in artifacts["backfill-report"].data


async def test_progress_moves_now_and_then_and_not_with_every_article(prefect, environment, engine, monkeypatch):
    from flows import backfill

    moved = []

    async def move(share, line):
        moved.append(share)

    async def given():
        return move

    monkeypatch.setattr("flows.backfill._progress_artifact", given)
    engine(*(job(state="running", stored=number, refused={}) for number in range(200)), job())
    await backfill.backfill(site=SITE, dry_run=False)
    assert len(moved) < 10
    assert moved[-1] == 1.0


async def test_a_run_that_waits_says_with_which_number_it_goes_on(prefect, environment, engine):
    from flows.backfill import backfill

    asked = engine(job(state="waiting", stored=100, refused={}, why="400 articles were fetched"))
    state = await backfill(resume_id=7, max_pages=400, max_requests=900, return_state=True)
    assert asked == [("resume", 7, 400, 900)]
    assert (state.name, state.is_completed()) == ("Waiting", True)
    assert "resume_id 7" in state.message


async def test_a_job_that_is_cancelled_from_elsewhere_ends_its_run_as_cancelled(prefect, environment, engine):
    from flows.backfill import backfill

    engine(job(state="cancelled", stored=100, refused={}))
    state = await backfill(site=SITE, dry_run=False, return_state=True)
    assert state.is_cancelled()
    assert "resume_id 7" in state.message


@pytest.mark.parametrize(
    ("report", "name"), [(nowhere(), "NothingFound"), (job(state="failed", why="no such host"), "Failed")]
)
async def test_a_site_without_a_history_fails_and_says_what_was_tried(prefect, environment, engine, report, name):
    from flows.backfill import backfill

    engine(report)
    state = await backfill(site=SITE, dry_run=False, return_state=True)
    assert (state.name, state.is_failed()) == (name, True)
    assert "Tried: wordpress" in state.message or "no such host" in state.message


async def test_a_run_that_is_cancelled_leaves_how_to_go_on(
    prefect, environment, engine, monkeypatch, runs_and_artifacts
):
    from flows.backfill import backfill

    engine(job(state="running", stored=10, refused={}))
    ids = []

    async def stopped(mill, order, runner, progress):
        from prefect.runtime import flow_run

        ids.append(flow_run.id)
        await progress(job(state="running", stored=10, refused={}))
        raise asyncio.CancelledError

    monkeypatch.setattr("flows.backfilling.run", stopped)
    with pytest.raises(asyncio.CancelledError):
        await backfill(site=SITE, dry_run=False)
    run, _, artifacts = await runs_and_artifacts(ids[0])
    assert run.name == f"backfill 7 of {SITE}"
    assert "resume_id 7 goes on from here" in artifacts["backfill-report"].data


async def test_what_servers_say_is_escaped_in_every_artifact(prefect, environment, engine, runs_and_artifacts):
    from flows.backfill import backfill

    evil = job(sources=(wordpress(detail=EVIL),), why=EVIL, refused={EVIL: 3})
    engine(replace(evil, state="running"), evil)
    state = await backfill(site=SITE, dry_run=False, return_state=True)
    _, _, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)
    told = [artifact.description or "" for artifact in artifacts.values()] + [artifacts["backfill-report"].data]
    assert "\\<img" in told[-1]
    assert not [text for text in told if "<img" in text.replace("\\<img", "")]


async def test_the_newsrooms_past_is_planned_fetched_and_resumed(prefect, environment, runs_and_artifacts):
    from flows.backfill import backfill

    site = f"http://tagebuch.localhost:{environment.server.port}/"
    planned = await backfill(site=site, sources=["blogger"], return_state=True)
    part = await backfill(site=site, sources=["blogger"], dry_run=False, max_pages=3, return_state=True)
    again = await backfill(resume_id=1, max_pages=4, return_state=True)
    run, tasks, artifacts = await runs_and_artifacts(again.state_details.flow_run_id)

    assert ": 0 stored already" in planned.message
    assert (part.name, again.name) == ("Waiting", "Waiting")
    assert part.message.startswith(f"Backfill 1 of {site} waits: 3 articles stored of ")
    assert again.message.startswith(f"Backfill 1 of {site} waits: 7 articles stored of ")
    assert run.name == f"backfill 1 of {site}"
    assert {task.name.partition("-")[0] for task in tasks} == {"batch"}
    assert "| blogger |" in artifacts["backfill-report"].data


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "site: give the address"),
        ({"site": SITE, "since": "2026-02-01", "until": "2026-01-01"}, "the other way round"),
        ({"site": SITE, "since": "2999-01-01"}, "still to come"),
        ({"site": SITE, "sources": []}, "sources: name at least one"),
        ({"site": "blog.example"}, "site"),
        ({"site": SITE, "max_pages": 0}, "max_pages"),
        ({"resume_id": 0}, "resume_id"),
    ],
)
async def test_fields_that_cannot_be_meant_are_named(prefect, environment, engine, fields, told):
    from flows.backfill import backfill

    asked = engine(job())
    state = await backfill(**fields, return_state=True)
    assert state.is_failed()
    assert told in state.message
    assert asked == []


def test_the_form_bounds_its_numbers_and_offers_the_sources():
    from prefect.utilities.callables import parameter_schema

    from flows.backfill import backfill
    from ingest.backfill.registry import NAMED_BY_USER, NAMES

    fields = parameter_schema(backfill.fn).model_dump()["properties"]
    assert (fields["max_pages"]["minimum"], fields["max_pages"]["maximum"]) == (1, 100_000)
    assert {"minimum": 1, "maximum": 1_000_000, "type": "integer"} in fields["max_requests"]["anyOf"]
    assert set(fields["sources"]["items"]["enum"]) == {"auto", *NAMES} - NAMED_BY_USER
    assert fields["since"]["anyOf"][0]["format"] == "date"
    assert {"minimum": 1, "type": "integer"} in fields["resume_id"]["anyOf"]
    assert fields["dry_run"]["default"] is True
