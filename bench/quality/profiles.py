"""Site profiles beside the whole page: how often the article is the same, what was lost, and the CPU.

python bench/quality/profiles.py [--hosts N] [--write]

Real hosts: each page is read through a profile learned from the host's other pages. Synthetic hosts (``bench/speed``:
a real page as template, other sentences each time): twenty pages in the order of a round, learning as they come.
"""

import argparse
import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "speed"), str(Path(__file__).parents[2])]

import pages  # noqa: E402 - a program finds its neighbours only after the line above
import trafilatura  # noqa: E402 - as above
from corpora import Sample, list_sets, load_set  # noqa: E402 - as above
from learning import NOW, host_of  # noqa: E402 - as above
from measures import word_f1  # noqa: E402 - as above

from ingest.blocks import SiteKnowledge  # noqa: E402 - as above
from ingest.decide.site_profile import AGREEING, learn  # noqa: E402 - as above
from ingest.extract.audit import count_lost  # noqa: E402 - as above
from ingest.jobs import PageJob, PageReading, read_page  # noqa: E402 - as above
from ingest.model import Entry, Page  # noqa: E402 - as above
from ingest.profiles import ProfileState, ProfileTask, Sight, SiteProfile  # noqa: E402 - as above

RESULTS = Path(__file__).with_name("PROFILES.md")
_PAGES_A_HOST = 20
_RELAXED = "one page that agreed"
_SOME, _MOST = 0.1, 0.5  # of the whole page's text


@dataclass(frozen=True, slots=True)
class Asked:
    """A page with its known text, and the feed's entry where there is one."""

    host: str
    page: Page
    truth: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A page read whole and by its profile; ``lost``: the share of the whole page's text that the profile lost."""

    url: str
    way: str  # through, refused, whole (both ways, to learn)
    is_same: bool
    lost: float
    gain: float  # in F1 against the known text
    seconds: tuple[float, float, float]  # whole, by the profile, trafilatura.extract


@dataclass(slots=True)
class Tally:
    """What was seen of one kind of host."""

    name: str
    hosts: int = 0
    seen: list[Seen] = field(default_factory=list)


def main() -> int:
    """Run both worlds, print the tables, and with ``--write`` keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=90, help="synthetic hosts")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    call = parser.parse_args()
    logging.disable(logging.CRITICAL)
    hosts = {host: asked for host, asked in _real_hosts().items() if len(asked) > 1}
    _read(next(iter(hosts.values()))[0], None)  # models and rules are no page's cost
    many = {host: asked for host, asked in hosts.items() if len(asked) > AGREEING}
    tallies: list[Tally] = []
    for measure in (
        lambda: _leave_one_out(f"real hosts with more than {AGREEING} pages, trusted as in use", many),
        lambda: _leave_one_out(f"hosts of 2 pages and more, trusted after {_RELAXED}", hosts, is_relaxed=True),
        lambda: _read_rounds(f"synthetic hosts of {_PAGES_A_HOST} pages, as a round reads them", call.hosts),
    ):
        tally = measure()
        print(_report(tally), _list_losses(tally), sep="\n", flush=True)
        tallies.append(tally)
    if call.write:
        text = "\n".join([HEAD, *map(_report, tallies), *map(_list_losses, tallies)])
        RESULTS.write_text(text, encoding="utf-8")
    return 0


HEAD = """# Site profiles

