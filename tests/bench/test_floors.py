"""The quality bench fails where a set falls below its floor, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import pytest

QUALITY = Path(__file__).parents[2] / "bench" / "quality"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(QUALITY))
    import evaluate
    import floors

    good = evaluate.Score(
        word_f1=0.96, precision=1.0, recall=1.0, leaks=(), is_repeating=False, has_comments=False, is_empty=False,
        without=0, title=True, author=True, false_author=None, date=True, seconds=0.1,
    )  # fmt: skip
    return floors, good, replace(good, word_f1=0.93)


@pytest.mark.parametrize("is_sample", [True, False])
def test_a_set_above_its_floor_passes(bench, is_sample):
    floors, mine, theirs = bench

    assert floors.check_floor("wcxb_dev", [(mine, theirs)] * 10, is_sample=is_sample) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"word_f1": 0.94}, "word F1"),
        ({"leaks": ("share",)}, "leak"),
        ({"is_repeating": True}, "repeat"),
        ({"has_comments": True}, "comments"),
        ({"without": 1}, "snippets"),
        ({"title": False}, "titles"),
        ({"author": False}, "authors"),
        ({"author": None, "false_author": True}, "false authors"),
        ({"date": False}, "days"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_fault_is_told_by_its_name(bench, fault, told):
    floors, mine, theirs = bench
    pairs = [(mine, theirs)] * 7 + [(replace(mine, **fault), theirs)] * 20

    failures = floors.check_floor("wcxb_dev", pairs, is_sample=False)

    assert len(failures) == 1
    assert failures[0].startswith("wcxb_dev: ")
    assert told in failures[0]


def test_what_no_page_has_a_truth_for_breaks_no_floor(bench):
    floors, mine, theirs = bench
    untold = replace(mine, title=None, author=None, date=None, has_comments=None)

    assert floors.check_floor("wcxb_dev", [(untold, theirs)], is_sample=False) == []
