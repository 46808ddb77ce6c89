"""What counts as a section of a page, and what as a question to a judge."""

from __future__ import annotations

from typing import Any

import pytest

from tests.quality import costs, sections


def test_a_section_counts_by_the_place_of_its_key_in_the_twin() -> None:
    claim = {"text": "A law is in force.", "kind": "extracted", "citations": []}
    twin = {
        "hook": claim,
        "brief": {"what_changed": [claim]},
        "insight": {
            "technical": [
                {"attribute": "price", "state": "stated", "claim": claim},
                {"attribute": "mechanism", "state": "stated", "claim": claim},
            ]
        },
        "unknowns": [],
    }

    assert sections.sections_of(twin) == {
        "hook",
        "what_changed",
        "technical",
        "specification",
        "mechanism",
    }
    assert sections.sections_of({"insight": {"technical": [{"attribute": "mechanism"}]}}) == {
        "technical",
        "mechanism",
    }


@pytest.mark.parametrize(
    ("schema", "is_writing"),
    [
        ({"type": "object", "properties": {"text": {"type": "string"}}}, True),
        ({"type": "array", "items": {"anyOf": [{"type": "null"}, {"type": "string"}]}}, True),
        ({"type": "object", "properties": {"stated": {"type": "boolean"}}}, False),
        ({"type": "string", "enum": ["yes", "no"]}, False),
        (None, False),
    ],
)
def test_a_question_without_room_for_a_text_is_a_judges(
    schema: dict[str, Any] | None, is_writing: bool
) -> None:
    assert costs.asks_to_write(schema) is is_writing
