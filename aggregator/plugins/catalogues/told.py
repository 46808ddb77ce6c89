"""What a sentence says of a model that catalogues state too: prices, a window, its last day. Pure.

A sentence counts only where it can be about one model alone, and a price only where it is plain
which tokens it is for: nothing is better than the price of another model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.plugins.catalogues.names import NAME_PIECES
from aggregator.plugins.catalogues.records import PRICES, ValueKind
from aggregator.verify.figures import Figure, figures

_MOST_PIECES = 7  # of a name
_JOINS = re.compile(r"[\s\u00a0._:‑-]?")
_PER_MILLION = re.compile(r"\bmillion\b|\b1M\b|\bMTok\b", re.IGNORECASE)
_DIRECTION = re.compile(r"\b(cached|input|output)\b(?!\s+or\b)", re.IGNORECASE)
_FORMER = re.compile(r"\b(?:from|instead of|than|was|were|of)\s*$")
_WINDOW = re.compile(r"\bcontext\b", re.IGNORECASE)
OVER = re.compile(
    r"\b(?:retir\w+|deprecat\w+|sunset\w*|discontinu\w+|decommission\w*"
    r"|(?:switch|shut|turn)\w* (?:off|down))\b",
    re.IGNORECASE,
)
_ALIKE = Decimal("0.05")  # a window of "128K" has 131,072 tokens


@frozen
class ToldValue:
    """A value that a sentence states, of one of some kinds."""

    kinds: tuple[ValueKind, ...]
    value: str

    def is_same(self, value: str) -> bool:
        """Whether a value of a catalogue is this one."""
        if self.kinds != (ValueKind.CONTEXT,):
            return self.value == value
        mine, other = Decimal(self.value), Decimal(value)
        return abs(mine - other) <= _ALIKE * max(mine, other)


def models_in(
    text: str, known: Collection[tuple[str, ...]], words: Collection[str]
) -> frozenset[tuple[str, ...]]:
    """The keys of those known models that a text names. "GPT-5.2" is not named by "GPT-5.2 Pro",
    nor where any of the `words` of names goes on behind it.
    """
    pieces = [*NAME_PIECES.finditer(text)]
    found: set[tuple[str, ...]] = set()
    at = 0
    while at < len(pieces):
        for end in range(min(at + _MOST_PIECES, len(pieces)), at + 1, -1):
            joined = [
                _JOINS.fullmatch(text, one.end(), other.start())
                for one, other in zip(pieces[at : end - 1], pieces[at + 1 : end], strict=True)
            ]
            key = tuple(sorted(piece[0].lower() for piece in pieces[at:end]))
            if all(joined) and key in known:
                following = pieces[end] if end < len(pieces) else None
                if not (following and _goes_on(text, pieces[end - 1].end(), following, words)):
                    found.add(key)
                at = end
                break
        else:
            at += 1
    return frozenset(found)


def told_values(sentence: str, day: date) -> Iterator[ToldValue]:
    """What a sentence of a day states of the model that it is about."""
    stated = [each for each in figures(sentence) if not (each.in_version or each.in_date)]
    if _PER_MILLION.search(sentence):
        yield from _prices(sentence, [each for each in stated if len(each.unit) == 3])
    windows = {each.value for each in stated if each.unit == "token"}
    if len(windows) == 1 and _WINDOW.search(sentence):
        yield ToldValue(kinds=(ValueKind.CONTEXT,), value=str(int(windows.pop())))
    days = {each.day for each in date_mentions(sentence, day) if each.precision is Precision.DAY}
    if len(days) == 1 and OVER.search(sentence):
        yield ToldValue(kinds=(ValueKind.RETIREMENT,), value=days.pop().isoformat())


def _prices(sentence: str, amounts: list[Figure]) -> Iterator[ToldValue]:
    """Each price with the direction of its tokens, where a sentence has as many of one as of the
    other; a single one without any is for whichever.
    """
    now = [each for each in amounts if not _FORMER.search(sentence[: each.start])]
    named = [ValueKind(f"{each[0].lower()}_price") for each in _DIRECTION.finditer(sentence)]
    named = [kind for kind in named if kind in PRICES]
    if len(now) == 1 and not named:
        yield ToldValue(kinds=PRICES, value=_money(now[0]))
    elif len(now) == len(named) == len(set(named)):
        for amount, kind in zip(now, named, strict=True):
            yield ToldValue(kinds=(kind,), value=_money(amount))


def _money(amount: Figure) -> str:
    return f"{amount.unit} {format(amount.value.normalize(), 'f')}"


def _goes_on(text: str, end: int, following: re.Match[str], words: Collection[str]) -> bool:
    """Whether what follows a name belongs to it."""
    if not _JOINS.fullmatch(text, end, following.start()):
        return False
    return (
        following[0].isdigit() or text[following.start()].isupper() or following[0].lower() in words
    )
