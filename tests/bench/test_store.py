"""The bench of the store: its articles are the same each time, and what it fills in bulk is found like any other."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ingest.resemblance import are_copies, signature
from storage.archive import Archive
from storage.database import Database
from storage.tables import ARTICLE, BAND, STORY

SPEED = Path(__file__).parents[2] / "bench" / "speed"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SPEED))
    import store

    return store


def test_one_article_in_25_is_a_copy_of_an_earlier_one(bench: Any) -> None:
    texts = [sample.record.article.text for sample in bench.make(0, 50)]

    copies = [(one, two) for two in range(50) for one in range(two) if are_copies(texts[one], texts[two])]

    assert [two for _, two in copies] == [24, 49]


def test_an_article_is_the_same_each_time(bench: Any) -> None:
    one, other = bench.make(7, 1), bench.make(5, 3)[2:]

    assert one == other
    assert one[0].record.signature == signature(one[0].record.article.text)


def test_a_round_measures_every_column_in_a_store_that_was_filled_in_bulk(bench: Any, database: Database) -> None:
    import filling

    rows = filling._make_rows(0, 1_000)
    with database.begin() as session:
        bands = filling._put(session.connection(), rows)
    filling._put_bands(database, bands)
    costs = bench.Costs()
    bench.measure_round(bench.Store(database, Archive(), with_pages=True), costs, 1_000)

    assert set(bench.COLUMNS) == set(costs.spent)
    with database.read() as session:
        counted = (session.connection().scalar(select(func.count()).select_from(one)) for one in (ARTICLE, BAND, STORY))
        assert tuple(counted) == (1_200, 21 * 1_200, 8)
