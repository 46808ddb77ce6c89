"""The issues of newsletters, and what their items vote for."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.article import NewsletterItem
from aggregator.domain.frozen import frozen


@frozen
class IssueItems:
    """An issue of a newsletter with its items."""

    id: str
    source_key: str
    published: datetime
    items: tuple[NewsletterItem, ...] = ()


@frozen
class ItemVote:
    """The article that an item of an issue votes for: by its link, or by its words, which are so
    much alike. `article_id` is None where there is none.
    """

    issue_id: str
    position: int
    article_id: str | None = None
    by_link: bool = False
    similarity: float = 0.0
