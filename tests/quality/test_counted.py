"""The counts over a model's calls: what fits a schema, what a repair is, and whose tokens are
whose.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.ports import FinishReason, Prompt, Reply
from tests.quality.counted import Call, call_counts, fits

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "role": {"type": "string", "enum": ["policy", "research"]},
        "passages": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
    },
    "required": ["role", "passages"],
}


def call(text: str, *, prefix: str = "evidence", cached: int = 0) -> Call:
    prompt = Prompt(system="sys.", prefix=prefix, task="task", schema=SCHEMA, most_tokens=700)
    reply = Reply(
        text=text,
        finish=FinishReason.STOP,
        prompt_tokens=160,
        completion_tokens=10,
        seconds=1.5,
        cached_tokens=cached,
    )
    return Call(prompt=prompt, reply=reply)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"role": "policy", "passages": [1, 2]}, True, id="whole"),
        pytest.param({"role": "policy"}, False, id="a required key is missing"),
        pytest.param(
            {"role": "policy", "passages": [], "more": 1}, False, id="a key that nobody asked for"
        ),
        pytest.param({"role": "readers", "passages": []}, False, id="not of the closed list"),
        pytest.param({"role": "policy", "passages": [1, 2, 3]}, False, id="too many"),
        pytest.param(
            {"role": "policy", "passages": [True]}, False, id="true is no number of a passage"
        ),
        pytest.param([], False, id="another type"),
    ],
)
def test_a_value_fits_a_schema_or_not(value: Any, expected: bool) -> None:
    assert fits(value, SCHEMA) is expected


def test_a_section_counts_by_its_last_answer_and_its_evidence_once_a_story() -> None:
    good = json.dumps({"role": "policy", "passages": [1]})
    calls = [call("{"), call(good, cached=120), call(good, prefix="other ev")]

    found = call_counts(calls)

    assert found == {
        "calls": 3,
        "sections": 2,
        "schema_valid": 1.0,
        "schema_valid_first": 0.5,
        "repaired": 1,
        "prompt_tokens": 480,
        "cached_tokens": 120,
        "evaluated_tokens": 360,
        "completion_tokens": 30,
        "evidence_tokens": 160,  # 8 of 16 characters of a prompt of 160 tokens, twice
        "evaluated_per_evidence": 2.25,
        "call_seconds": 4.5,
    }
