"""Addresses that an archive knows of a site and that are no article: lists, feeds, forms, files."""

import re

from ingest.urls import is_front_page

_PATHS = re.compile(
    r"/(?:wp-json|wp-admin|wp-login\.php|xmlrpc\.php|wp-content|wp-includes|cgi-bin|\.well-known)(?:/|$)"
    r"|/(?:tag|tags|category|categories|author|authors|label|search)/[^/]+(?:/page/\d+)?/?$"
    r"|/page/\d+/?$|/(?:feed|rss|atom|amp|embed|trackback)/?$|/robots\.txt$|/sitemap[^/]*\.xml(?:\.gz)?$",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"\.(?:css|js|json|xml|rss|atom|png|jpe?g|gif|svg|webp|avif|ico|pdf|zip|gz|mp[34]|woff2?|ttf|txt)$", re.IGNORECASE
)
_QUERIES = re.compile(
    r"(?:^|&)(?:replytocom|share|preview|s|q|search|feed|paged|rest_route|add-to-cart)=", re.IGNORECASE
)


def is_unlikely(url: str) -> bool:
    """Whether an address is surely none of an article."""
    address, _, query = url.partition("#")[0].partition("?")
    path = "/" + address.partition("://")[2].partition("/")[2]
    is_list = _PATHS.search(path) or _FILES.search(path) or _QUERIES.search(query)
    return bool(is_list) or is_front_page(url)
