"""Rows that are there already are passed over, by a statement that is compiled once."""

from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import DBAPIError, StatementError

from storage.inserts import put_new
from storage.tables import COUNTER, STORY


def put(database: Any, *rows: dict[str, Any]) -> None:
    with database.begin() as session:
        put_new(session.connection(), COUNTER, ("name",), rows)


def test_a_row_that_is_there_stays_and_the_others_come(newsroom: Any) -> None:
    put(newsroom.database, {"name": "pages", "value": 1})

    put(newsroom.database, {"name": "pages", "value": 7}, {"name": "polls", "value": 8})

    assert {("pages", 1), ("polls", 8)} <= set(newsroom.rows(COUNTER))


def test_rows_may_come_with_other_columns_the_next_time(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        put_new(session.connection(), STORY, ("id",), [{"id": 1, "first_article_id": 5, "size": 2}])
        put_new(session.connection(), STORY, ("id",), [{"id": 2, "size": 3}, {"id": 1, "size": 9}])

    assert newsroom.rows(STORY) == [(1, 5, 2), (2, None, 3)]


def test_a_row_without_a_column_that_has_a_default_is_refused_and_not_half_written(newsroom: Any) -> None:
    with pytest.raises((DBAPIError, StatementError)):
        put(newsroom.database, {"name": "pages"})


def test_no_rows_are_no_statement(database: Any) -> None:
    told: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: told.append(said[2]))

    with database.begin() as session:
        connection = session.connection()
        before = len(told)
        put_new(connection, COUNTER, ("name",), [])
        assert len(told) == before

        connection.execute(insert(COUNTER).values(name="pages", value=1))
        assert len(told) == before + 1
