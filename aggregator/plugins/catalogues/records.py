"""What a catalogue says of models: the mapping by which it is read, and the records that are read.

A value is its catalogue's claim. `text` is the line of the record that states it, as it was read;
`value` is the same in one form: a price per million tokens ("USD 2.5"), a number of tokens, a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import config_table, frozen


class ValueKind(StrEnum):
    """What is stated of a model, in the order of a table."""

    INPUT_PRICE = "input_price"
    OUTPUT_PRICE = "output_price"
    CACHED_PRICE = "cached_price"
    CONTEXT = "context"
    OUTPUT_LIMIT = "output_limit"
    LICENCE = "licence"
    RELEASED = "released"
    ANNOUNCED = "announced"
    RETIREMENT = "retirement"


PRICES = (ValueKind.INPUT_PRICE, ValueKind.OUTPUT_PRICE, ValueKind.CACHED_PRICE)
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
COUNTS = (ValueKind.CONTEXT, ValueKind.OUTPUT_LIMIT)


def _setting(help: str, **default: Any) -> Any:
    return field(metadata={"help": help}, **default)


@config_table
class MappedValue:
    """Where a record states a value, and a price's unit: its currency and for how many tokens."""

    path: str = _setting("path within the record; of several with commas, the first that exists")
    currency: str = _setting("of a price: three letters, such as USD", default="USD")
    per: int = _setting("of a price: for how many tokens it is", default=1_000_000)

    def __post_init__(self) -> None:
        if not (self.currency.isalpha() and self.currency.isupper() and len(self.currency) == 3):
            raise ValueError("currency must be three capital letters, such as USD")
        if self.per < 1:
            raise ValueError("per must be 1 or more")


@config_table
class CatalogueMapping:
    """`[sources.listing.mapping]` of a source of kind `catalogue`.

    A path is keys with dots between; of several with commas the first that leads somewhere counts.
    In `records` a `*` stands for every member of a list or an object; @1 is the key of the first
    such member on the way, @2 of the second. `=Text` is that text, whatever the record says.
    """

    records: str = _setting("path to the records, such as data.*")
    table: str = _setting(
        "CSS selector of the table of a page; its records are the rows, its keys the headings",
        default="",
    )
    key: str = _setting("what tells a record from others of its provider, usually an id")
    name: str = _setting("the name of the model; empty: the key", default="")
    provider: str = _setting("who offers it: a path, or = and a name")
    page: str = _setting("address of the page that states the values", default="")
    words: str = _setting("what the provider itself says of the retirement", default="")
    values: Mapping[ValueKind, MappedValue] = _setting(
        f"what is read, each with its path: {', '.join(ValueKind)}"
    )


@frozen
class StatedValue:
    """A value that a record states."""

    kind: ValueKind
    value: str
    text: str


@frozen
class CatalogueRecord:
    """A record: a model as one provider offers it. `digest` changes with all that is stated."""

    key: str
    name: str
    provider: str
    page: str
    values: tuple[StatedValue, ...]
    digest: str


@frozen
class HeldValue:
    """A record or a value that is not used, and why; `kind` is empty for a whole record."""

    key: str
    kind: str
    reason: str


@frozen
class CatalogueReading:
    """What one reading of a catalogue found: `total` records, those that can be used, and what was
    held back. `counts` says how many records have something at the path of each kind of value.
    """

    records: tuple[CatalogueRecord, ...]
    held: tuple[HeldValue, ...]
    total: int
    counts: Mapping[str, int]
