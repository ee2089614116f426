"""When it is our own network that is down, nobody is punished."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingest.decide.outage import forgive, is_our_network_down
from ingest.model import FailureKind, FetchFailed


def unreached(make: Any, *hosts: str, kind: FailureKind = FailureKind.DNS) -> list[FetchFailed]:
    return [replace(make.failed(kind), url=f"https://{host}/feed") for host in hosts]


def unrelated(count: int) -> list[str]:
    return [f"www.site{number}.example{number}" for number in range(count)]


def test_five_unrelated_sites_that_cannot_be_reached_mean_that_we_cannot(make: Any) -> None:
    assert is_our_network_down(unreached(make, *unrelated(5)))


def test_four_do_not(make: Any) -> None:
    assert not is_our_network_down(unreached(make, *unrelated(4)))


def test_one_answer_in_five_means_that_the_network_works(make: Any) -> None:
    assert not is_our_network_down([*unreached(make, *unrelated(5)), make.fetched()])


def test_one_answer_in_twenty_came_just_before_the_cable_was_cut(make: Any) -> None:
    assert is_our_network_down([make.fetched(), *unreached(make, *unrelated(20), kind=FailureKind.TIMEOUT)])


def test_any_answer_is_an_answer(make: Any) -> None:
    assert not is_our_network_down([replace(make.failed(FailureKind.NOT_FOUND, 404), url="https://a.b/")] * 9)


def test_the_blogs_of_one_provider_are_one_site(make: Any) -> None:
    assert not is_our_network_down(unreached(make, *(f"blog{number}.host.example" for number in range(50))))


def test_loopback_says_nothing_about_the_network(make: Any) -> None:
    hosts = [
        *(f"blog{number}.localhost:8000" for number in range(50)),
        *(f"127.0.0.{n}" for n in range(1, 20)),
        "[::1]",
    ]
    assert not is_our_network_down(unreached(make, *hosts, kind=FailureKind.CONNECT))


def test_addresses_that_cannot_be_read_do_no_harm(make: Any) -> None:
    assert not is_our_network_down([replace(make.failed(FailureKind.DNS), url="https://[broken/")])
    assert not is_our_network_down([])


def test_a_forgiven_poll_changes_nothing_and_is_made_again_soon(make: Any, now: datetime) -> None:
    state = make.state(failures=1, failure=FailureKind.NOT_FOUND)
    decision = forgive(state, now, 0.0)
    assert decision.state == state
    assert (decision.failure, decision.next_poll_at) == (FailureKind.NOT_FOUND, now + timedelta(minutes=15))
