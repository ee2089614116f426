"""The profile: stacks are read as py-spy writes them, and booked on the stage that asked for the work."""

from pathlib import Path
from typing import Any

import pytest

SPEED = Path(__file__).parents[2] / "bench" / "speed"
PARENT = 'process 7:"/bin/python /bin/feedmill ingest"'
WORKER = 'process 9:"/bin/python -m ingest.worker 1073741824 10.0"'


@pytest.fixture
def profiling(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SPEED))
    import profiling

    return profiling


def _read(line: str) -> Any:
    import spying

    return spying._read(line)


def test_a_worker_is_told_from_the_process_that_started_it(profiling: Any) -> None:
    mine = _read(
        f"{PARENT};thread (8): feedmill-writer;Writer._write (flows/writer.py:78);loads (json/__init__.py:3) 12"
    )
    its = _read(f"{PARENT};{WORKER};thread (9): MainThread;serve (ingest/worker.py:48) 3")

    assert (mine.is_worker, mine.thread, mine.weight) == (False, "feedmill-writer", 12.0)
    assert mine.stack == ("json/__init__.py:loads", "flows/writer.py:Writer._write")
    assert its.is_worker


def test_a_library_counts_for_the_stage_that_called_it(profiling: Any) -> None:
    import stages

    under_cleaning = ["lxml/html/__init__.py:text_content", "ingest/clean/prune.py:prune", "ingest/jobs.py:read_page"]
    under_saving = [
        "sqlalchemy/engine.py:do",
        "storage/texts.py:replace",
        "storage/saving.py:save_many",
        "flows/x.py:y",
    ]

    assert stages.stage_of(under_cleaning, stages.WORKER) == "cleaning: rules and packs"
    assert stages.stage_of(under_saving, stages.MAIN) == "SQL: saving.py:save_many"
    assert stages.stage_of(["sqlalchemy/engine.py:do", "flows/mill.py:x"], stages.MAIN) == "SQL, outside storage"
    assert stages.stage_of(["threading.py:run"], stages.MAIN) == "other"


def test_the_stages_add_up_to_the_cpu_of_an_article(profiling: Any) -> None:
    lines = [
        f"{PARENT};thread (7): MainThread;fetch (ingest/fetch/client.py:9) 30",
        f"{PARENT};{WORKER};thread (9): MainThread;serve (ingest/worker.py:4);read_page (ingest/jobs.py:48) 70",
    ]

    found = profiling.Profile("Cold", "article", 400, 50.0, "py-spy", *profiling._parts(map(_read, lines)))
    page = "\n".join(found.lines())

    assert "### The main process: 15.00 ms an article" in page
    assert "### The worker processes: 35.00 ms an article" in page
    assert "| fetch | loop | 15.000 | 100.0% |" in page
