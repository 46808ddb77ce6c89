"""Errors that are planted in true claims, third table: written after the gates and weights that it
measures.

As first measured, 85 % of its errors were noticed, of "hardly" none; the gate of negation learnt
that word from it. The kinds are those of `tests.quality.errors` in ways that the other two tables
have not. The words of direction were turned by Qwen2.5-Coder 1.5B, asked for the opposite of one
word in 162 claims; kept in `opposed.jsonl` are the 65 answers that, each read beside its claim,
turned a word and made it false. They are of documents of the half `held`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.quality.errors import ATTRIBUTION, AUXILIARY, DAYS, KINDS, MONTHS, NAME, Kind, Sample
from tests.quality.faithfulness import rows
from tests.quality.rewrites import Part, digest, joined

OPPOSED = Path(__file__).with_name("opposed.jsonl")
_UNITS = {
    "million": "hundred", "billion": "thousand", "percent": "times", "%": " basis points",
    "hours": "weeks", "hour": "week", "minutes": "days", "minute": "day", "days": "minutes",
    "day": "minute", "months": "hours", "month": "hour", "years": "weeks", "year": "decade",
    "weeks": "years", "miles": "feet", "kilometres": "feet", "kilometers": "feet",
    "pounds": "ounces", "GB": "MB", "MB": "TB", "mm": "cm", "seconds": "hours",
}  # fmt: skip
_FIRST_NAMES = "Miriam Tobias Ingrid Rashid Lucia Oleg".split()
_OUTSIDERS = "Toyota Unilever Reuters Siemens Interpol Nestlé".split()
_NOES = (" hardly", " by no means", " in no case")


def _number(sample: Sample, n: int) -> str | None:
    """A figure ten times as large, or one more."""
    for figure in re.finditer(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])", sample.text):
        if re.fullmatch(r"(?:19|20)\d\d", figure[0]):
            continue
        whole, mark, rest = re.fullmatch(r"(\d+)([.,]?)(.*)", figure[0]).groups()  # type: ignore[union-attr]
        other = f"{int(whole) + 1}{mark}{rest}" if n % 2 or mark else f"{whole}0"
        if not any(
            re.search(rf"(?<![\d.,]){re.escape(other)}(?!\d)", passage)
            for passage in sample.passages
        ):
            return sample.text[: figure.start()] + other + sample.text[figure.end() :]
    return None


def _unit(sample: Sample, n: int) -> str | None:
    """The unit beside a figure made another."""
    found = re.search(
        rf"(?<=\d)(\s?)({'|'.join(each for each in _UNITS if each != '%')})\b|(?<=\d)()(%)",
        sample.text,
    )
    if not found:
        return None
    start, end = found.span(2) if found[2] else found.span(4)
    return sample.text[:start] + _UNITS[sample.text[start:end]] + sample.text[end:]


def _date(sample: Sample, n: int) -> str | None:
    """Three days, half a year or ten years away."""
    for names, step in ((DAYS, 3), (MONTHS, 6)):
        for place, name in enumerate(names):
            other = names[(place + step) % len(names)]
            is_month = name != "May" or re.search(r"\bMay \d|\d May\b", sample.text)
            if (
                is_month
                and re.search(rf"\b{name}\b", sample.text)
                and not any(other in passage for passage in sample.passages)
            ):
                return re.sub(rf"\b{name}\b", other, sample.text, count=1)
    year = re.search(r"\b(?:19|20)\d\d\b", sample.text)
    other = str(int(year[0]) - 10) if year else ""
    return (
        sample.text.replace(year[0], other, 1)
        if year and not any(other in passage for passage in sample.passages)
        else None
    )


def _name(sample: Sample, n: int) -> str | None:
    """Another first name, or a well-known name of elsewhere."""
    found = [
        match
        for match in re.finditer(rf"(?<=[a-z,] ){NAME}", sample.text)
        if match[0] not in (*MONTHS, *DAYS, "I")
    ]
    if not found:
        return None
    chosen = found[n % len(found)]
    first, _, last = chosen[0].partition(" ")
    other = (
        f"{_FIRST_NAMES[n % len(_FIRST_NAMES)]} {last}"
        if last and n % 2
        else _OUTSIDERS[n % len(_OUTSIDERS)]
    )
    return (
        sample.text[: chosen.start()] + other + sample.text[chosen.end() :]
        if first != other
        else None
    )


def _version(sample: Sample, n: int) -> str | None:
    """The number behind a product's name made a point release, or two more."""
    found = re.search(
        r"\b([A-Z]\w*[- ]?)(\d{1,3}(?:\.\d+)?)\b(?!\s?(?:million|billion|percent|%|[A-Z]))",
        sample.text,
    )
    if not found or found[1].strip(" -") in (*MONTHS, "The", "In", "About", "Some", "At", "Over"):
        return None
    other = (
        f"{found[2]}.1" if n % 2 and "." not in found[2] else str(int(found[2].split(".")[0]) + 2)
    )
    return sample.text[: found.start(2)] + other + sample.text[found.end(2) :]


def _negation(sample: Sample, n: int) -> str | None:
    """ "Hardly", "by no means" or "in no case" put in."""
    auxiliary = AUXILIARY.search(sample.text)
    if not auxiliary or re.search(
        r"n't\b|n’t\b|\b(?:not|no|never|without|none|neither)\b", sample.text
    ):
        return None
    return (
        f"{sample.text[: auxiliary.end()]}{_NOES[n % len(_NOES)]}{sample.text[auxiliary.end() :]}"
    )


def _speaker(sample: Sample, n: int) -> str | None:
    """Who said it made another of two names whom the passages have, or a news agency."""
    found = ATTRIBUTION.search(sample.text)
    own = set(re.findall(r"\w+", sample.text))
    people = sorted(
        {
            each
            for part in sample.passages
            for each in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+(?! of\b)", part)
        }
    )
    others = [person for person in people if not own & set(person.split())] or ["Reuters"]
    return (
        sample.text[: found.start()] + others[n % len(others)] + sample.text[found.end() :]
        if found
        else None
    )


def _direction(sample: Sample, n: int) -> str | None:
    """A word that the model turned round."""
    parts = _opposed().get(digest(sample.text))
    return joined(parts, sample.text) if parts else None


@cache
def _opposed() -> dict[str, list[Part]]:
    return {row["claim"]: row["parts"] for row in rows(OPPOSED)}


_PLANTS = {
    "number": _number,
    "unit": _unit,
    "date": _date,
    "name": _name,
    "version": _version,
    "negation": _negation,
    "speaker": _speaker,
    "direction": _direction,
}
LATER = {name: Kind(plant=plant, meant=KINDS[name].meant) for name, plant in _PLANTS.items()}
