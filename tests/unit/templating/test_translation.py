"""What is said in a language: gettext's catalogues, plural forms, numbers and dates; English as the
code has it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aggregator.domain.dates import Precision
from aggregator.domain.wording import counted, day_name, week_name
from aggregator.errors import CatalogueError
from aggregator.templating.translation import (
    Translations,
    catalogue,
    supported_language,
    translations,
)

POLISH = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 "
"|| n%100>=20) ? 1 : 2);\n"

#: aggregator/site/lists/lines.py:117
#, python-format
msgid "%s story"
msgid_plural "%s stories"
msgstr[0] "%s artykuł"
msgstr[1] "%s artykuły"
msgstr[2] "%s artykułów"

msgctxt "between thousands"
msgid ","
msgstr " "

msgid "Edition %(number)s"
msgstr ""
"Wydanie "
"\"%(number)s\""

#, fuzzy
msgid "Sources"
msgstr "?"

msgid "Week"
msgstr ""

#~ msgid "Gone"
#~ msgstr "Nie ma"
"""


@pytest.fixture
def polish(tmp_path: Path) -> Translations:
    """A language with three plural forms."""
    (tmp_path / "pl.po").write_text(POLISH, "utf-8")
    return catalogue(tmp_path / "pl.po")


def test_a_message_is_said_with_its_places_filled(polish: Translations) -> None:
    assert polish("Edition %(number)s", number=3) == 'Wydanie "3"'


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_full_stop_is_doubled(language: str) -> None:
    said = translations(language)("Model: %(models)s.", models="Acme Inc.")

    assert said.endswith(": Acme Inc.")


def test_what_is_empty_fuzzy_or_gone_is_said_in_english(polish: Translations) -> None:
    assert [polish(message) for message in ("Week", "Sources", "Gone")] == [
        "Week",
        "Sources",
        "Gone",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 artykułów"),
        (1, "1 artykuł"),
        (3, "3 artykuły"),
        (12, "12 artykułów"),
        (22, "22 artykuły"),
        (1204, "1 204 artykuły"),
    ],
)
def test_what_is_counted_takes_the_form_of_its_number(
    polish: Translations, number: int, text: str
) -> None:
    assert polish.counted(number, "%s story", "%s stories") == text


@pytest.mark.parametrize(
    "text", ["", "no catalogue", 'msgid ""\nmsgstr "no end\n', 'msgid "a"\nmsgstr "b"\n']
)
def test_a_file_that_is_no_catalogue_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "xx.po").write_text(text)

    with pytest.raises(CatalogueError, match=r"xx\.po"):
        catalogue(tmp_path / "xx.po")


def test_english_says_what_the_command_line_says() -> None:
    day, weeks = date(2026, 7, 4), ("2026-W28", "2026-W27", "2026-W53")
    english = translations("en-GB")

    texts = [
        english.day(day),
        *map(english.week, weeks),
        *(english.counted(n, "%s story", "%s stories") for n in (0, 1, 1204)),
    ]
    assert texts == [
        day_name(day),
        *map(week_name, weeks),
        *(counted(n, "story", "stories") for n in (0, 1, 1204)),
    ]


@pytest.mark.parametrize(
    ("precision", "shown"),
    [(Precision.DAY, "4 July 2026"), (Precision.MONTH, "July 2026"), (Precision.YEAR, "2026")],
)
def test_a_date_is_told_as_far_as_it_is_known(precision: Precision, shown: str) -> None:
    assert translations("en").date(date(2026, 7, 4), precision) == shown


def test_a_variety_of_a_language_speaks_it() -> None:
    assert [
        supported_language(language)
        for language in ("en", "en-GB", "EN-us", "en-XA", "tlh", "tlh-XA")
    ] == [
        "en",
        "en",
        "en",
        "en-XA",
        "",
        "",
    ]
