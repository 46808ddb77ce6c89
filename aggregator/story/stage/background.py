"""What the archive holds of whom a story is about, for a model that is to write it: published
before it, and open to be read.

Relevant is a passage that speaks of what the story speaks of, the names apart: a name alone brings
back everything that was ever said of a company. Words that most of the earlier passages have tell
little, so each counts by its rarity among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from math import log

from aggregator.domain.article import Passage
from aggregator.domain.story import Entity, Member, Story
from aggregator.english.lexical import content_words
from aggregator.extract.admission import evidence
from aggregator.extract.quotable_sentences import open_members
from aggregator.memory.timeline import is_subject
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.story.stage.gating import with_texts

# stories looked at, the newest: the cost of a story stays the same however large the archive is
_MOST_EARLIER = 24
_SELDOM = 6  # earlier stories: a name that more have is what they all have in common
_MOST_OF_STORY = 2  # articles of one story, the most trusted

_OPENING = 4  # passages of an article, its headline among them, that tell what a story is about
_MOST = 6  # passages of the archive: more is another story
_MOST_OF_ARTICLE = 2
_LEAST_SHARED = 2  # words with the story: one word alone is chance


def with_background(connection: Connection, services: Services, story: Story) -> Story:
    """The story, its texts read, with the passages of earlier reports that bear on it: of its
    affair, or about somebody whom both headlines name and the archive seldom. None where its
    headlines name nobody.
    """
    language = services.settings.analysis.language
    subjects = _subjects(story, story.entities)
    if not subjects:
        return story
    keys = [subject.key for subject in subjects]
    rare = {key for key in keys if _is_rare(connection, key, story)}
    ids = stories.earlier_about(connection, keys, story.published, _MOST_EARLIER)
    bare = [
        each
        for each in stories.stories_by_id(connection, ids)
        if each.id != story.id and not each.operator.dropped
    ]
    told = (
        text
        for text in with_texts(connection, services, bare)
        if (named := {subject.key for subject in _subjects(text, subjects)})
        and (named & rare or not {*text.affairs}.isdisjoint(story.affairs))
    )
    earlier = sorted(
        (member for each in told for member in open_members(each, language)[:_MOST_OF_STORY]),
        key=lambda member: (-member.article.published.at.timestamp(), member.article.id),
    )
    names = " ".join(subject.name for subject in subjects)
    # a story that grows for months has later articles
    before = [member for member in earlier if member.article.published.at < story.published]
    return replace(
        story, background=relevant(open_members(story, language), before, names, language)
    )


def _is_rare(connection: Connection, key: str, story: Story) -> bool:
    found = stories.earlier_about(connection, [key], story.published, _SELDOM + 1)
    return len(found) <= _SELDOM


def _subjects(story: Story, among: Sequence[Entity]) -> tuple[Entity, ...]:
    """Those of some entities that a headline of the story names."""
    headlines = content_words(" ".join(member.article.title for member in story.members))
    return tuple(entity for entity in among if is_subject(entity.name, headlines, story.lane))


def relevant(
    members: Sequence[Member], earlier: Sequence[Member], names: str, language: str
) -> tuple[Member, ...]:
    """The earlier articles with the passages alone that are worth showing beside the story's, the
    newest article first.

    `names` are those of whom the story is about.
    """
    openings = (
        passage.text for member in members for passage in member.article.passages[:_OPENING]
    )
    about = content_words(" ".join(openings)) - content_words(names)
    known = {passage.text for member in members for passage in member.article.passages}
    found = [
        (member, passage)
        for member in earlier
        for passage in _passages(member, language)
        if passage.text not in known
    ]
    words = {passage.key: content_words(passage.text) for _, passage in found}
    number = Counter(word for several in words.values() for word in several)

    def points(passage: Passage) -> float:
        return sum(log(1 + len(found) / number[word]) for word in about & words[passage.key])

    worth = [each for each in found if len(about & words[each[1].key]) >= _LEAST_SHARED]
    ranked = sorted(
        worth,
        key=lambda each: (-points(each[1]), -each[0].article.published.at.timestamp(), each[1].key),
    )
    chosen: Counter[str] = Counter()
    kept: set[str] = set()
    for member, passage in ranked:
        if len(kept) < _MOST and chosen[member.article.id] < _MOST_OF_ARTICLE:
            chosen[member.article.id] += 1
            kept.add(passage.key)
    return tuple(_with_only(member, kept) for member in earlier if chosen[member.article.id])


def _passages(member: Member, language: str) -> Iterator[Passage]:
    """What of an article may be shown to a model: its text, or its headline where it has no
    other.
    """
    headline, *text = member.article.passages
    is_evidence = evidence(headline, language) == member.article.headline
    yield from text or ([headline] if is_evidence else [])


def _with_only(member: Member, keys: Collection[str]) -> Member:
    kept = tuple(passage for passage in member.article.passages if passage.key in keys)
    return replace(member, article=replace(member.article, passages=kept))
