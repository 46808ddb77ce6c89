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
        pytest.param(f"{LONG}, opens an office in Bergen for its researchers", LONG, id="clause"),
        pytest.param(f"{LONG} for its old customers of Bergen", LONG, id="phrase"),
        pytest.param(
            "TideBench: Evaluating agents that plan the loading of ferries in fjords by many tasks",
            "TideBench: Evaluating agents that plan the loading of ferries in fjords by many tasks",
            id="paper that fits",
        ),
        pytest.param(
            "Thinking Like Northern Tides: Transfer of style by flows for many "
            "splatted scenes of coasts at sea",
            "Transfer of style by flows for many splatted scenes of coasts at sea",
            id="what the thing is",
        ),
        pytest.param(
            f"{LONG} as Northwind, Ferrow, and Tidewater build offices in the north",
            LONG,
            id="not within a list of subjects",
        ),
        pytest.param(
            f"{LONG}, releases a model, a toolkit and a corpus",
            f"{LONG}, releases a model",
            id="a whole clause before a list",
        ),
        pytest.param(
            f"{LONG} unless shareholders object in a week",
            f"{LONG} unless shareholders …",
            id="condition",
        ),
        pytest.param(
            f"{LONG}, three people who know of it said",
            f"{LONG}, three people who know …",
            id="attribution",
        ),
        pytest.param(
            "Northwind development of a ligand absolute binding free energy toolkit benchmark "
            "suite release",
            "Northwind development of a ligand absolute binding free energy toolkit benchmark "
            "suite …",
            id="no end",
        ),
        pytest.param(
            "The account of the harbour of Bergen that thousands of people in the north hailed as"
            " a pilot is a program",
            "The account of the harbour of Bergen that thousands of people",
            id="not behind a verb",
        ),
        pytest.param(
            "“This Is an Attack on Us All”: Halden and the search of its three offices by the"
            " police of Bergen",
            "Halden and the search of its three offices by the police of Bergen",
            id="no quotation alone",
        ),
        pytest.param(
            "TernBench: A Simple, Open and Reproducible Benchmark of Answers with Citations in"
            " Clinical Practice",
            "TernBench: A Simple, Open and Reproducible Benchmark of Answers with Citations",
            id="the word by which a thing will be known",
        ),
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
