"""Revisits: when a page's article was stored first, and when it is looked at again."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BACKFILL_BEFORE, BACKFILL = 1, 2


def upgrade() -> None:
    """Add the columns; what is done already is not looked at again. Backfill makes room for revisits before it."""
    op.add_column("page", sa.Column("first_fetched_at", Utc(), nullable=True))
    op.add_column("page", sa.Column("revisit_at", Utc(), nullable=True))
    op.execute("UPDATE page SET first_fetched_at = fetched_at")
    op.execute(f"UPDATE page SET priority = {BACKFILL} WHERE priority = {BACKFILL_BEFORE}")
    where = sa.text("revisit_at IS NOT NULL")
    op.create_index("ix_page_revisit", "page", ["revisit_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_page_revisit", table_name="page")
    op.execute(f"UPDATE page SET priority = {BACKFILL_BEFORE} WHERE priority = {BACKFILL}")
    op.drop_column("page", "revisit_at")
    op.drop_column("page", "first_fetched_at")
