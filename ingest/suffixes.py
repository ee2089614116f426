"""Registrable domains by the public suffix list that ships with tldextract: nothing is downloaded.

The list's private part counts: two blogs of one blog host are two sites.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


@cache
def _extractor() -> "TLDExtract":
    from tldextract import TLDExtract  # 60 ms: it brings an HTTP client, which it does not need here

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str | None:
    """``news.example.co.uk`` gives ``example.co.uk``; addresses and single names give None."""
    found = _extractor()(host)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else None
