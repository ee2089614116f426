"""The `feedmill` command as a process of its own, pointed at the world of the test."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass

import pytest


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


async def run_command(arguments, environment, given=b""):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "flows.cli.main"),
        *arguments,
        env=os.environ | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given)
    return Ended(process.returncode, out.decode(), err.decode())


@pytest.fixture
def feedmill(tmp_path):
    """Run a command that needs no newsroom; its data folder is the test's own."""

    async def run(*arguments, given=b"", **environment):
        return await run_command(arguments, {"FEEDMILL_DATA_DIR": str(tmp_path)} | environment, given)

    return run


@pytest.fixture
def feedmill_there(world):
    """Run a command with the newsroom of the world let through."""
    settings = {
        "FEEDMILL_DATA_DIR": str(world.settings.data_dir),
        "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{world.server.port}",
        "FEEDMILL_HOST_DELAY_SECONDS": "0",
        "FEEDMILL_MIN_INTERVAL_SECONDS": "0",
    }

    async def run(*arguments, given=b"", **environment):
        return await run_command(arguments, settings | environment, given)

    return run


@pytest.fixture
def take(world):
    """Fetch and store these pages of the newsroom, at the world's time; without addresses, some of several sites."""
    from flows.batches import RoundPlan, run_round
    from flows.steps.queue_urls import queue_urls

    async def taken(*urls):
        plain = [truth.url for truth in world.newsroom.truth(world.clock(), world.server.port) if truth.kind == "plain"]
        async with world.mill() as mill:
            queued = await queue_urls(mill, list(urls) or plain[:12])
            return await run_round(mill, RoundPlan(page_keys=queued.keys))

    return taken
