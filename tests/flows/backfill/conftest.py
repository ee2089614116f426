"""Feedmill on a store of its own, pointed at the fake sites and archives of ``tests/worlds``."""

import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from backfill_world import Archive, common_crawl
from sqlalchemy import update

sys.path.insert(0, str(Path(__file__).parent))  # its modules are imported by their plain names, by children too

from in_process import InProcess

from flows import mill as machinery
from flows.backfilling import Order, Report, run
from flows.mill import Mill, open_mill
from flows.settings import Settings
from storage import articles, sites
from storage.articles import ExportQuery
from storage.database import Database
from storage.tables import BACKFILL


@dataclass
class Store:
    """A folder with a database, and the settings of whoever works on it."""

    folder: Path
    elsewhere: Any  # Common Crawl, which has nothing
    plain: dict[str, Any] = field(default_factory=dict)

    def settings(self, **more: Any) -> Settings:
        values = {
            "data_dir": self.folder,
            "allow_networks": "127.0.0.0/8",
            "host_delay_seconds": 0,
            "wayback_url": "",
            "common_crawl_url": self.elsewhere.url,
            "wayback_delay_seconds": 0,
            "workers": 1,
        }
        return Settings(**{**values, **self.plain, **more})

    def mill(self, **more: Any) -> AbstractAsyncContextManager[Mill]:
        return open_mill(self.settings(**more))

    async def backfill(self, site: str, **order: Any) -> Report:
        async with self.mill() as mill:
            return await run(mill, Order(site=site, **order))

    def exported(self) -> list[dict[str, Any]]:
        with Database(self.settings().database) as database, database.read() as session:
            return list(articles.export(session, ExportQuery()))

    def site_id(self, host: str) -> int:
        with Database(self.settings().database) as database, database.begin() as session:
            return sites.ensure(session, [host])[host]

    def make_due(self, job_id: int, now: datetime) -> None:
        with Database(self.settings().database) as database, database.begin() as session:
            session.connection().execute(update(BACKFILL).where(BACKFILL.c.id == job_id).values(next_at=now))

    @property
    def urls(self) -> set[str]:
        return {article["url"] for article in self.exported()}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the present schema, to copy."""
    path = tmp_path_factory.mktemp("backfill") / "template.db"
    with Database(f"sqlite:///{path}") as database:
        database.upgrade()
    return path


@pytest.fixture
async def new_store(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[str], Store]]:
    """Stores by name. The public archives have nothing, unless a test says otherwise."""
    monkeypatch.setattr(machinery, "Workers", InProcess)
    async with common_crawl(Archive([])) as nothing:

        def make(name: str) -> Store:
            (tmp_path / name).mkdir()
            shutil.copy(template, tmp_path / name / "feedmill.db")
            return Store(tmp_path / name, nothing)

        yield make


@pytest.fixture
def store(new_store: Callable[[str], Store]) -> Store:
    return new_store("store")
