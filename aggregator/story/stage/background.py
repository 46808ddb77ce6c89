"""What the archive holds of whom a story is about, for a model that is to tell it: told before it,
and open to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.domain.story import Entity, Member, Story
from aggregator.english.lexical import content_words
from aggregator.extract.quotable_sentences import open_members
from aggregator.memory.timeline import is_subject
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import stories, tags
from aggregator.story.model.archive import relevant
from aggregator.story.stage.gating import with_texts

# stories looked at, the newest: the cost of a story stays the same however large the archive is
_MOST_EARLIER = 24
_SELDOM = 6  # earlier stories: a name that more have is what they all have in common
_MOST_OF_STORY = 2  # articles of one story, the most trusted


def with_background(connection: Connection, services: Services, story: Story) -> Story:
    """The story, its texts read, with the passages of earlier reports that bear on it: of its
    storyline, or about somebody whom both headlines name and the archive seldom. None where its
    headlines name nobody.
    """
    language = services.settings.analysis.language
    subjects = _subjects(story, story.entities)
    if not subjects:
        return story
    keys = [subject.key for subject in subjects]
    rare = {key for key in keys if _is_rare(connection, key, story)}
    ids = tags.earlier_about(connection, keys, story.published, _MOST_EARLIER)
    bare = [
        each
        for each in stories.stories_by_id(connection, ids)
        if each.id != story.id and not each.operator.dropped
    ]
    told = (
        text
        for text in with_texts(connection, services, bare)
        if (named := {subject.key for subject in _subjects(text, subjects)})
        and (named & rare or (text.storyline and text.storyline == story.storyline))
    )
    earlier = sorted(
        (member for each in told for member in open_members(each, language)[:_MOST_OF_STORY]),
        key=lambda member: (-member.article.published.at.timestamp(), member.article.id),
    )
    names = " ".join(subject.name for subject in subjects)
    return replace(
        story,
        background=relevant(open_members(story, language), _before(earlier, story), names),
    )


def _is_rare(connection: Connection, key: str, story: Story) -> bool:
    found = tags.earlier_about(connection, [key], story.published, _SELDOM + 1)
    return len(found) <= _SELDOM


def _subjects(story: Story, among: Sequence[Entity]) -> tuple[Entity, ...]:
    """Those of some entities that a headline of the story names."""
    headlines = content_words(" ".join(member.article.title for member in story.members))
    return tuple(entity for entity in among if is_subject(entity.name, headlines, story.lane))


def _before(earlier: Sequence[Member], story: Story) -> list[Member]:
    """The articles that appeared before the story did: one that grows for months has later ones."""
    return [member for member in earlier if member.article.published.at < story.published]
