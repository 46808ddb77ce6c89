from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np

from aggregator.cluster.similarity.features import ItemFeatures, features
from aggregator.cluster.similarity.lexicon import column
from tests.unit.cluster.makers import item

LEAD = "Acme opened Llama 4. Then Acme closed Heron"


def alike(one: ItemFeatures, other: ItemFeatures) -> bool:
    names = ("columns", "weights", "in_title", "capital", "small", "title_key", "lead_key")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_a_word_of_the_title_weighs_double_and_one_that_a_lead_repeats_more_than_another() -> None:
    (found,) = features([item("a", "Heron closes", LEAD)])

    weight = dict(zip(found.columns.tolist(), found.weights.tolist(), strict=True))
    assert {term: weight[column(term)] for term in ("heron", "acme", "llama", "llama-4")} == {
        "heron": 2.0,
        "acme": 1 + log(2),
        "llama": 1.0,
        "llama-4": 1.0,
    }


def test_the_case_of_the_first_word_of_a_sentence_says_nothing() -> None:
    (found,) = features([item("a", "", LEAD)])

    assert found.capital.tolist() == [column(term) for term in ("llama", "acme", "heron")]


def test_articles_are_read_together_as_each_alone() -> None:
    several = [
        item("a", "Acme opens Heron", LEAD),
        item("b", "", ""),
        item("c", "Llama", "4 of 5. Llama 4"),
        item("d", "Acme opens Heron", LEAD),
    ]
    # with other white space at its end an article is not the one that is remembered
    alone = [features([replace(each, lead=f"{each.lead} ")])[0] for each in several]

    assert all(map(alike, features(several), alone))


def test_texts_of_the_same_words_have_one_key_whatever_their_case_and_punctuation() -> None:
    several = [
        item("a", "Acme opens Llama 4 to all", f"{LEAD}, and {LEAD}"),
        item("b", "“Acme” opens – LLAMA 4, to all!", f"{LEAD}; and {LEAD}..."),
        item("c", "Acme opens Llama 4 to none", f"and {LEAD}, {LEAD}"),
        item("d", "Acme opens Llama 4", LEAD),
    ]
    one, same, other, short = features(several)

    assert (one.title_key, one.lead_key) == (same.title_key, same.lead_key)
    assert one.title_key != other.title_key
    assert one.lead_key != other.lead_key
    assert short.lead_key == 0
