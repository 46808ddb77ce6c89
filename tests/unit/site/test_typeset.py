"""Text for a picture: what a font can show of it, and where its lines break."""

from __future__ import annotations

import pytest

from aggregator.plugins.cards.typeset import fitted, settable, shortened

LATIN = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:!?'’“”–—-…éüß©"
)


def even(text: str) -> float:
    """A measure under which every character is half an em wide."""
    return len(text) / 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Labs open  weights\n", "Labs open weights", id="white space"),
        pytest.param("Cafe\u0301", "Café", id="a mark that stands apart"),
        pytest.param(
            "🚀 Labs\u200d open 👩🏽\u200d🔬 weights 1\ufe0f\u20e3",
            "Labs open weights 1",
            id="pictographs and what joins them",
        ),
        pytest.param(
            "re\u00adport\u202e ylno",
            "report ylno",
            id="soft hyphen and a character that turns the order round",
        ),
        pytest.param("GPT\u20115", "GPT-5", id="a hyphen of another kind"),
        pytest.param("© Labs", "© Labs", id="a sign that the font has"),
        pytest.param("מודל שפה", "", id="another script"),
        pytest.param("Labs and 模型", "", id="a word of another script"),
        pytest.param("x\u0323", "", id="a mark that cannot be put on its letter"),
        pytest.param("\ue000 Labs", "", id="private use"),
        pytest.param("🚀", "", id="nothing but a pictograph"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_text_is_shown_whole_but_for_ornaments_or_not_at_all(text: str, shown: str) -> None:
    assert settable(text, LATIN) == shown


def test_lines_are_few_and_even() -> None:
    setting = fitted(
        "one two three four five six", even, width=100, height=60, leading=1.0, sizes=(10,)
    )

    assert setting.lines == ("one two three", "four five six")


@pytest.mark.parametrize(
    ("words", "size"), [(2, 40), (12, 20), (40, 10)], ids=["short", "longer", "long"]
)
def test_a_text_is_set_in_the_largest_size_in_which_it_fits(words: int, size: int) -> None:
    setting = fitted("word " * words, even, width=400, height=80, leading=1.0, sizes=(40, 20, 10))

    assert setting.size == size


def test_a_word_wider_than_the_page_makes_the_size_smaller_before_it_is_broken() -> None:
    setting = fitted("an " + "n" * 30, even, width=200, height=100, leading=1.0, sizes=(40, 20, 10))

    assert (setting.size, setting.lines) == (10, ("an " + "n" * 30,))


def test_a_word_that_no_size_has_room_for_is_broken_and_loses_nothing() -> None:
    setting = fitted("n" * 70, even, width=200, height=100, leading=1.0, sizes=(20, 10))

    assert ("".join(setting.lines), max(map(even, setting.lines)) <= 20) == ("n" * 70, True)


def test_what_no_size_has_room_for_ends_in_an_ellipsis_between_words() -> None:
    setting = fitted("word " * 100, even, width=200, height=30, leading=1.0, sizes=(20, 10))

    assert len(setting.lines) == 3
    assert setting.lines[-1].endswith("word…")
    assert max(map(even, setting.lines)) <= 20


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("some words that go on", "some words…"),
        ("a,bcdefghijklmn", "a,bcdefghij…"),
    ],
    ids=["fits", "between words", "one word"],
)
def test_a_line_that_is_too_long_is_cut(text: str, shown: str) -> None:
    assert shortened(text, even, 6) == shown
