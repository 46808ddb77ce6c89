"""Attribution: key statements of one party name it, once, and outlets are named beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.domain.claim import Claim, ClaimKind, Draft
from aggregator.domain.story import Member, PublishedStory
from aggregator.verify.origins import attributed
from tests import builders

PAPER, POST = (
    builders.article("Vexel ships a chip", key="paper"),
    builders.article("Our chip", key="vexel"),
)
AGAIN = builders.article("Vexel ships a chip, agencies say", key="gazette")
SAID = "The chip halves the bill for power."


def written(text: str, *of: Member) -> Claim:
    """A sentence of a model's that cites articles."""
    return builders.claim(text, *(member.article for member in of), kind=ClaimKind.WRITTEN)


def told(draft: Draft, *members: Member) -> PublishedStory:
    """A story of some members, told so."""
    story = builders.published_story(builders.story(members))
    return replace(story, analysis=replace(story.analysis, kept=draft))


REPORT = builders.member(PAPER, name="The Paper")
OWN = builders.member(POST, name="Vexel Blog", family="vexel", primary=True)
COPY = builders.member(AGAIN, name="The Gazette", copy_of=PAPER.id)
CARRIED = builders.member(
    builders.article("Vexel's chip, in its words", key="wires"), name="The Wires", copy_of=POST.id
)
HEADLINE = builders.headline(PAPER)


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        pytest.param(
            written(SAID, REPORT),
            SAID,
            id="an outlet",
        ),
        pytest.param(
            written(SAID, OWN),
            "The chip halves the bill for power, according to Vexel.",
            id="the vendor's own word",
        ),
        pytest.param(
            written("Vexel ships it.", OWN),
            "Vexel ships it, it says.",
            id="the vendor of itself",
        ),
        pytest.param(written(SAID, REPORT, OWN), SAID, id="two origins"),
        pytest.param(
            written(SAID, REPORT, COPY),
            SAID,
            id="a copy",
        ),
        pytest.param(
            written(SAID, CARRIED),
            "The chip halves the bill for power, according to Vexel.",
            id="an outlet that prints the party's own words",
        ),
        pytest.param(
            written("Orla Brandt said it halves the bill.", OWN),
            "Orla Brandt said it halves the bill.",
            id="said",
        ),
        pytest.param(
            written("Who pays the bill?", OWN),
            "According to Vexel: Who pays the bill?",
            id="no plain end",
        ),
        pytest.param(
            builders.claim(SAID, PAPER), SAID, id="a quotation names its source beside it"
        ),
    ],
)
def test_a_key_statement_of_one_party_names_it(claim: Claim, shown: str) -> None:
    story = attributed(told(Draft(headline=HEADLINE, hook=claim), REPORT, OWN, COPY, CARRIED))

    assert story.analysis.kept.hook == replace(claim, text=shown)


def test_a_party_is_named_and_not_the_title_of_its_feed() -> None:
    feed = builders.member(PAPER, name="Chips (and power) | Paper", primary=True)
    story = attributed(told(Draft(headline=HEADLINE, hook=written(SAID, feed)), feed))

    assert story.analysis.kept.hook == replace(
        written(SAID, feed), text="The chip halves the bill for power, according to Paper."
    )


def test_who_was_named_last_is_not_named_again() -> None:
    changes = (
        written("It ships in May.", OWN),
        written("It costs less.", REPORT),
        written("It is made in Norvik.", OWN),
    )
    draft = Draft(headline=HEADLINE, hook=written(SAID, OWN), what_changed=changes)

    shown = [
        claim.text for claim in attributed(told(draft, REPORT, OWN)).analysis.kept.what_changed
    ]

    assert shown == [
        "It ships in May.",
        "It costs less.",
        "It is made in Norvik, according to Vexel.",
    ]


def test_a_statement_that_names_its_speaker_does_not_speak_for_the_next() -> None:
    draft = Draft(
        headline=HEADLINE,
        hook=written("Orla Brandt said it is dear.", OWN),
        what_changed=(written(SAID, OWN),),
    )

    shown = [claim.text for claim in attributed(told(draft, OWN)).analysis.kept.what_changed]

    assert shown == ["The chip halves the bill for power, according to Vexel."]


def test_of_takeaways_those_with_figures_are_key() -> None:
    draft = Draft(
        headline=HEADLINE,
        takeaways=(written("Power is dear.", OWN), written("It saves 40 watts.", OWN)),
    )

    shown = [takeaway.text for takeaway in attributed(told(draft, OWN)).analysis.kept.takeaways]

    assert shown == ["Power is dear.", "It saves 40 watts, according to Vexel."]


def test_a_story_of_quotations_stays_the_same_record() -> None:
    story = builders.leverage_story()

    assert attributed(story) is story


EARLIER = builders.article(
    "Vexel makes its first chip", key="wire", at=builders.NOON - timedelta(days=400)
)
WIRE = builders.member(EARLIER, name="The Wire News")
VEXEL = builders.member(
    builders.article("Our first chip", key="vexel", at=builders.NOON - timedelta(days=400)),
    name="Vexel News",
    primary=True,
)


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        pytest.param(
            written("Vexel made its first chip in Norvik.", WIRE),
            "Vexel made its first chip in Norvik, The Wire News reported on 30 May 2025.",
            id="no date of its own",
        ),
        pytest.param(
            written("The first chip was made in Norvik.", VEXEL),
            "The first chip was made in Norvik, Vexel reported on 30 May 2025.",
            id="of the company itself",
        ),
        pytest.param(
            written("Vexel made a chip in March 2025.", WIRE),
            "Vexel made a chip in March 2025.",
            id="a date with its year",
        ),
        pytest.param(
            written("Vexel makes a chip in March.", WIRE),
            "Vexel makes a chip in March, The Wire News reported on 30 May 2025.",
            id="a date that is read otherwise today",
        ),
        pytest.param(
            written("Vexel made a chip, Orla Brandt said.", WIRE),
            "30 May 2025: Vexel made a chip, Orla Brandt said.",
            id="somebody said it then",
        ),
        pytest.param(
            written("Vexel makes a chip.", REPORT), "Vexel makes a chip.", id="of the news"
        ),
        pytest.param(
            written("Vexel makes a chip.", REPORT, WIRE),
            "Vexel makes a chip.",
            id="of the news and of before",
        ),
    ],
)
def test_what_an_earlier_report_alone_says_is_told_with_its_day(claim: Claim, shown: str) -> None:
    of = told(Draft(headline=HEADLINE, why_it_matters=(claim,), takeaways=(claim,)), REPORT)
    kept = attributed(replace(of, story=replace(of.story, background=(WIRE, VEXEL)))).analysis.kept

    assert [item.text for item in (*kept.why_it_matters, *kept.takeaways)] == [shown, shown]
