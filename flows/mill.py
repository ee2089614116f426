"""The running machinery of one process: database, writer, client, worker processes, clock. Opened once a run."""

import os
import random
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address

from flows.children import WorkerLimits
from flows.credentials import read_credentials
from flows.memory import collect_less, give_back
from flows.newsroom import newsroom_port
from flows.settings import Settings
from flows.store import poll_policy, ready_database
from flows.workers import Workers
from flows.writer import Writer
from ingest.decide.policy import PollPolicy
from ingest.fetch.budget import ByteBudget
from ingest.fetch.client import Client, ClientOptions, robots_token
from ingest.fetch.credentials import Credentials
from ingest.fetch.guard import AddressPolicy
from storage.archive import Archive
from storage.database import Database

# Feeds and pages that are being read or wait for a worker: 600 usual pages, or ten of the largest. Where pages take
# a worker long, 400 fetches under way would otherwise hold 2 GB.
HELD_BYTES = 50_000_000
CLOCK_FACTOR = 6  # the clock may go so much further than a job's CPU time before it counts as hung


def utc_now() -> datetime:
    """The wall clock: the only one that feedmill reads."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mill:
    """What the steps work with. ``holder`` names this run in the host leases."""

    settings: Settings
    database: Database
    writer: Writer
    client: Client
    workers: Workers
    policy: PollPolicy
    holder: str
    clock: Callable[[], datetime] = utc_now
    jitter: Callable[[], float] = random.random
    archive: Archive = field(default_factory=Archive)
    bodies: ByteBudget = field(default_factory=lambda: ByteBudget(HELD_BYTES))

    @property
    def robots_token(self) -> str:
        """What robots.txt calls us (interface decision 11)."""
        return robots_token(self.settings.user_agent)


def new_holder() -> str:
    """A name for this run's leases: host:pid:uuid, so that a later run can tell that its process is gone."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"


def is_holder_dead(holder: str) -> bool:
    """Whether a lease's holder was a process of this machine that no longer lives (interface decision 2)."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def address_policy(settings: Settings) -> AddressPolicy:
    """The guard's exceptions: those of the settings, and the sample newsroom while it is served."""
    endpoints = set(map(_endpoint, settings.allow_endpoints))
    if port := newsroom_port(settings):
        endpoints.add(("127.0.0.1", port))
    return AddressPolicy(allow_networks=settings.allow_networks, allow_endpoints=frozenset(endpoints))


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return str(ip_address(host.strip("[]"))), int(port)


def client_options(settings: Settings, credentials: Credentials | None = None) -> ClientOptions:
    """How we fetch, from the settings; with credentials beside those of the settings' file."""
    return ClientOptions(
        user_agent=settings.user_agent,
        policy=address_policy(settings),
        deadline_seconds=settings.fetch_timeout_seconds,
        host_delay_seconds=settings.host_delay_seconds,
        history_delay_seconds=settings.history_delay_seconds,
        connections=settings.concurrency,
        credentials=read_credentials(settings).joined(credentials or Credentials()),
    )


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """The client alone, for commands that need no database."""
    async with Client(client_options(settings)) as client:
        yield client


def worker_limits(settings: Settings) -> WorkerLimits:
    """What worker processes may take, from the settings."""
    return WorkerLimits(
        count=settings.workers,
        timeout_seconds=settings.page_timeout_seconds,
        wall_seconds=settings.page_timeout_seconds * CLOCK_FACTOR,
        memory_bytes=settings.worker_memory_mb << 20,
    )


@asynccontextmanager
async def open_mill(
    settings: Settings, clock: Callable[[], datetime] = utc_now, credentials: Credentials | None = None
) -> AsyncIterator[Mill]:
    """Open everything a run needs, and close it whatever happens."""
    give_back()
    collect_less()
    async with AsyncExitStack() as stack:
        database = ready_database(settings)
        stack.callback(database.dispose)
        with database.read() as session:
            policy = poll_policy(settings, session)
        yield Mill(
            settings=settings,
            database=database,
            writer=await stack.enter_async_context(Writer(database)),
            workers=await stack.enter_async_context(Workers(worker_limits(settings))),
            client=await stack.enter_async_context(Client(client_options(settings, credentials))),
            policy=policy,
            holder=new_holder(),
            clock=clock,
        )
