"""Differences meet the stories that report them: as a further source, which counts among no
origins, or against what their articles state. One that no story reports is a line of "Changed".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from aggregator.domain.article import Article
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.story import Story
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.event_kind import EventKind
from aggregator.english.text import sentences
from aggregator.plugins.catalogues.names import known_names, model_key
from aggregator.plugins.catalogues.offers import Difference, shown_value
from aggregator.plugins.catalogues.page import (
    ChangedLine,
    Labels,
    changed_line,
    labels,
    made_by_makers,
    stored_catalogues,
)
from aggregator.plugins.catalogues.told import ToldValue, models_in, told_values
from aggregator.services import Services
from aggregator.site.line_cache import ENTITY
from aggregator.store.database import Connection
from aggregator.store.news import articles
from aggregator.store.news.stories import analysed_stories
from aggregator.store.publishing.lines import stories_by_list

_NEAR = timedelta(days=4)  # between a report and the reading: catalogues are slow, or early


@frozen
class OtherValue:
    """What an article states."""

    value: str
    source: str
    url: str


@frozen
class JoinedLine:
    """A difference with what the articles of the story state instead, empty where they agree or
    state nothing of it.
    """

    line: ChangedLine
    others: tuple[OtherValue, ...]


@frozen
class JoinedList:
    """What catalogues have on the event of a story."""

    lines: tuple[JoinedLine, ...]


def joined_parts(
    connection: Connection,
    services: Services,
    story_ids: Collection[str],
    named: Mapping[str, str],
) -> Iterator[tuple[str, PagePart]]:
    """What the pages of these stories show of catalogues; `named` are the names with a page."""
    known = stored_catalogues(connection, services.settings)
    called = labels(services.settings, services.registry, named)
    differences = made_by_makers(known, called)
    if not differences:
        return
    by_model = grouped((model_key(each.offer.subject), each) for each in differences)
    listed = groupby(stories_by_list(connection, ENTITY), key=itemgetter(0))
    about = {story_id for key, rows in listed if model_key(key) in by_model for _, story_id in rows}
    wanted: dict[str, tuple[Story, dict[tuple[str, ...], list[Difference]]]] = {}
    for story in analysed_stories(connection, sorted(about.intersection(story_ids))):
        found = {
            key: of_event
            for key in map(model_key, story.subjects)
            if (of_event := [each for each in by_model.get(key, ()) if _is_near(each, story)])
        }
        if found:
            wanted[story.id] = story, found
    words = known_names(services.registry).vocabulary
    placed = articles.articles_of(connection, list(wanted), passages=True)
    for story_id, (story, found) in wanted.items():
        said = [
            (sentence, article)
            for article, _ in placed[story_id]
            for passage in article.passages
            for sentence in sentences(passage.text)
        ]
        lines = {
            line.line.texts: line
            for key, of_event in found.items()
            for line in _lines(story, of_event, [*_told(said, key, [*found], words)], called)
        }
        if lines:
            record = JoinedList(lines=tuple(lines.values()))
            yield story_id, PagePart(template="story-catalogues.html", record=record)


def _is_near(difference: Difference, story: Story) -> bool:
    return abs(story.published - difference.at) <= _NEAR


def _told(
    said: Sequence[tuple[str, Article]],
    key: tuple[str, ...],
    subjects: Collection[tuple[str, ...]],
    words: Collection[str],
) -> Iterator[tuple[ToldValue, Article]]:
    """What sentences state of a model: those that name it alone, or none while the story has no
    other subject.
    """
    for sentence, article in said:
        values = [*told_values(sentence, article.published.at.date())]
        named = values and (models_in(sentence, subjects, words) or subjects)
        if named and [*named] == [key]:
            yield from ((value, article) for value in values)


def _lines(
    story: Story,
    differences: Sequence[Difference],
    told: Sequence[tuple[ToldValue, Article]],
    called: Labels,
) -> Iterator[JoinedLine]:
    """The differences that the story reports, or states otherwise."""
    for difference in differences:
        is_told = False
        others: list[OtherValue] = []
        for value, before in difference.pairs:
            of_kind = [each for each in told if value.kind in each[0].kinds]
            is_same = any(each.is_same(value.value) for each, _ in of_kind)
            is_told |= is_same
            others += [
                OtherValue(
                    value=shown_value(value.kind, each.value, called.words),
                    source=called.sources[article.source_key][0],
                    url=fetchable_url(article.url) or "",
                )
                for each, article in of_kind
                if not is_same and len(each.kinds) == 1 and each.value != before
            ]
        is_release = difference.is_new and story.kind is EventKind.MODEL_RELEASE
        if is_told or others or is_release:
            others = [*dict.fromkeys(others)]
            yield JoinedLine(line=changed_line(difference, called), others=tuple(others))
