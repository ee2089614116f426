"""Quality of extraction, feedmill beside trafilatura on the same pages: tables, ``RESULTS.md``, and a floor for CI.

python bench/quality/run.py [--sample N] [--set NAME] [--floor] [--write]
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from corpora import list_sets, load_set  # noqa: E402 - a program finds its neighbours only after the line above
from evaluate import TOOLS, Score, evaluate, warm_up  # noqa: E402 - as above
from floors import Pair, check_floor, mean  # noqa: E402 - as above

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run, print, and with ``--floor`` exit with 1 when a set lies under its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="this many pages of each set")
    parser.add_argument("--set", action="append", help="only this set (may be repeated)")
    parser.add_argument("--floor", action="store_true", help="exit 1 when a set lies under its floor")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    call = parser.parse_args()
    if call.write and (call.sample or call.set):
        parser.error(f"{RESULTS.name} holds whole runs: --write goes with neither --sample nor --set")
    sets = {name: path for name, path in list_sets().items() if not call.set or name in call.set}
    if not sets:
        print("no set of pages found: bench/quality needs ../shared/data/articles", file=sys.stderr)
        return 2
    tables, failures, everything = [], [], []
    for name, path in sets.items():
        halves, pairs = run_set(path, call.sample)
        everything += pairs
        tables.append(report(name, pairs, halves))
        print(tables[-1], flush=True)
        failures += check_floor(name, pairs, is_sample=bool(call.sample))
    tables.append(f"All {len(everything):,} pages: CPU {cpu_ratio(everything):.2f} of trafilatura's.\n")
    print(tables[-1])
    if call.write:
        RESULTS.write_text(HEAD + "\n".join(tables), encoding="utf-8")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if call.floor and failures else 0


def run_set(path: Path, most: int | None) -> tuple[list[int], list[Pair]]:
    """The half of each page, and its scores."""
    samples = load_set(path, most)
    with ExitStack() as stack:
        runs = [
            stack.enter_context(ProcessPoolExecutor(1, initializer=warm_up, initargs=(tool, samples[0]))).map(
                partial(evaluate, tool), samples, chunksize=4
            )
            for tool in TOOLS
        ]
        return [sample.half for sample in samples], list(zip(*runs, strict=True))


HEAD = """# Quality of extraction

Made by `python bench/quality/run.py --write`; feedmill beside trafilatura (metadata on, readers' comments off) on the
same pages, no feed entries. Thresholds are tuned on the first half of each set (by hash of the page's id); the second
half is only reported. F1 is over bags of words, page mean; shingles are 4-grams of words; a leak is a page with a
whole short line of furniture that the truth has not. Each tool has a process of its own; both read a page at about the
same time.

The truths of the blogs (dragnet) begin with the post's title, those of the other sets do not. Feedmill keeps the
heading of a page that states no article (no JSON-LD, date of publication, `<article>`, `<main>` or `articleBody`):
about .013 of the gain on dragnet is these titles.

"""


def report(name: str, pairs: list[Pair], halves: list[int]) -> str:
    """The set's table: both tools, both halves and all."""
    lines = [
        f"## {name}, {len(pairs)} pages",
        "",
        "| | half | " + " | ".join(COLUMNS) + " |",
        "|---" * (2 + len(COLUMNS)) + "|",
    ]
    for label, wanted in (("tuned", 0), ("held out", 1), ("all", None)):
        chosen = [pair for pair, half in zip(pairs, halves, strict=True) if wanted is None or half == wanted]
        if chosen:
            lines.append(row("feedmill", label, [mine for mine, _ in chosen]))
            lines.append(row("trafilatura", label, [theirs for _, theirs in chosen]))
    return "\n".join([*lines, "", verdict(pairs), "", ""])


def verdict(pairs: list[Pair]) -> str:
    """Gain, pages better and worse, CPU ratio."""
    gains = [mine.word_f1 - theirs.word_f1 for mine, theirs in pairs]
    better, worse = sum(gain > 0.02 for gain in gains), sum(gain < -0.02 for gain in gains)
    pages = f"{better} pages better and {worse} worse by more than .02"
    return f"Word F1 {mean(gains):+.4f}; {pages}; CPU {cpu_ratio(pairs):.2f} of trafilatura's."


def cpu_ratio(pairs: list[Pair]) -> float:
    """CPU time as a share of trafilatura's on the same pages."""
    return sum(mine.seconds for mine, _ in pairs) / sum(theirs.seconds for _, theirs in pairs)


COLUMNS = (
    "word F1",
    "shingle F1",
    "leaks %",
    "repeats %",
    "comments",
    "empty",
    "without",
    "title",
    "author",
    "false author",
    "day",
)


def row(tool: str, label: str, scores: list[Score]) -> str:
    """One line of the table."""
    precision, recall = mean(score.precision for score in scores), mean(score.recall for score in scores)
    cells = (
        f"{mean(score.word_f1 for score in scores):.4f}",
        f"{2 * precision * recall / max(precision + recall, 1e-9):.4f}",
        f"{100 * mean(bool(score.leaks) for score in scores):.1f}",
        f"{100 * mean(score.is_repeating for score in scores):.1f}",
        str(sum(bool(score.has_comments) for score in scores)),
        str(sum(score.is_empty for score in scores)),
        str(sum(score.without for score in scores)),
        *(
            "" if value != value else f"{value:.3f}"  # noqa: PLR0124 - nan is not itself
            for value in (
                mean(score.title for score in scores),
                mean(score.author for score in scores),
                mean(score.false_author for score in scores),
                mean(score.date for score in scores),
            )
        ),
    )
    return f"| {tool} | {label} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
