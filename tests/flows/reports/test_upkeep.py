"""The nightly run's sentences: one thing is not many, and many have their commas."""

from flows.reports import retention_sentence, signing_markdown, upkeep_sentence
from storage.removing import Removed


def test_one_article_is_not_many():
    one = {"articles": 1, "database_bytes": 2_000_000}
    assert upkeep_sentence(one, {"healthy": 1}) == "1 article in 2.0 MB; feeds: 1 healthy"
    assert signing_markdown(1).endswith(": 1 article.")
    assert retention_sentence(Removed(articles=1, revisions=1, captures=1)).startswith(
        "1 article went, and 1 earlier version; with them 1 capture of the archive"
    )


def test_many_have_their_commas():
    many = {"articles": 12_345, "database_bytes": 2_000_000}
    assert upkeep_sentence(many, {"failing": 2, "healthy": 4_000}).startswith(
        "12,345 articles in 2.0 MB; feeds: 2 failing, 4,000"
    )
    assert retention_sentence(Removed(articles=2_000), is_foretold=True).startswith(
        "2,000 articles would go, and 0 earlier versions"
    )
