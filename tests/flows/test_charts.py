"""Charts: sound SVG whatever the names are, and what is drawn is what was given."""

import base64
import re
from itertools import pairwise

import pytest
from lxml import etree

from flows.charts import Panel, Ranking, Series, picture

NAMES = (
    "</text></svg><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\x00\x0b\x1b[2J\ufffe\ud800 \u202egnirts\u202c end",
    "t" * 10_000,
    "日本語の見出しはとても長いので" * 20,
    "عنوان من اليمين إلى اليسار",
    "]]> & &amp; <!-- \" '",
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*parts, **options):
    address = picture(parts, **options)
    kind, _, data = address.partition(",")
    assert kind == "data:image/svg+xml;base64"
    return etree.fromstring(base64.b64decode(data), etree.XMLParser(resolve_entities=False))


def bars_of(sheet):
    """Bottom and top of each bar, series by series."""
    found = (re.findall(r"M\S+ ([\d.]+)h[\d.]+V([\d.]+)", one.get("d")) for one in sheet.iter(f"{SVG}path"))
    return [[(float(low), float(high)) for low, high in bars] for bars in found]


def hours(values, **changes):
    plain = {"title": "By hour", "places": [f"{at:02}" for at in range(len(values))], "series": [Series("", values)]}
    return Panel(**(plain | changes))


@pytest.mark.parametrize("name", NAMES, ids=["html", "controls", "long", "wide", "right to left", "xml"])
def test_no_name_breaks_the_picture(name):
    panel = hours([1, 2], title=name[:60], series=[Series(name, [1, 2]), Series("b", [2, None])])
    sheet = drawn(panel, Ranking(title="By feed", rows=[(name, 7), ("next", 1)]))
    assert {one.tag.removeprefix(SVG) for one in sheet.iter()} <= {"svg", "g", "rect", "path", "line", "circle", "text"}
    words = [one.text or "" for one in sheet.iter(f"{SVG}text")]
    assert {"next", "7"} <= set(words)
    assert max(map(len, words)) <= 60
    assert not any(sign in word for word in words for sign in "\x00\x1b\u202e\ufffe")


def test_bars_are_as_high_as_their_values_and_stand_on_each_other():
    sheet = drawn(hours([4, 8], series=[Series("a", [4, 8]), Series("b", [4, 0])]))
    [(first, second), (upper,)] = bars_of(sheet)
    assert second[0] - second[1] == pytest.approx(2 * (first[0] - first[1]), abs=0.2)
    assert upper == (first[1], pytest.approx(second[1], abs=0.2))


def test_a_line_has_a_gap_where_nothing_is_known():
    sheet = drawn(hours([1, 2, None, 4, 5], kind="lines"))
    assert len(list(sheet.iter(f"{SVG}circle"))) == 4
    assert len([one for one in sheet.iter(f"{SVG}line") if one.get("stroke-width") == "2"]) == 2


@pytest.mark.parametrize("values", [[], [0, 0], [None, None], [1], [0.001, 0.5], [1e9, 3]])
def test_any_values_have_their_axis(values):
    for kind in ("bars", "lines"):
        words = [one.text for one in drawn(hours(values, kind=kind)).iter(f"{SVG}text")]
        assert words[0] == "By hour"
        assert "0" in words


def test_labels_leave_each_other_room():
    sheet = drawn(hours(list(range(200)), places=[f"2026-11-{at:03}" for at in range(200)]))
    ends = [float(one.get("x")) for one in sheet.iter(f"{SVG}text") if (one.text or "").startswith("2026")]
    assert min(after - before for before, after in pairwise(ends)) > 70


def test_a_day_of_hours_is_a_few_kilobytes():
    panel = hours(list(range(24)), series=[Series(str(number), list(range(24))) for number in range(7)])
    ranking = Ranking(title="By feed", rows=[("A feed of a usual name", number) for number in range(13)])
    assert len(picture([panel, ranking])) < 20_000, "it is kept for every run"


def test_an_axis_without_anything_known_says_so():
    assert "nothing is known yet" in "".join(drawn(hours([None, None])).itertext())
    assert "nothing is known yet" not in "".join(drawn(hours([None, 0.0])).itertext())
