"""Looks for the answers that later stories give to what earlier ones left open.

An event's page holds its own reports; what it left open is often answered weeks later, by another
event of the same affair. Each telling is looked through once: for the questions of stories whose
headlines are like its own, and, where it asks itself, the later stories for its answers. So it does
not matter which of the two came first into the house, and a killed run leaves nothing undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from aggregator.domain.claim import Analysis, Disagreement, Unknown
from aggregator.domain.story import Story
from aggregator.english.lexical import stems
from aggregator.errors import GateError
from aggregator.extract.quotable_sentences import readable_members
from aggregator.hooks.plugins import plugins
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import articles, stories
from aggregator.store.writing import analyses
from aggregator.story.stage.gating import Gates, with_texts

_SAME_WORDS = 3  # of the headlines of two stories, by stem
_WAITS = timedelta(days=120)  # a question is asked for so long
_MOST_NEAR = 12  # later stories looked through for one question, the earliest first

Question = TypeVar("Question", Disagreement, Unknown)


@dataclass(frozen=True, slots=True)
class _Head:
    """When the first article of a story appeared, and the stems of all its headlines."""

    first: datetime
    stems: frozenset[str]


def find_answers(services: Services) -> None:
    """Gives open questions the answers that were reported since."""
    with services.database.reading() as connection:
        new, asking = analyses.not_yet_searched(connection), analyses.with_questions(connection)
        if not new:
            return
        near = _near(connection, asking, new) if asking else {}
    for story_id, others in near.items():
        try:
            with services.database.writing() as connection:
                _answer(connection, services, story_id, others)
        except GateError as error:
            plugins().note(error, story_id)
    with services.database.writing() as connection:
        analyses.mark_searched(connection, sorted(new))


def _near(
    connection: Connection, asking: Sequence[str], new: frozenset[str]
) -> dict[str, list[str]]:
    """For each story that asks those stories that may answer: among the new, or among all where it
    is new itself.
    """
    heads = _heads(connection, sorted({*asking, *new}))
    if recent := [heads[key].first for key in asking if key in new and key in heads]:
        later = articles.headlines_since(connection, min(recent)).keys() - heads.keys()
        heads |= _heads(connection, sorted(later))
    found: dict[str, list[str]] = {}
    for key in asking:
        among = heads.keys() if key in new else heads.keys() & new
        others = [
            each
            for each in among
            if each != key and key in heads and _may_answer(heads[key], heads[each])
        ]
        if others:
            found[key] = sorted(others, key=lambda each: (heads[each].first, each))[:_MOST_NEAR]
    return found


def _heads(connection: Connection, story_ids: Sequence[str]) -> dict[str, _Head]:
    """The headlines of these stories, those without an article left out."""
    found = articles.articles_of(connection, story_ids, passages=False)
    return {
        key: _Head(
            min(article.published.at for article, _ in several),
            stems(" ".join(article.title for article, _ in several)),
        )
        for key, several in found.items()
        if several
    }


def _may_answer(asking: _Head, other: _Head) -> bool:
    return (
        asking.first < other.first <= asking.first + _WAITS
        and len(asking.stems & other.stems) >= _SAME_WORDS
    )


def _answer(
    connection: Connection, services: Services, story_id: str, others: Sequence[str]
) -> None:
    """Looks through other stories for what one asks, and stores the answers."""
    before = analyses.analyses_of(connection, [story_id]).get(story_id)
    bare = {
        story.id: story
        for story in stories.analysed_stories(connection, [story_id, *others])
        if not story.operator.dropped
    }
    if before is None or story_id not in bare:
        return
    story, *near = with_texts(
        connection, services, [bare[each] for each in (story_id, *others) if each in bare]
    )
    after = _answered(before, services, story, near)
    if after.kept != before.kept:
        analyses.answer_questions(connection, after)


def _answered(
    before: Analysis, services: Services, story: Story, near: Sequence[Story]
) -> Analysis:
    """The analysis with the answers that other stories give to what it leaves open."""
    settings = services.settings.analysis
    later = tuple(member for each in near for member in readable_members(each, settings.language))
    disagreements, unknowns = Gates.around(replace(story, background=later), settings).questions(
        story, later
    )
    kept = replace(
        before.kept,
        disagreements=tuple(
            _with_answer(disagreement, disagreements) for disagreement in before.kept.disagreements
        ),
        unknowns=tuple(_with_answer(unknown, unknowns) for unknown in before.kept.unknowns),
    )
    return replace(before, kept=kept, analysed_at=services.clock.now())


def _with_answer(question: Question, found: Sequence[Question]) -> Question:
    """The question with the answer that was found to it, where it had none."""
    if question.answer is not None:
        return question
    return next((each for each in found if replace(each, answer=None) == question), question)
