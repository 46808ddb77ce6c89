"""Plants errors in true claims of labelled faithfulness data and counts which the gates notice.

    python -m tests.quality.planted --data DIR [--half dev|held|all] [--json] [--show N]

DIR holds `summedits/summedits_news.json`, `qags/mturk_*.jsonl` and `faithbench/faithbench.jsonl`. True claims are the
consistent summaries of SummEdits, QAGS sentences that most voters found supported, and sentences of FaithBench summaries
in which nobody marked anything. Each cites up to three passages of its document, those that share most with it.
The errors are planted by tables of this file, which shares none with the gates. Documents fall into two halves by the
digest of their text: constants of the gates were chosen on `dev`. `held` was looked at once, for two mistakes that it
showed, so it is no longer blind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind, Rejection
from aggregator.domain.text import normalised, sentences, words
from aggregator.verify.verdict import rejection
from tests.quality.faithfulness import half, judged, paragraphs, rows, untokenised

PUBLISHED = date(2023, 2, 24)
ANY_LENGTH = 1_000_000
MOST_CITED = 3
ATTRIBUTED = "attributed"
ATTRIBUTED_A_DOCUMENT = 8
OF_WRITING = (  # the gates that judge only what a model wrote
    Rejection.LEAK,
    Rejection.SPEAKER,
    Rejection.NEGATION,
    Rejection.DIRECTION,
    Rejection.SUPPORT,
    Rejection.PHRASE,
)
ERRORS_A_DOCUMENT = 4  # of each kind: SummEdits has a dozen paraphrases of one sentence, which would all count the same


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
    """A kind of error: how to plant it, if the claim has a place for it, and the gates that are there to notice."""

    plant: Callable[[Sample, int], str | None]
    meant: frozenset[Rejection]


def main() -> int:
    """Prints, by kind of error, the share rejected, and by set of data the share of true claims kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("dev", "held", "all"), default="all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong verdicts of each kind on stderr")
    arguments = parser.parse_args()
    found = [each for each in samples(arguments.data) if arguments.half in ("all", each.half)]
    figures = measured(found, arguments.show)
    print(json.dumps(figures, indent=2) if arguments.json else table(figures))
    return 0


def measured(found: Sequence[Sample], show: int = 0) -> dict[str, dict[str, dict[str, float]]]:
    """The figures: true claims kept and false ones rejected by set, planted errors rejected by kind."""
    verdicts = {id(each): verdict(each, each.text) for each in found}
    told: dict[str, dict[str, dict[str, float]]] = {"true": {}, "false": {}, "planted": {}}
    for name in sorted({each.data for each in found}):
        for label, is_true in (("true", True), ("false", False)):
            own = [each for each in found if each.data == name and each.is_true is is_true]
            told[label][name] = _rates(own, verdicts) if own else {}
            if is_true:
                _show([(each, each.text, verdicts[id(each)]) for each in own if verdicts[id(each)]], show, "true, rejected")
    kept = [each for each in found if each.is_true and verdicts[id(each)] is None]
    for name, kind in KINDS.items():
        errors = list(planted(kept, kind))
        reasons = [(each, text, verdict(each, text)) for each, text in errors]
        _show([reason for reason in reasons if reason[2] is None], show, f"{name}, kept")
        told["planted"][name] = {
            "claims": len(reasons),
            "rejected": _share(sum(reason is not None for _, _, reason in reasons), len(reasons)),
            "by_its_gate": _share(sum(reason in kind.meant for _, _, reason in reasons), len(reasons)),
        }
    return told


