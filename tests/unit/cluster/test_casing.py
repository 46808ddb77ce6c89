from __future__ import annotations

from collections import Counter

from aggregator.cluster.similarity.features import features
from aggregator.cluster.similarity.lexicon import column
from aggregator.cluster.similarity.vectors import MIN_CAPITAL_SHARE
from tests.unit.cluster.makers import item


def name_terms(titles: list[str], leads: list[str]) -> set[int]:
    """The numbers of what texts use as names: written capital often enough."""
    texts = [*((title, "") for title in titles), *(("", lead) for lead in leads)]
    read = features([item(str(n), title, lead) for n, (title, lead) in enumerate(texts)])
    capital, small = Counter(read.capital.tolist()), Counter(read.small.tolist())
    return {term for term in capital if capital[term] >= MIN_CAPITAL_SHARE * small[term]}


def test_words_never_written_small_are_names() -> None:
    leads = [
        "The company, Acme Robotics, said that xAI was first.",
        "It was the first time that robotics paid. Sales rose.",
    ]

    names = name_terms(["Acme Robotics Pays First"], leads)

    assert names == {column("acme"), column("xai")}


def test_a_title_in_title_case_proves_nothing_and_one_in_sentence_case_does() -> None:
    names = name_terms(
        ["Why Strange Looking Titles Prove Nothing", "The chief of Mistral warns of closed models"],
        [],
    )

    assert names == {column("mistral")}


def test_words_that_begin_a_sentence_prove_nothing() -> None:
    assert name_terms([], ["Models grew. Prices fell! Nobody knew why: Everybody asked."]) == set()


def test_the_first_word_of_a_title_is_a_name_unless_it_is_written_small_elsewhere() -> None:
    assert name_terms(["Acme raises money", "Lawmakers ask"], ["The other lawmakers left."]) == {
        column("acme")
    }
