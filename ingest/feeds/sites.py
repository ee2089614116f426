"""Sites whose feeds follow from the address alone (rule 55): a table of patterns."""

import re
from urllib.parse import urlsplit

_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"

# Host pattern, pattern of path (and query), the feeds that it means.
REWRITES = (
    (r"(?:www\.|m\.)?youtube\.com", r"/channel/(UC[\w-]{22})(?:/.*)?", (rf"{_YOUTUBE}?channel_id=\1",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/(?:playlist|watch)\?(?:.*&)?list=([\w-]+).*", (rf"{_YOUTUBE}?playlist_id=\1",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/user/([\w-]+)(?:/.*)?", (rf"{_YOUTUBE}?user=\1",)),
    (
        r"(?:www\.)?github\.com",
        r"/([\w.-]+)/([\w.-]+?)/(releases|tags)(?:/.*)?",
        (r"https://github.com/\1/\2/\3.atom",),
    ),
    (
        r"(?:www\.)?github\.com",
        r"/([\w.-]+)/([\w.-]+?)/commits/((?!.*\.atom$)[\w./-]+?)/?",
        (r"https://github.com/\1/\2/commits/\3.atom",),
    ),
    (r"(?:www\.)?github\.com", r"/([\w.-]+)/([\w.-]+?)/commits/?", (r"https://github.com/\1/\2/commits.atom",)),
    (
        r"(?:www\.)?github\.com",
        r"/(?!topics/|orgs/|settings/|search/|sponsors/)([\w.-]+)/([\w.-]+?)(?:\.git)?/?",
        (r"https://github.com/\1/\2/releases.atom", r"https://github.com/\1/\2/commits.atom"),
    ),
    (r"(?:www\.|old\.|new\.)?reddit\.com", r"/(r|u|user)/([\w-]+)/?", (r"https://www.reddit.com/\1/\2/.rss",)),
    (
        r"(?:www\.|old\.|new\.)?reddit\.com",
        r"/r/([\w-]+)/comments/(\w+)(?:/.*(?<!\.rss))?",
        (r"https://www.reddit.com/r/\1/comments/\2/.rss",),
    ),
    # Mastodon and its kin: an account is /@name on any host that is not somebody else's.
    (
        r"(?!(?:.*\.)?(?:medium|youtube|tiktok|threads|substack|flipboard)\.(?:com|net)$)(?P<host>.+)",
        r"/@([\w.]+)/?",
        (r"https://\g<host>/@\1.rss",),
    ),
    (r"(?:www\.)?medium\.com", r"/(@?[\w.-]+)/?", (r"https://medium.com/feed/\1",)),
)


def rewrite(url: str) -> tuple[str, ...]:
    """The feeds that an address of a known site means; none for other addresses."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ()
    if parts.scheme.lower() not in {"http", "https"} or len(url) > 2048:  # noqa: PLR2004 - the longest address kept
        return ()
    host, path = parts.netloc.lower(), f"{parts.path}?{parts.query}" if parts.query else parts.path
    for host_pattern, path_pattern, feeds in REWRITES:
        if re.fullmatch(host_pattern, host):
            matched = re.fullmatch(path_pattern, path)
            if matched:
                return tuple(matched.expand(feed.replace(r"\g<host>", host)) for feed in feeds)
    return ()
