"""Errors that are planted in true claims, second table: no constant or weight of the product was
chosen with it.

What it planted in documents of the half `dev` and no gate noticed was looked at, once, for the gate
of direction. The kinds are those of `tests.quality.errors`, planted in other ways: other figures,
other words, other forms of no, and names that are plausible because they stand elsewhere in the
same document.
"""

from __future__ import annotations

import re

from tests.quality.errors import ATTRIBUTION, AUXILIARY, DAYS, KINDS, MONTHS, NAME, Kind, Sample

_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_UNITS = {
    "million": "thousand", "billion": "trillion", "percent": "points", "%": "p", "hours": "minutes",
    "hour": "minute", "minutes": "seconds", "minute": "second", "days": "hours", "day": "hour",
    "weeks": "days", "week": "day", "months": "weeks", "month": "week", "years": "days",
    "year": "month", "miles": "yards", "mile": "yard", "kilometers": "metres",
    "kilometres": "metres", "pounds": "kilograms", "tons": "pounds",
}  # fmt: skip
_OTHER_MONEY = {"$": "£", "£": "€", "€": "¥"}
_PAIRS = (
    ("more", "fewer"), ("most", "least"), ("majority", "minority"), ("include", "exclude"),
    ("includes", "excludes"), ("including", "excluding"), ("agreed", "disagreed"),
    ("legal", "illegal"), ("succeeded", "failed"), ("arrived", "departed"), ("hired", "fired"),
    ("improve", "worsen"), ("improved", "worsened"), ("strengthen", "weaken"), ("first", "last"),
    ("encourage", "discourage"), ("protect", "endanger"), ("inside", "outside"),
    ("positive", "negative"), ("reduced", "increased"), ("reduce", "increase"),
    ("raising", "lowering"), ("raise", "lower"), ("gains", "losses"), ("strong", "weak"),
    ("high", "low"), ("large", "small"), ("big", "little"), ("long", "short"), ("fast", "slow"),
    ("up", "down"), ("rich", "poor"), ("safe", "dangerous"), ("likely", "unlikely"),
    ("able", "unable"), ("true", "false"), ("same", "opposite"), ("successful", "unsuccessful"),
    ("confirmed", "denied"), ("permanent", "temporary"), ("voluntarily", "compulsorily"),
    ("popular", "unpopular"), ("allowed", "forbidden"), ("allows", "forbids"),
    ("required", "forbidden"), ("start", "end"), ("starting", "ending"), ("opens", "closes"),
    ("open", "closed"), ("buying", "selling"), ("sell", "buy"), ("arrested", "released"),
    ("found", "lost"), ("die", "live"), ("died", "survived"), ("killed", "saved"),
    ("against", "for"), ("with", "without"), ("despite", "because of"), ("after", "before"),
    ("over", "under"), ("extend", "shorten"), ("extended", "shortened"), ("launched", "halted"),
    ("created", "destroyed"), ("accused", "cleared"), ("charged", "acquitted"),
    ("backed", "fought"), ("early", "late"), ("good", "bad"),
)  # fmt: skip


def _number(sample: Sample, n: int) -> str | None:
    """A figure doubled or halved, or a number in words made the next but one."""
    for figure in re.finditer(r"(?<![\w.,-])\d{1,3}(?:,\d{3})*(?![\w,.-]|\.\d)", sample.text):
        value = int(figure[0].replace(",", ""))
        other = f"{value * 2 if n % 2 or value % 2 else value // 2:,}"
        if not any(
            re.search(rf"(?<!\d){re.escape(other)}(?!\d)", passage) for passage in sample.passages
        ):
            return sample.text[: figure.start()] + other + sample.text[figure.end() :]
    for word in re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b", sample.text):
        other = _WORDS[(_WORDS.index(word[0]) + 2) % len(_WORDS)]
        if not any(re.search(rf"\b{other}\b", passage) for passage in sample.passages):
            return sample.text[: word.start()] + other + sample.text[word.end() :]
    return None


def _unit(sample: Sample, n: int) -> str | None:
    """The unit beside a figure made another: a smaller measure, another magnitude, another
    currency.
    """
    money = re.search(r"[$£€](?=\d)", sample.text)
    if money and n % 2:
        return sample.text[: money.start()] + _OTHER_MONEY[money[0]] + sample.text[money.end() :]
    found = re.search(
        rf"(?<=\d)([ -]?)({'|'.join(each for each in _UNITS if each != '%')})\b", sample.text
    )
    return (
        sample.text[: found.start(2)] + _UNITS[found[2]] + sample.text[found.end(2) :]
        if found
        else None
    )


