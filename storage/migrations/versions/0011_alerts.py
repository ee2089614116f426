"""Alerts: what a site's pages gave at a glance, what people were told of a feed or site, and saved searches."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

YIELD = ["site", "published_at", "first_seen_at", "status", "word_count", "id"]


def upgrade() -> None:
    """Add the index and the tables, empty: of what is wrong already people are told once."""
    op.create_index("ix_article_yield", "article", YIELD)
    op.create_table(
        "told_health",
        sa.Column("subject", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("since", Utc(), nullable=True),
        sa.Column("told_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_told_health")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", Key(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("query", Words(), nullable=False),
        sa.Column("site", Words(), nullable=True),
        sa.Column("webhook_url", Words(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("last_article_id", Key(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("delivered_at", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("detail", Words(), nullable=True),
        sa.Column("next_attempt_at", Utc(), nullable=True),
        sa.Column("lease_holder", Words(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_search_name")),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("saved_search")
    op.drop_table("told_health")
    op.drop_index("ix_article_yield", table_name="article")
