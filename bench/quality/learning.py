"""What would be learned from the hosts of the sets: every block, and how many of the host's truths hold it.

Run it with ``.venv/bin/python bench/quality/learning.py [--least N]``. A block that a truth holds is a sentence lost.
"""

import argparse
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from corpora import Sample, list_sets, load_set

from ingest.blocks import LearnedBlock, SiteKnowledge, SiteMemory
from ingest.clean.learning.memory import observe, tell_knowledge
from ingest.clean.lines import fold_key
from ingest.jobs import PageJob, read_page
from ingest.model import Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_LINK = re.compile(r"""href=["']https?://([^/"':?#]+)""")
_ELSEWHERE = re.compile(
    r"facebook|twitter|google|pinterest|linkedin|digg|reddit|stumble|delicious|youtube|feedburner|addthis|amazon|disqus|"
    r"wikipedia|bp\.blogspot|wordpress\.com$|blogger\.com|w3\.org|gravatar|doubleclick|gmpg|cdn|cloud|apple|yahoo"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """A block, in how many of its host's texts it stood, and how many truths hold it."""

    host: str
    pages: int
    block: LearnedBlock
    truths: int


def host_of(sample: Sample) -> str | None:
    """The page's host; of a page without an address the host that it links to most."""
    if sample.url:
        return (urlsplit(sample.url).hostname or "").removeprefix("www.")
    links = Counter(host.lower().removeprefix("www.") for host in _LINK.findall(sample.html))
    return next((host for host, _ in links.most_common(8) if not _ELSEWHERE.search(host)), None)


def learn_host(host: str, samples: list[Sample]) -> list[Learned]:
    """Read a host's pages one after another, as a round would, and give what was learned."""
    memory, learned = SiteMemory(), []
    truths = [fold_key(sample.text) for sample in samples]
    for number, sample in enumerate(samples):
        reading = read_page(_job(host, sample, tell_knowledge(memory)))
        if reading.sighting is None:
            continue
        observed = observe(memory, reading.sighting, number, NOW)
        memory = observed.memory
        learned += observed.learned
    return [Learned(host, len(samples), block, _count(block, truths)) for block in learned]


def _job(host: str, sample: Sample, site: SiteKnowledge) -> PageJob:
    url = sample.url or f"http://{host}/{sample.id}.html"
    return PageJob(url=url, page=Page(url=url, html=sample.html), entry=None, feed_title=None, now=NOW, site=site)


def _count(block: LearnedBlock, truths: list[str]) -> int:
    key = fold_key(block.text)
    return sum(key in truth for truth in truths)


def main() -> None:
    """Print the blocks and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=int, default=3, help="pages of a host")
    least = parser.parse_args().least
    hosts: dict[str, list[Sample]] = defaultdict(list)
    for path in list_sets().values():
        for sample in load_set(path):
            if host := host_of(sample):
                hosts[host].append(sample)
    chosen = {host: samples for host, samples in hosts.items() if len(samples) >= least}
    found = [one for host, samples in sorted(chosen.items()) for one in learn_host(host, samples)]
    for one in found:
        print(f"{one.host} ({one.pages}), {one.truths} truths, {one.block.reason}: {one.block.text[:100]}")
    pages = sum(map(len, chosen.values()))
    wrong = sum(one.truths > 0 for one in found)
    print(f"{len(chosen)} hosts, {pages} pages: {len(found)} blocks learned, {wrong} of them in a truth")


if __name__ == "__main__":
    main()
