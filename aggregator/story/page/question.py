"""The questions for the page of a story: for all its sections, for one, or for the sentences that
were refused; all over the facts alone. And in which form a model is asked: that is decided by what
its answers were, never by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from aggregator.domain.claim import BANDS
from aggregator.domain.dates import day_text
from aggregator.domain.fact import Fact
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.sections import Content
from aggregator.english.lexical import content_words
from aggregator.ports import Prompt
from aggregator.resources import TEMPLATES
from aggregator.story.answers import DAY, TEXT, is_stuck, one_of, record, several
from aggregator.story.page.sentences import Sentence, content_of
from aggregator.story.sections import writing_of
from aggregator.templating.environment import plain_renderer
from aggregator.verify.gates import Refusal

MOST_WORDS = 30  # of a sentence: what a reader takes in at once
_PAGE_TOKENS, _SECTION_TOKENS, _SENTENCE_TOKENS = 1800, 700, 120
_NEAREST = 2  # facts beside those that a refused sentence names
_EFFORTS = ("hours", "days", "weeks")

_render = plain_renderer(TEMPLATES / "prompts" / "page")

_MOST_FAILURES = 2  # stories that a model may fail on in a form


@frozen
class NumberedFact:
    """A fact as a writer sees it."""

    number: int
    text: str
    about: str


def page_prompt(
    headline: str,
    facts: Sequence[Fact],
    sections: Sequence[str] = (),
    before: Sequence[str] = (),
) -> Prompt:
    """The question for these sections, or for all; `before` is what the page says already."""
    sections = sections or tuple(writing_of())
    has_roles = any(content_of(each) in (Content.ACTIONS, Content.AUDIENCES) for each in sections)
    return _prompt(
        headline,
        facts,
        task=_render(
            "task.txt",
            parts=[_part(each) for each in sections],
            roles=_roles() if has_roles else "",
            before=" ".join(before),
        ),
        schema=record(**{each: section_schema(each) for each in sections}),
        most_tokens=_PAGE_TOKENS if len(sections) > 1 else _SECTION_TOKENS,
    )


def repair_prompt(
    headline: str,
    facts: Sequence[Fact],
    refused: Sequence[tuple[Sentence, Refusal]],
) -> Prompt:
    """The question for some sentences again, which names those that were refused and why. It has
    the facts that they rest on, and those nearest to them, under the numbers they had.
    """
    task = _render(
        "repair.txt",
        parts=[_part(each) for each in dict.fromkeys(one.section for one, _ in refused)],
        refused=[
            {
                "key": repair_key(place),
                "section": sentence.section,
                "sentence": sentence.claim.text,
                "because": refusal.because,
                "words": ", ".join(refusal.words),
            }
            for place, (sentence, refusal) in enumerate(refused, 1)
        ],
    )
    return _prompt(
        headline,
        facts,
        task=task,
        schema=record(**{repair_key(place): TEXT for place in range(1, len(refused) + 1)}),
        most_tokens=_SENTENCE_TOKENS * len(refused),
        shown=_needed(facts, [sentence for sentence, _ in refused]),
    )


def repair_key(place: int) -> str:
    """The key under which a question for sentences again has the one of this place, from 1."""
    return f"sentence_{place}"


def _needed(facts: Sequence[Fact], sentences: Sequence[Sentence]) -> frozenset[int]:
    """The numbers of the facts that sentences rest on, and of those nearest to each in words."""
    needed = {facts.index(fact) for one in sentences for fact in one.facts if fact in facts}
    parts = [content_words(fact.text) for fact in facts]
    for one in sentences:
        own = content_words(one.claim.text)
        nearest = sorted(range(len(facts)), key=lambda place: -len(own & parts[place]))
        needed.update(nearest[:_NEAREST])
    return frozenset(place + 1 for place in needed)


def _prompt(
    headline: str,
    facts: Sequence[Fact],
    *,
    task: str,
    schema: dict[str, Any],
    most_tokens: int,
    shown: frozenset[int] | None = None,
) -> Prompt:
    numbered = [
        NumberedFact(number=number, text=fact.text, about=_about(fact))
        for number, fact in enumerate(facts, 1)
        if shown is None or number in shown
    ]
    return Prompt(
        system=_render("system.txt", most_words=MOST_WORDS),
        prefix=_render("facts.txt", headline=headline, facts=numbered),
        task=task,
        schema=schema,
        most_tokens=most_tokens,
        stop_when=is_stuck,
    )


def _about(fact: Fact) -> str:
    """The kind of a fact and its day. Who reports it stands beside the citation."""
    day = day_text(fact.day, fact.precision) if fact.day and fact.precision else ""
    return "; ".join(filter(None, (fact.kind.value, day)))


def _part(section: str) -> str:
    own = writing_of()[section].prompt
    return (own or _render(f"{section}.txt")).strip()


def _roles() -> str:
    """The roles of this site, each with what they decide."""
    shown = ((key, role.decides) for key, role in all_roles().items())
    return ", ".join(f"{key} ({decides})" if decides else key for key, decides in shown)


def section_schema(section: str) -> dict[str, Any]:
    """The JSON schema of a section of the page. Sentences end with the numbers of their facts."""
    match content_of(section):
        case Content.CLAIM:
            return TEXT
        case Content.ACTIONS:
            role = one_of(all_roles())
            item = record(role=role, action=TEXT, trigger=TEXT, effort=one_of(_EFFORTS))
        case Content.AUDIENCES:
            item = record(role=one_of(all_roles()), reason=TEXT)
        case Content.IMPLICATIONS:
            item = record(text=TEXT, by=DAY, likelihood=one_of(BANDS), sign=TEXT)
        case _:
            item = TEXT
    return several(item, writing_of()[section].most)


class Form(StrEnum):
    """How a page is asked for; in the last form a model notes facts and rules write."""

    WHOLE = "whole"
    SHORT = "short"
    FACTS = "facts"


_NEXT = {Form.WHOLE: Form.SHORT, Form.SHORT: Form.FACTS, Form.FACTS: Form.FACTS}


@frozen
class Fitness:
    """The form that a model gets, and on how many stories in a row it failed in that form."""

    form: Form = Form.WHOLE
    failures: int = 0

    def after(self, form: Form, *, is_fit: bool) -> Fitness:
        """What is known after one more story was asked for in a form: of two failures in a row the
        next form follows.
        """
        if form is not self.form:
            return self
        if is_fit:
            return replace(self, failures=0)
        if self.failures + 1 < _MOST_FAILURES:
            return replace(self, failures=self.failures + 1)
        return Fitness(form=_NEXT[self.form])
