"""Claims: the addresses that pages call canonical, kept apart from those at which articles were found."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty: what was stored before is known by its aliases."""
    op.create_table(
        "claim",
        sa.Column("key", Key(), autoincrement=False, nullable=False),
        sa.Column("article_id", Key(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_claim_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_article_id"), "claim", ["article_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("claim")
