"""Published headlines without what hangs on them, and in the room of a headline."""

from __future__ import annotations

import pytest

from aggregator.english.headline_text import fitted, is_telling, tidy_headline

LONG = "Halden Robotics appoints Ada Holt as managing director of Norway"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("[D] Halden opens its model", "Halden opens its model", id="tag"),
        pytest.param("(Halden) Memory by lookup", "Memory by lookup", id="tag in round brackets"),
        pytest.param("Halden opens its model [pdf]", "Halden opens its model", id="tag at the end"),
        pytest.param("Show HN: A model in a box", "A model in a box", id="tag of a community"),
        pytest.param("Halden opens its model 🚀✨", "Halden opens its model", id="emojis"),
        pytest.param("Halden opens it https://t.example/x", "Halden opens it", id="link"),
        pytest.param(r"The \"tide\" tool in \alpha", r'The "tide" tool in \alpha', id="escapes"),
        pytest.param(r"$\mathcal{O}(n^2)$ in $K$ steps", "O(n^2) in K steps", id="formulas"),
        pytest.param("From $2.5 to $5 per {x}_y", "From $2.5 to $5 per {x}_y", id="sums"),
        pytest.param("Halden opens its model | Ada Holt", "Halden opens its model", id="author"),
        pytest.param("Halden opens - The Daily", "Halden opens", id="site"),
        pytest.param("Halden opens - Daily.com", "Halden opens", id="site as a host"),
        pytest.param("The Daily: Halden opens its model", "Halden opens its model", id="label"),
        pytest.param("The Daily: Hello again", "The Daily: Hello again", id="label before a word"),
        pytest.param("Halden 2 (beta) is here", "Halden 2 (beta) is here", id="a condition"),
        pytest.param("Halden - Oslo’s model", "Halden - Oslo’s model", id="no site"),
        pytest.param("[D]", "[D]", id="nothing else"),
    ],
)  # fmt: skip
def test_a_headline_loses_what_its_publisher_hangs_on_it(title: str, shown: str) -> None:
    assert tidy_headline(title, ("The Daily", "daily")) == shown


@pytest.mark.parametrize(
    ("headline", "shown"),
    [
        pytest.param(LONG, LONG, id="short"),
        pytest.param(
            f"{LONG} (the largest market of its three in the north)", LONG, id="without an aside"
        ),
        pytest.param(f"{LONG}, opening an office in Bergen for its research", LONG, id="clause"),
        pytest.param(f"{LONG} while its founders go on with their work", LONG, id="while"),
        pytest.param(
            "Northwind Releases Tern-7B: A Real-Time Speech-to-Speech Model Designed for Natural"
            " and Full-Duplex Talk",
            "Northwind Releases Tern-7B",
            id="who did what before the colon",
        ),
        pytest.param(
            "Do the Ovens of Bergen Need a Model? Rethinking the Baking of Bread in the Bakeries of"
            " the North",
            "Do the Ovens of Bergen Need a Model?",
            id="a question stays one",
        ),
    ],
)  # fmt: skip
def test_a_long_headline_is_cut_where_what_is_left_is_true(headline: str, shown: str) -> None:
    assert fitted(headline) == shown


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(" for its old customers of Bergen", id="phrase"),
        pytest.param(", opens an office in Bergen for its researchers", id="list"),
        pytest.param(" as Northwind and Ferrow build offices in the north", id="subjects"),
        pytest.param(" unless shareholders object in a week", id="condition"),
        pytest.param(", three people who know of it said", id="attribution"),
        pytest.param(" while its founders go on to hold shares: report", id="who says so"),
        pytest.param(": Oslo, Bergen, and the case of the northern fjords", id="no clause"),
    ],
)
def test_a_long_headline_that_cannot_be_cut_at_a_clause_stands_whole(tail: str) -> None:
    head = "The director of Norway" if tail.startswith(":") else LONG

    assert fitted(f"{head}{tail}", 60) == f"{head}{tail}"


def test_a_headline_loses_neither_who_did_it_nor_its_name() -> None:
    long = "Tidal Thinking Like the North: Transfer of style by flows for splatted coasts at sea"
    quoted = "“This Is an Attack on Us All”: Halden and the search of its offices by the police"

    assert [fitted(long, 60), fitted(quoted, 60)] == [long, quoted]


@pytest.mark.parametrize(
    ("headline", "found"),
    [
        ("Halden opens its model", True),
        ("Can Halden open its model?", False),
        ("Halden opens up. Will it last?", False),
        ("halden/opens-model-2", False),
        ("halden / tide.box", False),
        ("Charm / Power and both", True),
        ("Copy Fail", False),
    ],
)
def test_a_question_an_identifier_and_a_bare_name_tell_nothing(headline: str, found: bool) -> None:
    assert is_telling(headline) == found
