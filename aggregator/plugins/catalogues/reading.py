"""Reads a catalogue by its mapping: what its records state, in one form, with the line that says
so. Pure; runs in the process that reads pages.

All that a catalogue says is outside input. Numbers are kept as they are written until they are
known to be prices or counts, names with control characters are held back, and what has no plausible
form is counted with its reason.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter

from aggregator.domain.entry import Unreadable
from aggregator.domain.ids import digest_of
from aggregator.domain.web.urls import fetchable_url
from aggregator.extract.feed.html_listing import table_rows
from aggregator.plugins.catalogues.records import (
    COUNTS,
    PRICES,
    SIGNS,
    CatalogueMapping,
    CatalogueReading,
    CatalogueRecord,
    HeldValue,
    MappedValue,
    StatedValue,
    ValueKind,
)
from aggregator.plugins.catalogues.retirement import NO_DAY, retirement, stated_day

_MOST_RECORDS = 20_000
_LONGEST_NAME, _LONGEST_VALUE, _LONGEST_WORDS = 120, 200, 20_000
_LONGEST_NUMBER = 40  # characters
_MOST_MONEY = Decimal(10_000)  # for a million tokens; more is a unit misread
_FARTHEST_EXPONENT = 15
_MOST_TOKENS = 1_000_000_000
_MILLION = 1_000_000
_WITHOUT_VALUES = "none of the values that are looked for"

Json = Any  # outside input of any shape


class _Number(str):
    """A number of a document, as it is written."""

    __slots__ = ()


def read_catalogue(document: bytes, url: str, mapping: Mapping[str, Any]) -> tuple[Any, ...]:
    """The reading of a document, alone. Raises ValueError where it is no catalogue."""
    described = TypeAdapter(CatalogueMapping).validate_python(mapping)
    return (reading_of(document, url, described),)


def reading_of(document: bytes, url: str, mapping: CatalogueMapping) -> CatalogueReading:
    """What a document states. Raises ValueError where nothing in it can be read."""
    records: dict[tuple[str, str], CatalogueRecord] = {}
    held: list[HeldValue] = []
    counts: Counter[str] = Counter()
    total = 0
    for keys, item in _items(document, mapping):
        total += 1
        if total > _MOST_RECORDS:
            raise ValueError(f"more than {_MOST_RECORDS:,} records")
        counts.update(
            kind for kind, mapped in mapping.values.items() if _at(item, keys, mapped.path)
        )
        record = _record(item, keys, mapping, url, held)
        if record is None:
            continue
        known = records.setdefault((record.provider, record.key), record)
        if known is not record and known.digest != record.digest:
            held.append(_held(record.key, "", "listed twice, with different values"))
    if not total:
        raise ValueError(f"no records at {mapping.table or mapping.records!r}")
    return CatalogueReading(
        records=tuple(records.values()), held=tuple(held), total=total, counts=dict(counts)
    )


def _items(document: bytes, mapping: CatalogueMapping) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The records of a document, each with the keys on the way to it."""
    if mapping.table:
        rows = table_rows(document, mapping.table, content_type="text/html")
        if isinstance(rows, Unreadable):
            raise ValueError(rows.reason)
        yield from (((str(number),), row) for number, row in enumerate(rows, 1))
        return
    try:
        found = json.loads(
            document.decode("utf-8-sig", "replace"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=lambda _: None,
        )
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    for path in mapping.records.split(","):
        several = [pair for pair in _walked(found, path.strip()) if isinstance(pair[1], dict)]
        if several:
            yield from several
            return


def _walked(value: Json, path: str) -> Iterator[tuple[tuple[str, ...], Json]]:
    found: list[tuple[tuple[str, ...], Json]] = [((), value)]
    for step in path.split("."):
        following: list[tuple[tuple[str, ...], Json]] = []
        for keys, each in found:
            if step == "*" and isinstance(each, dict):
                following += [((*keys, key), member) for key, member in each.items()]
            elif step == "*" and isinstance(each, list):
                following += [((*keys, str(at)), one) for at, one in enumerate(each, 1)]
            elif isinstance(each, dict) and step in each:
                following.append((keys, each[step]))
        found = following[: _MOST_RECORDS + 1]
    yield from found


def _at(item: Json, keys: tuple[str, ...], path: str, most: int = _LONGEST_VALUE) -> str:
    """The first text or number at one of the paths, as it is written; empty where there is none."""
    if path.startswith("="):
        return path[1:]
    for each in path.split(","):
        steps = each.strip()
        if steps.startswith("@"):
            place = int(steps[1:]) - 1
            return keys[place][: most + 1] if 0 <= place < len(keys) else ""
        value = item
        for step in steps.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str) and value.strip():
            return value if isinstance(value, _Number) else value.strip()[: most + 1]
    return ""