def planted(kept: Sequence[Sample], kind: Kind) -> Iterator[tuple[Sample, str]]:
    """The claims with one error of a kind in each, so many of one document at most."""
    done: Counter[str] = Counter()
    for n, each in enumerate(kept):
        text = kind.plant(each, n)
        if text and text != each.text and done[each.document] < ERRORS_A_DOCUMENT:
            done[each.document] += 1
            yield each, text


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures for the eye."""
    lines = []
    for label, found in figures.items():
        for name, row in found.items():
            lines.append(f"{label:8} {name:12} " + "  ".join(f"{key} {value:g}" for key, value in row.items()))
    return "\n".join(lines)


def verdict(sample: Sample, text: str) -> Rejection | None:
    """What the gates say of a text on the passages of a sample, written by a model."""
    passages = [Passage(article_id="a", version=1, n=n, text=each) for n, each in enumerate(sample.passages, 1)]
    citations = tuple(Citation(passage=each.key, quote=each.text) for each in passages)
    claim = Claim(text=text, kind=ClaimKind.WRITTEN, citations=citations)
    return rejection(claim, {each.key: each for each in passages}, {"a": PUBLISHED}, ANY_LENGTH)


def samples(data: Path) -> Iterator[Sample]:
    """The claims of every set that is there, in a fixed order."""
    for name in ("summedits", "qags"):
        for each in judged(data / name) if (data / name).is_dir() else ():
            if each.text and each.document:
                yield _sample(each.data, each.text, each.document, is_true=each.is_true)
    yield from _faithbench(data)
    yield from _attributed(data)


_CHATTER = re.compile(r"passage|summary|\bprovided\b|\[|:$|^\(|mentioned|unspecified|cases of COVID")  # no claims; leaks by right


def _faithbench(data: Path) -> Iterator[Sample]:
    path = data / "faithbench" / "faithbench.jsonl"
    seen: set[tuple[str, str]] = set()
    for row in rows(path) if path.exists() else ():
        told = re.sub(r"(?:^|\n)\s*(?:[-*•]|\d+\.)\s+", "\n", row["summary"]).split("\n") if not row["annotations"] else []
        for text in (each for line in told for each in sentences(normalised(line))):
            if (row["source"], text) not in seen and not _CHATTER.search(text) and row["source"]:
                seen.add((row["source"], text))
                yield _sample("faithbench", text, row["source"], is_true=True)


def _attributed(data: Path) -> Iterator[Sample]:
    """Sentences of the documents of SummEdits and AggreFact in which somebody named says something.

    They are copied, not retold; cited are their own paragraph and its neighbours.
    """
    path = data / "aggrefact-unified" / "aggrefact_unified.jsonl"
    documents = {row["doc"] for row in rows(path)} if path.exists() else set()
    if (data / "summedits").is_dir():
        documents |= {each.document for each in judged(data / "summedits")}
    for document in sorted(documents):
        parts = paragraphs(document)
        said = [(n, each) for n, part in enumerate(parts) for each in sentences(part) if _is_attributed(each)]
        for n, each in said[:ATTRIBUTED_A_DOCUMENT]:
            near = parts[max(0, n - 1) : n + 2]
            yield Sample(data=ATTRIBUTED, text=untokenised(each), document=document, is_true=True, passages=near)


def _is_attributed(sentence: str) -> bool:
    return 8 <= len(sentence.split()) <= 40 and bool(_ATTRIBUTED.search(sentence)) and sentence.count('"') % 2 == 0


def _sample(data: str, text: str, document: str, *, is_true: bool) -> Sample:
    plain = untokenised(text)
    return Sample(data=data, text=plain, document=document, is_true=is_true, passages=_cited(plain, paragraphs(document)))


def _cited(text: str, passages: Sequence[str]) -> tuple[str, ...]:
    """Up to three passages, each the one with most words of the text that those before do not have."""
    left = {word.lower() for word in words(text)}
    cited: list[int] = []
    while left and len(cited) < MOST_CITED:
        shared = [len(left & {word.lower() for word in words(each)}) for each in passages]
        best = max(range(len(passages)), key=lambda n: (shared[n], -n))
        if not shared[best] or (cited and shared[best] < 2):
            break
        cited.append(best)
        left -= {word.lower() for word in words(passages[best])}
    return tuple(passages[n] for n in sorted(cited))


def _rates(own: Sequence[Sample], verdicts: dict[int, Rejection | None]) -> dict[str, float]:
    reasons = Counter(reason.value for each in own if (reason := verdicts[id(each)]))
    return {
        "claims": len(own),
        "kept": _share(len(own) - reasons.total(), len(own)),
        "of_writing": _share(sum(reasons[each.value] for each in OF_WRITING), len(own)),
        **{name: _share(count, len(own)) for name, count in sorted(reasons.items())},
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def _show(wrong: Sequence[tuple[Sample, str, Rejection | None]], show: int, label: str) -> None:
    for sample, text, reason in wrong[:: max(1, len(wrong) // show)][:show] if show else ():
        print(f"[{label}: {reason}] {text}\n    = {sample.text}\n    < {' | '.join(sample.passages)[:900]}", file=sys.stderr)


_UNITS = {
    "million": "billion", "billion": "million", "percent": "dollars", "%": " dollars", "$": "€", "£": "$", "€": "$",
    "kilometers": "miles", "kilometres": "miles", "miles": "kilometres", "hours": "days", "days": "weeks", "years": "months",
    "months": "years", "weeks": "months", "minutes": "hours", "tons": "kilograms", "pounds": "dollars",
}  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_STRANGERS = ("Halvorsen", "Quillby", "Tessaract", "Norrland", "Okonjo", "Brightwater", "Zemlinsky", "Castellane")
_SWAPS = (
    ("rose", "fell"), ("rise", "fall"), ("rising", "falling"), ("risen", "fallen"), ("increase", "decrease"),
    ("increased", "decreased"), ("increasing", "decreasing"), ("grew", "shrank"), ("higher", "lower"), ("highest", "lowest"),
    ("more than", "less than"), ("at least", "at most"), ("faster", "slower"), ("larger", "smaller"),
    ("largest", "smallest"), ("biggest", "smallest"), ("bigger", "smaller"), ("better", "worse"), ("best", "worst"),
    ("before", "after"), ("won", "lost"), ("win", "lose"), ("gained", "lost"), ("above", "below"),
    ("increases", "decreases"), ("added", "removed"), ("approved", "rejected"), ("opened", "closed"), ("opening", "closing"),
    ("accepted", "rejected"), ("joined", "left"), ("bought", "sold"), ("cheaper", "dearer"), ("expanded", "reduced"),
    ("cut", "raised"), ("ban", "allow"), ("banned", "allowed"), ("early", "late"), ("earlier", "later"), ("new", "old"),
    ("supports", "opposes"), ("support", "oppose"), ("longer", "shorter"), ("stronger", "weaker"), ("started", "ended"),
    ("began", "ended"), ("guilty", "innocent"), ("success", "failure"), ("outperformed", "underperformed"),
    ("acquired", "was acquired by"), ("sued", "was sued by"), ("defeated", "lost to"), ("beat", "lost to"),
    ("slashed", "raised"), ("dropped", "climbed"), ("decline", "growth"), ("growth", "decline"), ("profit", "loss"),
)  # fmt: skip
_DIRECTED = (
    "acquired|bought|beat|defeated|sued|accused|outperformed|overtook|hired|replaced|than|was defeated by|was beaten by|invaded"
    "|attacked|funded"
)
_NAME = r"[A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*)*"
_SAID = (
    r"said|says|told|warned|argued|announced|claimed|added|wrote|stated|believes|denied|confirmed|insisted|predicted|admitted"
    r"|explained"
)
_NOBODY = "(?:He|She|It|They|We|I|The|That|This|But|And|You)"
_ATTRIBUTED = re.compile(
    rf"(?<!of )(?<![\w’'-])(?!{_NOBODY}\b)({_NAME})(?=(?:, [^,]{{3,60}},)? (?:has |have )?(?:{_SAID})\b)"
    rf"|(?<=according to )({_NAME})|(?<=[,\"”] said )({_NAME})"
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|would|can|could|should|must|may)\b(?! not\b)", re.IGNORECASE)
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
            if other.strip("0") and not any(re.search(rf"(?<!\d){re.escape(other)}(?!\d)", each) for each in sample.passages):
                return sample.text[: figure.start()] + other + sample.text[figure.end() :]
    return None


def _unit(sample: Sample, n: int) -> str | None:
    """The unit beside a figure made another."""
    found = re.search(
        r"(?<=\d)(\s?)(%|million|billion|percent|kilometers|kilometres|miles|hours|days|years|months|weeks|minutes|tons|pounds)\b"
        r"|(?<=\d)()(%)|()([$£€])(?=\d)",
        sample.text,
    )
    if not found:
        return None
    unit = next(each for each in found.groups() if each and each.strip())
    start = sample.text.index(unit, found.start())
    return sample.text[:start] + _UNITS[unit] + sample.text[start + len(unit) :]


def _date(sample: Sample, n: int) -> str | None:
    """A month, a weekday or a year made the next but one."""
    for names in (_MONTHS, _DAYS):
        for place, name in enumerate(names):
            if re.search(rf"\b{name}\b", sample.text) and (name != "May" or re.search(r"\bMay \d|\d May\b", sample.text)):
                other = names[(place + 2) % len(names)]
                if not any(other in each for each in sample.passages):
                    return re.sub(rf"\b{name}\b", other, sample.text, count=1)
    year = re.search(r"\b(?:19|20)\d\d\b", sample.text)
    other = str(int(year[0]) - 2) if year else ""
    return sample.text.replace(year[0], other, 1) if year and not any(other in each for each in sample.passages) else None


def _name(sample: Sample, n: int) -> str | None:
    """A name inside the claim made a stranger's."""
    found = [each for each in re.finditer(rf"(?<=[a-z,] ){_NAME}", sample.text) if each[0] not in (*_MONTHS, *_DAYS, "I")]
    if not found:
        return None
    stranger, chosen = _STRANGERS[n % len(_STRANGERS)], found[n % len(found)]
    return sample.text[: chosen.start()] + stranger + sample.text[chosen.end() :]


