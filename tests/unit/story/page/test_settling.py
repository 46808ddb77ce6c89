"""What is printed of a page once all was tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import SECTIONS, Citation, Claim, ClaimKind, Draft, Likelihood
from aggregator.domain.sections import Content, Section
from aggregator.story.page.sentences import Sentence
from aggregator.story.page.settling import filled, settled
from aggregator.story.sections import WRITING_OF
from tests.unit.story import notes

_KEY = notes.DAILY.article.passages[1].key


def claim(text: str) -> Claim:
    """A claim of a model's own."""
    return Claim(
        text=text,
        kind=ClaimKind.INFERRED,
        citations=(Citation(passage=_KEY, quote="its second model"),),
    )


def printed(*sentences: Sentence, refused: tuple[int, ...] = ()) -> list[Sentence]:
    """What is printed of these sentences where these were refused twice and "45" is wrong."""
    check = notes.refusing("45")
    found = {place: check(sentences[place].claim, ()) for place in refused}
    return settled(sentences, found, check)


def test_a_step_keeps_its_claim_without_the_trigger_that_may_not_be_printed() -> None:
    step = Sentence(
        section="what_to_do_next",
        claim=claim("Test the model of Northwind."),
        trigger=claim("you have 45 cards"),
        role="developers",
    )

    assert [each.trigger for each in printed(step)] == [None]
    assert printed(replace(step, trigger=claim("you have a card")))[0].trigger is not None


def test_a_sign_that_may_not_be_printed_gives_way_to_the_claim() -> None:
    predicted = Sentence(
        section="implications",
        claim=claim(notes.PLAN),
        likelihood=Likelihood.LIKELY,
        sign="Northwind publishes 45 files.",
    )

    assert [each.sign for each in printed(predicted)] == [notes.PLAN]


@pytest.mark.parametrize("section", ["hook", "what_changed", "takeaways", "what_to_do_next"])
def test_nothing_stands_in_for_a_refused_sentence(section: str) -> None:
    wrong, right = (
        Sentence(section=section, claim=claim(text), role="developers")
        for text in ("Halden cuts its price by 45 percent.", "Halden cuts its price by a third.")
    )

    assert printed(wrong, right, refused=(0,)) == [right]


@pytest.mark.parametrize(
    "section",
    [
        section
        for section in SECTIONS
        if section.content is Content.CLAIMS and section.key in WRITING_OF
    ],
    ids=lambda section: section.key,
)
def test_rules_fill_every_section_of_claims_that_the_writer_leaves_empty(section: Section) -> None:
    chosen = replace(claim(notes.PLAN), kind=ClaimKind.EXTRACTED)
    empty = Draft(headline=notes.material().headline)

    page = filled(empty, empty.with_items({section: [chosen]}), lambda _: False)

    assert page.items(section) == (chosen,)


def test_what_rules_chose_for_an_empty_section_is_left_out_where_the_page_says_it_already() -> None:
    chosen = replace(claim(notes.PLAN), kind=ClaimKind.EXTRACTED)
    empty = Draft(headline=notes.material().headline)

    page = filled(empty, replace(empty, takeaways=(chosen,)), lambda said: said == chosen)

    assert page.takeaways == ()
