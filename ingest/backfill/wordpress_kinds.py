"""Which of a WordPress site's own kinds of posts (custom post types) carry articles."""

import re
from typing import Any

from ingest.backfill.answers import text_at

MOST_KINDS = 8

# What WordPress and its plugins have of kinds that are no articles; all of the core's own begin with wp_ or nav_.
_NO_ARTICLES = frozenset(
    [
        *(
            "post",
            "page",
            "attachment",
            "product",
            "product_variation",
            "shop_order",
            "shop_coupon",
            "elementor_library",
        ),
        *("e-landing-page", "e-floating-buttons", "jetpack-testimonial", "jetpack-portfolio", "feedback", "popup"),
        *("forum", "topic", "reply", "tribe_venue", "tribe_organizer", "testimonial", "testimonials", "team", "faq"),
        *("landing_page", "slider", "slide", "portfolio", "project", "download", "job_listing", "course", "lesson"),
        *("block_template", "oembed_cache", "custom_css", "customize_changeset", "user_request", "sfwd-courses"),
        *("sfwd-lessons", "sfwd-quiz", "mailpoet_page", "amp_validated_url", "web-story", "mec-events", "tribe_events"),
    ]
)
_BASE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def kinds_in(types: Any) -> tuple[str, ...]:
    """The routes of the kinds that may carry articles, from the answer of ``/wp/v2/types``; at most eight.

    Only such as have an archive of their own and live in ``wp/v2`` are taken: the others are parts of pages.
    """
    if not isinstance(types, dict):
        return ()
    found = [_base(slug, kind) for slug, kind in types.items() if isinstance(kind, dict)]
    return tuple(dict.fromkeys(base for base in found if base and base != "posts"))[:MOST_KINDS]


def _base(slug: str, kind: dict[str, Any]) -> str | None:
    is_article = slug not in _NO_ARTICLES and not slug.startswith(("wp_", "nav_")) and not kind.get("hierarchical")
    is_here = (text_at(kind, "rest_namespace") or "wp/v2") == "wp/v2"
    base = text_at(kind, "rest_base") or ""
    return base if is_article and is_here and kind.get("has_archive") and _BASE.fullmatch(base) else None
