"""The flows under a real Prefect server: states, names, task runs and artifacts; and prefect.yaml itself."""

import json
from pathlib import Path

import pytest
import yaml

pytestmark = [
    pytest.mark.prefect,
    # Prefect's client leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
PROJECT = Path(__file__).parents[2]
DEPLOYMENTS = {d["name"]: d for d in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]}


async def test_a_run_says_what_happened_and_leaves_its_artifacts(prefect, environment, runs_and_artifacts):
    from flows.ingest_feeds import ingest_feeds

    async with environment.mill() as mill:
        await environment.subscribe(mill)
    state = await ingest_feeds(return_state=True)
    run, tasks, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)

    assert state.is_completed()
    assert "new articles from 19 feeds, 3 failing" in state.message
    assert run.name.startswith("due feeds ")
    assert {task.name.partition("-")[0] for task in tasks} == {"batch"}
    assert len(tasks) < 5, "one task run for a batch of hosts, never one for a feed"
    assert set(artifacts) == {"ingest-progress", "failing-feeds", "ingest-numbers", "ingest-report"}
    assert "(data:image/svg+xml;base64," in artifacts["ingest-report"].data
    assert "`feedmill articles show 1`" in artifacts["ingest-report"].data
    failing = json.loads(artifacts["failing-feeds"].data)
    assert {row["why"] for row in failing if "410" in row["why"]}
    assert "Boilerplate blocks dropped" in artifacts["ingest-report"].data
    numbers = {row["what"]: row["count"] for row in json.loads(artifacts["ingest-numbers"].data)}
    assert numbers["feeds polled"] == 19


async def test_a_run_with_nothing_due_ends_as_nothing_new_and_leaves_no_report(
    prefect, environment, runs_and_artifacts
):
    from flows.ingest_feeds import ingest_feeds

    state = await ingest_feeds(return_state=True)
    _, _, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)
    assert (state.name, state.is_completed()) == ("NothingNew", True)
    assert set(artifacts) == {"ingest-progress"}
    assert artifacts["ingest-progress"].data == 100, "what is over is not at its beginning"


async def test_single_pages_are_fetched_by_their_own_flow(prefect, environment):
    from flows.ingest_urls import ingest_urls

    truth = environment.newsroom.truth(environment.clock(), environment.server.port)[0]
    state = await ingest_urls([truth.url, "https://:80/"], return_state=True)
    assert state.message.startswith("1 new article from 0 feeds")


async def test_the_nightly_run_reports_the_health_of_every_feed(prefect, environment, runs_and_artifacts):
    from flows.maintain import maintain

    await environment.round()
    state = await maintain(return_state=True)
    _, _, artifacts = await runs_and_artifacts(state.state_details.flow_run_id)
    assert "feeds: " in state.message
    assert {row["state"] for row in json.loads(artifacts["feed-health"].data)} >= {"gone"}
    assert "This week beside the one before" in artifacts["upkeep-report"].data


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_deployment_names_a_flow_whose_form_explains_each_parameter(name):
    from prefect.flows import load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema

    flow = load_flow_from_entrypoint(str(PROJECT / DEPLOYMENTS[name]["entrypoint"]))
    fields = parameter_schema(flow.fn).model_dump()["properties"]
    assert flow.name == name
    assert flow.description
    assert [field for field, schema in fields.items() if not schema.get("description")] == []


def test_the_scheduled_round_runs_every_five_minutes_and_only_once_at_a_time():
    ingest = DEPLOYMENTS["ingest-feeds"]
    (schedule,) = ingest["schedules"]
    assert (schedule["slug"], schedule["interval"]) == ("every-5-minutes", 300)
    assert schedule["anchor_date"], "or each deployment would put the next round off"
    assert ingest["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
