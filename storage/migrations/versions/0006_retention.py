"""Retention: articles that went, the names that they are known by for ever, and how long others are kept."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty: nothing goes unless an operator says so."""
    op.create_table(
        "removal",
        sa.Column("cursor", Key(), autoincrement=False, nullable=False),
        sa.Column("article_id", Key(), nullable=False),
        sa.Column("url", Words(), nullable=True),
        sa.Column("site", Words(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("merged_into_id", Key(), nullable=True),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_removal")),
    )
    op.create_index(op.f("ix_removal_article_id"), "removal", ["article_id"])
    op.create_table(
        "tombstone",
        sa.Column("key", Key(), autoincrement=False, nullable=False),
        sa.Column("removal_cursor", Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["removal_cursor"], ["removal.cursor"], name=op.f("fk_tombstone_removal_cursor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_removal_cursor"), "tombstone", ["removal_cursor"])
    op.create_table(
        "retention_rule",
        sa.Column("id", Key(), nullable=False),
        sa.Column("feed_id", Key(), nullable=True),
        sa.Column("host", Words(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("articles", sa.Integer(), nullable=True),
        sa.Column("revisions", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_retention_rule_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("feed_id", name=op.f("uq_retention_rule_feed_id")),
        sa.UniqueConstraint("host", name=op.f("uq_retention_rule_host")),
    )


def downgrade() -> None:
    """Drop them again. Pages of removed articles would be fetched again, so they become failed ones."""
    op.execute("UPDATE page SET state = 'failed' WHERE state = 'removed'")
    op.drop_table("retention_rule")
    op.drop_table("tombstone")
    op.drop_table("removal")
