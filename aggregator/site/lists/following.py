"""The page of what a reader follows and keeps, and the recent news that its script chooses from.

What a reader follows is known to their browser alone, so the page has all recent stories that one
may follow something of. The front page takes its section "From what you follow" from there too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.site.head import FOLLOWING, Head, absolute
from aggregator.site.lists.lines import SIDE_LANES, StoryLine, by_importance, by_time
from aggregator.site.lists.subject_page import last_published
from aggregator.templating.translation import translations

_REACH = timedelta(days=14)  # before the newest story
_MOST = 250  # stories, the most important: some 100 kB, of which a reader fetches 20 compressed


@frozen
class FollowingPage:
    """The page of what is followed and kept; `lines` are recent stories, the newest first, and
    `preferences` is the address of a subscriber's choices without their token, or empty.
    """

    head: Head
    lines: tuple[StoryLine, ...]
    preferences: str


def following_page(
    lines: Iterable[StoryLine], preferences: str, site: SiteSettings
) -> FollowingPage:
    """The page, of the lines that the front page knows."""
    some = [line for line in lines if line.about and (line.is_news or line.lane in SIDE_LANES)]
    newest = last_published(some)
    recent = [line for line in some if newest - line.published <= _REACH]
    words = translations(site.language)
    title = words("Following and kept stories")
    return FollowingPage(
        head=Head(title=title, description=title, url=absolute(site, FOLLOWING)),
        lines=tuple(
            replace(line, hook=None, changes=(), why="", score=0.0, importance=0.0)
            for line in by_time(by_importance(recent)[:_MOST])
        ),
        preferences=preferences,
    )
