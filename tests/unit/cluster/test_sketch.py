from __future__ import annotations

import numpy as np
import pytest

from aggregator.cluster.similarity.copies import Hashes, shingles, shingles_of, unpacked

WORDS = [f"word{n}" for n in range(4000)]
TEXT = " ".join(WORDS[:2000])


def sketch(text: str) -> Hashes:
    return unpacked(shingles(text))


def test_about_a_quarter_of_the_shingles_is_kept() -> None:
    assert 400 < len(sketch(TEXT)) < 600


def test_a_part_of_a_text_is_contained_in_it() -> None:
    part = sketch(" ".join(WORDS[500:900]))

    assert (len(part) > 60, bool(np.isin(part, sketch(TEXT)).all())) == (True, True)


def test_other_texts_share_nothing() -> None:
    assert not np.isin(sketch(" ".join(WORDS[2000:])), sketch(TEXT)).any()


def test_case_and_punctuation_do_not_count() -> None:
    plain = sketch(TEXT)

    assert (sketch(TEXT.upper().replace(" WORD7", ", “WORD7").replace("9 ", "9 — ")) == plain).all()


@pytest.mark.parametrize(
    "text", ["", "one two three", "\ud800" * 5, "." * 50_000, "汉" * 3], ids=repr
)
def test_texts_too_short_or_broken_have_an_empty_sketch(text: str) -> None:
    assert len(sketch(text)) == 0


def test_scripts_without_spaces_have_shingles_of_signs() -> None:
    text = "".join(chr(0x4E00 + n) for n in range(400))

    part = sketch(text[100:300])

    assert (len(part) > 30, bool(np.isin(part, sketch(text)).all())) == (True, True)


def test_texts_are_hashed_together_as_each_alone() -> None:
    texts = [" ".join(WORDS[n : n + 700]) for n in range(0, 3500, 50)]
    texts[1:1] = ["", "one two three", "汉" * 9, "\ud800 é İ Σ"]

    assert shingles_of(texts) == [shingles(text) for text in texts]
