"""The first schema: hosts, feeds, entries, pages, articles and their names, and the search index."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Key, Utc, Words
from storage.dialects import create_search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "counter",
        sa.Column("name", Words(), nullable=False),
        sa.Column("value", Key(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "site",
        sa.Column("id", Key(), nullable=False),
        sa.Column("host", Words(), nullable=False),
        sa.Column("lease_holder", Words(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("next_request_at", Utc(), nullable=True),
        sa.Column("hold_reason", Words(), nullable=True),
        sa.Column("is_hold_asked", sa.Boolean(), nullable=False),
        sa.Column("robots_body", Words(), nullable=True),
        sa.Column("robots_fetched_at", Utc(), nullable=True),
        sa.Column("robots_status", sa.Integer(), nullable=True),
        sa.Column("crawl_delay_seconds", sa.Float(), nullable=True),
        sa.Column("platform", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("host", name=op.f("uq_site_host")),
    )
    op.create_index(op.f("ix_site_lease_holder"), "site", ["lease_holder"], unique=False)
    op.create_table(
        "feed",
        sa.Column("id", Key(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("site_url", Words(), nullable=True),
        sa.Column("tags", Json(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("etag", Words(), nullable=True),
        sa.Column("last_modified", Words(), nullable=True),
        sa.Column("validators_url", Words(), nullable=True),
        sa.Column("body_hash", Words(), nullable=True),
        sa.Column("min_interval_seconds", sa.Integer(), nullable=True),
        sa.Column("max_interval_seconds", sa.Integer(), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("last_polled_at", Utc(), nullable=True),
        sa.Column("last_changed_at", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.Column("post_count", sa.Float(), nullable=False),
        sa.Column("post_days", sa.Float(), nullable=False),
        sa.Column("window_entries", sa.Integer(), nullable=True),
        sa.Column("full_answers", sa.Integer(), nullable=False),
        sa.Column("moved_to", Words(), nullable=True),
        sa.Column("moved_count", sa.Integer(), nullable=False),
        sa.Column("moved_seen_at", Utc(), nullable=True),
        sa.Column("archive_url", Words(), nullable=True),
        sa.Column("hints", Json(), nullable=False),
        sa.Column("next_poll_at", Utc(), nullable=True),
        sa.Column("poll_reason", Words(), nullable=True),
        sa.Column("last_failure_kind", Words(), nullable=True),
        sa.Column("last_failure_detail", Words(), nullable=True),
        sa.Column("parser_version", Words(), nullable=True),
        sa.Column("push_until", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_feed_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("url", name=op.f("uq_feed_url")),
    )
    op.create_index("ix_feed_due", "feed", ["status", "next_poll_at"], unique=False)
    op.create_index(op.f("ix_feed_site_id"), "feed", ["site_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", Key(), nullable=False),
        sa.Column("feed_id", Key(), nullable=True),
        sa.Column("hub_url", Words(), nullable=False),
        sa.Column("topic_url", Words(), nullable=False),
        sa.Column("token", Words(), nullable=False),
        sa.Column("secret", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("requested_at", Utc(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("next_action_at", Utc(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("detail", Words(), nullable=True),
        sa.Column("last_push_at", Utc(), nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_subscription_feed_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "feed_id", "hub_url", "topic_url", name=op.f("uq_subscription_feed_id_hub_url_topic_url")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_token")),
    )
    op.create_index(op.f("ix_subscription_next_action_at"), "subscription", ["next_action_at"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", Key(), nullable=False),
        sa.Column("cursor", Key(), nullable=False),
        sa.Column("url", Words(), nullable=True),
        sa.Column("canonical_url", Words(), nullable=True),
        sa.Column("site", Words(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("authors", Json(), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("published_source", Words(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=True),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("fetched_at", Utc(), nullable=False),
        sa.Column("language", Words(), nullable=True),
        sa.Column("text", Words(), nullable=True),
        sa.Column("summary", Words(), nullable=True),
        sa.Column("image_url", Words(), nullable=True),
        sa.Column("tags", Json(), nullable=False),
        sa.Column("site_name", Words(), nullable=True),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("extractor", Words(), nullable=False),
        sa.Column("removed", Json(), nullable=False),
        sa.Column("origin_url", Words(), nullable=True),
        sa.Column("content_hash", Words(), nullable=False),
        sa.Column("provenance", Json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("story_id", Key(), nullable=True),
        sa.Column("duplicate_of_id", Key(), nullable=True),
        sa.Column("feed_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_article_feed_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("cursor", name=op.f("uq_article_cursor")),
    )
    op.create_index(op.f("ix_article_feed_id"), "article", ["feed_id"], unique=False)
    op.create_index(op.f("ix_article_site"), "article", ["site"], unique=False)
    op.create_index(op.f("ix_article_story_id"), "article", ["story_id"], unique=False)
    op.create_table(
        "alias",
        sa.Column("key", Key(), autoincrement=False, nullable=False),
        sa.Column("article_id", Key(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_alias_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_article_id"), "alias", ["article_id"], unique=False)
    op.create_table(
        "article_feed",
        sa.Column("article_id", Key(), nullable=False),
        sa.Column("feed_id", Key(), nullable=False),
        sa.Column("entry_key", Key(), nullable=True),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_feed_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_article_feed_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "feed_id", name=op.f("pk_article_feed")),
    )
    op.create_index(op.f("ix_article_feed_feed_id"), "article_feed", ["feed_id"], unique=False)
    op.create_table(
        "page",
        sa.Column("id", Key(), nullable=False),
        sa.Column("site_id", Key(), nullable=False),
        sa.Column("url", Words(), nullable=True),
        sa.Column("page_key", Key(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("feed_id", Key(), nullable=True),
        sa.Column("entry", Json(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", Utc(), nullable=True),
        sa.Column("next_attempt_at", Utc(), nullable=True),
        sa.Column("last_failure_kind", Words(), nullable=True),
        sa.Column("last_failure_detail", Words(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("fetched_at", Utc(), nullable=True),
        sa.Column("robots_tags", Json(), nullable=False),
        sa.Column("article_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_page_article_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_page_feed_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_page_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("page_key", name=op.f("uq_page_page_key")),
    )
    op.create_index(op.f("ix_page_article_id"), "page", ["article_id"], unique=False)
    op.create_index(op.f("ix_page_feed_id"), "page", ["feed_id"], unique=False)
    op.create_index(
        "ix_page_pending",
        "page",
        ["site_id", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_page_state", "page", ["state"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", Key(), nullable=False),
        sa.Column("article_id", Key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("text", Words(), nullable=True),
        sa.Column("content_hash", Words(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_revision_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_revision_article_id_number")),
    )
    op.create_table(
        "entry",
        sa.Column("id", Key(), nullable=False),
        sa.Column("feed_id", Key(), nullable=False),
        sa.Column("entry_key", Key(), nullable=False),
        sa.Column("guid", Words(), nullable=True),
        sa.Column("url", Words(), nullable=True),
        sa.Column("fingerprint", Key(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.Column("page_id", Key(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_entry_feed_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_entry_page_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("feed_id", "entry_key", name=op.f("uq_entry_feed_id_entry_key")),
    )
    op.create_index(op.f("ix_entry_page_id"), "entry", ["page_id"], unique=False)
    create_search(op.get_bind())
    op.execute("INSERT INTO counter (name, value) VALUES ('article', 0)")


def downgrade() -> None:
    """Drop every table, children first."""
    names = (
        "article_search",
        "entry",
        "revision",
        "page",
        "article_feed",
        "alias",
        "article",
        "subscription",
        "feed",
        "site",
        "counter",
    )
    for name in names:
        op.drop_table(name)
