"""What pages give: the noun by which a site's drift is judged."""

from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PageYield:
    """What the page of one of a site's articles gave. ``read_at``: the article's own date, else when it was found."""

    article_id: int
    read_at: datetime
    words: int
    status: ArticleStatus
