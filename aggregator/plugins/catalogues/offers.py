"""Models as their providers offer them, joined from what all catalogues state. Pure.

Where two catalogues state different values of one offer, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from aggregator.domain.frozen import frozen, grouped
from aggregator.plugins.catalogues.differences import CatalogueValue, Ending
from aggregator.plugins.catalogues.names import name_pieces, subject_of, without_day
from aggregator.plugins.catalogues.records import COUNTS, PRICES, ValueKind
from aggregator.plugins.catalogues.store import ListedRecord
from aggregator.templating.translation import Translations

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_SOON = timedelta(days=60)
_CURRENT = (*PRICES, *COUNTS)
_FIRST, _SECOND, _THIRD, _LAST = range(4)  # by effect


@frozen
class OfferedValue:
    """A value of an offer, with the line of the record that states it, its catalogue and the day
    from which this has it.
    """

    kind: ValueKind
    value: str
    text: str
    source_key: str
    page: str
    since: date
    is_confirmed: bool


@frozen
class Offer:
    """A model as one provider offers it. `names` are how catalogues write it."""

    subject: str
    provider: str
    name: str
    values: tuple[OfferedValue, ...]

    def of(self, kind: ValueKind) -> tuple[OfferedValue, ...]:
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
    at: datetime
    source_key: str
    pairs: tuple[tuple[OfferedValue, str], ...]
    is_new: bool

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
    """What is stored of all catalogues; only records whose names are known."""

    records: tuple[ListedRecord, ...]
    values: tuple[CatalogueValue, ...]

    def offers(self) -> tuple[Offer, ...]:
        """What is listed now, by provider and name."""
        standing = grouped(
            ((value.source_key, value.record), value)
            for value in self.values
            if value.until is None
        )
        listed = grouped(
            (_place(record), record)
            for record in self.records
            if record.is_known and record.unlisted is None
        )
        return tuple(
            _offer(several, standing)
            for _, several in sorted(listed.items(), key=lambda row: row[0])
        )

    def differences(self) -> tuple[Difference, ...]:
        """What changed since the first readings and stands, the newest first."""
        of_record = grouped(((value.source_key, value.record), value) for value in self.values)
        offers = {_place(offer): offer for offer in self.offers()}
        found = [
            difference
            for record in self.records
            if record.is_known and (offer := offers.get(_place(record)))
            for difference in _differences(
                record, offer, of_record.get((record.source_key, record.record), ())
            )
        ]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True))

    def prices_over_time(self, offer: Offer, kind: ValueKind) -> tuple[CatalogueValue, ...]:
        """The prices that the first catalogue of an offer had, the oldest first."""
        first = next((value.source_key for value in offer.of(kind)), "")
        records = {record.record for record in self.records if _place(record) == _place(offer)}
        return tuple(
            value
            for value in self.values
            if value.source_key == first
            and value.record in records
            and value.kind is kind
            and value.ending != Ending.WITHDRAWN
        )


def of_model(name: str, offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """The offers of a model by its name in the news; "Claude Haiku 3.5" is claude-3-5-haiku."""
    wanted = sorted(name_pieces(name))
    return tuple(
        offer for offer in offers if sorted(name_pieces(without_day(offer.subject))) == wanted
    )


def shown_value(kind: ValueKind, value: str, words: Translations) -> str:
    """A value as a page shows it."""
    if kind in PRICES:
        currency, _, amount = value.partition(" ")
        sign = _SIGNS.get(currency, f"{currency} ")
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


def _place(of: Offer | ListedRecord) -> tuple[str, str]:
    """Which offer it is: catalogues write providers differently."""
    return subject_of(of.provider), of.subject


def _offer(
    several: Sequence[ListedRecord],
    standing: Mapping[tuple[str, str], Sequence[CatalogueValue]],
) -> Offer:
    first = several[0]
    return Offer(
        subject=first.subject,
        provider=first.provider,
        name=min((record.name for record in several), key=lambda name: (name.islower(), name)),
        values=tuple(
            _offered(value, record)
            for record in several
            for value in standing.get((record.source_key, record.record), ())
        ),
    )


def _offered(value: CatalogueValue, record: ListedRecord) -> OfferedValue:
    return OfferedValue(
        kind=value.kind,
        value=value.value,
        text=value.text,
        source_key=value.source_key,
        page=record.page,
        since=value.since.date(),
        is_confirmed=value.confirmed is not None,
    )


def _differences(
    record: ListedRecord, offer: Offer, stored: Sequence[CatalogueValue]
) -> Iterable[Difference]:
    """The differences of one record: all values that it has since one reading are one."""
    fresh = grouped(
        (value.since, value) for value in stored if value.until is None and not value.is_base
    )
    for at, several in fresh.items():
        shown = [value for value in several if value.kind is not ValueKind.ANNOUNCED]
        pairs = tuple((_offered(value, record), _before(value, stored)) for value in shown)
        is_new = not record.is_base and at == record.since
        if pairs:
            yield Difference(
                offer=offer,
                at=at,
                source_key=record.source_key,
                pairs=pairs,
                is_new=is_new,
            )


def _before(value: CatalogueValue, stored: Sequence[CatalogueValue]) -> str:
    """The last value before one that something else agreed with."""
    earlier = [
        other.value
        for other in stored
        if other.kind is value.kind and other.since < value.since and other.confirmed
    ]
    return earlier[-1] if earlier else ""
