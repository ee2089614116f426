"""The bench of speed in small: its world, and feedmill beside the afternoon script over it."""

import socket
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

SPEED = Path(__file__).parents[2] / "bench" / "speed"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The modules of the bench, on the sample newsroom's pages, with their files in a folder of the test."""
    monkeypatch.syspath_prepend(str(SPEED))
    import pages
    import scenarios
    import turns
    import webworld

    monkeypatch.setattr(pages, "FOLDER", tmp_path / "no corpus")
    for module in (webworld, scenarios):
        monkeypatch.setattr(module, "OUT", tmp_path)
    return turns


@pytest.fixture
def shape(bench: Any) -> Any:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return bench.Shape(feeds=2, entries=3, port=probe.getsockname()[1])


def _ask(shape: Any, host: str, path: str, **headers: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{shape.port}{path}", headers={"Host": host, **headers})
    return urllib.request.urlopen(request, timeout=10)


def test_every_page_of_a_site_has_words_of_its_own_and_names_itself_canonical(bench: Any) -> None:
    import pages

    site = pages.read_pool().site(1)
    one, other = (site.tell(f"http://a.example/{number}") for number in range(2))

    assert not set(one.text.split(". ")) & set(other.text.split(". "))
    assert b"http://a.example/1" in other.page
    assert "\ue000" not in other.page.decode()
    assert b"%EE%80%80" not in other.page


def test_a_copy_tells_the_same_on_the_template_of_another_site(bench: Any) -> None:
    import pages

    pool = pages.read_pool()
    told = pool.site(1).tell("http://a.example/0")
    copy = pool.site(2).retell(told, "http://b.example/0")

    assert copy.page != told.page
    assert copy.text.split()[:50] == told.text.split()[:50]
    assert len(copy.text) > 0.8 * len(told.text)


def test_a_feed_that_has_not_changed_is_not_sent_again_and_one_in_twenty_changes_a_step(bench: Any, shape: Any) -> None:
    from webcontrol import served

    with served(replace(shape, feeds=20, entries=1, steps=1)) as web:
        mark = _ask(shape, "paper00019.example", "/feed.xml").headers["ETag"]
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            _ask(shape, "paper00019.example", "/feed.xml", **{"If-None-Match": mark})
        unchanged.value.close()
        web.tell("step/1")
        changed = _ask(shape, "paper00019.example", "/feed.xml", **{"If-None-Match": mark})

        assert unchanged.value.code == 304
        assert changed.read().count(b"<item>") == 3
        assert web.tell("counts")["not_modified"] == 1
        assert web.shape.articles_at(1) - web.shape.articles_at(0) == 2


def test_a_round_measures_feedmill_beside_the_afternoon_script(bench: Any, shape: Any) -> None:
    cold = replace(bench.SCENARIOS[0].sized(2, 1, ("feedmill", "afternoon")), shape=shape)

    (results,) = bench.measure_all([cold])

    lines = results.by_name["cold"].lines
    if lines[1].is_missing:
        pytest.skip(f"the peers cannot be installed: {lines[1].troubles[0]}")
    looks = [line.looks[0] for line in lines]
    assert [look.stored for look in looks] == [6, 6]
    assert [look.counts["pages"] for look in looks] == [6, 6]
    assert all(look.cost.cpu > 0.1 and look.cost.peak_mb > 10 for look in looks)
    assert "| feedmill ingest |" in bench.page(results, 0)
