"""The anchors of a claim: what in it the whole story does not bear out, by reason."""

from __future__ import annotations

from aggregator.domain.claim import Rejection
from aggregator.domain.frozen import frozen
from aggregator.verify.alignment import read
from aggregator.verify.anchors.amounts import missing_amounts, missing_products
from aggregator.verify.anchors.dating import missing_dates
from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.anchors.line import Line, line_of
from aggregator.verify.anchors.naming import missing_namings
from aggregator.verify.anchors.slots import is_misplaced_amount, misplaced_dates
from aggregator.verify.anchors.speaking import misattributed
from aggregator.verify.quotes import missing_quotations


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
