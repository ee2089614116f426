"""Entries as JSON documents: what goes in comes out equal."""

import json
from datetime import UTC, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Enclosure, Entry
from storage.documents import entry_document, entry_of

texts = st.none() | st.text(min_size=1)
moments = st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))
enclosures = st.builds(Enclosure, st.text(min_size=1), texts, st.none() | st.integers(0), st.none() | st.integers(0))
entries = st.builds(
    Entry,
    id=texts,
    url=texts,
    title=texts,
    authors=st.lists(st.text()).map(tuple),
    published_at=moments,
    updated_at=moments,
    summary=texts,
    content=texts,
    tags=st.lists(st.text()).map(tuple),
    enclosures=st.lists(enclosures).map(tuple),
    language=texts,
    image_url=texts,
    is_permalink=st.booleans(),
)


@given(entries)
def test_an_entry_comes_back_equal(entry: Entry) -> None:
    assert entry_of(json.loads(json.dumps(entry_document(entry)))) == entry


def test_no_entry_is_no_entry() -> None:
    assert entry_of(None) is None
