"""What changes with a reading of a catalogue, and which readings are not believed. Pure.

A catalogue that changes its shape or its unit differs in hundreds of values at once; nobody changed
hundreds of prices. Such a reading is in quarantine: what it states is not stored. If one that comes
later is like it, it is the new base, without differences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from aggregator.domain.frozen import frozen
from aggregator.plugins.catalogues.records import PRICES, StatedValue, ValueKind

AGREEING_AFTER = timedelta(hours=20)  # from so long on a second reading is one
_WITHDRAWN_WITHIN = timedelta(days=2)  # a value that returns this soon never changed
_FEWEST = 5  # values that change at once, or lost ones: of fewer nothing follows
_SHARE = 5  # a fifth
_FACTOR = Decimal(100)  # no price rises or falls so much: its unit changed


class Ending(StrEnum):
    """Why a value does not count any more."""

    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"  # it was an error of the catalogue, which has the value before it again
    UNSTATED = "unstated"  # the record has no such value, or is not listed


@frozen
class HeldReading:
    """A reading that is not believed, since the first one of its shape."""

    since: datetime
    records: int
    counts: Mapping[str, int]


@frozen
class ReadingState:
    """The last reading of a catalogue that was believed: how many records it had, and how many of
    them with a value of each kind; `suspected` is a later one that was not, for its `suspicion`.
    """

    source_key: str
    at: datetime
    records: int
    counts: Mapping[str, int]
    held: Mapping[str, int] = field(default_factory=dict)
    suspicion: str = ""
    suspected: HeldReading | None = None


@frozen
class CatalogueValue:
    """A value of a record, from the reading that first had it. `is_base`: it was there when the
    catalogue was first read, so it is no news. `confirmed` is when something else agreed.
    """

    source_key: str
    record: str
    kind: ValueKind
    since: datetime
    value: str
    text: str
    is_base: bool
    confirmed: datetime | None = None
    until: datetime | None = None
    ending: str = ""


def suspicion(before: ReadingState | HeldReading, records: int, counts: Mapping[str, int]) -> str:
    """Why a reading is not believed beside the one before it, by what it has."""
    if before.records - records >= _FEWEST and records * _SHARE < before.records * (_SHARE - 1):
        return f"{records} records instead of {before.records}"
    for kind, number in before.counts.items():
        expected = number * records / before.records if before.records else 0
        if number >= _FEWEST and counts.get(kind, 0) * _SHARE < expected:
            return f"{counts.get(kind, 0)} records have {kind} instead of {number}"
    return ""


def mass_change(before: ReadingState, changed: Sequence[CatalogueValue]) -> str:
    """Why a reading is not believed by how many of its values are others than before."""
    for kind, number in sorted(Counter(value.kind for value in changed).items()):
        of = before.counts.get(kind, 0)
        if number >= _FEWEST and number * _SHARE > of:
            return f"{number} of {of} values of {kind} changed at once"
    return ""


def updated_values(
    source_key: str,
    record: str,
    stated: Sequence[StatedValue],
    stored: Sequence[CatalogueValue],
    now: datetime,
) -> Iterator[CatalogueValue]:
    """The values of a record that a reading adds, ends or restores: `stated` is what it states,
    `stored` are all that it had, the oldest first.
    """
    current = {value.kind: value for value in stored if value.until is None}
    for kind in current.keys() - {value.kind for value in stated}:
        yield replace(current[kind], until=now, ending=Ending.UNSTATED)
    for new in stated:
        standing = current.get(new.kind)
        if standing and (standing.value == new.value or _is_other_unit(standing, new)):
            continue
        earlier = [value for value in stored if value.kind is new.kind and value is not standing]
        is_back = bool(earlier) and _is_back(earlier[-1], new, standing, now)
        if standing:
            ending = Ending.WITHDRAWN if is_back else Ending.REPLACED
            yield replace(standing, until=now, ending=ending)
        if is_back:
            yield replace(earlier[-1], until=None, ending="")
            continue
        yield CatalogueValue(
            source_key=source_key,
            record=record,
            kind=new.kind,
            since=now,
            value=new.value,
            text=new.text,
            is_base=False,
        )


def _is_back(
    last: CatalogueValue, new: StatedValue, standing: CatalogueValue | None, now: datetime
) -> bool:
    """Whether a value is the one before, which something else replaced for a short time."""
    is_short = standing is None or (
        last.until == standing.since and now - standing.since <= _WITHDRAWN_WITHIN
    )
    return last.value == new.value and is_short


def _is_other_unit(standing: CatalogueValue, new: StatedValue) -> bool:
    """Whether two prices cannot be prices of the same."""
    if new.kind not in PRICES:
        return False
    (currency, before), (other, after) = standing.value.split(), new.value.split()
    prices = sorted((Decimal(before), Decimal(after)))
    return currency != other or (prices[0] > 0 and prices[1] / prices[0] >= _FACTOR)