def _date(sample: Sample, n: int) -> str | None:
    """The day before, the month before, or the year after."""
    for names in (DAYS, MONTHS):
        for place, name in enumerate(names):
            other = names[place - 1]
            is_month = name != "May" or re.search(r"\bMay \d|\d May\b", sample.text)
            if (
                is_month
                and re.search(rf"\b{name}\b", sample.text)
                and not any(other in passage for passage in sample.passages)
            ):
                return re.sub(rf"\b{name}\b", other, sample.text, count=1)
    year = re.search(r"\b(?:19|20)\d\d\b", sample.text)
    other = str(int(year[0]) + 1) if year else ""
    return (
        sample.text.replace(year[0], other, 1)
        if year and not any(other in passage for passage in sample.passages)
        else None
    )


def _name(sample: Sample, n: int) -> str | None:
    """A name made another that the document has elsewhere, and the passages do not."""
    found = [
        match
        for match in re.finditer(rf"(?<=[a-z,] ){NAME}", sample.text)
        if match[0] not in (*MONTHS, *DAYS, "I")
    ]
    told: list[str] = re.findall(rf"(?<=[a-z,] ){NAME}", sample.document)
    others = sorted({each for each in told if each not in (*MONTHS, *DAYS, "I")})
    others = [
        other
        for other in others
        if not any(other.split()[-1].rstrip(".") in passage for passage in sample.passages)
    ]
    if not found or not others:
        return None
    chosen = found[n % len(found)]
    return (
        sample.text[: chosen.start()]
        + others[n % len(others)].rstrip(".")
        + sample.text[chosen.end() :]
    )


def _version(sample: Sample, n: int) -> str | None:
    """The number behind a product's name made the one before, or a later release of it."""
    found = re.search(
        r"\b([A-Z]\w*[- ]?)(\d{1,3}(?:\.\d+)?)\b(?!\s?(?:million|billion|percent|%|[A-Z]))",
        sample.text,
    )
    if not found or found[1].strip(" -") in (*MONTHS, "The", "In", "About", "Some", "At", "Over"):
        return None
    other = (
        f"{found[2]}.5" if n % 2 and "." not in found[2] else str(int(found[2].split(".")[0]) - 1)
    )
    return sample.text[: found.start(2)] + other + sample.text[found.end(2) :]


def _negation(sample: Sample, n: int) -> str | None:
    """ "Never", "no longer" and "n't" put in, and "no", "never" and "without" taken away."""
    found = re.search(r"\b(no longer|never|no) |\bwithout\b|(?<=\w)n't\b", sample.text)
    if found:
        put = "with" if found[0] == "without" else ""
        return sample.text[: found.start()] + put + sample.text[found.end() :]
    auxiliary = AUXILIARY.search(sample.text)
    if not auxiliary or re.search(r"\bnot\b", sample.text):
        return None
    way = (" never", " no longer", "n't")[n % 3]
    if way == "n't" and auxiliary[0].lower() in {"can", "will", "may", "must"}:
        way = " never"
    return f"{sample.text[: auxiliary.end()]}{way}{sample.text[auxiliary.end() :]}"


def _speaker(sample: Sample, n: int) -> str | None:
    """Who said it made somebody whom another part of the document names, else another of the
    passages.
    """
    found = ATTRIBUTION.search(sample.text)
    own = set(re.findall(r"\w+", sample.text))
    people: list[str] = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+(?! of\b)", sample.document)
    others = sorted({person for person in people if not own & set(person.split())})
    return (
        sample.text[: found.start()] + others[n % len(others)] + sample.text[found.end() :]
        if found and others
        else None
    )


def _direction(sample: Sample, n: int) -> str | None:
    """A word of direction made its opposite."""
    places = [
        (right, wrong)
        for one, other in _PAIRS
        for right, wrong in ((one, other), (other, one))
        if re.search(rf"\b{right}\b", sample.text)
    ]
    if not places:
        return None
    right, wrong = places[n % len(places)]
    return re.sub(rf"\b{right}\b", wrong, sample.text, count=1)


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
UNSEEN = {name: Kind(plant=plant, meant=KINDS[name].meant) for name, plant in _PLANTS.items()}
