"""The newsroom's feeds as a subscription list."""

from html import escape

from flows.sample.world import SampleFeed


def opml(feeds: list[SampleFeed]) -> str:
    """The feeds as OPML 2.0 text, each with its tags as ``category``."""
    lines = [
        f'<outline type="rss" text="{escape(feed.title)}" title="{escape(feed.title)}" xmlUrl="{escape(feed.url)}" '
        f'category="{escape(",".join(feed.tags))}"/>'
        for feed in feeds
    ]
    head = "<head>\n<title>The sample newsroom</title>\n</head>"
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n{head}\n<body>\n{body}\n</body>\n</opml>\n'
