"""Publishing under readers: news, changed headlines, new weeks and merged stories go out while
three readers follow links.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from aggregator.domain.outline import Relation
from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.paths import story_path
from tests.builders import claim, news_story, sample_standings, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import published as published_edition

READERS = 3
_STORIES = 12  # to begin with: publishes in quick succession meet more readers than long ones do
_SITE = SiteSettings(base_url="https://news.example", contact="editor@news.example")
_A_WEEK = 6  # publishes until the next week begins
_A_MERGE = 4  # publishes until the next story goes into another


def trial(folder: Path, publishes: int) -> dict[str, Any]:
    """What three readers met while a site was published so many times with other content each
    time.
    """
    done = _put(folder, 0, {})
    written = 0
    with _readers(folder) as reports:
        for number in range(1, publishes + 1):
            result = _put(folder, number, done)
            done, written = result, written + 1
    total = {
        name: sum(report[name] for report in reports)
        for name in ("pages", "links", "errors", "empty", "dangling")
    }
    return {
        "publishes": written,
        **total,
        "told": [line for report in reports for line in report["told"]],
    }


def _put(
    folder: Path, number: int, manifest: Mapping[str, PublishedFile]
) -> Mapping[str, PublishedFile]:
    return publish(site_pages(_content(number), _SITE), folder, _SITE, manifest).manifest


def _content(number: int) -> MemoryContent:
    """The site after so many publishes: a story more each, one with another hook, now and then a
    new week or a merge.
    """
    merged = number // _A_MERGE
    news = [_in_week(news_story(each), each) for each in range(_STORIES + number)]
    gone = {story_path(story.story): news[-1].story.id for story in news[:merged]}
    stories = (*sample_stories(0), *_changed(news[merged:], number))
    return MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published_edition(sample_stories(0)),),
        redirects=gone,
        related=_related([story.story.id for story in stories]),
    )


def _related(ids: list[str]) -> dict[str, tuple[Relation, ...]]:
    """The newest story and every story lead to each other: pages that were there link to one that
    was not.
    """
    newest = ids[-1]
    to_newest = {id_: (Relation(story_id=newest, reason="the newest"),) for id_ in ids[:-1]}
    return {
        **to_newest,
        newest: tuple(Relation(story_id=id_, reason="one before") for id_ in ids[-4:-1]),
    }


def _in_week(told: PublishedStory, number: int) -> PublishedStory:
    week = 27 + max(0, number - _STORIES) // _A_WEEK
    return replace(told, story=replace(told.story, week=f"{2026 + week // 52}-W{week % 52 + 1:02}"))


def _changed(stories: list[PublishedStory], number: int) -> list[PublishedStory]:
    """Another sentence in one of the stories that have a page: one that gained its page and lost it
    again would leave links that lead nowhere.
    """
    places = [place for place, story in enumerate(stories) if story.has_page]
    place = places[number % len(places)]
    told = stories[place]
    first = told.story.members[0].article
    hook = claim(f"Revision {number} of this story says more than the one before it.", first)
    changed = replace(
        told, analysis=replace(told.analysis, kept=replace(told.analysis.kept, hook=hook))
    )
    return [*stories[:place], changed, *stories[place + 1 :]]


@contextmanager
def _readers(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Readers as processes of their own; their reports once the context is left."""
    command = [sys.executable, "-m", "tests.quality.site.reader", str(folder)]
    running = [
        subprocess.Popen(
            [*command, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for seed in range(READERS)
    ]
    reports: list[dict[str, Any]] = []
    try:
        yield reports
    finally:
        reports += [json.loads(each.communicate(timeout=60)[0]) for each in running]
