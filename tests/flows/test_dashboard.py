"""The dashboard as a person uses it: opened in a browser, a run started from its form, and its report read."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from browser import PROGRAM, NeverShown, browsing

from flows.cli.prefect_api import PrefectApi

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed"),
]
UP_SECONDS = 240


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def dashboard(tmp_path):
    """`feedmill up` with the sample newsroom: the addresses of the dashboard and of the newsroom."""
    printed = tmp_path / "printed"
    ports = ("--port", free_port(), "--sample-port", free_port())
    with printed.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli.main", "up", *ports],
            env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path / "data"), "FEEDMILL_HOST_DELAY_SECONDS": "0.1"},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _addresses(process, printed)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _addresses(process, printed):
    deadline = time.monotonic() + UP_SECONDS
    while "Ctrl-C stops everything" not in printed.read_text():
        assert process.poll() is None, printed.read_text()
        assert time.monotonic() < deadline, printed.read_text()
        time.sleep(0.5)
    text = printed.read_text()
    return re.search(r"Dashboard +(\S+)", text)[1], re.search(r"127\.0\.0\.1:(\d+)/", text)[1]


async def test_a_run_is_started_from_the_form_and_its_report_read(dashboard, tmp_path):
    address, newsroom_port = dashboard
    async with browsing(tmp_path) as browser:
        await browser.open(f"{address}/deployments")
        await browser.click("a", "backfill")
        await browser.until("location.pathname.startsWith('/deployments/deployment/')")
        await browser.open(await browser.evaluate("location.origin + location.pathname + '/run'"))
        await browser.type("textarea", f"http://tagebuch.localhost:{newsroom_port}/")
        assert "The address of the site" in await browser.text(), "the form says what each field means"
        await _submit(browser, address)
        await browser.until("document.body.innerText.includes('DryRun')", 120)
        await browser.click("li", "Artifacts")
        await browser.click("*:not(:has(*))", "backfill-report")
        text = await _report(browser, "What a backfill would bring")
        assert f"tagebuch.localhost:{newsroom_port}/ has " in text
        assert "By source" in text

        await browser.open(f"{address}/artifacts/key/ingest-report")
        await browser.click("a[href^='/artifacts/artifact/']")
        text = await _report(browser, "New articles, by feed")
        assert "feedmill articles show" in text
        picture = "document.querySelector('img[src^=\"data:image/svg+xml\"]')"
        assert await browser.until(f"{picture} && {picture}.complete && {picture}.naturalWidth") == 960

        await browser.open(f"{address}/artifacts/key/failing-feeds")
        await browser.click("a[href^='/artifacts/artifact/']")
        table = "document.querySelector('.p-table')"
        await browser.until(f"{table} && {table}.innerText.includes('markets.xml')")
        assert await browser.evaluate(f"{table}.scrollWidth - {table}.clientWidth") <= 1, "nobody scrolls to the side"


async def _submit(browser, address):
    """Press Submit, and go to the run, whose link stands there for five seconds only: the server knows it for longer.

    Pressed again where the form is still there and no run is: Prefect's own SQLite was locked.
    """
    deployment = (await browser.evaluate("location.pathname")).split("/")[3]
    wanted = {"flow_runs": {"deployment_id": {"any_": [deployment]}}}
    for look in range(100):
        if look % 20 == 0:
            with suppress(NeverShown):
                await browser.click("button", "Submit", seconds=10)
        await asyncio.sleep(1)
        if runs := await asyncio.to_thread(PrefectApi(f"{address}/api")._call, "POST", "/flow_runs/filter", wanted):
            return await browser.open(f"{address}/runs/flow-run/{runs[0]['id']}")
    pytest.fail(await browser.text())


async def _report(browser, words):
    await browser.until(f"document.body.innerText.includes({words!r})")
    return await browser.text()
