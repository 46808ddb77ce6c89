"""What sources give a reader to do by a day: what ends, and what is a duty; and what only sounds
so.
"""

from __future__ import annotations

import pytest

from aggregator.domain.claim import Action
from aggregator.story.rules.extractive import page_by_rules
from tests.unit.story.makers import reported, story

TITLE = "Northwind changes the API of its models"
LEAD = "Northwind told developers about its API on Saturday."


def found(*sentences: str, title: str = TITLE) -> tuple[Action, ...]:
    """What a story of 4 July 2026, whose first report was learnt of that day, gives to do by the
    rules.
    """
    made = page_by_rules(story(reported(title, LEAD, *sentences)), language="en", quote_words=25)
    assert made is not None
    return made.what_to_do_next


@pytest.mark.parametrize(
    ("sentence", "by"),
    [
        pytest.param(
            "The Northwind API for images will be shut down on 1 March 2027.",
            "2027-03-01",
            id="will be shut down",
        ),
        pytest.param(
            "Northwind will retire the older models of its API in October.",
            "2026-10",
            id="will retire",
        ),
        pytest.param(
            "The older API of Northwind will no longer be available from 15 August.",
            "2026-08-15",
            id="no longer available",
        ),
        pytest.param(
            "Northwind will stop selling the API for a single fee next month.",
            "2026-08",
            id="will stop selling",
        ),
        pytest.param(
            "Support for Northwind One ends on 31 December 2026.", "2026-12-31", id="support ends"
        ),
        pytest.param(
            "Developers have until 30 September to move their keys to the API.",
            "2026-09-30",
            id="have until",
        ),
        pytest.param(
            "Companies that use the API must name a contact by 1 August 2026.",
            "2026-08-01",
            id="must by",
        ),
    ],
)
def test_what_ends_or_is_due_on_a_day_is_something_to_do_by_then(sentence: str, by: str) -> None:
    assert [(action.claim.text, action.by) for action in found(sentence)] == [(sentence, by)]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind advises companies to keep their keys out of the API.", id="advises"
        ),
        pytest.param(
            "Northwind recommends that developers train their own models.", id="recommends that"
        ),
        pytest.param(
            "Users of the Northwind API should rotate their keys at once.", id="should rotate"
        ),
        pytest.param(
            "Everybody who runs versions 3.0.0 to 3.4.1 of the API should update it now.",
            id="everybody who",
        ),
    ],
)
def test_advice_without_a_day_is_nothing_that_rules_print(sentence: str) -> None:
    assert found(sentence) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("The Northwind API for images was shut down on 1 March 2026.", id="over"),
        pytest.param(
            "The Northwind API will be shut down on 1 March 2027 if the court agrees.",
            id="a condition",
        ),
        pytest.param(
            "The Northwind API will not be shut down on 1 March 2027, the company says.",
            id="denied",
        ),
        pytest.param(
            "Northwind must give its logs to the court by 1 August 2026.",
            id="a duty of one company",
        ),
        pytest.param(
            "The Northwind API will be shut down for good, said a report that appeared on 1 May.",
            id="no date of its own",
        ),
        pytest.param(
            "The law on models is set to take effect from January 1, 2027.",
            id="a law that does not say who must do what",
        ),
        pytest.param("Northwind urged lawmakers to vote for the API law.", id="advice to others"),
        pytest.param("Northwind told developers to expect a faster API.", id="nothing to do"),
        pytest.param(
            "A bill that was proposed on Monday would have its API rules take effect on 2 August.",
            id="proposed",
        ),
    ],
)
def test_what_only_sounds_so_is_nothing_to_do(sentence: str) -> None:
    assert found(sentence) == ()


def test_two_dated_duties_are_enough() -> None:
    due = [
        "The Northwind API for images will be shut down on 1 March 2027.",
        "Developers have until 30 September to move their keys to the new address.",
        "Support for the first version of Northwind ends on 31 December 2026.",
    ]

    assert [action.claim.text for action in found(*due)] == due[:2]


def test_it_speaks_to_the_role_of_its_own_words_among_those_that_the_story_concerns() -> None:
    (action,) = found(
        "The Northwind API for images will be shut down on 1 March 2027.",
        "Its SDK and its API are open-source.",
    )

    assert action.role == "developers"
