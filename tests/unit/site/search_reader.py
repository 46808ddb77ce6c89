"""Reads the files of the search as their description says, without a line of the code that wrote
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A story that has a term, by its number, and what the term is worth in it; None for a
    label.
    """

    number: int
    worth: int | None


def postings_of(shard: bytes) -> dict[str, tuple[Posting, ...]]:
    """What a shard holds, in its order."""
    found: dict[str, tuple[Posting, ...]] = {}
    at, name = 0, b""
    while at < len(shard):
        shared, at = _varint(shard, at)
        own, at = _varint(shard, at)
        name, at = name[:shared] + shard[at : at + own], at + own
        stories, at = _varint(shard, at)
        numbers, number = [], -1
        for _ in range(stories):
            gap, at = _varint(shard, at)
            number += gap + 1
            numbers.append(number)
        worths: list[int | None] = [None] * stories
        if not name.startswith(b"#"):
            worths, at = list(shard[at : at + stories]), at + stories
        found[name.decode()] = tuple(
            Posting(number=number, worth=worth)
            for number, worth in zip(numbers, worths, strict=True)
        )
    return found


def all_postings(files: Mapping[str, bytes]) -> dict[str, tuple[Posting, ...]]:
    """What the shards of a volume hold together, in their order."""
    shards = sorted(
        (name for name in files if name.endswith(".bin")), key=lambda name: int(name[1:-4])
    )
    return {term: found for name in shards for term, found in postings_of(files[name]).items()}


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = body[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at
