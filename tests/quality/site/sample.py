"""A made-up site with the pages that a captured web lacks: predictions, corrections, stories that
were merged or removed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory
from tests.builders import NOON, SAMPLE_TOPICS, sample_standings, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import ledger, published


def sample_site(folder: Path, site: SiteSettings) -> Path:
    """Publishes it into a folder, which it returns."""
    first, *others = sample_stories(20)
    stories = (_corrected(first), *others)
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published(stories),),
        ledger=ledger(stories),
        topic_names=SAMPLE_TOPICS,
        redirects={"story/merged-bbbbbbbbbbbb/": first.story.id},
        removed=("story/removed-aaaaaaaaaaaa/",),
    )
    publish(site_pages(content, site), folder, site, {})
    return folder


def _corrected(told: PublishedStory) -> PublishedStory:
    """A story whose first source took something back."""
    of = told.story.members[0].article
    said = HistoryEntry(
        n=1,
        article_id=of.id,
        at=NOON,
        kind=HistoryKind.ADDED,
        text="It has 12 parts.",
        passage=f"{of.id}.1.1",
    )
    taken_back = replace(said, n=2, kind=HistoryKind.WITHDRAWN, replaces=1)
    return replace(told, story=replace(told.story, history=(said, taken_back)))
