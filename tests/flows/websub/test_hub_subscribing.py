"""Subscribing over real HTTP: rules 85-95 and 99, with a hub on loopback."""

from datetime import timedelta

import pytest

from ingest.model import FeedStatus
from storage import feeds, pushes

DAY = timedelta(days=1)


async def test_a_poll_that_finds_a_hub_in_the_link_header_leads_to_a_request_rule_85(stage):
    await stage.subscribe()
    await stage.poll()

    assert await stage.ask_hubs() == 1

    path, form = stage.publisher.forms[0]
    assert path == "/hub"
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", stage.publisher.url())
    assert stage.subscriptions[0]["state"] == "requested"


async def test_a_hub_in_the_feeds_own_links_is_found_too_rules_87_and_88(stage):
    publisher = stage.publisher
    publisher.headers.clear()
    publisher.body_links = f'<atom:link rel="hub" href="{publisher.url("/hub2")}"/>'
    publisher.body_links += f'<atom:link rel="self" href="{publisher.url("/topic")}"/>'
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert publisher.forms[0][0] == "/hub2"
    assert publisher.form["hub.topic"] == publisher.url("/topic")


async def test_the_link_header_beats_the_body_rule_89(stage):
    stage.publisher.body_links = f'<atom:link rel="hub" href="{stage.publisher.url("/other")}"/>'
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert [path for path, _ in stage.publisher.forms] == ["/hub"]


async def test_the_topic_is_the_self_link_rule_90(stage):
    stage.publisher.name_hub(topic="/canonical")
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert stage.publisher.form["hub.topic"] == stage.publisher.url("/canonical")


@pytest.mark.parametrize("status", [pytest.param(302, id="302, rule 91"), pytest.param(301, id="301, rule 92")])
async def test_a_topic_that_redirects_is_followed_to_its_self_link(stage, status):
    stage.publisher.moved["/old"] = (status, "/feed")
    await stage.subscribe("/old")
    await stage.poll()
    await stage.ask_hubs()

    assert stage.publisher.form["hub.topic"] == stage.publisher.url("/feed")
    assert (await stage.publisher.verify()).status == 200
    assert (await stage.publish(2)).status == 202
    assert stage.titles == ["News 2"]


@pytest.mark.parametrize("status", [pytest.param(307, id="307, rule 93"), pytest.param(308, id="308, rule 94")])
async def test_a_hub_that_redirects_gets_the_same_form_there(stage, status):
    stage.publisher.moved["/hub"] = (status, "/hub-elsewhere")
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    (first, asked), (second, repeated) = stage.publisher.forms
    assert (first, second) == ("/hub", "/hub-elsewhere")
    assert asked == repeated
    assert (await stage.publisher.verify()).status == 200


async def test_the_challenge_comes_back_as_plain_text_rule_95(stage):
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    answer = await stage.publisher.verify()

    assert (answer.status, answer.text, answer.content_type) == (200, "c4a11 en&ge", "text/plain")
    assert stage.subscriptions[0]["state"] == "active"


@pytest.mark.parametrize("status", [202, 500])
async def test_a_hub_may_verify_before_it_answers_the_request(stage, status):
    stage.publisher.verifies_at_once, stage.publisher.hub_status = True, status
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert stage.subscriptions[0]["state"] == "active"
    assert stage.subscriptions[0]["next_action_at"] == "2026-11-29T12:00:00Z"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"topic": "https://other.example/feed"}, id="wrong topic"),
        pytest.param({"mode": "unsubscribe"}, id="not asked for"),
        pytest.param({"mode": "publish"}, id="no mode of the spec"),
        pytest.param({"challenge": ""}, id="no challenge"),
    ],
)
async def test_a_verification_of_anything_else_is_a_404_rule_95(stage, changes):
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert (await stage.publisher.verify(**changes)).status == 404
    assert stage.subscriptions[0]["state"] == "requested"


async def test_a_verification_that_nobody_waits_for_is_a_404_rule_95(stage):
    await stage.go_live()
    stage.clock.forward(hours=2)

    assert (await stage.publisher.verify()).status == 404


async def test_unknown_tokens_are_a_404_rule_99(stage):
    await stage.go_live()
    unknown = stage.publisher.form["hub.callback"] + "x"

    assert (await stage.publisher.ask("GET", unknown)).status == 404
    assert (await stage.publisher.ask("POST", unknown, data=b"<rss/>")).status == 404
    assert (await stage.publisher.ask("PUT", data=b"<rss/>")).status == 405


async def test_strangers_cost_no_transaction(stage, monkeypatch):
    await stage.go_live()
    monkeypatch.setattr(stage.mill.writer, "apply", None)

    question = {"hub.mode": "subscribe", "hub.topic": stage.publisher.form["hub.topic"], "hub.challenge": "c"}

    assert (await stage.publisher.ask(url=stage.publisher.form["hub.callback"] + "x", params=question)).status == 404


