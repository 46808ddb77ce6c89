"""Published headlines without what hangs on them, and in the room of a headline."""

from __future__ import annotations

import pytest

from aggregator.english.headline_text import fitted, is_telling, tidy_headline

LONG = (
    "Halden Robotics has appointed Ada Holt, who built its office in Bergen, as managing director"
    " of Norway, Sweden and Denmark"
)


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
        pytest.param(LONG, LONG, id="whole"),
        pytest.param(f"{LONG} (all of its markets)", LONG, id="without an aside"),
        pytest.param(f"{LONG} after a search of two years", LONG, id="before a subordinate clause"),
        pytest.param(f"{LONG}: Its first chief in the north", LONG, id="before a colon"),
        pytest.param(f"{LONG}. Its researchers celebrate", LONG, id="before another sentence"),
        pytest.param(
            f"{LONG}, three people who know of it said", f"{LONG}, three people …", id="whose word"
        ),
        pytest.param(
            f"{LONG} for its old customers of Oslo", f"{LONG} for its old …", id="within a phrase"
        ),
    ],
)  # fmt: skip
def test_a_far_too_long_headline_is_cut_where_a_statement_is_left(
    headline: str, shown: str
) -> None:
    assert fitted(headline) == shown
    assert len(shown) <= 140


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
