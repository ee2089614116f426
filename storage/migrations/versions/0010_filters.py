"""Filters, and the pages that they keep out."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables; what is stored already stays."""
    op.create_table(
        "filter_rule",
        sa.Column("id", Key(), nullable=False),
        sa.Column("action", Words(), nullable=False),
        sa.Column("field", Words(), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.Column("feed_id", Key(), nullable=True),
        sa.Column("tag", Words(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_filter_rule_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_rule")),
    )
    op.create_index(op.f("ix_filter_rule_feed_id"), "filter_rule", ["feed_id"])
    op.create_table(
        "filtered_page",
        sa.Column("page_id", Key(), nullable=False),
        sa.Column("rule_id", Key(), nullable=True),
        sa.Column("rule", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("kept_out_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_filtered_page_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_filtered_page")),
    )
    for column in ("rule_id", "kept_out_at"):
        op.create_index(op.f(f"ix_filtered_page_{column}"), "filtered_page", [column])


def downgrade() -> None:
    """Drop them; what was kept out fails for good, as a page that is not wanted."""
    op.execute("UPDATE page SET state = 'failed' WHERE state = 'filtered'")
    op.drop_table("filtered_page")
    op.drop_table("filter_rule")
