"""Quotations: what counts as one, and that it stands verbatim in the evidence."""

from __future__ import annotations

import pytest

from aggregator.verify.quotes import missing_quotations, quotations


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “we lost” and left.", ("we lost",)),
        ('An "agentic" web', ("agentic",)),
        ("Il dit « bonjour à tous »", ("bonjour à tous",)),
        ("called ‘a step back’ by users", ("a step back",)),
        ("called 'a step back, isn't it' by users", ("a step back, isn't it",)),
        ("the lab’s users’ data and ‘agents’", ()),
        ("don't; the '90s and the users' data", ()),
        ('a 5" screen', ()),
    ],
)
def test_quotations_stand_between_marks(text: str, quoted: tuple[str, ...]) -> None:
    assert quotations(text) == quoted


@pytest.mark.parametrize(
    ("claim", "evidence", "supported"),
    [
        pytest.param('"we lost the keys"', "“we  lost the keys”", True, id="marks and white space"),
        pytest.param(
            "“We lost,” she said",
            "she said: we lost the keys",
            True,
            id="first letter and inner comma",
        ),
        pytest.param("“we lost … keys”", "we lost all the keys", True, id="an omission"),
        pytest.param(
            "“keys … we lost”", "we lost all the keys", False, id="parts in another order"
        ),
        pytest.param("“[we] lost the keys”", "they lost the keys", True, id="a word put in"),
        pytest.param("“we lost all keys”", "we lost all the keys", False, id="a word left out"),
        pytest.param("“it's gone”", "“it’s gone”", True, id="apostrophes"),
    ],
)
def test_a_quotation_must_be_verbatim(claim: str, evidence: str, supported: bool) -> None:
    assert (missing_quotations(claim, [evidence]) == ()) is supported


def test_the_parts_of_a_quotation_come_from_one_passage() -> None:
    assert missing_quotations("“we lost … keys”", ["we lost", "the keys"]) == ("we lost … keys",)