async def test_each_subscription_has_a_callback_and_a_secret_of_its_own_rule_99(stage):
    for path in ("/feed", "/feed2"):
        await stage.subscribe(path)
    await stage.poll()
    await stage.ask_hubs()

    tokens = {form["hub.callback"].rpartition("/")[2] for _, form in stage.publisher.forms}
    hidden = {form["hub.secret"] for _, form in stage.publisher.forms}
    assert len(tokens) == len(hidden) == 2
    assert not tokens & hidden
    assert all(len(text) >= 43 for text in tokens | hidden)  # 256 bits
    assert all(len(text) < 200 for text in hidden)  # WebSub 5.1


async def test_the_hub_is_asked_to_renew_at_80_percent_of_its_lease_rule_99(stage):
    await stage.go_live()
    stage.clock.forward(days=7, hours=23)
    assert await stage.ask_hubs() == 0

    stage.clock.forward(hours=1, seconds=1)

    assert await stage.ask_hubs() == 1
    first, second = (form for _, form in stage.publisher.forms)
    assert first == second
    assert (await stage.publisher.verify()).status == 200
    assert stage.subscriptions[0]["lease_until"] == "2026-12-09T12:00:01Z"


async def test_a_renewal_that_fails_is_tried_again_while_the_lease_lives_rule_99(stage):
    await stage.go_live()
    stage.publisher.hub_status = 500
    stage.clock.forward(days=8)
    await stage.ask_hubs()
    assert stage.subscriptions[0]["state"] == "wanted"
    assert "500" in stage.subscriptions[0]["detail"]

    stage.publisher.hub_status = 202
    stage.clock.forward(hours=1.2)

    assert await stage.ask_hubs() == 1
    assert (await stage.publisher.verify()).status == 200
    assert stage.subscriptions[0]["failures"] == 0


async def test_a_hub_that_asks_for_patience_gets_it_rule_31(stage):
    stage.publisher.hub_status, stage.publisher.hub_headers = 503, {"Retry-After": "36000"}
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    stage.clock.forward(hours=9)
    assert await stage.ask_hubs() == 0
    stage.clock.forward(hours=3)
    assert await stage.ask_hubs() == 1


async def test_a_denial_is_kept_and_ends_the_lease_rule_99(stage):
    await stage.go_live()
    await stage.mill.writer.apply(lambda session: pushes.trust(session, stage.feed.feed_id, stage.clock() + DAY))

    answer = await stage.publisher.verify(mode="denied", reason="over quota")

    assert answer.status == 200
    assert stage.subscriptions[0]["state"] == "denied"
    assert stage.subscriptions[0]["detail"] == "the hub denied it: over quota"
    assert stage.subscriptions[0]["lease_until"] is None
    assert stage.feed.state.push_until is None


async def test_a_denial_for_another_topic_changes_nothing_rule_99(stage):
    await stage.go_live()

    assert (await stage.publisher.verify(mode="denied", topic="https://other.example/")).status == 404
    assert stage.subscriptions[0]["state"] == "active"


async def test_a_new_hub_is_subscribed_to_and_the_old_one_told(stage):
    await stage.go_live()
    stage.publisher.name_hub(hub="/new-hub")
    stage.publisher.body_links = "<ttl>60</ttl>"
    stage.clock.forward(hours=30)
    await stage.poll()

    await stage.ask_hubs()

    asked = {(path, form["hub.mode"]) for path, form in stage.publisher.forms[1:]}
    assert asked == {("/hub", "unsubscribe"), ("/new-hub", "subscribe")}


async def test_a_feed_that_names_no_hub_any_more_is_left(stage):
    await stage.go_live()
    stage.publisher.headers.clear()
    stage.publisher.body_links = "<ttl>60</ttl>"
    stage.clock.forward(hours=30)
    await stage.poll()
    await stage.ask_hubs()

    assert stage.publisher.form["hub.mode"] == "unsubscribe"
    assert (await stage.publisher.verify()).status == 200
    assert stage.subscriptions == []


@pytest.mark.parametrize("end", [feeds.remove, feeds.pause])
async def test_a_feed_that_is_read_no_more_is_unsubscribed(stage, end):
    await stage.go_live()
    await stage.mill.writer.apply(lambda session: end(session, stage.publisher.url()))

    await stage.ask_hubs()

    assert stage.publisher.form["hub.mode"] == "unsubscribe"
    assert (await stage.publisher.verify(mode="subscribe")).status == 404
    assert (await stage.publisher.verify()).status == 200
    assert stage.subscriptions == []


async def test_a_hub_on_a_forbidden_address_is_never_asked_a10(stage):
    stage.publisher.headers["Link"] = "<http://169.254.169.254/hub>; rel=hub, </feed>; rel=self"
    await stage.subscribe()
    await stage.poll()
    await stage.ask_hubs()

    assert "forbidden address" in stage.subscriptions[0]["detail"]


async def test_without_the_setting_nothing_is_kept(stage):
    off = stage.mill.settings.model_copy(update={"websub_callback_url": ""})
    object.__setattr__(stage.mill, "settings", off)
    await stage.subscribe()
    await stage.poll()

    assert stage.publisher.polls == 1
    assert stage.subscriptions == []
    assert stage.feed.state.status is FeedStatus.ACTIVE
