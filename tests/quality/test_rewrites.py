"""Rewrites come back as they were written, from a document and what was changed of its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.errors import Sample
from tests.quality.faithfulness import rows
from tests.quality.later import LATER
from tests.quality.rewrites import REWRITES, documents_of, joined, parted, rewritten

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
SENTENCE = "Halden raised its price by 5 percent in May, the company said on Monday."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("On Monday Halden said its price rose by 5 percent in May.", id="reordered"),
        pytest.param("Nobody knew.", id="nothing stays"),
        pytest.param(SENTENCE, id="all stays"),
    ],
)
def test_a_text_is_joined_from_its_parts(text: str) -> None:
    assert joined(parted(text, SENTENCE), SENTENCE) == text


def test_no_more_than_changes_is_stored() -> None:
    assert parted("Halden raised its price in June, the company said.", SENTENCE) == [
        [0, 4],
        [7, 8],
        "June,",
        [9, 11],
        "said.",
    ]


def test_every_stored_rewrite_has_its_document_and_copies_no_sentence() -> None:
    documents = documents_of(CORPUS)
    if len({*documents.values()}) < 3:
        pytest.skip("not all documents are on this machine")

    found = list(rewritten(documents))

    assert len(found) == len(list(rows(REWRITES)))
    assert [text for _, text, document in found if text in document] == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        pytest.param(
            "number",
            "Halden raised its price by 50 percent in May, the company said on Monday.",
            id="number",
        ),
        pytest.param(
            "unit",
            "Halden raised its price by 5 times in May, the company said on Monday.",
            id="unit",
        ),
        pytest.param(
            "date",
            "Halden raised its price by 5 percent in May, the company said on Thursday.",
            id="date",
        ),
        pytest.param(
            "direction", None, id="nothing turned of a claim that the model was not asked about"
        ),
    ],
)
def test_the_later_errors_change_one_thing(kind: str, error: str | None) -> None:
    sample = Sample(
        data="own", text=SENTENCE, document=SENTENCE, is_true=True, passages=(SENTENCE,)
    )

    assert LATER[kind].plant(sample, 0) == error
