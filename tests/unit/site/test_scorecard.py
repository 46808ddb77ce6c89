"""The scorecard: which predictions it shows, in which order, and how often each word was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.domain.claim import Citation, ClaimKind, Implication, Likelihood
from aggregator.domain.prediction import Decision, Outcome, Prediction
from aggregator.domain.settings import SiteSettings
from aggregator.plugins.predictions.scorecard import PredictionLedger, scorecard_page
from aggregator.resources import TEMPLATES
from aggregator.site.lists.lines import story_line
from aggregator.templating.environment import renderer
from tests import builders

SITE = SiteSettings(base_url="https://news.example")
TOLD = builders.news_story(1)
MEMBER = TOLD.story.members[0]
LINES = {TOLD.story.id: story_line(TOLD, "en")}


def predicted(
    n: int,
    outcome: Outcome,
    likelihood: Likelihood = Likelihood.LIKELY,
    story_id: str = TOLD.story.id,
) -> Prediction:
    """A prediction for the n-th of August 2026, judged so many hours after noon by a passage."""
    claim = builders.claim(f"Northwind plans to open shop {n} on {n} August 2026.", MEMBER.article)
    citation = Citation(passage=f"{MEMBER.article.id}.1.1", quote=f"Shop {n} is open.")
    decision = Decision(outcome=outcome, at=builders.NOON + timedelta(hours=n), citation=citation)
    return Prediction(
        id=f"prediction{n:02}",
        story_id=story_id,
        noted=builders.NOON,
        implication=Implication(
            claim=claim,
            horizon=date(2026, 8, n),
            likelihood=likelihood,
            sign="A report that it did.",
        ),
        is_due=outcome is Outcome.DUE,
        decision=None if outcome in (Outcome.OPEN, Outcome.DUE) else decision,
    )


def test_a_scorecard_without_predictions_is_empty() -> None:
    assert scorecard_page(PredictionLedger(), {}, SITE).is_empty


@pytest.mark.parametrize("infers", [False, True])
def test_a_scorecard_speaks_of_a_model_only_where_one_infers(infers: bool) -> None:
    static = dict.fromkeys(("style.css", "icon.svg", "reader.js"), "")
    render = renderer(TEMPLATES / "site", "UTC", site=SITE, static=static)
    page = scorecard_page(PredictionLedger(), {}, SITE, infers=infers)
    told = render("scorecard.html", page=page, root="../")

    assert ("a model infer" in told, "What a model infers" in told) == (infers, infers)


def test_what_is_due_judged_and_open_stand_apart_each_in_its_order() -> None:
    ledger = PredictionLedger(
        predictions=[
            predicted(1, Outcome.CAME_TRUE),
            predicted(2, Outcome.DUE),
            predicted(3, Outcome.DID_NOT),
            predicted(4, Outcome.DUE),
            predicted(5, Outcome.OPEN),
        ],
        members={MEMBER.article.id: MEMBER},
    )
    page = scorecard_page(ledger, LINES, SITE)

    assert [line.prediction.id for line in page.due] == ["prediction02", "prediction04"]
    assert [
        (line.prediction.id, line.decided, line.by.text if line.by else "") for line in page.scored
    ] == [
        ("prediction03", "4 July 2026", "Shop 3 is open."),
        ("prediction01", "4 July 2026", "Shop 1 is open."),
    ]
    assert [(line.prediction.id, line.prediction.by, line.story.url) for line in page.open] == [
        ("prediction05", "5 August 2026", LINES[TOLD.story.id].path)
    ]
    assert {name: number for name, number in page.counts.items() if number} == {
        "came_true": 1,
        "did_not": 1,
        "due": 2,
        "open": 1,
    }


def test_what_a_source_states_and_a_model_infers_from_it_is_listed_once() -> None:
    stated, other = predicted(1, Outcome.DUE), predicted(2, Outcome.OPEN)
    claim = replace(
        stated.implication.claim, text="Northwind will keep its word.", kind=ClaimKind.INFERRED
    )
    inferred = replace(
        predicted(1, Outcome.CAME_TRUE),
        id="inferred",
        implication=replace(stated.implication, claim=claim),
    )
    ledger = PredictionLedger(
        predictions=[stated, inferred, other], members={MEMBER.article.id: MEMBER}
    )
    page = scorecard_page(ledger, LINES, SITE)

    shown = [line.prediction.id for line in (*page.due, *page.scored, *page.open)]
    assert (shown, page.unshown) == (["inferred", "prediction02"], 0)


def test_each_word_is_held_against_what_came_of_it() -> None:
    outcomes = (
        Outcome.CAME_TRUE,
        Outcome.CAME_TRUE,
        Outcome.DID_NOT,
        Outcome.UNDECIDABLE,
        Outcome.DUE,
    )
    several = [predicted(n, outcome) for n, outcome in enumerate(outcomes, start=1)]
    several.append(predicted(9, Outcome.OPEN, Likelihood.EVEN))
    page = scorecard_page(
        PredictionLedger(predictions=several, members={MEMBER.article.id: MEMBER}), LINES, SITE
    )

    assert [
        (band.likely, band.band, band.written, band.true, band.false, band.share)
        for band in page.bands
    ] == [
        ("likely", "66–90%", 5, 2, 1, ""),
        ("about as likely as not", "33–66%", 1, 0, 0, ""),
    ]
    assert not page.has_shares


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((Outcome.OPEN, Outcome.DUE, Outcome.UNDECIDABLE), ""),
        ((Outcome.CAME_TRUE, Outcome.OPEN), "The only prediction settled so far came true."),
        ((Outcome.DID_NOT,), "The only prediction settled so far did not come true."),
        (
            (Outcome.CAME_TRUE, Outcome.CAME_TRUE, Outcome.DID_NOT, Outcome.DUE),
            "2 of the 3 predictions settled so far came true.",
        ),
    ],
)
def test_a_sentence_says_how_many_came_true(outcomes: Sequence[Outcome], verdict: str) -> None:
    several = [predicted(n, outcome) for n, outcome in enumerate(outcomes, start=1)]
    members = {MEMBER.article.id: MEMBER}

    assert (
        scorecard_page(PredictionLedger(predictions=several, members=members), LINES, SITE).verdict
        == verdict
    )


def test_a_share_is_shown_from_ten_decided_predictions_on() -> None:
    ledger = PredictionLedger(
        predictions=[predicted(1, Outcome.CAME_TRUE)],
        members={MEMBER.article.id: MEMBER},
        counts={
            (Likelihood.LIKELY, Outcome.CAME_TRUE): 7,
            (Likelihood.LIKELY, Outcome.DID_NOT): 3,
            (Likelihood.EVEN, Outcome.CAME_TRUE): 9,
            (Likelihood.EVEN, Outcome.OPEN): 5,
        },
    )
    page = scorecard_page(ledger, LINES, SITE)

    assert [band.share for band in page.bands] == ["70%", ""]
    assert page.has_shares


def test_the_predictions_of_a_story_that_is_not_told_are_left_out() -> None:
    ledger = PredictionLedger(
        predictions=[predicted(1, Outcome.OPEN, story_id="nobody")],
        members={MEMBER.article.id: MEMBER},
    )

    assert scorecard_page(ledger, LINES, SITE).is_empty


def test_what_the_page_has_no_room_for_is_counted() -> None:
    several = [predicted(n % 28 + 1, Outcome.OPEN) for n in range(70)]

    assert (
        scorecard_page(
            PredictionLedger(predictions=several, members={MEMBER.article.id: MEMBER}), LINES, SITE
        ).unshown
        == 10
    )
