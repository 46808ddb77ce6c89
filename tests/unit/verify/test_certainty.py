"""What is planned, possible or to come is not told as done, nor as so by now; what is done may be
told so.
"""

from __future__ import annotations

import pytest

from aggregator.verify.overlap.certainty import is_made_certain

PLANNED = (
    "The Halden Act will ban biometric cameras in railway stations from August 2027, the ministry"
    " said."
)
POSSIBLE = "The regulator may fine Vexel up to 20 million euros over the training data of Atlas."
AGREED = (
    "Northwind agreed to buy the chip designer Quillby for 400 million dollars; the deal is"
    " expected to close in May."
)
DONE = (
    "Northwind bought the chip designer Quillby for 400 million dollars and will move its engineers"
    " to Oslo."
)


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("The Halden Act has banned biometric cameras in railway stations.", PLANNED),
        ("The Halden Act banned biometric cameras in railway stations.", PLANNED),
        ("Biometric cameras are banned in railway stations by the Halden Act.", PLANNED),
        (
            "Biometric cameras in railway stations fall under the ban of the Halden Act now.",
            PLANNED,
        ),
        ("The regulator fined Vexel up to 20 million euros over training data.", POSSIBLE),
        ("Northwind bought the chip designer Quillby for 400 million dollars.", AGREED),
        ("The regulator already fines Vexel over the training data of Atlas.", POSSIBLE),
    ],
)
def test_what_the_passage_leaves_open_is_not_done(claim: str, passage: str) -> None:
    assert is_made_certain(claim, [passage])


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("The Halden Act will ban biometric cameras in railway stations.", PLANNED),
        ("Biometric cameras in railway stations are to be banned from August 2027.", PLANNED),
        ("The ministry said the Halden Act will ban biometric cameras.", PLANNED),
        ("The regulator could have Vexel fined over the training data of Atlas.", POSSIBLE),
        ("Northwind agreed to buy Quillby, and the deal is expected to close in May.", AGREED),
        ("Northwind has bought the chip designer Quillby.", DONE),
        ("Northwind has bought the chip designer Quillby.", f"{AGREED} {DONE}"),
        (
            "Vexel released Atlas in May.",
            "Vexel will release Atlas 2 next year. Vexel released Atlas in May.",
        ),
        ("Vexel has now released Atlas.", "Vexel released Atlas on Monday; it is currently free."),
        (
            "The cut at Vexel is due by March 2027.",
            "Vexel said on Monday it will cut 1,200 jobs by March 2027.",
        ),
        (
            "The plan was announced on Monday.",
            "The company will tell more of its plan; it was announced on Monday.",
        ),
    ],
)
def test_what_the_passage_tells_as_done_or_the_claim_as_open_passes(
    claim: str, passage: str
) -> None:
    assert not is_made_certain(claim, [passage])


def test_another_deed_with_the_same_verb_is_not_judged() -> None:
    passage = (
        "The ministry will publish the figures of exports in March. Analysts at Quillby expect"
        " growth."
    )

    assert not is_made_certain("The laboratory in Oslo has published its weights.", [passage])