def _version(sample: Sample, n: int) -> str | None:
    """The number behind a product's name or within a model's made another."""
    found = re.search(r"\b([A-Z]\w*[- ]?)(\d{1,3}(?:\.\d+)?)\b(?!\s?(?:million|billion|percent|%|[A-Z]))", sample.text)
    if not found or found[1].strip(" -") in (*_MONTHS, "The", "In", "About", "Some", "At", "Over"):
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
    auxiliary = _AUXILIARY.search(sample.text)
    if auxiliary:
        return f"{sample.text[: auxiliary.end()]} not{sample.text[auxiliary.end() :]}"
    past = _PAST.search(sample.text)
    if not past:
        return None
    word = past[1]
    base = next((word[: -len(end)] + with_ for end, with_ in _BASES.items() if word.endswith(end)), word[:-2])
    return f"{sample.text[: past.start(1)]}did not {base}{sample.text[past.end(1) :]}"


def _speaker(sample: Sample, n: int) -> str | None:
    """Who said it made another whom the passages name."""
    found = re.search(
        rf"(?<!of )({_NAME})(?=(?:, [^,]{{3,60}},)? (?:has |have )?(?:{_SAID})\b)|(?<=according to )({_NAME})", sample.text
    )
    if not found:
        return None
    own = set(re.findall(r"\w+", sample.text))
    others = sorted(
        {
            each[0]
            for passage in sample.passages
            for each in re.finditer(rf"(?<=[a-z,] ){_NAME}(?! of\b)", passage)
            if each[0][-1] != "." and not own & set(re.findall(r"\w+", each[0])) and each[0] not in (*_MONTHS, *_DAYS, "I")
        }
    )
    return sample.text[: found.start()] + others[n % len(others)] + sample.text[found.end() :] if others else None


def _direction(sample: Sample, n: int) -> str | None:
    """A word of direction made its opposite."""
    for one, other in _SWAPS:
        for right, wrong in ((one, other), (other, one)):
            if re.search(rf"\b{right}\b", sample.text):
                return re.sub(rf"\b{right}\b", wrong, sample.text, count=1)
    return None


def _ends(sample: Sample, n: int) -> str | None:
    """The two names around a directed verb swapped."""
    found = re.search(rf"\b({_NAME})( (?:\w+ )?(?:{_DIRECTED}) (?:\w+ )?)({_NAME})", sample.text)
    if not found:
        return None
    return sample.text[: found.start()] + found[3] + found[2] + found[1] + sample.text[found.end() :]


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


if __name__ == "__main__":
    sys.exit(main())
