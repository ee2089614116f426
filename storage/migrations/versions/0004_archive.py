"""The archive: pages as they were fetched, and which rules made what of them."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Key, Utc, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; what was fetched before is not there."""
    op.create_table(
        "blob",
        sa.Column("id", Key(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("dictionary_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(["dictionary_id"], ["blob.id"], name=op.f("fk_blob_dictionary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blob_sha256")),
    )
    op.create_index(op.f("ix_blob_dictionary_id"), "blob", ["dictionary_id"])
    op.create_table(
        "capture",
        sa.Column("id", Key(), nullable=False),
        sa.Column("page_id", Key(), nullable=True),
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("blob_id", Key(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("final_url", Words(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", Json(), nullable=False),
        sa.Column("fetched_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_capture_page_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_capture_site_id")),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_capture_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
    )
    for column in ("page_id", "site_id", "blob_id", "fetched_at"):
        op.create_index(op.f(f"ix_capture_{column}"), "capture", [column])
    op.add_column("article", sa.Column("rules", Words(), nullable=True))
    op.add_column("site", sa.Column("dictionary_id", Key(), nullable=True))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("site", "dictionary_id")
    op.drop_column("article", "rules")
    op.drop_table("capture")
    op.drop_table("blob")
