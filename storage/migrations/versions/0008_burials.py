"""Burials: what removed articles' pages called canonical, and what their texts were like, to know them by."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; what went before is known by its names alone."""
    op.add_column("removal", sa.Column("content_hash", Words(), nullable=True))
    op.add_column("removal", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.create_table(
        "buried_claim",
        sa.Column("key", Key(), autoincrement=False, nullable=False),
        sa.Column("removal_cursor", Key(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["removal_cursor"], ["removal.cursor"], name=op.f("fk_buried_claim_removal_cursor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "removal_cursor", name=op.f("pk_buried_claim")),
    )
    op.create_index(op.f("ix_buried_claim_removal_cursor"), "buried_claim", ["removal_cursor"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("buried_claim")
    op.drop_column("removal", "signature")
    op.drop_column("removal", "content_hash")
