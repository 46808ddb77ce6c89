"""What tests take from a message."""

from __future__ import annotations

import pytest

from tests.messages import named


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("pins: unknown table; did you mean pin?", ["pins", "pin"]),
        (
            "fetch.per_host: 0 is not between 1 and 256 (from config.toml).",
            ["fetch.per_host", "0", "1", "256", "config.toml"],
        ),
        ("drop[0].story: 'a b' is no id", ["drop[0].story", "a b"]),
        (
            "No Ollama at http://127.0.0.1:9: run `ollama serve`.",
            ["http://127.0.0.1:9", "ollama serve"],
        ),
        ("Nothing is named. Nothing at all.", []),
    ],
)
def test_the_names_and_numbers_of_a_message_are_found_and_its_wording_is_not(
    message: str, expected: list[str]
) -> None:
    assert named(message) == expected
