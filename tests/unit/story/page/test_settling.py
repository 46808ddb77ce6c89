"""What is printed of a page once all was tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import (
    SECTIONS,
    Citation,
    Claim,
    ClaimKind,
    Draft,
    Likelihood,
    Rejection,
    Role,
)
from aggregator.domain.sections import Content, Section
from aggregator.story.page.sentences import Sentence
from aggregator.story.page.settling import filled, settled
from aggregator.story.sections import WRITING_OF
from aggregator.verify.gates import Refusal
from tests.unit.story import notes
from tests.unit.story.makers import reported

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
    return settled(sentences, found, notes.facts(), notes.material(), check)


def test_a_step_keeps_its_claim_without_the_trigger_that_may_not_be_printed() -> None:
    step = Sentence(
        section="what_to_do_next",
        claim=claim("Test the model of Northwind."),
        trigger=claim("you have 45 cards"),
        role=Role.DEVELOPERS,
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


def test_a_step_that_is_refused_is_never_replaced_by_a_quotation() -> None:
    step = Sentence(
        section="what_to_do_next", claim=claim("Buy 45 models of Northwind."), role=Role.DEVELOPERS
    )

    assert printed(step, refused=(0,)) == []


def test_no_sentence_of_a_source_stands_in_twice() -> None:
    wrong = tuple(
        Sentence(section="what_changed", claim=claim(f"Halden cuts its price by 45 {unit}."))
        for unit in ("percent", "dollars", "euros")
    )
    texts = [each.claim.text for each in printed(*wrong, refused=(0, 1, 2))]

    assert len(texts) == len(set(texts)) == 3


def test_a_quotation_that_is_cut_stands_in_only_where_too_few_are_left() -> None:
    long = (
        "Halden cut the price of its API by a third on Saturday, while analysts at Ferrow Research"
        " in Bergen kept their estimate of what it earns with it."
    )
    of = notes.material(reported("Halden cuts its price", long))
    right, other, wrong = (
        Sentence(section="takeaways", claim=claim(f"{who} cut the price of its API by a third."))
        for who in ("Ferrow", "Bergen", "Halden")
    )

    def settle(*several: Sentence) -> list[str]:
        refused = {len(several) - 1: Refusal(reason=Rejection.JUDGED)}
        return [each.claim.text for each in settled(several, refused, (), of, notes.refusing())]

    assert settle(right, wrong)[1].startswith("Halden cut")
    assert settle(right, wrong)[1].endswith(" …")
    assert settle(right, other, wrong) == [right.claim.text, other.claim.text]


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
