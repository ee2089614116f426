"""Whose headline counts when a stored article is read again: the feed's title, or the page's newer one.

A feed's title is as old as the entry, which drops out of the feed within hours; the page's headline is of today. An
article's provenance remembers what tells them apart: ``title``, who said it; ``headline``, where the page said it too.
"""

from collections.abc import Mapping

HEADLINE = "headline"  # in an article's provenance: where its page says the title that the feed gave


def follows_headline(provenance: Mapping[str, str], *, is_revisit: bool) -> bool:
    """Whether another headline on the page is an edit, and no other name that the feed has for the article.

    On a revisit it is where both said the same before: the feed has shown nothing new since. Once the page's has
    counted it goes on counting, so that an entry that comes again with its old title takes nothing back.
    """
    source = provenance.get("title", "feed")
    return source != "feed" or (is_revisit and HEADLINE in provenance)
