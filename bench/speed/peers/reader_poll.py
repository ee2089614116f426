"""reader polls feeds into its own store; it fetches no pages.

python reader_poll.py FEEDS.txt STORE.db
"""

import sys
from pathlib import Path

from reader import make_reader

WORKERS = 16


def main() -> None:
    """Subscribe to what is new, and poll everything."""
    with make_reader(sys.argv[2]) as reader:
        known = {feed.url for feed in reader.get_feeds()}
        for feed in Path(sys.argv[1]).read_text().split():
            if feed not in known:
                reader.add_feed(feed)
        reader.update_feeds(scheduled=False, workers=WORKERS)  # all of them, as the others do


if __name__ == "__main__":
    main()
