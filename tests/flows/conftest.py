"""The sample newsroom with a clock that the test turns, and feedmill pointed at it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.batches import RoundPlan, run_round
from flows.mill import Mill, open_mill
from flows.outcomes import RoundReport
from flows.sample.server import RunningNewsroom, serve
from flows.sample.world import Newsroom
from flows.settings import Settings
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed


@dataclass
class Clock:
    """Time that moves when told."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class World:
    """A running newsroom, feedmill's settings for it, and the clock of both."""

    newsroom: Newsroom
    server: RunningNewsroom
    settings: Settings
    clock: Clock

    def mill(self) -> AbstractAsyncContextManager[Mill]:
        return open_mill(self.settings, self.clock)

    async def subscribe(self, mill: Mill) -> None:
        now = self.clock()
        for feed in self.newsroom.feeds(now, self.server.port):
            new = NewFeed(
                url=feed.url, host=host_of(feed.url), created_at=now, title=feed.title, min_interval_seconds=60
            )
            await mill.writer.apply(lambda session, new=new: feeds.add(session, new))

    async def round(self, plan: RoundPlan | None = None) -> RoundReport:
        async with self.mill() as mill:
            await self.subscribe(mill)
            return await run_round(mill, plan or RoundPlan(poll_all=True))


@asynccontextmanager
async def running_world(folder: Path, *, syndicated: bool = False) -> AsyncIterator[World]:
    clock = Clock()
    newsroom = Newsroom(clock.now, syndicated=syndicated)
    server = await serve(newsroom, 0, clock)
    settings = Settings(
        data_dir=folder,
        database_url="",
        allow_endpoints=frozenset({f"127.0.0.1:{server.port}"}),
        host_delay_seconds=0,
        min_interval_seconds=0,
        workers=2,
    )
    try:
        yield World(newsroom, server, settings, clock)
    finally:
        await server.stop()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def world_at() -> Callable[..., AbstractAsyncContextManager[World]]:
    """For tests that need more than one world, or one in a loop of their own."""
    return running_world


@pytest.fixture(scope="module")
def prefect():
    """One server for the module: it takes seconds to start (prefect.md rule 12)."""
    from prefect.settings import (
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness

    quiet = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}
    with prefect_test_harness(server_startup_timeout=120), temporary_settings(quiet):
        yield


@pytest.fixture
def environment(world, monkeypatch):
    """The settings of the world, where a flow run finds them."""
    monkeypatch.setenv("FEEDMILL_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("FEEDMILL_ALLOW_ENDPOINTS", f"127.0.0.1:{world.server.port}")
    monkeypatch.setenv("FEEDMILL_HOST_DELAY_SECONDS", "0")
    monkeypatch.setenv("FEEDMILL_MIN_INTERVAL_SECONDS", "0")
    return world


@pytest.fixture
def runs_and_artifacts():
    """Ask the server for a flow run, its task runs, and its artifacts by key."""
    return _runs_and_artifacts


async def _runs_and_artifacts(flow_run_id):
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId

    async with get_client() as client:
        run = await client.read_flow_run(flow_run_id)
        tasks = await client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])))
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]))
        )
    return run, tasks, {artifact.key: artifact for artifact in found}
