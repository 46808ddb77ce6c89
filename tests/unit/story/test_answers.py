"""A model's answer as JSON: what is whole of it is read, and one that goes round is noticed."""

from __future__ import annotations

import json

import pytest

from aggregator.story.answers import Unusable, goes_round, parsed

WHOLE = {"facts": [{"text": "One {thing}.", "passages": [1, 2]}, {"text": 'Another "one".'}]}

LONG = " ".join(f"Hall {number} has a counter of its own." for number in range(30))


def test_an_answer_is_read_though_a_model_talks_around_it() -> None:
    assert parsed(f"Here it is:\n```json\n{json.dumps(WHOLE)}\n```") == WHOLE


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        (
            '{"facts": [{"text": "One.", "passages": [1]}, {"text": "Tw',
            [{"text": "One.", "passages": [1]}],
        ),
        ('{"facts": ["One.", "Two.", "Thr', ["One.", "Two."]),
        ('{"facts": [{"text": "One."}], "attributes": [{"te', [{"text": "One."}]),
        ('{"facts": [{"text": "One.", "passages": [1]', [{"text": "One.", "passages": [1]}]),
        (
            '{"facts": [{"text": "A } and a ] and a \\" in it."}, {"text": "',
            [{"text": 'A } and a ] and a " in it.'}],
        ),
    ],
    ids=["in a string", "in a line", "in another list", "before a brace", "brackets in a string"],
)
def test_of_an_answer_that_was_cut_the_whole_entries_are_read(cut: str, kept: object) -> None:
    found = parsed(cut)

    assert not isinstance(found, Unusable)
    assert found["facts"] == kept


@pytest.mark.parametrize(
    "text",
    ["", "I cannot do that.", '{"facts": [{"text": "', "{]}", "{" * 100_000, '["a list"]'],
    ids=["nothing", "talk", "cut too early", "brackets awry", "a bomb", "no object"],
)
def test_what_holds_nothing_whole_is_no_answer(text: str) -> None:
    assert isinstance(parsed(text), Unusable)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(WHOLE), False),
        ('{"facts": [{"text": "' + "the model is the model of " * 3, True),
        (json.dumps({"facts": [LONG, LONG, LONG]}), True),
        (json.dumps({"facts": [{"product": LONG, "value": str(n)} for n in (1, 2, 3)]}), False),
        ('{"numbers": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1', True),
        (
            json.dumps([{"text": "Northwind opens a second model.", "n": n} for n in (1, 2)]),
            False,
        ),
        (
            json.dumps([{"text": "Northwind opens a second model.", "n": n} for n in (1, 2, 3)]),
            True,
        ),
        ('{"page": [' + f'{{"line": "{LONG}", "facts": [1]}}, ' * 3, True),
        ('{"page": [' + f'{{"line": "{LONG}", "facts": [1]}}, ' * 2, False),
    ],
    ids=[
        "sound",
        "one string for ever",
        "one line for ever",
        "several values of one product",
        "one number for ever",
        "said twice",
        "said three times",
        "a long block three times",
        "a long block twice",
    ],
)
def test_an_answer_that_repeats_itself_is_noticed(text: str, expected: bool) -> None:
    assert goes_round(text) is expected
