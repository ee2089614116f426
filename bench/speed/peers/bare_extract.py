"""The floor: trafilatura.extract of each page of a world, and nothing else; prints milliseconds of CPU a page.

python bare_extract.py WORLD MOST
"""

import gzip
import json
import sys
import time
from pathlib import Path

from trafilatura import extract


def main() -> None:
    """Read the pages first, then extract them all."""
    folder, most = Path(sys.argv[1]), int(sys.argv[2])
    index = json.loads((folder / "index.json").read_text())["index"]
    places = [place for address, place in index.items() if "/story-" in address]
    bodies = (folder / "bodies.bin").read_bytes()
    step = max(1, len(places) // most)
    pages = [gzip.decompress(bodies[start : start + size]) for start, size in places[::step][:most]]
    extract(pages[0])  # what is loaded once does not count
    began = time.process_time()
    for page in pages:
        extract(page)
    print((time.process_time() - began) / len(pages) * 1_000)


if __name__ == "__main__":
    main()
