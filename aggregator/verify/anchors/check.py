"""The anchors of a claim: what in it the whole story does not bear out, by reason; names here."""

from __future__ import annotations

import re

from aggregator.domain.claim import Rejection
from aggregator.domain.frozen import frozen
from aggregator.verify.anchors.amounts import missing_amounts, missing_products
from aggregator.verify.anchors.dating import missing_dates
from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.anchors.line import Line, line_of
from aggregator.verify.anchors.slots import is_misplaced_amount, misplaced_dates
from aggregator.verify.anchors.speaking import misattributed
from aggregator.verify.names import missing_names
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.wording import is_written_as_name, read

_FIRST = re.compile(r"""(?:^|[.!?:;…—–]["'”’)\]]*\s+|["“‘(\[]\s?)["'“‘(\[]*([A-Z][a-z'’-]*)\b""")
_SHORTEST = 3  # letters of a name that may be part of a compound
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@frozen
class Objection:
    """Why a claim is turned away, and the words of it that the story does not bear out."""

    reason: Rejection
    words: tuple[str, ...]


def objections(text: str, story: StoryIndex) -> tuple[Objection, ...]:
    """What a story has against a claim, empty where nothing: number, version, date, name,
    quotation and speaker in this order.
    """
    lines = [line_of(sentence, story.days[0]) for sentence in read(text)]
    versions = missing_products(text, story)
    products = " ".join(versions)  # whose names are part of them
    found = (
        (Rejection.NUMBER, _amounts(lines, story)),
        (Rejection.VERSION, versions),
        (Rejection.DATE, _dates(lines, story)),
        (
            Rejection.NAME,
            tuple(naming for naming in missing_namings(text, story) if naming not in products),
        ),
        (Rejection.QUOTATION, missing_quotations(text, story.texts)),
        (Rejection.SPEAKER, misattributed(lines, story)),
    )
    return tuple(Objection(reason=reason, words=words) for reason, words in found if words)


def _amounts(lines: list[Line], story: StoryIndex) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for line in lines for word in missing_amounts(line, story)))


def _dates(lines: list[Line], story: StoryIndex) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            word
            for line in lines
            for word in (*missing_dates(line.text, story), *misplaced_dates(line, story))
        )
    )


def contested(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The figures and dates of a claim for which the story gives others, in their very place."""
    lines = [line_of(sentence, story.days[0]) for sentence in read(text)]
    amounts = (
        figure.text
        for line in lines
        for figure in line.figures
        if not (figure.in_date or figure.in_version) and is_misplaced_amount(figure, line, story)
    )
    dates = (word for line in lines for word in misplaced_dates(line, story))
    return tuple(dict.fromkeys((*amounts, *dates)))


def missing_namings(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The names of a claim that no report, headline or source of the story has."""
    opening = {match[1] for match in _FIRST.finditer(text)}
    return tuple(
        name
        for name in missing_names(text, story.texts)
        if not (name in opening and not is_written_as_name(name, story.casing, story.archive))
        and not _is_ordinary_behind(name, opening, story)
        and not _is_part_of_compound(name, story)
        and not _is_common_acronym(name, story)
    )


def _is_part_of_compound(name: str, story: StoryIndex) -> bool:
    """Whether it opens a word that the story writes with a capital inside: "Mac" of "macOS"."""
    return len(name) >= _SHORTEST and any(
        word[: len(name)].lower() == name.lower() and word[len(name)].isupper()
        for text in story.texts
        for word in _WORD.findall(text)
        if len(word) > len(name)
    )


def _is_common_acronym(name: str, story: StoryIndex) -> bool:
    """Whether it is an acronym of which the archive writes the plural: a thing that one can have
    several of, as "GPU".
    """
    return name.isupper() and any(
        f"{name.lower()}s" in table for table in (story.casing, story.archive)
    )


def _is_ordinary_behind(name: str, opening: set[str], story: StoryIndex) -> bool:
    """Whether a name is an ordinary first word with names behind it that all stand in the story:
    "Both OpenAI", "Chipmaker Nvidia".
    """
    first, *rest = _WORD.findall(name)
    return (
        bool(rest)
        and first in opening
        and not is_written_as_name(first, story.casing, story.archive)
        and not missing_names(f"by {' '.join(rest)}", story.texts)
    )
