"""The dashboard: what rounds counted of a day or an hour, and since when a feed is watched."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FIRST_ENTRY = "(SELECT min(entry.first_seen_at) FROM entry WHERE entry.feed_id = feed.id)"


def upgrade() -> None:
    """Add the table, empty, and the column: a feed is watched since it showed its first entries."""
    op.create_table(
        "tally",
        sa.Column("name", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("count", Key(), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", "started_at", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    op.add_column("feed", sa.Column("watched_since", Utc(), nullable=True))
    op.execute(f"UPDATE feed SET watched_since = {FIRST_ENTRY}")  # noqa: S608 - our own words


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("feed", "watched_since")
    op.drop_table("tally")
