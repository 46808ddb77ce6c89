"""Errors that are planted in true claims, first table: the one that constants and weights were
chosen with.

No word list here is one of the gates'. `tests.quality.unseen` is the table that nothing was chosen
with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.domain.claim import Rejection
from tests.quality.faithfulness import half


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A claim on a document, whether people found it true, and the passages that it cites."""

    data: str
    text: str
    document: str
    is_true: bool
    passages: tuple[str, ...]

    @property
    def half(self) -> str:
        """Which half of the documents it belongs to."""
        return half(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of error: how to plant it, if the claim has a place for it, and the gates that are
    there to notice.
    """

    plant: Callable[[Sample, int], str | None]
    meant: frozenset[Rejection]


_UNITS = {
    "million": "billion", "billion": "million", "percent": "dollars", "%": " dollars", "$": "€",
    "£": "$", "€": "$", "kilometers": "miles", "kilometres": "miles", "miles": "kilometres",
    "hours": "days", "days": "weeks", "years": "months", "months": "years", "weeks": "months",
    "minutes": "hours", "tons": "kilograms", "pounds": "dollars",
}  # fmt: skip
MONTHS = (
    "January February March April May June July August September October November December".split()
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_STRANGERS = (
    "Halvorsen",
    "Quillby",
    "Tessaract",
    "Norrland",
    "Okonjo",
    "Brightwater",
    "Zemlinsky",
    "Castellane",
)
_SWAPS = (
    ("rose", "fell"), ("rise", "fall"), ("rising", "falling"), ("risen", "fallen"),
    ("increase", "decrease"), ("increased", "decreased"), ("increasing", "decreasing"),
    ("grew", "shrank"), ("higher", "lower"), ("highest", "lowest"), ("more than", "less than"),
    ("at least", "at most"), ("faster", "slower"), ("larger", "smaller"), ("largest", "smallest"),
    ("biggest", "smallest"), ("bigger", "smaller"), ("better", "worse"), ("best", "worst"),
    ("before", "after"), ("won", "lost"), ("win", "lose"), ("gained", "lost"), ("above", "below"),
    ("increases", "decreases"), ("added", "removed"), ("approved", "rejected"),
    ("opened", "closed"), ("opening", "closing"), ("accepted", "rejected"), ("joined", "left"),
    ("bought", "sold"), ("cheaper", "dearer"), ("expanded", "reduced"), ("cut", "raised"),
    ("ban", "allow"), ("banned", "allowed"), ("early", "late"), ("earlier", "later"),
    ("new", "old"), ("supports", "opposes"), ("support", "oppose"), ("longer", "shorter"),
    ("stronger", "weaker"), ("started", "ended"), ("began", "ended"), ("guilty", "innocent"),
    ("success", "failure"), ("outperformed", "underperformed"), ("acquired", "was acquired by"),
    ("sued", "was sued by"), ("defeated", "lost to"), ("beat", "lost to"), ("slashed", "raised"),
    ("dropped", "climbed"), ("decline", "growth"), ("growth", "decline"), ("profit", "loss"),
)  # fmt: skip
_DIRECTED = (
    "acquired|bought|beat|defeated|sued|accused|outperformed|overtook|hired|replaced|than|was"
    " defeated by|was beaten by|invaded|attacked|funded"
)
NAME = r"[A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*)*"
SAID = (
    r"said|says|told|warned|argued|announced|claimed|added|wrote|stated|believes|denied|"
    r"confirmed|insisted|predicted|admitted|explained"
)
_NOBODY = "(?:He|She|It|They|We|I|The|That|This|But|And|You)"
ATTRIBUTION = re.compile(
    rf"(?<!of )(?<![\w’'-])(?!{_NOBODY}\b)({NAME})(?=(?:, [^,]{{3,60}},)? (?:has |have"
    rf" )?(?:{SAID})\b)"
    rf"|(?<=according to )({NAME})|(?<=[,\"”] said )({NAME})"
)
AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|must|may)\b(?! not\b)",
    re.IGNORECASE,
)
_PAST = re.compile(r"(?<=[a-z])\s([a-z]{3,}ed)\b(?!\s(?:by|in|at|on|with|from|as))")
_BASES = {"ied": "y", "pped": "p", "tted": "t", "nned": "n", "gged": "g"}


def _number(sample: Sample, n: int) -> str | None:
    """One whole figure made another that the passages do not have; years are dates."""
    for figure in re.finditer(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])", sample.text):
        if re.fullmatch(r"(?:19|20)\d\d", figure[0]):
            continue
        for change in (1, 2, 3, 5, 10):
            last = str((int(figure[0][-1]) + change) % 10)
            other = (figure[0][:-1] + last) if change < 10 else figure[0] + "0"
            if other.strip("0") and not any(
                re.search(rf"(?<!\d){re.escape(other)}(?!\d)", passage)
                for passage in sample.passages
            ):
                return sample.text[: figure.start()] + other + sample.text[figure.end() :]
    return None


def _unit(sample: Sample, n: int) -> str | None:
    """The unit beside a figure made another."""
    found = re.search(
        r"(?<=\d)(\s?)(%|million|billion|percent|kilometers|kilometres|miles|hours|days|years|"
        r"months|weeks|minutes|tons|pounds)\b|(?<=\d)()(%)|()([$£€])(?=\d)",
        sample.text,
    )
    if not found:
        return None
    unit = next(group for group in found.groups() if group and group.strip())
    start = sample.text.index(unit, found.start())
    return sample.text[:start] + _UNITS[unit] + sample.text[start + len(unit) :]


def _date(sample: Sample, n: int) -> str | None:
    """A month, a weekday or a year made the next but one."""
    for names in (MONTHS, DAYS):
        for place, name in enumerate(names):
            if re.search(rf"\b{name}\b", sample.text) and (
                name != "May" or re.search(r"\bMay \d|\d May\b", sample.text)
            ):
                other = names[(place + 2) % len(names)]
                if not any(other in passage for passage in sample.passages):
                    return re.sub(rf"\b{name}\b", other, sample.text, count=1)
    year = re.search(r"\b(?:19|20)\d\d\b", sample.text)
    other = str(int(year[0]) - 2) if year else ""
    return (
        sample.text.replace(year[0], other, 1)
        if year and not any(other in passage for passage in sample.passages)
        else None
    )


def _name(sample: Sample, n: int) -> str | None:
    """A name inside the claim made a stranger's."""
    found = [
        match
        for match in re.finditer(rf"(?<=[a-z,] ){NAME}", sample.text)
        if match[0] not in (*MONTHS, *DAYS, "I")
    ]
    if not found:
        return None
    stranger, chosen = _STRANGERS[n % len(_STRANGERS)], found[n % len(found)]
    return sample.text[: chosen.start()] + stranger + sample.text[chosen.end() :]


def _version(sample: Sample, n: int) -> str | None:
    """The number behind a product's name or within a model's made another."""
    found = re.search(
        r"\b([A-Z]\w*[- ]?)(\d{1,3}(?:\.\d+)?)\b(?!\s?(?:million|billion|percent|%|[A-Z]))",
        sample.text,
    )
    if not found or found[1].strip(" -") in (*MONTHS, "The", "In", "About", "Some", "At", "Over"):
        return None
    other = str(int(found[2].split(".")[0]) + 1) + found[2][len(found[2].split(".")[0]) :]
    return sample.text[: found.start(2)] + other + sample.text[found.end(2) :]


def _negation(sample: Sample, n: int) -> str | None:
    """A "not" taken away where there is one, put in where there is none."""
    if re.search(r"\bnot \b", sample.text):
        return (
            re.sub(r"\b(?:did|do|does) not (\w+)", r"\1", sample.text, count=1)
            if re.search(r"\b(?:did|do|does) not", sample.text)
            else sample.text.replace("not ", "", 1)
        )
    if re.search(r"n't\b|n’t\b|\b(?:no|never|without|none)\b", sample.text):
        return None
    auxiliary = AUXILIARY.search(sample.text)
    if auxiliary:
        return f"{sample.text[: auxiliary.end()]} not{sample.text[auxiliary.end() :]}"
    past = _PAST.search(sample.text)
    if not past:
        return None
    word = past[1]
    base = next(
        (word[: -len(end)] + with_ for end, with_ in _BASES.items() if word.endswith(end)),
        word[:-2],
    )
    return f"{sample.text[: past.start(1)]}did not {base}{sample.text[past.end(1) :]}"


def _speaker(sample: Sample, n: int) -> str | None:
    """Who said it made another whom the passages name."""
    found = re.search(
        rf"(?<!of )({NAME})(?=(?:, [^,]{{3,60}},)? (?:has |have )?(?:{SAID})\b)|(?<=according to"
        rf" )({NAME})",
        sample.text,
    )
    if not found:
        return None
    own = set(re.findall(r"\w+", sample.text))
    others = sorted(
        {
            match[0]
            for passage in sample.passages
            for match in re.finditer(rf"(?<=[a-z,] ){NAME}(?! of\b)", passage)
            if match[0][-1] != "."
            and not own & set(re.findall(r"\w+", match[0]))
            and match[0] not in (*MONTHS, *DAYS, "I")
        }
    )
    return (
        sample.text[: found.start()] + others[n % len(others)] + sample.text[found.end() :]
        if others
        else None
    )


def _direction(sample: Sample, n: int) -> str | None:
    """A word of direction made its opposite."""
    for one, other in _SWAPS:
        for right, wrong in ((one, other), (other, one)):
            if re.search(rf"\b{right}\b", sample.text):
                return re.sub(rf"\b{right}\b", wrong, sample.text, count=1)
    return None


def _ends(sample: Sample, n: int) -> str | None:
    """The two names around a directed verb swapped."""
    found = re.search(rf"\b({NAME})( (?:\w+ )?(?:{_DIRECTED}) (?:\w+ )?)({NAME})", sample.text)
    if not found:
        return None
    return (
        sample.text[: found.start()] + found[3] + found[2] + found[1] + sample.text[found.end() :]
    )


_R = Rejection
KINDS = {
    "number": Kind(plant=_number, meant=frozenset({_R.NUMBER, _R.DATE, _R.VERSION})),
    "unit": Kind(plant=_unit, meant=frozenset({_R.NUMBER})),
    "date": Kind(plant=_date, meant=frozenset({_R.DATE, _R.NUMBER})),
    "name": Kind(plant=_name, meant=frozenset({_R.NAME})),
    "version": Kind(plant=_version, meant=frozenset({_R.VERSION, _R.NUMBER})),
    "negation": Kind(plant=_negation, meant=frozenset({_R.NEGATION})),
    "speaker": Kind(plant=_speaker, meant=frozenset({_R.SPEAKER})),
    "direction": Kind(plant=_direction, meant=frozenset({_R.DIRECTION})),
    "ends": Kind(plant=_ends, meant=frozenset({_R.DIRECTION})),
}
