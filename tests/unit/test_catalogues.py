"""The catalogues are whole: every message is said in every language, with the places and the markup
of the English.
"""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from aggregator.resources import TEMPLATES
from aggregator.templating.translation import ENGLISH, catalogue, languages
from tools.catalogue import FOLDER, Message, messages
from tools.catalogue import catalogue as written

OTHERS = [language for language in languages() if language != ENGLISH]
HOW = "run: python -m tools.catalogue; then translate what is empty in templates/words/"


def parts(text: str) -> Counter[str]:
    """The places, tags and entities of a text."""
    return Counter(re.findall(r"%\(\w+\)s|%s|</?\w+[^>]*>|&\w+;", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_said(language: str) -> None:
    forms = catalogue(FOLDER / f"{language}.po").forms
    keys = {
        f"{message.context}\x04{message.text}" if message.context else message.text
        for message in messages()
    }

    assert sorted(key for key in keys if forms(key) is None) == [], HOW


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_as_the_tool_writes_it(language: str) -> None:
    assert (FOLDER / f"{language}.po").read_bytes() == written(language), HOW


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_said_has_the_places_and_the_markup_of_the_message(language: str) -> None:
    forms = catalogue(FOLDER / f"{language}.po").forms

    wrong = {
        message.text: said
        for message in messages()
        if not message.context
        for said in forms(message.text) or ()
        if parts(said) != parts(message.text)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_our_reader_reads_what_babel_reads(language: str) -> None:
    path = FOLDER / f"{language}.po"
    forms = catalogue(path).forms
    read = [
        each
        for each in read_po(BytesIO(path.read_bytes()), locale=language)
        if each.id and each.string
    ]

    theirs = {
        (message.context, message.id[0] if message.pluralizable else message.id): message.string
        for message in read
    }
    ours = {
        (context, text): forms(f"{context}\x04{text}" if context else str(text))
        for context, text in theirs
    }
    assert {key: said if len(said) > 1 else said[0] for key, said in ours.items() if said} == theirs


@pytest.mark.parametrize("language", OTHERS)
def test_pages_quote_with_the_marks_that_mails_and_feeds_use(language: str) -> None:
    style = (TEMPLATES / "static" / "style.css").read_text("utf-8")
    rule = re.search(rf':root:lang\({language}\) q {{\s*quotes: "(.)" "(.)"', style)

    assert rule is not None, "write a rule for `q` into templates/static/style.css"
    assert catalogue(FOLDER / f"{language}.po")("“%(quote)s”", quote="") == rule[1] + rule[2]


def test_nothing_counted_stands_in_german_where_it_would_be_bent() -> None:
    forms = catalogue(FOLDER / "de.po").forms
    bent = re.compile(
        r"\b(?:aus|bei|in|mit|nach|seit|unter|von|vor|zu) %\((?:articles|days|entries|origins)\)s"
    )

    assert [
        said for message in messages() for said in forms(message.text) or () if bent.search(said)
    ] == []


def test_what_has_no_message_is_found(tmp_path: Path) -> None:
    assert Message(text="%s story", plural="%s stories") in messages()
    assert Message(text="Front page") in messages()
    assert Message(text="Chips") in messages()
