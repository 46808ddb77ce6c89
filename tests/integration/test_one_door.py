"""Every string of a page that a model wrote came in by one door: it is a source's own words, the
judge was asked about it, or code made it of a closed list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, Likelihood
from aggregator.domain.dates import Precision
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.settings import JudgeSettings
from aggregator.store.news import articles
from aggregator.store.writing import analyses, story_facts
from aggregator.story.page.sentences import TIMELINE, Sentence
from aggregator.verify.judge.premise import statements
from tests.fakes import FakeJudge
from tests.integration.newsroom import Newsroom
from tests.integration.test_judged_pages import judged
from tests.ollama_models import Schema, shortening_writer
from tests.ollama_server import OllamaServer

FROM_HALF = JudgeSettings(threshold=0.5)
CELL = {"product": "F40", "attribute": "price", "value": "2,100 dollars", "passages": [2]}
SAYS = "The price of F40 is 2,100 dollars."


def noting(system: str, prompt: str, schema: Schema | None) -> str:
    """A writer that notes an attribute of each story."""
    answer = json.loads(shortening_writer(system, prompt, schema))
    if "attributes" in answer:
        answer["attributes"] = [CELL]
    return json.dumps(answer)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(noting) as serving:
        yield serving


def strings(record: Any, path: str = "") -> Iterator[tuple[str, str, Claim | None]]:
    """Every string of a record with its path, and the claim that it is part of."""
    if isinstance(record, Enum) or record is None:
        return
    if isinstance(record, str):
        yield path, record, None
    elif isinstance(record, tuple):
        for each in record:
            yield from strings(each, path)
    elif is_dataclass(record):
        for part in fields(record):
            for found, text, claim in strings(getattr(record, part.name), f"{path}.{part.name}"):
                own = record if isinstance(record, Claim) else getattr(record, "claim", None)
                yield found, text, claim or own


def door(path: str, text: str, claim: Claim | None, sources: str, asked: set[str]) -> str:
    """Where a string was let in; empty where nothing let it in."""
    is_role = path.endswith(".role") and text in all_roles()
    if not text or is_role or path.endswith(".passage"):
        return "code"  # the key of a passage
    if path.endswith((".effort", ".by")):
        return "code" if text in ("hours", "days", "weeks") or text[:1].isdigit() else ""
    if path.endswith(".quote") or (claim and claim.kind is ClaimKind.EXTRACTED):
        return "source" if text.removesuffix(" …").removeprefix("… ") in sources else ""
    if claim and claim.kind is ClaimKind.ABSENT:
        return "code"
    if path.endswith((".question",)):
        return "code"
    plain = text.rstrip(".")
    is_asked = all(
        any(question.startswith(each.rstrip(".")) for question in asked)
        for each in statements(plain)
    )
    return "judge" if is_asked else ""


def test_every_string_of_a_page_is_a_sources_was_judged_or_is_of_a_closed_list(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.9)
    bare.refreshed(server.url, judged(judge), judge=FROM_HALF)
    asked = {claim for _, claim in judge.asked}

    doors: dict[str, set[str]] = {}
    with bare.database.reading() as connection:
        for story_id, kept in analyses.analyses_of(connection, bare.ids).items():
            found = articles.articles_of(connection, [story_id], passages=True)[story_id]
            sources = "\n".join(
                passage.text for article, _ in found for passage in article.passages
            )
            for path, text, claim in strings(kept.kept):
                doors.setdefault(door(path, text, claim, sources, asked), set()).add(
                    f"{path} {text}"
                )

    assert doors.pop("", set()) == set()
    assert {*doors} == {"code", "judge", "source"}


@pytest.mark.parametrize("is_refused", [False, True], ids=["the judge agrees", "it does not"])
def test_an_attribute_that_a_model_notes_is_judged_as_the_sentence_its_cell_says(
    bare: Newsroom, server: OllamaServer, *, is_refused: bool
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.1 if is_refused and claim == SAYS else 0.9)
    bare.refreshed(server.url, judged(judge), judge=FROM_HALF)

    with bare.database.reading() as connection:
        facts = story_facts.facts_of(connection, bare.ids).values()
    cells = [fact.text for each in facts for fact in each if fact.kind is FactKind.ATTRIBUTE]
    assert SAYS in {claim for _, claim in judge.asked}
    assert (SAYS in cells) is not is_refused


def test_without_a_judge_no_attribute_that_a_model_noted_is_kept(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(server.url, judged(None), judge=JudgeSettings())

    with bare.database.reading() as connection:
        facts = story_facts.facts_of(connection, bare.ids).values()
    assert facts
    assert [fact for each in facts for fact in each if fact.kind is FactKind.ATTRIBUTE] == []


CITED = (Citation(passage="a.1.1", quote="Osprey cut its prices"),)


def row(text: str) -> Sentence:
    fact = Fact(
        kind=FactKind.EVENT,
        text=text,
        citations=CITED,
        day=date(2026, 6, 3),
        precision=Precision.DAY,
    )
    kind = ClaimKind.EXTRACTED
    return Sentence(
        section=TIMELINE, claim=Claim(text=text, kind=kind, citations=CITED), facts=(fact,)
    )


def test_a_dated_row_is_judged_with_its_day_unless_its_words_have_one() -> None:
    asked = row("Osprey Labs cut its prices.").judged

    assert (asked.text, asked.kind) == (
        "Osprey Labs cut its prices (3 June 2026).",
        ClaimKind.WRITTEN,
    )
    own = row("On 3 June 2026 Osprey Labs cut its prices.")
    assert own.judged == own.claim


def test_what_is_to_come_is_judged_with_the_day_by_which_it_should_be() -> None:
    claim = Claim(text="Rivals cut their prices.", kind=ClaimKind.INFERRED, citations=CITED)
    sentence = Sentence(
        section="implications",
        claim=claim,
        likelihood=Likelihood.LIKELY,
        horizon=date(2026, 9, 30),
        sign="Halden lists a lower price.",
    )

    assert sentence.judged.text == "Rivals cut their prices (by 30 September 2026)."
    assert sentence.judged_sign.text == "Halden lists a lower price."
