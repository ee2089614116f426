"""Backfills: jobs, the walks of their sources and what these find; and who waits for a host that one holds."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Key, Utc, Words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty."""
    op.add_column("site", sa.Column("live_wanted_at", Utc(), nullable=True))
    _create_jobs()
    _create_walks()
    _create_finds()


def downgrade() -> None:
    """Drop them again; pages that wait for a backfill stay, and are fetched as all others."""
    op.drop_table("backfill_find")
    op.drop_table("backfill_walk")
    op.drop_table("backfill")
    op.drop_column("site", "live_wanted_at")


def _create_jobs() -> None:
    op.create_table(
        "backfill",
        sa.Column("id", Key(), nullable=False),
        sa.Column("home_key", Key(), nullable=False),
        sa.Column("site", Words(), nullable=False),
        sa.Column("home_url", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("since", Words(), nullable=True),
        sa.Column("until", Words(), nullable=True),
        sa.Column("sources", Json(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("uses_copies", sa.Boolean(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("is_wait_asked", sa.Boolean(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("months_before", Json(), nullable=False),
        sa.Column("lease_holder", Words(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
        sa.UniqueConstraint("home_key", name=op.f("uq_backfill_home_key")),
    )


def _create_walks() -> None:
    op.create_table(
        "backfill_walk",
        sa.Column("id", Key(), nullable=False),
        sa.Column("job_id", Key(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mark", Key(), nullable=False),
        sa.Column("cursor", Json(), nullable=True),
        sa.Column("progress", Json(), nullable=False),
        sa.Column("end", Words(), nullable=True),
        sa.Column("detail", Words(), nullable=True),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("oldest_at", Utc(), nullable=True),
        sa.Column("newest_at", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("is_wait_asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["backfill.id"], name=op.f("fk_backfill_walk_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_walk")),
        sa.UniqueConstraint("job_id", "name", name=op.f("uq_backfill_walk_job_id_name")),
    )


def _create_finds() -> None:
    op.create_table(
        "backfill_find",
        sa.Column("id", Key(), nullable=False),
        sa.Column("job_id", Key(), nullable=False),
        sa.Column("key", Key(), nullable=False),
        sa.Column("page_key", Key(), nullable=False),
        sa.Column("url", Words(), nullable=True),
        sa.Column("host", Words(), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("named_by", Key(), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("latest_at", Utc(), nullable=True),
        sa.Column("entry", Json(), nullable=True),
        sa.Column("copies", Json(), nullable=False),
        sa.Column("copy_at", sa.Integer(), nullable=True),
        sa.Column("is_preview", sa.Boolean(), nullable=False),
        sa.Column("is_inside", sa.Boolean(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["backfill.id"], name=op.f("fk_backfill_find_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_find")),
        sa.UniqueConstraint("job_id", "key", name=op.f("uq_backfill_find_job_id_key")),
    )
    op.create_index("ix_backfill_find_job_id_state_id", "backfill_find", ["job_id", "state", "id"])
    op.create_index(op.f("ix_backfill_find_page_key"), "backfill_find", ["page_key"])
