"""What sources foretell, by when and how likely; and what only looks ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.domain.claim import Implication, Likelihood
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.extract.quotable_sentences import quotable_sentences
from aggregator.story.rules.commitment import implications, most_likely
from tests.unit.story.makers import reported, story

TITLE = "Northwind opens a second model for hospitals"


def predicted(
    *sentences: str, lane: Lane = Lane.NEWS, hours: float = 0.0
) -> tuple[Implication, ...]:
    """What one article of 4 July 2026 foretells."""
    return of(reported(TITLE, *sentences, lane=lane, hours=hours))


def of(*members: Member) -> tuple[Implication, ...]:
    return implications(quotable_sentences(members), story(*members), 25)


@pytest.mark.parametrize(
    ("sentence", "horizon", "likelihood"),
    [
        pytest.param(
            "Northwind plans to open the model to all hospitals in March 2027.",
            date(2027, 3, 31),
            Likelihood.PLANNED,
            id="a plan",
        ),
        pytest.param(
            "Enforcement of the law on the model begins on 1 January 2027.",
            date(2027, 1, 1),
            Likelihood.SCHEDULED,
            id="what begins",
        ),
        pytest.param(
            "Northwind will publish the weights of the model on 3 September 2026.",
            date(2026, 9, 3),
            Likelihood.ANNOUNCED,
            id="will",
        ),
        pytest.param(
            "The Norse Act on hospitals takes effect on 1 January 2027.",
            date(2027, 1, 1),
            Likelihood.RULED,
            id="a law",
        ),
        pytest.param(
            "Analysts expect Northwind to sell the model to ten hospitals by 2028.",
            date(2028, 12, 31),
            Likelihood.FORECAST,
            id="forecast",
        ),
        pytest.param(
            "By 2028, Northwind aims to run the model in ninety hospitals.",
            date(2028, 12, 31),
            Likelihood.PLANNED,
            id="date first",
        ),
        pytest.param(
            "Northwind is set to ship the model to hospitals in early 2027.",
            date(2027, 6, 30),
            Likelihood.SCHEDULED,
            id="early in a year",
        ),
        pytest.param(
            "Northwind is set to ship the model to hospitals in the first quarter of 2027.",
            date(2027, 3, 31),
            Likelihood.SCHEDULED,
            id="a quarter",
        ),
    ],
)
def test_a_dated_plan_is_foretold_as_the_source_puts_it(
    sentence: str, horizon: date, likelihood: Likelihood
) -> None:
    assert [
        (implication.claim.text, implication.horizon, implication.likelihood)
        for implication in predicted(sentence)
    ] == [(sentence, horizon, likelihood)]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Northwind plans to open the model to all hospitals soon.", id="no date"),
        pytest.param(
            "The rollout to all hospitals will begin in March 2027.", id="nobody is named"
        ),
        pytest.param("Northwind opened the model to all hospitals in May 2026.", id="the past"),
        pytest.param(
            "Northwind could open a third model for hospitals as early as August 2026.", id="could"
        ),
        pytest.param(
            "Models will continue to change how hospitals work in 2027.", id="a general truth"
        ),
        pytest.param(
            "Northwind's model will host its 2034 games for hospitals from Sept. 10-26.",
            id="a date of another year",
        ),
        pytest.param(
            "Northwind will open the model in March 2027 if the hospitals agree.", id="a condition"
        ),
        pytest.param(
            "Northwind had planned to open the model to hospitals in March 2027.", id="planned once"
        ),
        pytest.param("Northwind will not open the model to hospitals in March 2027.", id="denied"),
        pytest.param(
            "Northwind will sell the model that hospitals have run since 2024.",
            id="another clause's date",
        ),
        pytest.param(
            "The model could change the talks that Northwind began with hospitals in August.",
            id="may, loosely dated",
        ),
        pytest.param(
            "Northwind will spend the 2027 budget of the model on hospitals.",
            id="a year that is a name",
        ),
        pytest.param("Northwind will open the model to hospitals by 2090.", id="too far ahead"),
        pytest.param(
            "Halden plans to paint its offices in Bergen in March 2027.", id="another subject"
        ),
        pytest.param(
            "From 1 March 2027 the hospitals of the city will use it for a model of letters.",
            id="use what",
        ),
        pytest.param(
            "In March 2027, where it rains, visitors will see the model of Northwind.",
            id="another clause",
        ),
    ],
)
def test_what_cannot_be_told_right_or_wrong_is_not(sentence: str) -> None:
    assert predicted(sentence) == ()


def test_papers_foretell_nothing() -> None:
    assert (
        predicted(
            "Northwind plans to open the model to all hospitals in March 2027.", lane=Lane.PAPER
        )
        == ()
    )


def test_what_was_due_before_we_learnt_of_it_is_history() -> None:
    member = reported(TITLE, "Northwind plans to open the model to all hospitals in August 2026.")
    late = replace(story(member), first_seen=story(member).first_seen + timedelta(days=90))

    assert implications(quotable_sentences((member,)), late, 25) == ()


def test_one_plan_told_twice_is_one_prediction() -> None:
    first = reported(TITLE, "Northwind plans to open the model to all hospitals in March 2027.")
    again = reported(
        TITLE,
        "Northwind says it plans to open the model to all hospitals in March 2027.",
        key="ledger",
    )

    assert len(of(first, again)) == 1


def test_what_shows_that_it_came_true_is_what_the_source_says() -> None:
    (found,) = predicted("Northwind plans to open the model to all hospitals in March 2027.")

    assert found.sign == found.claim.text


@pytest.mark.parametrize(
    ("premise", "most"),
    [
        pytest.param("Halden will cut its price in May.", Likelihood.VERY_LIKELY, id="a promise"),
        pytest.param("Halden cut its price in May.", Likelihood.LIKELY, id="nothing ahead"),
        pytest.param("Halden may cut its price in May.", Likelihood.EVEN, id="it may"),
        pytest.param("Halden is expected to cut its price.", Likelihood.EVEN, id="a forecast"),
        pytest.param(
            "Halden will cut its price if Oslo agrees.", Likelihood.EVEN, id="on condition"
        ),
    ],
)
def test_an_inference_is_at_most_as_likely_as_its_premise_bears_out(
    premise: str, most: Likelihood
) -> None:
    assert most_likely([premise]) is most
