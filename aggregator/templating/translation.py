"""The messages of pages and mails, in the language of the site.

Messages are gettext's: the English text is in templates and code, with named places (`%(name)s`),
and `templates/words/<language>.po` has its translations. English needs no catalogue. `en-XA` is
English with every vowel doubled, a third longer: it shows whether a layout has room for longer
words, and which words have no message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from functools import cache, lru_cache, partial
from gettext import c2py
from pathlib import Path
from typing import TypeVar

from aggregator.domain.dates import Precision, week_days
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind
from aggregator.domain.wording import N_
from aggregator.errors import CatalogueError
from aggregator.hooks.plugins import Plugins, plugins
from aggregator.resources import TEMPLATES

Key = TypeVar("Key")

ENGLISH = "en"
PSEUDO_LOCALE = "en-XA"  # the usual name for such a language
_FOLDER = TEMPLATES / "words"
_CONTEXT = "\x04"  # gettext's own separator of context and message
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?(".*")\s*')
_PLURAL = re.compile(r"plural=([^;\\]+)")
_VOWEL = re.compile("[aeiou]", re.IGNORECASE)
_CLOSED = re.compile(r"%\((\w+)\)s\.(?!\w)")
_NO_WORDS = re.compile(r"(%(?:\(\w+\))?[sd]|<[^>]+>|&\w+;)")  # places, tags, entities


_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
_ZONES = frozenset(
    (N_("CET"), N_("CEST"))
)  # what is called otherwise where a catalogue's language is spoken


@lru_cache(maxsize=1024)
def closed_places(message: str) -> frozenset[str]:
    """The places of a message behind which a full stop stands."""
    return frozenset(_CLOSED.findall(message))


def unclosed(value: object) -> object:
    """A value without the full stop at its end, where the message has one of its own."""
    return value.removesuffix(".") if isinstance(value, str) else value


def filled(message: str, values: Mapping[str, object]) -> str:
    """A message with its places filled; no full stop is doubled."""
    if closed := closed_places(message):
        values = {
            name: unclosed(value) if name in closed else value for name, value in values.items()
        }
    return message % values


def _untranslated(message: str) -> tuple[str, ...] | None:
    return None


def _english(number: int) -> int:
    return int(number != 1)


@frozen
class Translations:
    """The translations of a language. `forms` returns the plural forms of an English message, or
    None.
    """

    language: str
    forms: Callable[[str], tuple[str, ...] | None] = field(default=_untranslated, repr=False)
    plural: Callable[[int], int] = field(default=_english, repr=False)

    def __call__(self, message: str, **values: object) -> str:
        """A message with its places filled."""
        if self.forms is _untranslated:  # of seventy messages that a story's page has
            return filled(message, values) if values else message
        forms = self.forms(message)
        text = forms[0] if forms else message
        return filled(text, values) if values else text

    def pgettext(self, context: str, message: str) -> str:
        """A message whose English text has several meanings; `context` says which."""
        forms = self.forms(f"{context}{_CONTEXT}{message}")
        return forms[0] if forms else message

    def named(self, names: Mapping[Key, str]) -> dict[Key, str]:
        """The names by key, translated."""
        return {key: self(name) for key, name in names.items()}

    def inside(self, name: str) -> str:
        """A name within a sentence: with a small letter in English."""
        is_small = self.pgettext("the first letter of a name within a sentence", "small") == "small"
        return f"{name[:1].lower()}{name[1:]}" if is_small else name

    def counted(self, number: int, one: str, many: str) -> str:
        """`1 story`, `1,204 stories`, from `%s story` and `%s stories`."""
        forms = self.forms(one) or (one, many)
        return forms[self.plural(number)] % self.number(number)

    def number(self, number: int) -> str:
        """`1,204`."""
        return f"{number:,}".replace(",", self.pgettext("between thousands", ","))

    def day(self, day: date) -> str:
        """`4 July 2026`."""
        return _day(self, day)

    def day_of_year(self, day: date) -> str:
        """`4 July`."""
        return self("%(day)s %(month)s", day=day.day, month=self(_MONTHS[day.month - 1]))

    def month(self, day: date) -> str:
        """`July 2026`."""
        return self("%(month)s %(year)s", month=self(_MONTHS[day.month - 1]), year=day.year)

    def zone(self, name: str) -> str:
        """`CET`: the abbreviation of a zone as in tzdata, translated."""
        return self(name) if name in _ZONES else name

    def date(self, day: date, precision: Precision) -> str:
        """A date to its precision: `4 July 2026`, `July 2026` or `2026`."""
        match precision:
            case Precision.DAY:
                return self.day(day)
            case Precision.MONTH:
                return self.month(day)
            case Precision.YEAR:
                return str(day.year)

    def week(self, week: str) -> str:
        """`6–12 July 2026`; months and years only as often as they change."""
        first, last = week_days(week)
        if first.year != last.year:
            return self("%(first)s – %(last)s", first=self.day(first), last=self.day(last))
        if first.month != last.month:
            return self("%(first)s – %(last)s", first=self.day_of_year(first), last=self.day(last))
        return self("%(first_day)s–%(last)s", first_day=first.day, last=self.day(last))

    def period(self, period: str) -> str:
        """A week as `week` names it, a day as `day` does."""
        is_week = period_kind(period) is PeriodKind.WEEK
        return self.week(period) if is_week else self.day(period_days(period)[0])


@lru_cache(maxsize=1024)  # a list asks for the day of each of its lines
def _day(words: Translations, day: date) -> str:
    return words(
        "%(day)s %(month)s %(year)s",
        day=day.day,
        month=words(_MONTHS[day.month - 1]),
        year=day.year,
    )


IN_ENGLISH = Translations(language=ENGLISH)


def languages() -> tuple[str, ...]:
    """The languages with translations."""
    return (ENGLISH, *sorted(path.stem for path in _FOLDER.glob("*.po")))


def supported_language(language: str) -> str:
    """The language that a page in `language` (BCP 47) uses: itself, or what it is a variety of;
    else empty.
    """
    known = {name.lower(): name for name in (*languages(), PSEUDO_LOCALE)}
    parts = language.lower().split("-")
    return next(
        (known[tag] for end in range(len(parts), 0, -1) if (tag := "-".join(parts[:end])) in known),
        "",
    )


@cache
def translations(language: str) -> Translations:
    """The translations of a language (BCP 47); English if there are none. Raises
    `CatalogueError`.
    """
    match supported_language(language):
        case "" | "en":
            return Translations(language=language)
        case "en-XA":
            return Translations(language=language, forms=_lengthened)
        case other:
            ours = catalogue(_FOLDER / f"{other}.po")
            return replace(ours, forms=partial(_forms_of_all, ours.forms, other))


def added_catalogues(language: str) -> tuple[Path, ...]:
    """The catalogues that plugins add for a language."""
    return tuple(path for path in plugins().all("catalogues", language=language) if path.is_file())


def _forms_of_all(
    ours: Callable[[str], tuple[str, ...] | None], language: str, message: str
) -> tuple[str, ...] | None:
    """The forms of a message of ours, or of a plugin."""
    return ours(message) or _forms_of_plugins(plugins(), language).get(message)


@lru_cache(maxsize=8)
def _forms_of_plugins(there: Plugins, language: str) -> dict[str, tuple[str, ...]]:
    """The messages that plugins translate; where several do, the first counts."""
    found: dict[str, tuple[str, ...]] = {}
    for plugin, path in there.each("catalogues", language=language):
        with there.guarded(plugin, "catalogues"):
            found = _messages(path)[0] | found
    return found


def _lengthened(message: str) -> tuple[str, ...]:
    parts = _NO_WORDS.split(message.rpartition(_CONTEXT)[2])
    text = "".join(
        part if place % 2 else _VOWEL.sub(r"\g<0>\g<0>", part) for place, part in enumerate(parts)
    )
    return (text, text)


def catalogue(path: Path) -> Translations:
    """The translations of a `.po` file, named by its language. Empty and fuzzy ones stay English.

    Raises `CatalogueError`.
    """
    messages, plural = _messages(path)
    return Translations(language=path.stem, forms=messages.get, plural=plural)


def _messages(path: Path) -> tuple[dict[str, tuple[str, ...]], Callable[[int], int]]:
    """The forms of the messages of a catalogue, and which of them a number takes."""
    try:
        entries = tuple(_entries(path.read_text("utf-8")))
        header = next(entry["msgstr"] for entry in entries if not entry["msgid"])
        plural = c2py(found[1]) if (found := _PLURAL.search(header)) else _english
    except (OSError, ValueError, SyntaxError, KeyError, StopIteration) as error:
        raise CatalogueError(f"not a catalogue of gettext: {path}: {error}") from error
    messages = {}
    for entry in entries:
        forms = tuple(text for word, text in sorted(entry.items()) if word.startswith("msgstr"))
        if entry["msgid"] and all(forms):
            context = f"{entry['msgctxt']}{_CONTEXT}" if "msgctxt" in entry else ""
            messages[f"{context}{entry['msgid']}"] = forms
    return messages, plural


def _entries(text: str) -> Iterator[dict[str, str]]:
    """The entries of a catalogue in gettext's format, each text by its keyword, forms as `msgstr0`,
    `msgstr1`.
    """
    for block in re.split(r"\n\s*\n", text):
        entry: dict[str, str] = {}
        keyword = ""
        for line in block.splitlines():
            if line.startswith("#, ") and "fuzzy" in line:
                break
            if line.startswith("#") or not line.strip():
                continue
            read = _LINE.fullmatch(line)
            if read is None:
                raise ValueError(f"cannot be read: {line}")
            keyword = f"{read[1]}{read[2] or ''}" if read[1] else keyword
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(read[3])
        else:
            if entry:
                yield entry
