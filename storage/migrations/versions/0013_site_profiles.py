"""Site profiles: where the articles of a site stand on its pages, learned from pages that were read whole."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COUNTS = ("agreed", "tries", "audits", "misses", "least_chars", "most_outside")


def upgrade() -> None:
    """Add the table, empty: sites are learned as their pages are read, where that is wanted."""
    op.create_table(
        "site_profile",
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("container", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("extractor", Words(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_profile_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_profile")),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("site_profile")
