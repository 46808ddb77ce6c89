"""Speakers: what somebody said stays theirs."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.domain.claim import Rejection
from aggregator.verify.anchors.check import objections
from aggregator.verify.anchors.index import Report, story_index

BRANDT = (
    "Orla Brandt, chief executive of Vexel, told staff the cuts were over. Lena Ortiz of Norvik"
    " said rivals would hire them."
)
QUOTED = (
    "“We were wrong about the guardrails,” Mira Solano said. Tomas Reyes, her deputy, called the"
    " outage a freak event."
)
SAFE = (
    "The new model is safe to release, according to Halden. Quillon's auditors warned that it leaks"
    " training data."
)
PRONOUN = (
    "Hana Whitlock runs the registry. She said the backlog would be gone by May. Anaïs Dufour runs"
    " its archive."
)
PLAIN = "Vexel will cut 1,200 jobs by spring. The company said the savings would go into chips."
BANK = "The Bank of Meridia said rates would stay. The Bank of Caldera warned of inflation."

TRUE = [
    pytest.param(BRANDT, "Orla Brandt told staff that the cuts were over.", id="the same"),
    pytest.param(BRANDT, "The cuts are over, Brandt told staff.", id="shorter and behind"),
    pytest.param(BRANDT, "Vexel said the cuts were over.", id="the organisation for its head"),
    pytest.param(BRANDT, "According to Ortiz, rivals would hire them.", id="according to"),
    pytest.param(
        BRANDT, "Norvik's Lena Ortiz expects that rivals would hire them.", id="no verb of saying"
    ),
    pytest.param(
        QUOTED, "“We were wrong about the guardrails,” said Mira Solano.", id="turned round"
    ),
    pytest.param(
        QUOTED, "Solano admitted they “were wrong about the guardrails”.", id="part of a quotation"
    ),
    pytest.param(QUOTED, "Reyes described the outage as a freak event.", id="another verb"),
    pytest.param(
        SAFE, "Halden says the new model is safe to release.", id="according to, told with says"
    ),
    pytest.param(
        SAFE,
        "Auditors at Quillon warned that the model leaks training data.",
        id="of an organisation",
    ),
    pytest.param(
        PRONOUN, "Hana Whitlock said the backlog would be gone by May.", id="a pronoun's name"
    ),
    pytest.param(
        PRONOUN, "The backlog would be gone by May, she said.", id="a pronoun in the claim"
    ),
    pytest.param(
        PLAIN, "Vexel said it will cut 1,200 jobs by spring.", id="the sentence's subject"
    ),
    pytest.param(PLAIN, "Vexel said the savings would go into chips.", id="the company"),
    pytest.param(PLAIN, "The company announced that it will cut 1,200 jobs.", id="nobody by name"),
    pytest.param(BANK, "The Bank of Caldera warned of inflation.", id="a name with of"),
    pytest.param(
        BRANDT, "On Monday the company told staff the cuts were over.", id="a day is no speaker"
    ),
]
FALSE = [
    pytest.param(BRANDT, "Lena Ortiz told staff that the cuts were over.", id="the other one"),
    pytest.param(BRANDT, "The cuts are over, Ortiz told staff.", id="the other one, behind"),
    pytest.param(BRANDT, "Norvik said the cuts were over.", id="the other organisation"),
    pytest.param(
        BRANDT, "According to Brandt, rivals would hire them.", id="according to the other one"
    ),
    pytest.param(
        BRANDT,
        "Vexel chief executive Lena Ortiz told staff the cuts were over.",
        id="the right house, the wrong head",
    ),
    pytest.param(
        QUOTED,
        "“We were wrong about the guardrails,” said Tomas Reyes.",
        id="a quotation turned round",
    ),
    pytest.param(
        QUOTED, "Reyes admitted they “were wrong about the guardrails”.", id="part of a quotation"
    ),
    pytest.param(QUOTED, "Solano described the outage as a freak event.", id="another verb"),
    pytest.param(
        SAFE, "Quillon says the new model is safe to release.", id="according to somebody else"
    ),
    pytest.param(
        SAFE, "Halden warned that the model leaks training data.", id="the other way round"
    ),
    pytest.param(
        PRONOUN, "Anaïs Dufour said the backlog would be gone by May.", id="a pronoun's other name"
    ),
    pytest.param(
        PRONOUN,
        "The backlog would be gone by May, according to Dufour.",
        id="the same with according to",
    ),
    pytest.param(BANK, "The Bank of Caldera said rates would stay.", id="the other bank"),
    pytest.param(BANK, "The Bank of Meridia warned of inflation.", id="the other bank again"),
    pytest.param(
        "Norvik hired 300 people.\nVexel will cut 1,200 jobs.",
        "Norvik says Vexel will cut 1,200 jobs.",
        id="nobody",
    ),
]


def has_other_speaker(claim: str, evidence: str) -> bool:
    """Whether the anchors refuse a claim for its speaker; the evidence is one report."""
    report = Report(
        source="", day=date(2026, 7, 8), title="", paragraphs=tuple(evidence.split("\n"))
    )
    found = objections(claim, story_index([report]))
    return Rejection.SPEAKER in {objection.reason for objection in found}


@pytest.mark.parametrize(("evidence", "claim"), TRUE)
def test_what_somebody_said_passes_as_theirs(evidence: str, claim: str) -> None:
    assert not has_other_speaker(claim, evidence)


@pytest.mark.parametrize(("evidence", "claim"), FALSE)
def test_what_somebody_else_said_does_not(evidence: str, claim: str) -> None:
    assert has_other_speaker(claim, evidence)
