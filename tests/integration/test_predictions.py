"""The ledger of predictions: written down once, due by the clock, judged by the operator, forgotten
with its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from aggregator.domain.claim import Citation, ClaimKind, Implication, Likelihood
from aggregator.domain.prediction import Decision, Outcome, prediction_id
from aggregator.memory.timeline import outline
from aggregator.plugins.predictions.store import (
    counts,
    decide,
    mark_due,
    predictions_digest,
    reopen,
    shown_predictions,
    stored_predictions,
)
from aggregator.store.database import Connection, Database
from aggregator.store.publishing.lines import StoredLine, own_digests, save_lines
from aggregator.store.writing.analyses import save_analyses
from aggregator.store.writing.predictions import add_predictions, forget_predictions, predictions_of
from tests import builders
from tests.acceptance.house import House
from tests.integration.stored import NOW, analysis, article, placed
from tests.integration.test_cli import result_of
from tests.messages import named

pytestmark = pytest.mark.clock

ONE = article("Northwind opens a model", "It plans to open another by August.")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(f"sqlite:///{tmp_path / 'news.db'}")
    database.upgrade(NOW)
    with database.writing() as opened:
        placed(opened, ONE)
        yield opened
    database.close()


def predicted(
    text: str = "It plans to open another by August.", *, by: date = date(2026, 8, 31)
) -> Implication:
    return Implication(
        claim=builders.claim(text, ONE),
        horizon=by,
        likelihood=Likelihood.LIKELY,
        sign="A report that it did.",
    )


def outcomes(connection: Connection) -> list[Outcome]:
    return [prediction.outcome for prediction in stored_predictions(connection)]


def test_a_prediction_comes_back_as_it_was_written_down(connection: Connection) -> None:
    add_predictions(connection, [predicted()], NOW)
    (kept,) = stored_predictions(connection)

    assert (kept.id, kept.noted, kept.implication, kept.outcome) == (
        prediction_id(predicted()),
        NOW,
        predicted(),
        Outcome.OPEN,
    )
    assert predictions_of(connection, [kept.story_id, "nobody"]) == {kept.story_id: (kept,)}


def test_another_address_that_decided_it_has_the_page_of_its_story_built_again(
    connection: Connection,
) -> None:
    story = builders.story([builders.member(ONE)])
    add_predictions(connection, [predicted()], NOW)
    save_analyses(connection, [analysis(story)], "1")
    before = dict(own_digests(connection, "r"))
    connection.exec_driver_sql("UPDATE predictions SET url = 'https://court.example/ruling'")

    assert before[story.id] != dict(own_digests(connection, "r"))[story.id]


def test_told_again_it_is_not_rewritten(connection: Connection) -> None:
    add_predictions(connection, [predicted()], NOW)
    add_predictions(
        connection,
        [replace(predicted(), sign="Another sign.", likelihood=Likelihood.EVEN)],
        NOW + timedelta(days=3),
    )
    (kept,) = stored_predictions(connection)

    assert (kept.noted, kept.implication.sign, kept.implication.likelihood) == (
        NOW,
        "A report that it did.",
        Likelihood.LIKELY,
    )


def test_it_is_due_the_day_after_its_last_and_no_more_once_it_is_judged(
    connection: Connection,
) -> None:
    add_predictions(connection, [predicted()], NOW)
    (kept,) = stored_predictions(connection)
    on_the_day, after = (
        mark_due(connection, date(2026, 8, 31)),
        mark_due(connection, date(2026, 9, 1)),
    )
    due = outcomes(connection)
    decide(
        connection,
        kept.id,
        Decision(outcome=Outcome.DID_NOT, at=NOW, url="https://daily.example/no"),
    )

    assert (on_the_day, after, due) == (0, 1, [Outcome.DUE])
    assert (mark_due(connection, date(2026, 9, 2)), outcomes(connection)) == (0, [Outcome.DID_NOT])


def test_a_judgement_can_be_taken_back_and_a_withdrawn_one_is_shown_nowhere(
    connection: Connection,
) -> None:
    add_predictions(connection, [predicted()], NOW)
    (kept,) = stored_predictions(connection)
    decide(connection, kept.id, Decision(outcome=Outcome.WITHDRAWN, at=NOW))
    withdrawn = (
        outcomes(connection),
        len(stored_predictions(connection, withdrawn=True)),
        predictions_of(connection, [kept.story_id]),
    )
    reopen(connection, kept.id)

    assert (withdrawn, outcomes(connection)) == (([], 1, {}), [Outcome.OPEN])


def test_every_change_of_the_ledger_changes_its_digest(connection: Connection) -> None:
    digests = {predictions_digest(connection)}
    add_predictions(connection, [predicted()], NOW)
    digests.add(predictions_digest(connection))
    mark_due(connection, date(2026, 9, 1))
    digests.add(predictions_digest(connection))
    cited = Citation(passage=f"{ONE.id}.1.1", quote="It plans to open another by August.")
    decide(
        connection,
        prediction_id(predicted()),
        Decision(outcome=Outcome.CAME_TRUE, at=NOW, citation=cited),
    )
    digests.add(predictions_digest(connection))

    assert len(digests) == 4


def test_what_rests_on_a_forgotten_article_goes_and_what_it_decided_is_open_again(
    connection: Connection,
) -> None:
    other = article("Halden opens a model", "Northwind did.", key="ledger")
    placed(connection, other)
    add_predictions(connection, [predicted()], NOW)
    mark_due(connection, date(2026, 9, 1))
    cited = Citation(passage=f"{other.id}.1.1", quote="Northwind did.")
    decide(
        connection,
        prediction_id(predicted()),
        Decision(outcome=Outcome.CAME_TRUE, at=NOW, citation=cited),
    )
    forget_predictions(connection, [other.id])
    undone = outcomes(connection)
    forget_predictions(connection, [ONE.id])

    assert (undone, outcomes(connection)) == ([Outcome.DUE], [])


def test_the_scorecard_is_made_from_a_few_of_each_kind_and_counts_of_all(
    connection: Connection,
) -> None:
    add_predictions(
        connection,
        [predicted(f"It plans to open number {n}.", by=date(2026, 7, 10 + n)) for n in range(9)],
        NOW,
    )
    everything = stored_predictions(connection)
    mark_due(connection, date(2026, 7, 13))
    for hours, each in enumerate(everything[-3:]):
        decide(
            connection,
            each.id,
            Decision(
                outcome=Outcome.CAME_TRUE, at=NOW + timedelta(hours=hours), url="https://a.example/"
            ),
        )
    before = shown_predictions(connection, 2), counts(connection)
    save_lines(connection, [line(everything[0].story_id)])
    places = [
        everything.index(replace(prediction, is_due=False, decision=None))
        for prediction in shown_predictions(connection, 2)
    ]

    assert before == ((), {})  # a story that is not told
    assert places == [0, 1, 3, 4, 7, 8]
    assert {outcome: number for (_, outcome), number in counts(connection).items()} == {
        Outcome.DUE: 3, Outcome.OPEN: 3, Outcome.CAME_TRUE: 3,
    }  # fmt: skip


def line(story_id: str) -> StoredLine:
    """That of a story, with next to nothing on it."""
    published = builders.published_story(builders.story([builders.member(ONE)]))
    return StoredLine(
        story_id=story_id,
        own="",
        line="",
        outline=outline(published),
        document="",
        path="",
        week="2026-W27",
        lane="news",
        published=NOW,
        changed=NOW,
        score=0.0,
        pinned=False,
        read=False,
        origins=1,
        counts="",
        errata="[]",
        corrected=None,
        listed=(),
    )


# The command


def shown(house: House, *arguments: str) -> str:
    code, out, err = result_of(house, "predictions", "list", *arguments)
    assert (code, err) == (0, "")
    return out


def test_the_list_goes_by_the_day_that_is_asked_for_and_says_where_the_judged_are(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, "")
    database = Database(house.database)
    database.upgrade(NOW)
    with database.writing() as opened:
        placed(opened, ONE)
        add_predictions(opened, [predicted()], NOW)
        (kept,) = stored_predictions(opened)
    before, after = (
        shown(house, "--due", "--now", "2026-08-31"),
        shown(house, "--due", "--now", "2026-09-01"),
    )
    with database.writing() as opened:
        decide(
            opened,
            kept.id,
            Decision(outcome=Outcome.DID_NOT, at=NOW, url="https://daily.example/no"),
        )
    database.close()

    assert (kept.id in before, kept.id in after) == (False, True)
    assert (named(shown(house)), "(--all " in shown(house)) == (["1"], True)
    assert kept.id in shown(house, "--all")


def test_a_refresh_counts_what_is_due_as_the_list_does(tmp_path: Path) -> None:
    house = House(tmp_path, "")
    database = Database(house.database)
    database.upgrade(NOW)
    inferred = predicted("Northwind will open another model.")
    cited = replace(inferred.claim, kind=ClaimKind.INFERRED, citations=predicted().claim.citations)
    with database.writing() as opened:
        placed(opened, ONE)
        add_predictions(opened, [predicted(), replace(inferred, claim=cited)], NOW)
        assert len(stored_predictions(opened)) == 2
    database.close()

    code, out, _ = result_of(house, "refresh", "--now", "2026-09-01")

    assert (code, "1 prediction due to be judged" in out) == (0, True)
    assert shown(house, "--due", "--now", "2026-09-01").count("awaiting a verdict") == 1


@pytest.mark.parametrize(
    ("sign", "is_shown"), [("It opens another by August.", False), ("A report that it did.", True)]
)
def test_the_list_has_the_sign_of_a_prediction_that_says_more(
    tmp_path: Path, sign: str, is_shown: bool
) -> None:
    house = House(tmp_path, "")
    database = Database(house.database)
    database.upgrade(NOW)
    with database.writing() as opened:
        placed(opened, ONE)
        add_predictions(opened, [replace(predicted(), sign=sign)], NOW)
    database.close()

    assert ("comes true if: " in shown(house)) is is_shown


def test_the_list_has_one_event_once_like_the_scorecard(tmp_path: Path) -> None:
    inferred = replace(
        predicted(), claim=replace(predicted("It keeps its word.").claim, kind=ClaimKind.INFERRED)
    )
    house = House(tmp_path, "")
    database = Database(house.database)
    database.upgrade(NOW)
    with database.writing() as opened:
        placed(opened, ONE)
        add_predictions(opened, [predicted(), inferred], NOW)
        stored = stored_predictions(opened)
    database.close()

    printed = shown(house, "--all", "--now", "2026-08-01")
    assert [one.id in printed for one in stored].count(True) == 1
