"""Articles as an Apache Parquet file, typed: times with their zone, lists as lists. Needs the extra ``parquet``."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from ingest.errors import ExtraMissing
from ingest.export.schema import FIELDS, SCHEMA_VERSION

GROUP = 1_000  # articles a row group: what is in memory at a time


def write_parquet(articles: Iterable[Mapping[str, Any]], sink: BinaryIO) -> int:
    """Write the articles, zstd-packed, a row group at a time; gives how many.

    Raises:
        ExtraMissing: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise ExtraMissing('Parquet needs pyarrow: pip install "feedmill[parquet]"') from error
    schema = _schema(pa)
    count = 0
    with ParquetWriter(sink, schema, compression="zstd") as writer:
        for group in _groups(articles):
            columns = {field.name: [_value(article[field.name], field.kind) for article in group] for field in FIELDS}
            writer.write_table(pa.table(columns, schema=schema))
            count += len(group)
    return count


def _groups(articles: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    rest = iter(articles)
    while group := list(islice(rest, GROUP)):
        yield group


def _schema(pa: Any) -> Any:
    kinds = {
        "integer": pa.int64(),
        "text": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "texts": pa.list_(pa.string()),
        "removals": pa.list_(pa.struct([("rule", pa.string()), ("text", pa.string()), ("at", pa.int64())])),
    }
    columns = [pa.field(field.name, kinds[field.kind], metadata={"meaning": field.meaning}) for field in FIELDS]
    return pa.schema(columns, metadata={"feedmill.schema": str(SCHEMA_VERSION)})


def _value(value: Any, kind: str) -> Any:
    return datetime.fromisoformat(value) if kind == "time" and value else value
