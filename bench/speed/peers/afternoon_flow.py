"""The same script as a Prefect flow with a task run for each feed and each article, against a running server.

python afternoon_flow.py FEEDS.txt STORE.db
"""

import sys
from pathlib import Path

import kept
from afternoon import fetch
from asking import ask, news
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

THREADS = 16


@task(cache_policy=NO_CACHE, persist_result=False)
def poll(feed: str, headers: dict[str, str]) -> object:
    """One feed's answer."""
    return ask(feed, headers)


@task(cache_policy=NO_CACHE, persist_result=False)
def article(link: str, feed: str) -> tuple[str | None, ...] | None:
    """One article's row."""
    return fetch(link, feed)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=THREADS))
def ingest(feeds: list[str], path: str) -> int:
    """Feeds first, then all articles; the flow itself writes."""
    store = kept.open_store(Path(path))
    polls = [(feed, poll.submit(feed, kept.validators(store, feed))) for feed in feeds]
    wanted = [(link, feed) for feed, polled in polls for link in news(store, feed, polled.result())]
    tasks = [article.submit(link, feed) for link, feed in wanted]
    rows = [row for done in tasks if (row := done.result()) is not None]
    kept.keep(store, rows)
    store.commit()
    store.close()
    return len(rows)


if __name__ == "__main__":
    ingest(Path(sys.argv[1]).read_text().split(), sys.argv[2])
