"""The evidence of a story as a model sees it: numbered passages of its articles and of earlier
reports, fenced as data.

All of it together is within the model's context.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.domain.article import Passage
from aggregator.domain.dates import report_day
from aggregator.domain.story import Member
from aggregator.domain.tokens import estimated_tokens
from aggregator.english.lexical import content_words

# Chat-template marks that a page may carry; DeepSeek's have full-width bars:
# <｜begin▁of▁sentence｜>.
_CONTROL = re.compile(
    r"<[|｜][^<>]{1,40}[|｜]>|<\|?/?\w+\|?>|\[/?INST\]|<<?/?SYS>?>", re.IGNORECASE
)
_NUMBER_TOKENS = 4  # "[12] " and the end of the line
_OPENING = 4  # passages, the headline among them: what a news text is about
_ARCHIVE_SHARE = 0.2  # of the tokens, at most: a story is told from its own articles
_MOST_OF_ARTICLE = 12  # passages: after that, a news text is background


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A passage and the number under which the model may name it; `text` is what the model reads,
    marks removed.
    """

    number: int
    passage: Passage
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """The chosen passages of one article."""

    name: str
    day: str
    passages: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a model sees of a story: its own articles, then what the archive has, numbered
    on.
    """

    sources: tuple[EvidenceSource, ...]
    archive: tuple[EvidenceSource, ...] = ()

    def numbered(self) -> dict[int, Passage]:
        """The passages by number."""
        return {
            passage.number: passage.passage
            for source in (*self.sources, *self.archive)
            for passage in source.passages
        }

    def earlier(self) -> frozenset[int]:
        """The numbers of the passages of the archive."""
        return frozenset(passage.number for source in self.archive for passage in source.passages)


def evidence(
    members: Sequence[Member], most_tokens: int, background: Sequence[Member] = ()
) -> Evidence:
    """Passages of each article in the order of trust, in turns, until `most_tokens` are spent.

    Of each its headline and its opening come first, then what shares most words with the story's
    headlines; what was chosen stands in reading order. The passages of the background come whole
    after them, as far as their share of the tokens goes.
    """
    known, spent = _within(background, int(_ARCHIVE_SHARE * most_tokens))
    own = _chosen(members, most_tokens - spent)
    sources, number = _sources(members, own, 0)
    archive, _ = _sources(background, known, number)
    return Evidence(sources=sources, archive=archive)


def plain_text(text: str) -> str:
    """A passage without the marks by which chat templates tell who speaks."""
    return _CONTROL.sub(" ", text)


def _within(background: Sequence[Member], most_tokens: int) -> tuple[list[list[Passage]], int]:
    """The passages of each article for which there is room, and the tokens that they take."""
    chosen, spent = [], 0
    for member in background:
        kept = []
        for passage in member.article.passages:
            if spent + _cost(passage) <= most_tokens:
                kept.append(passage)
                spent += _cost(passage)
        chosen.append(kept)
    return chosen, spent


def _chosen(members: Sequence[Member], most_tokens: int) -> list[list[Passage]]:
    """The passages of each article that are worth most, the articles taking turns."""
    about = content_words(" ".join(member.article.title for member in members))
    ordered = [_by_relevance(member, about) for member in members]
    chosen: list[list[Passage]] = [[] for _ in members]
    left = most_tokens
    for turn in range(_MOST_OF_ARTICLE):
        for rank, passages in enumerate(ordered):
            cost = _cost(passages[turn]) if turn < len(passages) else 0
            if turn < len(passages) and cost <= left:
                chosen[rank].append(passages[turn])
                left -= cost
    return chosen


def _cost(passage: Passage) -> int:
    return estimated_tokens(passage.text) + _NUMBER_TOKENS


def _sources(
    members: Sequence[Member], chosen: Sequence[Sequence[Passage]], number: int
) -> tuple[tuple[EvidenceSource, ...], int]:
    """The chosen passages of each article, numbered on from `number`, and the last number."""
    sources = []
    for member, passages in zip(members, chosen, strict=True):
        numbered = []
        for passage in sorted(passages, key=lambda each: each.n):
            number += 1
            numbered.append(Numbered(number=number, passage=passage, text=plain_text(passage.text)))
        if numbered:
            day = report_day(member.article.published.at)
            told = f"{day.day} {day:%B %Y}"
            sources.append(
                EvidenceSource(name=member.source_name, day=told, passages=tuple(numbered))
            )
    return tuple(sources), number


def _by_relevance(member: Member, about: frozenset[str]) -> list[Passage]:
    """The passages of an article as they are wanted: its opening as it reads, then what says most
    of what the story is about.
    """
    passages = list(member.article.passages)
    rest = sorted(
        passages[_OPENING:], key=lambda each: (-len(about & content_words(each.text)), each.n)
    )
    return passages[:_OPENING] + rest
