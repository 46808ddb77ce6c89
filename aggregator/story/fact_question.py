"""The question for the facts of a story: one, over whole articles of independent origins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aggregator.domain.article import Passage
from aggregator.domain.dates import report_day
from aggregator.domain.story import Member
from aggregator.english.text import estimated_tokens
from aggregator.ports import Prompt
from aggregator.resources import TEMPLATES
from aggregator.story.answers import FEW_WORDS, NUMBERS, TEXT, goes_round, record, several
from aggregator.story.evidence import Evidence, EvidenceSource, Numbered, plain_text
from aggregator.templating.environment import plain_renderer

ANSWER_TOKENS = 1400  # about thirty facts
MOST_EVENTS, MOST_FACTS, MOST_ATTRIBUTES = 10, 14, 8
_NUMBER_TOKENS = 4  # "[12] " and the end of the line
_OPENING = 4  # passages, the headline among them, that every origin has before any has more
_ARCHIVE_SHARE = 0.2  # of the tokens, at most: a story is told from its own articles

_render = plain_renderer(TEMPLATES / "prompts")


def facts_prompt(evidence: Evidence) -> Prompt:
    """The question for the facts of a story."""
    return Prompt(
        system=_render("facts/system.txt"),
        prefix=_render("evidence.txt", sources=evidence.sources, archive=evidence.archive),
        task=_render(
            "facts/task.txt",
            most_events=MOST_EVENTS,
            most_facts=MOST_FACTS,
            most_attributes=MOST_ATTRIBUTES,
        ),
        schema=SCHEMA,
        most_tokens=ANSWER_TOKENS,
        stop_when=goes_round,
    )


def whole_articles(
    members: Sequence[Member], most_tokens: int, background: Sequence[Member] = ()
) -> Evidence:
    """The articles of a story, in their order, as far as `most_tokens` go, and reports of the
    archive as far as their share goes.

    The opening of each comes before the rest of any, and who has an owner in common with an earlier
    one comes last: it says less that is new.
    """
    archive = _taken([each.article.passages for each in background], _ARCHIVE_SHARE * most_tokens)
    left = most_tokens - sum(_cost(each) for each in archive)
    independent = _independent_first(members)
    openings = [each.article.passages[:_OPENING] for each in independent]
    rests = [each.article.passages[_OPENING:] for each in independent]
    own = _taken([*openings, *rests], left)
    sources, number = _sources(independent, own, 0)
    return Evidence(sources=sources, archive=_sources(background, archive, number)[0])


def _independent_first(members: Sequence[Member]) -> list[Member]:
    families: set[str] = set()
    first: list[Member] = []
    later: list[Member] = []
    for member in members:
        (later if member.family in families else first).append(member)
        families.add(member.family)
    return [*first, *later]


def _taken(texts: Sequence[Sequence[Passage]], most_tokens: float) -> set[Passage]:
    """Passages in their order, without those for which there is no room any more."""
    taken: set[Passage] = set()
    for passage in (each for passages in texts for each in passages):
        if _cost(passage) <= most_tokens:
            taken.add(passage)
            most_tokens -= _cost(passage)
    return taken


def _cost(passage: Passage) -> int:
    return estimated_tokens(passage.text) + _NUMBER_TOKENS


def _sources(
    members: Sequence[Member], taken: set[Passage], number: int
) -> tuple[tuple[EvidenceSource, ...], int]:
    """What is taken of each article in reading order, numbered on from `number`, and the last
    number.
    """
    sources = []
    for member in members:
        passages = []
        for passage in member.article.passages:
            if passage in taken:
                number += 1
                passages.append(
                    Numbered(number=number, passage=passage, text=plain_text(passage.text))
                )
        if passages:
            day = report_day(member.article.published.at)
            sources.append(
                EvidenceSource(
                    name=member.source_name, day=f"{day.day} {day:%B %Y}", passages=tuple(passages)
                )
            )
    return tuple(sources), number


def _schema() -> dict[str, Any]:
    """Facts are lines of text, which take half the tokens of objects."""
    attribute = record(product=FEW_WORDS, attribute=FEW_WORDS, value=FEW_WORDS, passages=NUMBERS)
    return record(
        events=several(TEXT, MOST_EVENTS),
        facts=several(TEXT, MOST_FACTS),
        attributes=several(attribute, MOST_ATTRIBUTES),
    )


SCHEMA = _schema()
