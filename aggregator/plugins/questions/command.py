"""`search` and `ask`: what the archive holds on something, and what it says to a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import NOW, Printed, awaited, moment, pass_settings

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings
    from aggregator.plugins.questions.answer import Answer, FoundFact, FoundStory

_MOST_FACTS = 10
UNKNOWN = "No answer found."


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--most",
    type=click.IntRange(1, 50),
    default=_MOST_FACTS,
    show_default=True,
    help="Maximum number of facts to show.",
)
@NOW
@pass_settings
def search(settings: Settings, words: tuple[str, ...], most: int, now: datetime | None) -> Printed:
    """Search the archive for facts and stories. WORDS: what to look for, at most 500 characters."""
    from aggregator.bootstrap import open_reading
    from aggregator.plugins.questions.stage.answering import found_facts, found_stories, retrieve

    today = moment(now).date()
    with open_reading(settings.database) as connection:
        found = retrieve(connection, settings, " ".join(words), today)
        facts = found_facts(found.matching, settings, most)
        stories = found_stories(connection, settings, [fact.story for fact in facts])
    shown = {"facts": [*map(asdict, facts)], "stories": [*map(asdict, stories)]}
    return shown, "\n".join(_search_text(facts, stories))


@click.command()
@click.argument("question", nargs=-1, required=True)
@NOW
@pass_settings
def ask(settings: Settings, question: tuple[str, ...], now: datetime | None) -> Printed:
    """Answer a question from the archive, with citations. QUESTION: at most 500 characters."""
    found = awaited(_answer(settings, " ".join(question), now))
    return {"known": found.is_known} | asdict(found), "\n".join(_answer_text(found))


async def _answer(settings: Settings, question: str, now: datetime | None) -> Answer:
    from aggregator.bootstrap import open_services
    from aggregator.plugins.questions.stage.answering import answer

    async with open_services(settings, now) as services:
        services.database.demand_current()
        return await answer(services, question)


def _search_text(facts: tuple[FoundFact, ...], stories: tuple[FoundStory, ...]) -> Iterator[str]:
    if not facts:
        yield "No matches in the archive."
    for fact in facts:
        yield from _fact_text(fact)
    if stories:
        yield from ("", "Stories")
        yield from (f"  {story.headline}\n    {story.url}" for story in stories)


def _fact_text(fact: FoundFact) -> Iterator[str]:
    yield fact.text or fact.notice
    yield f"  {_origin(fact)}: {fact.url}"


def _origin(fact: FoundFact) -> str:
    return f"{fact.source}, {fact.published.isoformat()}"


def _answer_text(found: Answer) -> Iterator[str]:
    if not found.is_known:
        yield f"{UNKNOWN} Try `aggregator search WORDS`."
    if len(found.values) > 1:
        yield "Sources differ:"
        for value in found.values:
            yield f"  {value.text}: {'; '.join(map(_origin, value.facts))}"
    elif found.values and not any(
        found.values[0].text in sentence.text for sentence in found.sentences
    ):
        yield found.values[0].text  # a day that its source calls "today"
    for sentence in found.sentences:
        yield sentence.text
        yield from (f"  {_origin(fact)}: {fact.url}" for fact in sentence.citations)
    if found.engine != "rules":
        yield f"\nWritten by {found.engine}; each sentence passed the anchors and the judge."
