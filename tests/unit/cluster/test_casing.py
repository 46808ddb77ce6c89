from __future__ import annotations

from collections import Counter

from aggregator.cluster.similarity.casing import (
    MIN_CAPITAL_SHARE,
    sentence_tokens,
    title_case,
    word_case,
)


def name_terms(titles: list[str], leads: list[str]) -> set[str]:
    """What texts use as names: written capital often enough."""
    inside = [word for lead in leads for sentence in sentence_tokens(lead) for word in sentence[1:]]
    read = [*(title_case(sentence_tokens(title)) for title in titles), *map(word_case, inside)]
    capital, small = (Counter(term for word in read for term in word[side]) for side in (0, 1))
    return {term for term in capital if capital[term] >= MIN_CAPITAL_SHARE * small[term]}


def test_words_never_written_small_are_names() -> None:
    leads = [
        "The company, Acme Robotics, said that xAI was first.",
        "It was the first time that robotics paid. Sales rose.",
    ]

    names = name_terms(["Acme Robotics Pays First"], leads)

    assert names == {"acme", "xai"}


def test_a_title_in_title_case_proves_nothing_and_one_in_sentence_case_does() -> None:
    names = name_terms(
        ["Why Strange Looking Titles Prove Nothing", "The chief of Mistral warns of closed models"],
        [],
    )

    assert names == {"mistral"}


def test_words_that_begin_a_sentence_prove_nothing() -> None:
    assert name_terms([], ["Models grew. Prices fell! Nobody knew why: Everybody asked."]) == set()


def test_the_first_word_of_a_title_is_a_name_unless_it_is_written_small_elsewhere() -> None:
    assert name_terms(["Acme raises money", "Lawmakers ask"], ["The other lawmakers left."]) == {
        "acme"
    }
