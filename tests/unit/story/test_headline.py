"""How much of a headline a sentence tells, whatever form its words take."""

from __future__ import annotations

import pytest

from aggregator.story.rules.choosing import shared_part, shared_words


@pytest.mark.parametrize(
    ("headline", "text", "words"),
    [
        pytest.param(
            "Northwind opens its model",
            "The opening of a model by Northwind.",
            3,
            id="verbs and nouns",
        ),
        pytest.param("Iran and the AI of Norway", "Iranians ask AI.", 1, id="a nation, and no AI"),
        pytest.param("Post-Oslo retreat", "After Oslo the firm retreated.", 2, id="compounds"),
        pytest.param("Model 5.2 is out", "Model 5.1 is out.", 1, id="versions"),
        pytest.param("Act on the fly", "An actor has a flyer.", 2, id="short stems"),
        pytest.param("Northwind opens its model", "Halden closed a shop.", 0, id="nothing"),
    ],
)
def test_the_words_of_a_headline_are_found_in_any_form(
    headline: str, text: str, words: int
) -> None:
    assert shared_words(headline, text) == words


def test_a_share_is_of_all_content_words() -> None:
    assert (
        shared_part("Northwind opens its model", "Northwind opens."),
        shared_part("AI", "AI"),
    ) == (2 / 3, 0.0)
