"""The facts of stories in the store, and the form in which a model writes from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, event, update

from aggregator.domain.claim import Citation, Draft
from aggregator.domain.dates import Precision
from aggregator.domain.fact import Fact, FactKind
from aggregator.errors import DatabaseError
from aggregator.store import schema
from aggregator.store.database import Database
from aggregator.store.news import tombstones
from aggregator.store.writing import analyses, models, story_facts
from tests import builders
from tests.integration.stored import NOW, analysis, article, placed

ONE, OTHER = article("One"), article("Other")


def fact(text: str, *numbers: int, **more: object) -> Fact:
    """A fact that rests on these passages of the first article."""
    passages = [ONE.passages[number] for number in numbers]
    cited = tuple(Citation(passage=each.key, quote=each.text[:3]) for each in passages)
    return replace(Fact(kind=FactKind.EVENT, text=text, citations=cited), **more)  # type: ignore[arg-type]


FACTS = (
    fact("One is here.", 1, 0, day=date(2026, 7, 4), precision=Precision.DAY),
    fact("One weighs 12 tons.", 1, kind=FactKind.ATTRIBUTE, product="One", value="12"),
    fact("Nothing more is known.", 0, kind=FactKind.UNKNOWN),
)


def told(connection: Connection, facts: tuple[Fact, ...] = FACTS) -> str:
    """The id of a story with an analysis and facts."""
    of = placed(connection, ONE)
    analyses.save_analyses(connection, [analysis(of, Draft(headline=builders.headline(ONE)))], "1")
    story_facts.save_facts(connection, {of.id: facts})
    return of.id


def test_facts_come_back_equal_and_in_their_order(connection: Connection) -> None:
    story_id = told(connection)

    assert story_facts.facts_of(connection, [story_id, "nobody"]) == {story_id: FACTS}


def test_new_facts_replace_the_old_ones(connection: Connection) -> None:
    story_id = told(connection)
    story_facts.save_facts(connection, {story_id: FACTS[2:]})

    assert story_facts.facts_of(connection, [story_id]) == {story_id: FACTS[2:]}


def test_a_first_analysis_deletes_nothing(connection: Connection) -> None:
    of, sent = placed(connection, ONE), list[str]()
    event.listen(
        connection, "before_cursor_execute", lambda _, __, statement, *___: sent.append(statement)
    )
    analyses.save_analyses(connection, [analysis(of, Draft(headline=builders.headline(ONE)))], "1")

    assert [statement for statement in sent if statement.startswith("DELETE")] == []
    assert any(statement.startswith("INSERT INTO analyses") for statement in sent)


def test_facts_go_with_the_analysis_of_their_story(connection: Connection) -> None:
    story_id = told(connection)
    analyses.drop_analyses(connection, [story_id])

    assert story_facts.facts_of(connection, [story_id]) == {}


def test_a_fact_of_a_passage_that_is_not_stored_is_refused(database: Database) -> None:
    wrong = Citation(passage=f"{ONE.id}.1.99", quote="One")
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), database.writing() as connection:
        told(connection, (replace(FACTS[0], citations=(wrong,)),))

    with database.reading() as connection:
        assert story_facts.facts_of(connection, [ONE.id]) == {}


def test_a_story_with_a_fact_of_an_article_rests_on_it_though_no_claim_cites_it(
    connection: Connection,
) -> None:
    placed(connection, ONE)
    other = placed(connection, OTHER)
    headline = builders.headline(OTHER)
    analyses.save_analyses(connection, [analysis(other, Draft(headline=headline))], "1")
    story_facts.save_facts(connection, {other.id: FACTS[:1]})

    assert other.id in tombstones.stories_resting_on(connection, [ONE.id])


def test_the_form_of_a_model_is_kept_by_its_digest(connection: Connection) -> None:
    before = models.kept_form(connection, "digest")
    for form in ("short", "facts"):
        models.keep_form(connection, "digest", form, NOW)
    kept = [models.kept_form(connection, each) for each in ("digest", "other")]

    assert (before, kept) == (None, ["facts", None])


def test_a_part_of_a_fact_that_an_earlier_build_kept_is_passed_over(connection: Connection) -> None:
    story_id = told(connection)
    more = update(schema.story_facts).values(detail={"product": "One", "actor": "One"})
    connection.execute(more.where(schema.story_facts.number == 1))

    assert story_facts.facts_of(connection, [story_id])[story_id][1] == replace(FACTS[1], value="")
