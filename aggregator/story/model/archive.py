"""What the archive adds to the evidence of a story: passages of earlier reports about whom it is
about, by relevance.

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
from aggregator.domain.story import Member
from aggregator.english.lexical import content_words
from aggregator.english.speech_acts import is_order, is_question, is_safe_label

_OPENING = 4  # passages of an article, its headline among them, that tell what a story is about
_MOST = 6  # passages of the archive: more is another story
_MOST_OF_ARTICLE = 2
_LEAST_SHARED = 2  # words with the story: one word alone is chance


def relevant(
    members: Sequence[Member], earlier: Sequence[Member], names: str
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
        for passage in _passages(member)
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


def _passages(member: Member) -> Iterator[Passage]:
    """What of an article may be shown to a model: its text, or its headline where it has no
    other.
    """
    headline, *text = member.article.passages
    is_plain = is_safe_label(headline.text) and not (
        is_order(headline.text) or is_question(headline.text)
    )
    yield from text or ([headline] if is_plain else [])


def _with_only(member: Member, keys: Collection[str]) -> Member:
    kept = tuple(passage for passage in member.article.passages if passage.key in keys)
    return replace(member, article=replace(member.article, passages=kept))
