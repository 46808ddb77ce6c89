"""Models as their providers offer them, joined from what all catalogues state. Pure.

Where two catalogues state different values of one offer, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from aggregator.domain.frozen import frozen, grouped
from aggregator.plugins.catalogues.differences import CatalogueValue, Ending, ReadingState
from aggregator.plugins.catalogues.names import subject_of
from aggregator.plugins.catalogues.records import COUNTS, PRICES, SIGNS, ValueKind
from aggregator.plugins.catalogues.store import ListedRecord
from aggregator.templating.translation import Translations

_SOON = timedelta(days=60)
_FIRST, _SECOND, _THIRD, _LAST = range(4)  # by effect


@frozen
class Offer:
    """A model as one provider offers it. `pages` are the addresses that its records give for what
    they state, by catalogue and record.
    """

    subject: str
    provider: str
    name: str
    values: tuple[CatalogueValue, ...]
    pages: Mapping[tuple[str, str], str]

    def of(self, kind: ValueKind) -> tuple[CatalogueValue, ...]:
        """What is stated of one kind, each value once."""
        found = {value.value: value for value in reversed(self.values) if value.kind is kind}
        return tuple(found.values())[::-1]

    def amount(self, kind: ValueKind) -> Decimal | None:
        """The first value of a kind as a number."""
        found = self.of(kind)
        return Decimal(found[0].value.rpartition(" ")[2]) if found else None

    def is_over(self, today: date) -> bool:
        """Whether it is retired."""
        days = [date.fromisoformat(value.value) for value in self.of(ValueKind.RETIREMENT)]
        return bool(days) and min(days) <= today


@frozen
class Difference:
    """What changed of an offer: its values with those before them, none of a new one."""

    offer: Offer
    pairs: tuple[tuple[CatalogueValue, str], ...]
    is_new: bool

    @property
    def at(self) -> datetime:
        """When it was first read."""
        return self.pairs[0][0].since

    def effect(self, today: date) -> int:
        """How much it matters; the smallest most."""
        kinds = {value.kind for value, _ in self.pairs}
        ends = [
            date.fromisoformat(value.value)
            for value, _ in self.pairs
            if value.kind is ValueKind.RETIREMENT
        ]
        if any(today <= end <= today + _SOON for end in ends):
            return _FIRST
        if kinds & set(PRICES) and not self.is_new:
            return _SECOND
        return _THIRD if self.is_new or ends else _LAST


@frozen
class Catalogues:
    """What is stored of all catalogues: only records whose names are known are shown."""

    records: tuple[ListedRecord, ...] = ()
    values: tuple[CatalogueValue, ...] = ()
    readings: tuple[ReadingState, ...] = ()

    @property
    def as_of(self) -> datetime:
        """When a catalogue was last read."""
        return max(reading.at for reading in self.readings)

    def offers(self) -> tuple[Offer, ...]:
        """What is listed now, by provider and name."""
        standing = grouped(
            ((value.source_key, value.record), value)
            for value in self.values
            if value.until is None
        )
        listed = grouped(
            (record.place, record)
            for record in self.records
            if record.is_known and record.unlisted is None
        )
        return tuple(_offer(listed[place], standing) for place in sorted(listed))

    def differences(self) -> tuple[Difference, ...]:
        """What changed since the first readings and stands, the newest first."""
        stored = grouped(((value.source_key, value.record), value) for value in self.values)
        offers = {(subject_of(each.provider), each.subject): each for each in self.offers()}
        found = [
            difference
            for record in self.records
            if record.is_known and record.place in offers
            for difference in _differences(
                record, offers[record.place], stored.get((record.source_key, record.record), ())
            )
        ]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True))

    def prices_over_time(self, offer: Offer, kind: ValueKind) -> tuple[CatalogueValue, ...]:
        """The prices that the first catalogue of an offer had, the oldest first."""
        first = next((value.source_key for value in offer.of(kind)), "")
        return tuple(
            value
            for value in self.values
            if value.source_key == first
            and (first, value.record) in offer.pages
            and value.kind is kind
            and value.ending != Ending.WITHDRAWN
        )


def shown_value(kind: ValueKind, value: str, words: Translations) -> str:
    """A value as a page shows it."""
    if kind in PRICES:
        currency, _, amount = value.partition(" ")
        sign = SIGNS.get(currency, f"{currency} ")
        return f"{sign}{amount}"
    if kind in COUNTS:
        return words.number(int(value))
    return value if kind is ValueKind.LICENCE else words.day(date.fromisoformat(value))


def percent(before: str, after: str) -> str:
    """By how much a price changed, such as "−40 %", with a space that does not break."""
    old, new = (Decimal(each.rpartition(" ")[2]) for each in (before, after))
    if not old or before.split(maxsplit=1)[0] != after.split(maxsplit=1)[0]:
        return ""
    share = round((new - old) / old * 100)
    return f"{'+' if share > 0 else '−'}{abs(share)}\u00a0%" if share else ""


def _offer(
    several: Sequence[ListedRecord],
    standing: Mapping[tuple[str, str], Sequence[CatalogueValue]],
) -> Offer:
    pages = {(record.source_key, record.record): record.page for record in several}
    return Offer(
        subject=several[0].subject,
        provider=several[0].provider,
        name=min((record.name for record in several), key=lambda name: (name.islower(), name)),
        values=tuple(value for record in pages for value in standing.get(record, ())),
        pages=pages,
    )


def _differences(
    record: ListedRecord, offer: Offer, stored: Sequence[CatalogueValue]
) -> Iterator[Difference]:
    """The differences of one record: all values that it has since one reading are one."""
    fresh = grouped(
        (value.since, (value, _before(value, stored)))
        for value in stored
        if value.until is None and not value.is_base and value.kind is not ValueKind.ANNOUNCED
    )
    for at, pairs in fresh.items():
        is_new = not record.is_base and at == record.since
        yield Difference(offer=offer, pairs=pairs, is_new=is_new)


def _before(value: CatalogueValue, stored: Sequence[CatalogueValue]) -> str:
    """The last value before one that something else agreed with."""
    earlier = [
        other.value
        for other in stored
        if other.kind is value.kind and other.since < value.since and other.confirmed
    ]
    return earlier[-1] if earlier else ""