Made by `python bench/quality/profiles.py --write`. Each page is read whole and as its site's profile wants. Through:
read through the container. Refused: a guard had it read whole. Both: read both ways, to learn or as an audit; its text
is the whole page's. Lost: characters of the whole page's lines that the profile's text has not. F1: words against the
known text. CPU: of `read_page`, whole pages = 1, and against `trafilatura.extract` of the same pages.
"""


def _real_hosts() -> dict[str, list[Asked]]:
    hosts: dict[str, dict[str, Asked]] = defaultdict(dict)
    for path in list_sets().values():
        for sample in load_set(path):
            if host := host_of(sample):
                hosts[host].setdefault(sample.html, _asked(host, sample))
    return {host: list(found.values()) for host, found in sorted(hosts.items())}


def _asked(host: str, sample: Sample) -> Asked:
    url = sample.url or f"http://{host}/{sample.id}.html"
    return Asked(host, Page(url=url, html=sample.html), sample.text)


def _leave_one_out(name: str, hosts: dict[str, list[Asked]], *, is_relaxed: bool = False) -> Tally:
    tally = Tally(name, len(hosts))
    for asked in hosts.values():
        for one in asked:
            profile = _teach(other for other in asked if other is not one)
            if is_relaxed and profile.state is ProfileState.LEARNING and profile.agreed:
                profile = replace(profile, state=ProfileState.TRUSTED)
            tally.seen.append(_compare(one, ProfileTask(profile, learns=False))[0])
    return tally


def _teach(asked: Iterable[Asked]) -> SiteProfile:
    profile = SiteProfile()
    for one in asked:
        observation = _read(one, ProfileTask(profile)).observation
        profile = learn(profile, observation, NOW) if observation is not None else profile
    return profile


def _read_rounds(name: str, hosts: int) -> Tally:
    tally, pool = Tally(name, hosts), pages.read_pool()
    for number in range(hosts):
        profile = SiteProfile()
        for one in _tell(pool, number):
            seen, reading = _compare(one, ProfileTask(profile))
            tally.seen.append(seen)
            if reading.observation is not None:
                profile = learn(profile, reading.observation, NOW)
    return tally


def _tell(pool: pages.Pool, number: int) -> Iterator[Asked]:
    host, site = f"paper{number:05d}.example", pool.site(number)
    for entry in range(_PAGES_A_HOST):
        url = f"http://{host}/2026/11/story-{entry:04d}.html"
        told = site.tell(url)
        brought = Entry(id=url, url=url, title=told.title, summary=told.summary, published_at=NOW)
        yield Asked(host, Page(url=url, html=told.page, content_type="text/html; charset=utf-8"), told.text, brought)


def _read(one: Asked, task: ProfileTask | None) -> PageReading:
    site = SiteKnowledge(profile=task)
    return read_page(PageJob(url=one.page.url, page=one.page, entry=one.entry, feed_title=None, now=NOW, site=site))


def _compare(one: Asked, task: ProfileTask) -> tuple[Seen, PageReading]:
    begun = time.process_time()
    whole = _read(one, None)
    middle = time.process_time()
    reading = _read(one, task)
    ended = time.process_time()
    trafilatura.extract(one.page.html)
    seconds = (middle - begun, ended - middle, time.process_time() - ended)
    text, other = whole.article.text or "", reading.article.text or ""
    return Seen(
        url=one.page.url,
        way=_name_way(reading, task),
        is_same=text == other,
        lost=count_lost(text, other) / max(1, len(text)),
        gain=word_f1(other, one.truth) - word_f1(text, one.truth),
        seconds=seconds,
    ), reading


def _name_way(reading: PageReading, task: ProfileTask) -> str:
    if "container" in reading.article.provenance:
        return "through"
    is_both = reading.observation is not None and reading.observation.sight in {Sight.SAME, Sight.OTHER}
    return "both" if is_both else "refused" if task.profile.state is ProfileState.TRUSTED else "no profile"


def _report(tally: Tally) -> str:
    seen, ways = tally.seen, Counter(one.way for one in tally.seen)
    through = [one for one in seen if one.way == "through"]
    whole, mine, theirs = (sum(one.seconds[at] for one in seen) for at in range(3))
    rows = [
        ("pages, hosts", f"{len(seen)}, {tally.hosts}"),
        *((f"read: {way}", str(ways[way])) for way in ("through", "refused", "both", "no profile")),
        ("through: the same text", str(sum(one.is_same for one in through))),
        ("through: another text, nothing lost", str(sum(not one.is_same and not one.lost for one in through))),
        ("through: up to 10 % lost", str(sum(0 < one.lost <= _SOME for one in through))),
        ("through: 10 % to 50 % lost", str(sum(_SOME < one.lost <= _MOST for one in through))),
        ("through: most of the text lost", str(sum(one.lost > _MOST for one in through))),
        ("F1 of pages read through, against the whole page's", f"{_mean(one.gain for one in through):+.4f}"),
        ("CPU of all pages, and against trafilatura", f"{mine / whole:.3f}, {mine / theirs:.3f}"),
        ("CPU of pages read through, and against trafilatura", _tell_cpu(through)),
        ("CPU of whole pages against trafilatura", f"{whole / theirs:.3f}"),
    ]
    return "\n".join([f"## {tally.name}", "", "| | |", "|---|---|", *(f"| {key} | {told} |" for key, told in rows), ""])


def _tell_cpu(seen: list[Seen]) -> str:
    whole, mine, theirs = (sum(one.seconds[at] for one in seen) for at in range(3))
    return f"{mine / whole:.3f}, {mine / theirs:.3f}" if seen else "none"


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / max(1, len(known))


def _list_losses(tally: Tally) -> str:
    lost = [one for one in tally.seen if not one.is_same]
    rows = [f"- {one.url}: {one.lost:.1%} lost, F1 {one.gain:+.3f}" for one in sorted(lost, key=lambda one: -one.lost)]
    return "\n".join([f"Not the same, {tally.name}:", "", *(rows or ["- none"]), ""])


if __name__ == "__main__":
    sys.exit(main())
