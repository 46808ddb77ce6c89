"""Support: a claim is made of what its passages say."""

from __future__ import annotations

import pytest

from aggregator.domain.claim import ClaimKind
from aggregator.verify.overlap.support import is_unsupported, support

CUTS = (
    "Vexel announced on Monday that it will cut about 1,200 jobs in its cloud unit to pay for new"
    " data centres in Tulsa."
)
PATCH = (
    "Version 0.5.1 fixes a flaw that let attackers read other users' chats; administrators should"
    " upgrade before 20 July."
)
LAW = (
    "The parliament approved a law that obliges model makers to label synthetic video and to"
    " publish a list of training data."
)

TRUE = [
    (CUTS, "Vexel will cut 1.2 thousand jobs in its cloud unit."),
    (CUTS, "Jobs are cut at Vexel to pay for data centres."),
    (CUTS, "Vexel's cloud unit loses 1,200 jobs; the money pays for data centres in Tulsa."),
    (CUTS, "On Monday, Vexel's announcement of job cuts came."),
    (CUTS, "New data centres in Tulsa are paid for by cutting jobs."),
    (PATCH, "Attackers could read the chats of other users before version 0.5.1."),
    (PATCH, "Administrators should upgrade to 0.5.1 before 20 July."),
    (PATCH, "The flaw let attackers read chats."),
    (PATCH, "Upgrading fixes the flaw."),
    (PATCH, "Reading other users' chats was possible for attackers until the fix."),
    (LAW, "Model makers must label synthetic video."),
    (
        LAW,
        "The law approved by parliament obliges makers of models to publish their training data.",
    ),
    (LAW, "Parliament's approval obliges labelling of synthetic video."),
    (LAW, "A list of training data must be published."),
    (LAW, "Labels for synthetic video become an obligation."),
]
FALSE = [
    (CUTS, "Vexel plans to win back enterprise customers with a cheaper subscription."),
    (CUTS, "The layoffs signal weak demand for hosting across the whole sector."),
    (CUTS, "Shareholders welcomed the restructuring and expect margins to recover."),
    (CUTS, "Vexel bought a chip designer and moved its headquarters north."),
    (CUTS, "Unions called a strike after negotiations about severance collapsed."),
    (PATCH, "Passwords and payment details of customers were stolen by criminals."),
    (PATCH, "The maintainers blamed a contractor and promised a bug bounty."),
    (PATCH, "Regulators opened an investigation into the messaging platform."),
    (PATCH, "Older releases will receive security support for another decade."),
    (PATCH, "A researcher discovered the problem during a university course."),
    (LAW, "Studios fear that the regulation will push production abroad."),
    (LAW, "Small companies are exempt for three years under a compromise."),
    (LAW, "Fines can reach seven percent of worldwide turnover."),
    (LAW, "The president refused to sign and returned the text to committee."),
    (LAW, "Deepfakes influenced the last election, researchers warned."),
]


@pytest.mark.parametrize(("evidence", "claim"), TRUE)
def test_a_paraphrase_is_supported(evidence: str, claim: str) -> None:
    assert not is_unsupported(claim, [evidence], ClaimKind.WRITTEN)


@pytest.mark.parametrize(("evidence", "claim"), FALSE)
def test_what_came_from_elsewhere_is_not(evidence: str, claim: str) -> None:
    assert is_unsupported(claim, [evidence], ClaimKind.WRITTEN)


def test_an_inference_needs_the_words_of_its_passages_as_any_written_claim_does() -> None:
    inference = "Teams with exposed chats should upgrade quickly."

    assert is_unsupported(inference, [PATCH], ClaimKind.WRITTEN)
    assert is_unsupported(inference, [PATCH], ClaimKind.INFERRED)


def test_several_passages_support_together() -> None:
    assert support("Vexel upgrade", [CUTS, PATCH]) == 1.0


def test_a_claim_without_content_has_nothing_unsupported() -> None:
    assert support("It is what it is.", [CUTS]) == 1.0
