"""The database that the settings name, with its schema ready, and what it says of polling."""

from dataclasses import replace

from sqlmodel import Session

from flows.settings import Settings
from ingest.decide.policy import PollPolicy
from storage import budget
from storage.database import Database


def ready_database(settings: Settings) -> Database:
    """Open it. SQLite is created or upgraded on the way; Postgres must be current (interface decision 4)."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    if settings.database.startswith("sqlite"):
        if not database.is_current():
            database.upgrade()
    else:
        database.require_current()
    return database


def poll_policy(settings: Settings, session: Session) -> PollPolicy:
    """How often feeds are polled: by the settings, and by the constant that the nightly upkeep solved for a budget."""
    policy = PollPolicy(min_interval_seconds=settings.min_interval_seconds)
    solved = budget.constant(session) if settings.requests_per_day else None
    return policy if solved is None else replace(policy, budget_constant=solved)
