"""Dangling: what cannot be read alone. A claim stands by itself in lists, mails and feeds."""

from __future__ import annotations

import pytest

from aggregator.verify.phrases import is_dangling


@pytest.mark.parametrize(
    "claim",
    [
        "It supports vision over images and video.",
        "Its price fell by a third.",
        "This could mean higher costs for developers.",
        "Our decoder outputs meshes in the same format.",
        "Northwind and our partners released the weights.",
        "High hallucination rate and higher serving costs.",
        "Voice pipelines and browser automation tools.",
        "A new ecosystem with integrations from Cloudflare, Modal and others.",
        "Halden could improve the accuracy of predictions of.",
        "The new method of Halden is …",
        (
            "The machine's letters, which changes the way clerks draft letters to citizens in the"
            " city."
        ),
        "Introducing Kestrel 4.6, a new model with limited-time pricing for self-serve users.",
    ],
)
def test_a_pointer_a_voice_a_missing_verb_and_a_broken_end_are_found(claim: str) -> None:
    assert is_dangling(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "Northwind loosens its contract with Halden.",
        "The F40 scores 42 on the index.",
        "US regulators fined Halden in May.",
        "Halden said “we will appeal” on Friday.",
        "Northwind and Halden agree on a price of 3 dollars.",
        "Halden, which has a plant in Oslo, opened a shop.",
        "The plant opened in May, which was late.",
        "Publishers could ask other companies for such lists.",
    ],
)
def test_a_sentence_that_stands_alone_is_left_alone(claim: str) -> None:
    assert not is_dangling(claim)
