"""`feedmill parse`: the feed parser alone."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from flows.cli.options import WEB_URL, as_json, print_json, read_input

FEED_FIELDS = ("format", "title", "site_url", "description", "language", "image_url", "updated_at", "hints", "links")


@click.command()
@click.argument("file", default="-")
@click.option(
    "--url", required=True, type=WEB_URL, help="Where the document came from: relative links are resolved against it."
)
@click.option("--content-type", help="The Content-Type header it came with: its charset counts.")
@as_json
def parse(file: str, url: str, content_type: str | None, is_json: bool) -> None:  # noqa: ARG001 - JSON is all there is
    """Parse a feed document (FILE, or - for standard input) and print its entries as JSON.

    RSS 0.9x to 2.0, Atom, RDF and JSON Feed. What is no feed exits 1 and says what it is instead.
    """
    from ingest.feeds.parse import clamp_dates, parse_feed

    parsed = clamp_dates(parse_feed(read_input(file), url=url, content_type=content_type), datetime.now(UTC))
    record = asdict(parsed)
    print_json(
        {
            "feed": {name: record[name] for name in FEED_FIELDS}
            | {"is_complete": parsed.is_complete, "is_truncated": parsed.is_truncated},
            "entries": [_entry(entry) for entry in record["entries"]],
            "problems": record["problems"],
        }
    )


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "is_permalink"}
