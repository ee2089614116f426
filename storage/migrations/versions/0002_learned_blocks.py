"""What a site's pages teach: their latest texts as keys of lines, and the blocks learned from them."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key, Utc, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, empty: the nightly upkeep fills them from the texts that are stored."""
    op.create_table(
        "page_text",
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("page_id", Key(), nullable=False),
        sa.Column("number", Key(), nullable=False),
        sa.Column("group_number", Key(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("line_keys", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_page_text_site_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_text_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "page_id", name=op.f("pk_page_text")),
    )
    op.create_index("ix_page_text_site_id_number", "page_text", ["site_id", "number"], unique=False)
    op.create_index(op.f("ix_page_text_page_id"), "page_text", ["page_id"], unique=False)
    op.create_table(
        "learned_block",
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("key", Key(), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=True),
        sa.Column("text", Words(), nullable=False),
        sa.Column("zone", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("of_pages", sa.Integer(), nullable=False),
        sa.Column("first_number", Key(), nullable=False),
        sa.Column("last_number", Key(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("is_boxed", sa.Boolean(), nullable=False),
        sa.Column("heads_links", sa.Boolean(), nullable=False),
        sa.Column("misfits", sa.Integer(), nullable=False),
        sa.Column("is_mended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_learned_block_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "key", name=op.f("pk_learned_block")),
    )
    op.create_index(op.f("ix_learned_block_changed_at"), "learned_block", ["changed_at"], unique=False)


def downgrade() -> None:
    """Drop both."""
    op.drop_table("learned_block")
    op.drop_table("page_text")