def _record(
    item: Json,
    keys: tuple[str, ...],
    mapping: CatalogueMapping,
    url: str,
    held: list[HeldValue],
) -> CatalogueRecord | None:
    """The record of an object; what cannot be used goes to `held`."""
    key = " ".join(_at(item, keys, mapping.key).split())
    provider = " ".join(_at(item, keys, mapping.provider).split())
    name = " ".join(_at(item, keys, mapping.name or mapping.key).split())
    name = name.removeprefix(f"{provider}: ")
    for what, text in (("key", key), ("provider", provider), ("name", name)):
        if problem := _unprintable(text):
            held.append(_held(key, "", f"its {what} {problem}"))
            return None
    values = tuple(_values(item, keys, mapping, (key, name), held))
    if not values:
        held.append(_held(key, "", _WITHOUT_VALUES))
        return None
    page = _at(item, keys, mapping.page, 2_000) if mapping.page else ""
    stated = fetchable_url(page, url) if page else None
    digest = digest_of(name, stated or "", *(f"{each.kind}={each.value}" for each in values))
    return CatalogueRecord(
        key=key, name=name, provider=provider, page=stated or "", values=values, digest=digest
    )


def _held(key: str, kind: str, reason: str) -> HeldValue:
    printable = "".join(letter for letter in key if letter.isprintable())
    return HeldValue(key=printable[:_LONGEST_NAME], kind=kind, reason=reason)


def _unprintable(text: str) -> str:
    if not text:
        return "is missing"
    if len(text) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} characters"
    return "" if text.isprintable() else "has control characters"


def _values(
    item: Json,
    keys: tuple[str, ...],
    mapping: CatalogueMapping,
    named: tuple[str, str],
    held: list[HeldValue],
) -> Iterator[StatedValue]:
    """The values of a record, in the order of their kinds."""
    key, name = named
    announced: date | None = None
    for kind in ValueKind:
        if kind not in mapping.values:
            continue
        mapped = mapping.values[kind]
        read = _at(item, keys, mapped.path)
        line = f"{mapped.path.split(',')[0].strip()} = {read}"
        if kind is ValueKind.RETIREMENT:
            words = _at(item, keys, mapping.words, _LONGEST_WORDS) if mapping.words else ""
            day, quote, reason = retirement(stated_day(read), announced, words, key)
            value, line = day.isoformat() if day else "", quote or line
            reason = "" if reason == NO_DAY and not read else reason
        else:
            value, reason = _normal(kind, read, mapped) if read else ("", "")
        if reason:
            held.append(_held(key, kind, reason))
        elif value:
            yield StatedValue(kind=kind, value=value, text=_line(name, line))
        if kind is ValueKind.ANNOUNCED and value:
            announced = date.fromisoformat(value)


def _line(name: str, rest: str) -> str:
    return f"{name} · {' '.join(rest.split())}"[: _LONGEST_NAME + _LONGEST_VALUE + 80]


def _normal(kind: ValueKind, read: str, mapped: MappedValue) -> tuple[str, str]:
    """A value in one form, or why it has none."""
    if kind in PRICES:
        return _price(read, mapped)
    if kind in COUNTS:
        number = _number(read)
        is_count = number is not None and number == int(number) and 0 < number <= _MOST_TOKENS
        return (str(int(number)), "") if number and is_count else ("", "not a number of tokens")
    if kind is ValueKind.LICENCE:
        problem = _unprintable(read)
        return ("", f"a licence that {problem}") if problem else (read, "")
    day = stated_day(read)
    return (day.isoformat(), "") if day else ("", NO_DAY)


def _price(read: str, mapped: MappedValue) -> tuple[str, str]:
    bare = read.removeprefix(SIGNS.get(mapped.currency, mapped.currency)).strip()
    number = _number(bare)
    if number is None:
        return "", f"not a price in {mapped.currency}"
    if number < 0:
        return "", "a price below zero"
    price = number * _MILLION / mapped.per
    if price > _MOST_MONEY:
        return "", f"a price above {_MOST_MONEY:,} for a million tokens"
    plain = format(price.normalize(), "f") if price else "0"
    return f"{mapped.currency} {plain}", ""


def _number(read: str) -> Decimal | None:
    """A number of plausible size; thousands may have commas."""
    plain = read.strip().replace(",", "")
    if len(plain) > _LONGEST_NUMBER or not plain.isascii():
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > _FARTHEST_EXPONENT):
        return None
    return number
