"""The questions for the page of a story: for all its sections, for one, or for a sentence; all over
the facts alone, so that a server reads those once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aggregator.domain.claim import BANDS, Role
from aggregator.domain.dates import day_text
from aggregator.domain.fact import Fact
from aggregator.domain.refusal import Refusal
from aggregator.domain.sections import Content
from aggregator.ports import Prompt
from aggregator.resources import TEMPLATES
from aggregator.story.answers import is_stuck
from aggregator.story.page.sentences import SECTION_OF
from aggregator.story.schemas import DAY, TEXT, one_of, record, several
from aggregator.story.sections import WRITING_OF
from aggregator.templating.environment import plain_renderer

MOST_WORDS = 30  # of a sentence: what a reader takes in at once
_PAGE_TOKENS, _SECTION_TOKENS, _SENTENCE_TOKENS = 1800, 700, 200
_EFFORTS = ("hours", "days", "weeks")
_ROLES = ", ".join(Role)

_render = plain_renderer(TEMPLATES / "prompts" / "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedFact:
    """A fact as a writer sees it."""

    number: int
    text: str
    about: str


def page_prompt(
    headline: str,
    facts: Sequence[Fact],
    names: Mapping[str, str],
    sections: Sequence[str] = tuple(WRITING_OF),
    before: Sequence[str] = (),
) -> Prompt:
    """The question for these sections. `names` are those of the sources by the id of the article;
    `before` is what the page says already.
    """
    return _prompt(
        headline,
        facts,
        names,
        task=_render("task.txt", parts=[_part(each) for each in sections], before=" ".join(before)),
        schema=record(**{each: section_schema(each) for each in sections}),
        most_tokens=_PAGE_TOKENS if len(sections) > 1 else _SECTION_TOKENS,
    )


def repair_prompt(
    headline: str,
    facts: Sequence[Fact],
    names: Mapping[str, str],
    section: str,
    sentence: str,
    refusal: Refusal,
) -> Prompt:
    """The question for one sentence anew, which names the one that was refused and why."""
    task = _render(
        "repair.txt",
        part=_part(section),
        sentence=sentence,
        because=refusal.because,
        words=", ".join(refusal.words),
    )
    return _prompt(
        headline,
        facts,
        names,
        task=task,
        schema=record(text=TEXT),
        most_tokens=_SENTENCE_TOKENS,
    )


def _prompt(
    headline: str,
    facts: Sequence[Fact],
    names: Mapping[str, str],
    *,
    task: str,
    schema: dict[str, Any],
    most_tokens: int,
) -> Prompt:
    numbered = [
        NumberedFact(number=number, text=fact.text, about=_about(fact, names))
        for number, fact in enumerate(facts, 1)
    ]
    return Prompt(
        system=_render("system.txt", most_words=MOST_WORDS),
        prefix=_render("facts.txt", headline=headline, facts=numbered),
        task=task,
        schema=schema,
        most_tokens=most_tokens,
        stop_when=is_stuck,
    )


def _about(fact: Fact, names: Mapping[str, str]) -> str:
    """The kind of a fact, its day, and who reports it."""
    day = day_text(fact.day, fact.precision) if fact.day and fact.precision else ""
    sources = dict.fromkeys(names[each] for each in sorted(fact.articles) if each in names)
    return "; ".join(filter(None, (fact.kind.value, day, ", ".join(sources))))


def _part(section: str) -> str:
    return _render(f"{section}.txt", roles=_ROLES).strip()


def section_schema(section: str) -> dict[str, Any]:
    """The JSON schema of a section of the page. Sentences end with the numbers of their facts."""
    match SECTION_OF[section].content:
        case Content.CLAIM:
            return TEXT
        case Content.ACTIONS:
            item = record(role=one_of(Role), action=TEXT, trigger=TEXT, effort=one_of(_EFFORTS))
        case Content.AUDIENCES:
            item = record(role=one_of(Role), reason=TEXT)
        case Content.IMPLICATIONS:
            item = record(text=TEXT, by=DAY, likelihood=one_of(BANDS), sign=TEXT)
        case _:
            item = TEXT
    return several(item, WRITING_OF[section].most)
