"""Empty phrases: a claim says what happens, and to whom."""

from __future__ import annotations

import pytest

from aggregator.verify.form import has_empty_phrase


@pytest.mark.parametrize(
    "claim",
    [
        "The report highlights three flaws in the parser.",
        "Vexel will cut 1,200 jobs by March.",
        "The two sides remain divided over the price.",
        "Solano called the launch “a game-changer for the industry”.",
        "The model draws portraits and landscapes.",
        "Today's release fixes the flaw.",
        "The road to the data centre was paved in May.",
        "Teams that run version 2 must upgrade by Friday.",
        "Norvik rotates its keys every month.",
        "The step count rose to 40,000.",
        "The auditors asked for monthly reviews of the logs.",
        "Regulators can ask for the training data.",
        "The bill raises the fine to $10m.",
        "Halden leads the market for voice models.",
        "The licence ends the right to commercial use.",
    ],
)
def test_a_plain_claim_passes(claim: str) -> None:
    assert not has_empty_phrase(claim, ["The model draws landscapes."])


@pytest.mark.parametrize(
    "claim",
    [
        "This highlights the growing divide in the industry.",
        "The launch highlights the importance of testing.",
        "In today's market, speed counts.",
        "The deal underscores Norvik's ambitions.",
        "The ruling paves the way for new models.",
        "Kestrel-5 is a game-changer.",
        "The chip is revolutionary.",
        "It is important to note that prices fell.",
        "The case raises important questions about privacy.",
        "The law is a significant step towards safety.",
        "Vexel wants a place in the AI landscape.",
        "Halden uses cutting-edge chips.",
        "Developers should test it to stay ahead.",
        "Firms can leverage synergies between the tools.",
        "Teams should ensure compliance with best practices.",
        "Security teams should conduct regular audits of their systems.",
        "The move marks a new era for chips.",
        "The move could transform the industry.",
        "The outage serves as a stark reminder.",
        "Leaders should keep an eye on developments.",
        "The model has 14 billion parameters, which is a significant challenge for developers.",
    ],
)
def test_an_empty_phrase_does_not(claim: str) -> None:
    assert has_empty_phrase(claim, ["The model draws portraits."])


def test_some_phrases_pass_where_a_passage_has_them_and_others_never() -> None:
    assert not has_empty_phrase("It ranks images of landscapes.", ["It ranks landscapes."])
    assert has_empty_phrase("It paves the way for more.", ["It paves the way for more."])
