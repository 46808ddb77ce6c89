"""Polarity: yes stays yes, and no stays no."""

from __future__ import annotations

import pytest

from aggregator.verify.overlap.polarity import has_other_polarity

PRICES = "Vexel will not raise prices this year, but it will charge for support."
REFUSED = "Norvik refused to share its training data with the regulator."
DECLINED = "A spokesman declined to comment on the merger talks."
NEVER = "The model was never tested on medical records, the audit found."
OPEN = "The weights are free to download and the licence allows commercial use."
BAN = "The ministry banned the app on government phones after a breach."
FAILED = "Halden failed to disclose the outage to customers."
ONLY = "The update not only fixes the flaw but also speeds up search."
WITHOUT = "The agent runs without a network connection."
UNLIKELY = "A ruling is unlikely before March."
UNPAID = "None of the authors was paid for the books."
SELDOM = "The audit seldom found the model wrong."
MERGED = "Quillon opened its office in Lisbon. The founders did not say what it cost."

TRUE = [
    pytest.param(PRICES, "Vexel won't raise prices this year.", id="contracted"),
    pytest.param(PRICES, "Vexel will charge for support.", id="the other half"),
    pytest.param(PRICES, "Prices at Vexel will not be raised this year.", id="turned round"),
    pytest.param(
        REFUSED,
        "Norvik did not share its training data with the regulator.",
        id="refused is did not",
    ),
    pytest.param(REFUSED, "Norvik refused to share its data with the regulator.", id="the same"),
    pytest.param(
        DECLINED, "A spokesman would not comment on the merger talks.", id="declined is would not"
    ),
    pytest.param(
        NEVER,
        "According to the audit the model was not tested on medical records.",
        id="never is not",
    ),
    pytest.param(NEVER, "The audit found the model untested on medical records.", id="un-"),
    pytest.param(OPEN, "The licence allows commercial use of the weights.", id="yes"),
    pytest.param(
        BAN, "The app is no longer allowed on government phones.", id="banned is no longer"
    ),
    pytest.param(
        BAN, "After a breach the ministry banned the app on government phones.", id="reordered"
    ),
    pytest.param(
        FAILED, "Halden did not disclose the outage to customers.", id="failed to is did not"
    ),
    pytest.param(ONLY, "The update fixes the flaw and speeds up search.", id="not only"),
    pytest.param(WITHOUT, "The agent needs no network connection.", id="without is no"),
    pytest.param(UNLIKELY, "A ruling before March is not likely.", id="unlikely is not likely"),
    pytest.param(UNPAID, "The authors were not paid for the books.", id="none is not"),
    pytest.param(SELDOM, "The audit did not often find the model wrong.", id="seldom is not often"),
    pytest.param(
        MERGED,
        "Quillon opened an office in Lisbon but did not say what it cost.",
        id="two sentences in one",
    ),
    pytest.param(
        "That has not stopped Mira Solano, who leaves Vexel in May.",
        "Mira Solano leaves Vexel in May.",
        id="an aside",
    ),
    pytest.param(MERGED, "Quillon opened its office in Lisbon.", id="a sentence beside a denial"),
]
FALSE = [
    pytest.param(PRICES, "Vexel will raise prices this year.", id="not is gone"),
    pytest.param(PRICES, "Vexel will not charge for support.", id="not in the other half"),
    pytest.param(
        REFUSED, "Norvik shared its training data with the regulator.", id="refused is gone"
    ),
    pytest.param(DECLINED, "A spokesman commented on the merger talks.", id="declined is gone"),
    pytest.param(
        NEVER, "The audit found the model was tested on medical records.", id="never is gone"
    ),
    pytest.param(OPEN, "The licence does not allow commercial use.", id="not came in"),
    pytest.param(OPEN, "The weights are not free to download.", id="not came in before"),
    pytest.param(OPEN, "The weights can't be downloaded free.", id="n't came in"),
    pytest.param(
        OPEN, "The licence hardly allows commercial use of the weights.", id="hardly came in"
    ),
    pytest.param(SELDOM, "The audit found the model wrong.", id="seldom is gone"),
    pytest.param(
        BAN, "The ministry has not banned the app on government phones.", id="a ban denied"
    ),
    pytest.param(
        BAN, "The ministry never banned the app on government phones.", id="a ban denied by never"
    ),
    pytest.param(FAILED, "Halden disclosed the outage to customers.", id="failed is gone"),
    pytest.param(ONLY, "The update does not fix the flaw.", id="not only became not"),
    pytest.param(WITHOUT, "The agent runs with a network connection.", id="without is gone"),
    pytest.param(UNLIKELY, "A ruling is likely before March.", id="unlikely is gone"),
    pytest.param(UNPAID, "The authors were paid for the books.", id="none is gone"),
    pytest.param(MERGED, "Quillon did not open its office in Lisbon.", id="denied by a neighbour"),
    pytest.param(MERGED, "The founders did say what it cost.", id="did say"),
]


@pytest.mark.parametrize(("evidence", "claim"), TRUE)
def test_the_same_polarity_passes(evidence: str, claim: str) -> None:
    assert not has_other_polarity(claim, [evidence])


@pytest.mark.parametrize(("evidence", "claim"), FALSE)
def test_the_other_polarity_does_not(evidence: str, claim: str) -> None:
    assert has_other_polarity(claim, [evidence])


def test_what_no_sentence_tells_is_not_judged_here() -> None:
    assert not has_other_polarity("Teams that stay on the old release are not covered.", [PRICES])
