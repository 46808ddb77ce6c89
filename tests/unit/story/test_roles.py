"""Who should care, by rules."""

from __future__ import annotations

import pytest

from aggregator.story.rules.audience import roles_of, speaks_to

EVERYBODY = (
    (
        "A breach of customer data forced a lawsuit, and developers fear for the API and the GPUs"
        " of the data centre."
    ),
    (
        "Researchers wrote a paper with a benchmark, and investors put funding into the chips for"
        " artists and writers."
    ),
    (
        "Users of the app asked the chief executive whether the company would keep the product and"
        " its customers."
    ),
) * 4


def test_a_story_that_speaks_of_everything_speaks_to_three() -> None:
    assert len(roles_of(["Everything about a thing"], EVERYBODY)) == 3


def test_a_headlines_word_makes_an_audience() -> None:
    assert roles_of(["Security hole in a chatbot of Northwind"], ["It was found in Oslo."]) == (
        "security",
    )


def test_only_the_headline_that_is_shown_counts_thrice() -> None:
    assert roles_of(["A day in Oslo", "Security hole found"], ["It was found in Oslo."]) == ()


@pytest.mark.parametrize(("times", "found"), [(1, ()), (2, ()), (3, ("policy",))])
def test_a_passing_word_is_not_enough(times: int, found: tuple[str, ...]) -> None:
    assert (
        roles_of(["A day in Oslo"], ["The court sat on Monday."] * times + ["The sun was out."])
        == found
    )


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("The security forces stormed the hall on Monday.", id="soldiers"),
        pytest.param("The U.N. Security Council met in Oslo on Monday.", id="a council"),
        pytest.param("The attacks in Oslo were a matter of national security.", id="a state"),
        pytest.param("Halden shows its phone at the World Congress on Monday.", id="a fair"),
        pytest.param("Holt was filmed with images of Oslo on Monday.", id="a film of somebody"),
        pytest.param("After careful evaluation, Halden chose the sea.", id="a choice"),
    ],
)
def test_a_word_in_another_sense_makes_no_audience(sentence: str) -> None:
    assert roles_of([sentence], [sentence] * 4) == ()


def test_a_list_of_words_in_one_sentence_is_one_mention() -> None:
    assert (
        roles_of(
            ["A day in Oslo"], ["GPUs, TPUs, chips, accelerators and servers stood in the cloud."]
        )
        == ()
    )


def test_a_role_far_behind_the_first_is_left_out() -> None:
    sentences = ["The court sat on Monday."] * 12 + ["Developers read it."] * 3

    assert roles_of(["A day in Oslo"], sentences) == ("policy",)


def test_users_and_companies_are_in_every_story_and_count_half() -> None:
    sentences = ["Users of the app like the product."] * 5 + ["Developers read it."] * 3

    assert roles_of(["A day in Oslo"], sentences) == ("developers",)


def test_of_roles_with_as_many_words_the_first_of_the_list_comes_first() -> None:
    sentences = ["Investors read it."] * 3 + ["Developers read it."] * 3

    assert roles_of(["A day in Oslo"], sentences) == ("developers", "investors")


@pytest.mark.parametrize(
    ("role", "sentence", "words"),
    [
        pytest.param(
            "security", "Hackers exploited a zero-day in the customer data.", 4, id="several"
        ),
        pytest.param("policy", "Northwind was sued under the AI Act.", 2, id="a phrase"),
        pytest.param("policy", "It was an issue of pursued courtesy.", 0, id="words within words"),
        pytest.param("investors", "Northwind raised $1 billion from investors.", 3, id="money"),
        pytest.param(
            "investors", "The model has 70 billion parameters.", 0, id="parameters are no money"
        ),
        pytest.param(
            "investors",
            "The 70-billion-parameter model saw 2 billion training tokens.",
            0,
            id="nor are tokens",
        ),
        pytest.param("creators", "DEEPFAKES of musicians", 2, id="capitals"),
    ],
)
def test_a_sentence_speaks_to_a_role_by_its_own_words(role: str, sentence: str, words: int) -> None:
    assert speaks_to(role, sentence) == words
