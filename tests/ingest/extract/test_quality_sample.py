"""Extraction is no worse than its floors on a sample of the pages with known text (bench/quality)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.shared
def test_a_sample_of_each_set_reaches_its_floor() -> None:
    if not (ROOT / ".." / "shared" / "data" / "articles").is_dir():
        pytest.skip("the pages of ../shared/data/articles are not here")

    run = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "quality" / "run.py"), "--sample", "25", "--floor"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
