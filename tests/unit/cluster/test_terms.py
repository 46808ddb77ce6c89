from __future__ import annotations

import pytest

from aggregator.cluster.similarity.terms import content_terms, tokens
from aggregator.english.lexical import uninflected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Google’s GPT-5.1, C++ and v2",
            ("Google's", "GPT-5.1", "C++", "and", "v2"),
            id="inner signs belong to a word",
        ),
        pytest.param(
            "“Claude” — open‑source",
            ("Claude", "open-source"),
            id="typographic signs are plain ones",
        ),
        pytest.param("法国 Mistral", ("法国", "Mistral"), id="other scripts are words"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_words_are_found_with_their_case(text: str, expected: tuple[str, ...]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "forms",
    [
        ("release", "releases", "released", "releasing"),
        ("company", "companies"),
        ("plan", "plans", "planned", "planning"),
        ("lawsuit", "lawsuits", "lawsuit's"),
    ],
    ids=lambda forms: forms[0],
)
def test_forms_of_a_word_are_one_term(forms: tuple[str, ...]) -> None:
    assert len({uninflected(form) for form in forms}) == 1


def test_versions_of_a_name_are_terms_of_their_own() -> None:
    assert uninflected("GPT-5.1") != uninflected("GPT-5.2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Llama 4 is here", ("llama", "llama-4"), id="a number joins the name before it"
        ),
        pytest.param(
            "open-source models", ("open", "sourc", "model"), id="a compound is its parts"
        ),
        pytest.param(
            "GPT-5.1 arrives",
            ("gpt-5.1", "gpt", "arriv"),
            id="a numbered name is itself and its name",
        ),
        pytest.param("v1.2.3", (), id="a number alone says nothing"),
        pytest.param("What you should know about it", ("know",), id="function words say nothing"),
    ],
)
def test_terms_are_the_words_that_tell_subjects_apart(text: str, expected: tuple[str, ...]) -> None:
    assert content_terms(text) == expected
