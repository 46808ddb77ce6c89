"""The evidence of a story as a model sees it: numbered passages of its articles, within the model's context, fenced as data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.analyse.statements import speaks_to_machine
from aggregator.domain.article import Passage
from aggregator.domain.dates import report_day
from aggregator.domain.lexical import content_words
from aggregator.domain.story import Member
from aggregator.domain.tokens import estimated_tokens

# Chat-template marks that a page may carry; DeepSeek's have full-width bars: <｜begin▁of▁sentence｜>.
_CONTROL = re.compile(r"<[|｜][^<>]{1,40}[|｜]>|<\|?/?\w+\|?>|\[/?INST\]|<<?/?SYS>?>", re.IGNORECASE)
_NUMBER_TOKENS = 4  # "[12] " and the end of the line
_OPENING = 4  # passages, the headline among them: what a news text is about
_MOST_OF_ARTICLE = 12  # passages: after that, a news text is background


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A passage and the number under which the model may name it; `text` is what the model reads, marks removed."""

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
    """All that a model sees of a story."""

    sources: tuple[EvidenceSource, ...]

    def numbered(self) -> dict[int, Passage]:
        """The passages by number."""
        return {each.number: each.passage for source in self.sources for each in source.passages}


def evidence(members: Sequence[Member], most_tokens: int) -> Evidence:
    """Passages of each article in the order of trust, in turns, until `most_tokens` are spent.

    Of each its headline and its opening come first, then what shares most words with the story's headlines; what was chosen
    stands in reading order.
    """
    about = content_words(" ".join(member.article.title for member in members))
    ordered = [_by_relevance(member, about) for member in members]
    chosen: dict[int, list[Passage]] = {rank: [] for rank in range(len(members))}
    left = most_tokens
    for turn in range(_MOST_OF_ARTICLE):
        for rank, passages in enumerate(ordered):
            cost = estimated_tokens(passages[turn].text) + _NUMBER_TOKENS if turn < len(passages) else 0
            if turn < len(passages) and cost <= left:
                chosen[rank].append(passages[turn])
                left -= cost
    number = 0
    sources = []
    for rank, member in enumerate(members):
        numbered = []
        for passage in sorted(chosen[rank], key=lambda each: each.n):
            number += 1
            numbered.append(Numbered(number=number, passage=passage, text=_CONTROL.sub(" ", passage.text)))
        if numbered:
            day = report_day(member.article.published.at)
            told = f"{day.day} {day:%B %Y}"
            sources.append(EvidenceSource(name=member.source_name, day=told, passages=tuple(numbered)))
    return Evidence(sources=tuple(sources))


def _by_relevance(member: Member, about: frozenset[str]) -> list[Passage]:
    """The passages of an article as they are wanted: its opening as it reads, then what says most of what the story is about."""
    passages = [each for each in member.article.passages if each.n or not speaks_to_machine(each.text)]
    rest = sorted(passages[_OPENING:], key=lambda each: (-len(about & content_words(each.text)), each.n))
    return passages[:_OPENING] + rest
