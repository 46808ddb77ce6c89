"""The gates over sentences of real articles: whatever an article says, its own passage states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from aggregator.config.layers import json_lines
from aggregator.domain.claim import ClaimKind, Rejection
from aggregator.english.text import normalised, sentences
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import refusal
from tests.unit.verify.planted import cited

ITEMS = (
    Path(__file__).parents[3]
    / "shared"
    / "corpus"
    / "clusters"
    / "ai-events-jan2026"
    / "items.jsonl"
)
ANY_LENGTH = 1_000_000
# Tutorials of the corpus have their code in the text, line by line: `])` is no sentence to be kept.
SENTENCE = re.compile(r"[\"'“‘(]?[A-Z0-9].*\w.*[.!?…][\"'”’)\]]*")
FORMAL = {
    Rejection.LINK,
    Rejection.MARKUP,
    Rejection.EMPTY,
    Rejection.LEAK,
}  # a leak: an order such as “Click here”


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.whole)])
@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        pytest.param(ClaimKind.EXTRACTED, FORMAL, id="copied by code"),
        pytest.param(
            ClaimKind.WRITTEN,
            FORMAL | {Rejection.PHRASE},
            id="as if a model had written them",
        ),
    ],
)
def test_sentences_of_real_articles_are_turned_away_for_their_form_only(
    kind: ClaimKind, allowed: set[Rejection], every: int
) -> None:
    if not ITEMS.exists():
        pytest.skip("the shared corpus is not there")

    reasons = Counter(
        _verdict(sentence, passage, day, kind) for sentence, passage, day in _real_sentences(every)
    )

    assert {reason for reason in reasons if reason} <= allowed
    assert reasons[None] > 0.95 * reasons.total()


def _real_sentences(every: int) -> Iterator[tuple[str, str, date]]:
    for item in islice(json_lines(ITEMS.read_text("utf-8")), None, None, every):
        for passage in (normalised(text) for text in (item["title"], *item["text"].split("\n"))):
            for sentence in filter(SENTENCE.fullmatch, sentences(passage)[:20]):
                yield sentence, passage, date.fromisoformat(item["published"][:10])


def _verdict(text: str, passage: str, published: date, kind: ClaimKind) -> Rejection | None:
    claim, passages = cited(text, passage, kind=kind)
    grounds = Grounds(passages=passages, published={"a": published}, quote_words=ANY_LENGTH)
    found = refusal(claim, grounds)
    return found.reason if found else None
