"""Which articles argue or talk rather than report: what they say of an event is a view of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from aggregator.domain.article import Article
from aggregator.domain.story import Member

_OPINION_PATH = re.compile(
    r"/(?:commentisfree|opinions?|editorials?|op-eds?|podcasts?)/", re.IGNORECASE
)
_OPINION_TITLE = re.compile(
    r"^(?:Opinion|Editorial|Op-ed|Podcast)\s*[|:–—]|\s[|–—-]\s?(?:Opinion|Editorial|Podcast)$",
    re.IGNORECASE,
)
_NAME_BEHIND = re.compile(
    r"\|\s*(?P<name>[^|]+)$"
)  # "… | Ada Byron" on top of a column by Ada Byron


def is_opinion(article: Article) -> bool:
    """Whether the address or the headline of an article marks it as a column, an editorial or a
    podcast.
    """
    behind = _NAME_BEHIND.search(article.title)
    is_signed = (
        behind is not None and behind["name"].strip().lower() == article.byline.strip().lower()
    )
    path = f"{urlsplit(article.canonical_url).path}/"
    return is_signed or bool(_OPINION_PATH.search(path) or _OPINION_TITLE.search(article.title))


def reports_of(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members that report, all of them where none does."""
    return tuple(member for member in members if not is_opinion(member.article)) or tuple(members)
