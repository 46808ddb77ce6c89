from __future__ import annotations

import hashlib
from dataclasses import replace
from math import log

from aggregator.cluster.similarity.features import features, with_terms
from aggregator.cluster.similarity.lexicon import column
from tests.unit.cluster.makers import item

LEAD = "Acme opened Llama 4. Then Acme closed Heron"


def test_a_word_of_the_title_weighs_double_and_one_that_a_lead_repeats_more_than_another() -> None:
    found = features([item("a", "Heron closes", LEAD)])

    weight = dict(zip(found.columns.tolist(), found.weights.tolist(), strict=True))
    assert {term: weight[column(term)] for term in ("heron", "acme", "llama", "llama-4")} == {
        "heron": 2.0,
        "acme": 1 + log(2),
        "llama": 1.0,
        "llama-4": 1.0,
    }


def test_the_case_of_the_first_word_of_a_sentence_says_nothing() -> None:
    found = features([item("a", "", LEAD)])

    assert found.capital.tolist() == [column(term) for term in ("llama", "acme", "heron")]


def test_articles_are_read_together_as_each_alone() -> None:
    several = [
        item("a", "Acme opens Heron", LEAD),
        item("b", "", ""),
        item("c", "Llama", "4 of 5. Llama 4"),
        item("d", "Acme opens Heron", LEAD),
    ]
    alone = [each for some in several for each in with_terms([some])]

    assert with_terms(several) == alone


def test_an_article_is_read_again_only_where_its_title_is_another() -> None:
    (one,) = with_terms([item("a", "Acme opens Heron", LEAD)])

    assert with_terms([replace(one, lead="")]) == [replace(one, lead="")]
    (renamed,) = with_terms([replace(one, title="Acme opens Llama")])
    assert renamed == with_terms([item("a", "Acme opens Llama", LEAD)])[0]


def test_what_is_stored_of_an_article_is_what_older_releases_stored() -> None:
    title = "Acme opens Llama 4 to all GPUs, says Ada Byrd"
    (read,) = with_terms([item("a", title, f"{LEAD} at ACME's XConf. Models grew.")])

    # else raise `_VERSION`, so that what is stored is read again
    assert hashlib.sha256(read.terms).hexdigest()[:16] == "a9d618133b34f12c"


def test_texts_of_the_same_words_have_one_key_whatever_their_case_and_punctuation() -> None:
    several = [
        item("a", "Acme opens Llama 4 to all", f"{LEAD}, and {LEAD}"),
        item("b", "“Acme” opens – LLAMA 4, to all!", f"{LEAD}; and {LEAD}..."),
        item("c", "Acme opens Llama 4 to none", f"and {LEAD}, {LEAD}"),
        item("d", "Acme opens Llama 4", LEAD),
    ]
    read = features(several)
    one, same, other, short = zip(read.title_keys, read.lead_keys, strict=True)

    assert one == same
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert short[1] == 0
