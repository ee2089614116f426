"""Stories: the signatures of texts, where they are looked up, and the groups of copies."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; articles that are there already are signed by the next upkeep."""
    op.create_table(
        "story",
        sa.Column("id", Key(), nullable=False),
        sa.Column("first_article_id", Key(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_table(
        "article_print",
        sa.Column("article_id", Key(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_print_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_print")),
    )
    op.create_table(
        "article_band",
        sa.Column("key", Key(), autoincrement=False, nullable=False),
        sa.Column("article_id", Key(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_article_band")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_article_story_id", table_name="article")
    op.create_index("ix_article_story", "article", ["story_id", "first_seen_at", "id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_article_story", table_name="article")
    op.create_index("ix_article_story_id", "article", ["story_id"])
    op.drop_table("article_band")
    op.drop_table("article_print")
    op.drop_table("story")
