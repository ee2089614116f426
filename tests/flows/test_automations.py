"""The automations on a real Prefect server: applied twice they are there once, and events trigger them."""

import asyncio
import time
from pathlib import Path

import pytest
import yaml

from flows.automations import FLOWS, agrees, declare
from flows.cli.automations import apply_all, find_block
from flows.cli.prefect_api import PrefectApi

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning",
        "ignore::ResourceWarning",
        "ignore:'imghdr' is deprecated:DeprecationWarning",  # of what Prefect sends notifications with
    ),
]
PROJECT = Path(__file__).parents[2]
NAMES = [one["name"] for one in declare(FLOWS, None)]


@pytest.fixture
def api(prefect):
    from prefect.settings import PREFECT_API_URL

    made = PrefectApi(PREFECT_API_URL.value())
    yield made
    for one in made.automations(NAMES):
        made.delete_automation(one["id"])


def states(rows):
    return {row.what for row in rows}


def test_applied_twice_they_are_there_once_and_unchanged(api):
    assert states(apply_all(api, None)) == {"created"}
    assert states(apply_all(api, None)) == {"unchanged"}
    assert sorted(one["name"] for one in api.automations(NAMES)) == sorted(NAMES)


def test_what_somebody_changed_is_put_right_and_what_was_switched_off_stays_off(api):
    apply_all(api, None)
    zombies = next(one for one in api.automations(NAMES) if one["name"] == "feedmill: zombie runs")
    changed = {name: zombies[name] for name in ("name", "description", "tags", "trigger", "actions")}
    api.update_automation(zombies["id"], changed | {"enabled": False, "actions": [{"type": "do-nothing"}]})
    rows = {row.name: row for row in apply_all(api, None)}
    assert (rows["feedmill: zombie runs"].what, rows["feedmill: zombie runs"].is_enabled) == ("changed", False)
    assert states(apply_all(api, None)) == {"unchanged"}


def test_doubles_of_a_name_go(api):
    apply_all(api, None)
    api.create_automation(declare(FLOWS, None)[0])
    apply_all(api, None)
    assert len(api.automations(NAMES)) == len(NAMES)


async def test_a_block_that_is_named_is_told_and_one_that_is_not_there_is_not(api):
    from prefect.blocks.notifications import SlackWebhook

    assert find_block(api, "slack-webhook/nobody") is None
    assert find_block(api, "") is None
    await SlackWebhook(url="http://127.0.0.1:9/hook").save("desk", overwrite=True)
    block_id = await asyncio.to_thread(find_block, api, "slack-webhook/desk")
    assert block_id
    await asyncio.to_thread(apply_all, api, None)
    rows = await asyncio.to_thread(apply_all, api, block_id)
    assert states(rows) == {"changed"}
    found = await asyncio.to_thread(api.automations, NAMES)
    told = [action for one in found for action in one["actions"] if action["type"] == "send-notification"]
    assert len(told) == len(NAMES)
    assert states(await asyncio.to_thread(apply_all, api, block_id)) == {"unchanged"}


def test_the_flows_that_are_looked_after_are_those_of_the_timetable():
    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert set(FLOWS) == {one["entrypoint"].rpartition(":")[2].replace("_", "-") for one in deployments}


def test_what_the_server_adds_is_no_difference_and_what_it_lacks_is():
    assert agrees({"a": ["x", "y"], "b": {"c": 1}}, {"a": ["y", "x"], "b": {"c": 1, "id": 7}, "d": 2})
    assert not agrees({"a": ["x"]}, {"a": ["x", "y"]})
    assert not agrees({"a": [{"b": 1}]}, {"a": []})


def events(api, prefix):
    wanted = {"filter": {"event": {"prefix": [prefix]}}, "limit": 50}
    return api._call("POST", "/events/filter", wanted)["events"]


async def wait_for_events(api, prefix, count):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = await asyncio.to_thread(events, api, prefix)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.5)
    return found


async def test_the_nightly_run_emits_each_change_once_and_its_automation_triggers(api, environment):
    from flows.maintain import maintain

    await asyncio.to_thread(apply_all, api, None)
    await environment.round()
    await maintain(return_state=True)
    found = await wait_for_events(api, "feedmill.feed", 1)
    gone = [event for event in found if event["event"] == "feedmill.feed.gone"]
    assert len(gone) == 1, found
    assert gone[0]["resource"]["prefect.resource.id"].startswith("feedmill.feed.")
    assert gone[0]["payload"]["url"] == gone[0]["resource"]["prefect.resource.name"]
    assert any(related["prefect.resource.role"] == "flow-run" for related in gone[0]["related"]), "a link to the run"
    triggered = await wait_for_events(api, "prefect.automation.triggered", 1)
    assert "feedmill: feeds failing, gone or silent" in {one["resource"]["prefect.resource.name"] for one in triggered}
    await maintain(return_state=True)
    await asyncio.sleep(3)
    assert len(await asyncio.to_thread(events, api, "feedmill.feed.gone")) == 1, "once, not each night"


async def test_a_run_whose_heart_stops_is_ended_and_one_that_ended_by_another_name_is_left(api):
    from prefect import flow
    from prefect.client.orchestration import get_client
    from prefect.events import emit_event
    from prefect.states import Completed, Running

    @flow(name="maintain")
    def upkeep() -> None:
        """A flow of ours by its name."""

    zombies = declare(FLOWS, None)[0]
    soon = {**zombies, "trigger": {**zombies["trigger"], "within": 10.0}}
    await asyncio.to_thread(api.create_automation, soon)
    async with get_client() as client:
        dead, ended = [await client.create_flow_run(upkeep, state=Running()) for _ in range(2)]
        for run in (dead, ended):
            emit_event(
                "prefect.flow-run.heartbeat",
                {"prefect.resource.id": f"prefect.flow-run.{run.id}", "prefect.resource.name": run.name},
                related=[
                    {
                        "prefect.resource.id": f"prefect.flow.{run.flow_id}",
                        "prefect.resource.role": "flow",
                        "prefect.resource.name": "maintain",
                    }
                ],
            )
        await client.set_flow_run_state(ended.id, Completed(name="NothingNew"))
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and not (await client.read_flow_run(dead.id)).state.is_crashed():  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(1)
        states = [(await client.read_flow_run(run.id)).state for run in (dead, ended)]
    assert [state.name for state in states] == ["Crashed", "NothingNew"]
    assert "No heartbeat" in states[0].message
