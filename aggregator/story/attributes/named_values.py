"""The value of an attribute that a model named, as a sentence states it: the free name mapped to
the closed list, and the place of the value in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aggregator.domain.fact import Attribute
from aggregator.story.attributes.values import (
    BENCHMARK,
    Value,
    amount,
    amounts,
    is_licence,
    values,
)
from aggregator.story.attributes.values import licence as licence_value

_NAMES = {  # what an attribute may be called, the narrower name first
    Attribute.ACTIVE_PARAMETERS: r"\bactiv\w+ param",
    Attribute.PARAMETERS: r"\bparam|\bmodel size\b|^sizes?$",
    Attribute.CONTEXT: r"\bcontext\b",
    Attribute.TRAINING_TOKENS: r"\btraining (?:tokens|data)\b",
    Attribute.LICENCE: r"\blicen[cs]",
    Attribute.WEIGHTS: r"\bweights\b",
    Attribute.PRICE: r"\bpric|\bcost\b|\bsubscription\b",
    Attribute.USERS: r"\busers\b",
    Attribute.VALUATION: r"\bvaluation\b",
    Attribute.REVENUE: r"\brevenue\b",
    Attribute.DEPLOYMENT: r"\bdeploy|\bavailab",
    Attribute.BASE_MODEL: r"\bbase model\b|\bbuilt on\b",
    Attribute.LANGUAGES: r"\blanguages\b",
    Attribute.SPEED: r"\bspeed\b|\bthroughput\b|\blatency\b|\binference time\b",
    Attribute.MEMORY: r"\bmemory\b|\bV?RAM\b",
}
_NAME_OF = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _NAMES.items()}
_SPOKEN = {  # what a sentence must speak of for a number in it to be of the attribute
    Attribute.ACTIVE_PARAMETERS: r"\bactiv",
    Attribute.PARAMETERS: r"\bparam|\d[BMT][ -](?:[\w-]+[ -]){0,3}(?:models?|scale)\b",
    Attribute.CONTEXT: r"\bcontext\b",
    Attribute.TRAINING_TOKENS: r"\btrain\w*\b.*\btokens\b",
    Attribute.PRICE: r"[$€£]\d",
    Attribute.USERS: r"\busers\b",
    Attribute.VALUATION: r"\bvalu",
    Attribute.REVENUE: r"\brevenue\b|\brun[- ]rate\b",
    Attribute.LANGUAGES: r"\blanguages\b",
    Attribute.SPEED: r"\bper (?:second|minute|image|token|GPU)\b|\b(?:milli)?seconds?\b|\bms\b",
    Attribute.MEMORY: r"\d ?[GMT]i?B\b",
    Attribute.BENCHMARK: r"\d",
}
_SPOKEN_OF = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _SPOKEN.items()}
_NEEDS_UNIT = frozenset({Attribute.PRICE})  # which only the rules read
_WITH_UNIT = frozenset({Attribute.SPEED, Attribute.MEMORY})  # shown with what it is counted in
_SCORED = re.compile(r"\b(?:score|accuracy|result)\b", re.IGNORECASE)
_MEASURE = re.compile(r"[A-Z]{2}|\brate\b")
_PERCENT = re.compile(r"\s?(?:%|percent\b)")


def named_value(name: str, value: str, sentence: str, product: str) -> Value | None:
    """The value that somebody gives an attribute of this name of a product, as a sentence words
    it; None where the name is none of the closed list, or the sentence does not state the value.
    """
    attribute, qualifier = _attribute(name, sentence)
    if attribute is None:
        return None
    spans = list(_places(attribute, value, sentence))
    for read in values(sentence):
        is_same = read.value == amount(value) or (read.start, read.end) in spans
        if read.attribute is attribute and is_same:
            return read
    for start, end in spans:
        if _is_fit(attribute, sentence, start, end, product):
            shown = sentence[start:end]
            worth = _worth(attribute, shown)
            return Value(
                attribute=attribute,
                qualifier=qualifier,
                value=worth,
                start=start,
                end=end,
            )
    return None


def spoken_of(texts: Iterable[str]) -> frozenset[Attribute]:
    """The attributes that some texts speak of, whatever they say of them."""
    found: set[Attribute] = set()
    for text in texts:
        found.update(key for key, pattern in _NAME_OF.items() if pattern.search(text))
    return frozenset(found)


def _attribute(name: str, sentence: str) -> tuple[Attribute | None, str]:
    """The attribute of the closed list that a name means, with its qualifier: a benchmark, or any
    measure that the sentence calls by the same name.
    """
    bench = BENCHMARK.search(name)
    if bench:
        return (Attribute.BENCHMARK, bench[0]) if bench[0] in sentence else (None, "")
    found = next((key for key, pattern in _NAME_OF.items() if pattern.search(name)), None)
    measure = _SCORED.sub("", name).strip()
    if found is None and _MEASURE.search(measure):
        stated = re.search(rf"(?<!\w){re.escape(measure)}(?!\w)", sentence, re.IGNORECASE)
        return (Attribute.BENCHMARK, stated[0]) if stated else (None, "")
    return found, ""


def _places(attribute: Attribute, value: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence has a value: in the same words, then as the same amount."""
    parts = re.findall(r"[\w$€£%.]+", value)
    if parts:
        wording = r"[^\w$€£%]+".join(map(re.escape, parts))
        for found in re.finditer(rf"(?<![\w.]){wording}(?!\w)", sentence, re.IGNORECASE):
            yield found.span()
    if attribute in _SPOKEN_OF and attribute not in _WITH_UNIT and wanted_once(value):
        wanted = amount(value)
        for each, start, end in amounts(sentence):
            if each == wanted:
                more = _PERCENT.match(sentence, end)
                yield start, more.end() if more else end


def wanted_once(value: str) -> bool:
    """Whether a value is one number."""
    return sum(1 for _ in amounts(value)) == 1


def _is_fit(attribute: Attribute, sentence: str, start: int, end: int, product: str) -> bool:
    """Whether a place of a sentence is one of the attribute, as far as its words show it."""
    shown = sentence[start:end]
    if attribute in _NEEDS_UNIT:
        return False
    if attribute is Attribute.LICENCE:
        return is_licence(shown)
    if attribute is Attribute.WEIGHTS:
        return bool(_openness(shown)) and "weight" in sentence
    if attribute is Attribute.PARAMETERS and sentence[:end].endswith(product):
        return True  # "LFM2.5-Audio-1.5B": the size in the name
    spoken = _SPOKEN_OF.get(attribute)
    if spoken is None:
        return True
    is_inside_name = start > 0 and sentence[start - 1] in "-."
    return any(map(str.isdigit, shown)) and bool(spoken.search(sentence)) and not is_inside_name


def _worth(attribute: Attribute, shown: str) -> str:
    """The value in a form of its own: the same for the same value however it is worded."""
    if attribute is Attribute.LICENCE:
        return licence_value(shown)
    if attribute is Attribute.WEIGHTS:
        return _openness(shown)
    if attribute in _SPOKEN_OF:
        return "/".join(each for each, _, _ in amounts(shown))
    return ""


def _openness(shown: str) -> str:
    if re.search(r"\b(?:not|no|closed|proprietary|never)\b", shown, re.IGNORECASE):
        return "closed"
    return "open" if re.search(r"\bopen|\bpublish|\bavailable|\breleased", shown) else ""
