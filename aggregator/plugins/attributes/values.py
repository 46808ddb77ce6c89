"""Values of attributes in a sentence: figures with what they measure, and set phrases. Whose they
are: `extraction`.

A rule matches the words that a table would show; the value has a form of its own, so that "46.7
billion" and "46.7B" are one. The rules are narrow: a value that is missed costs a cell, a wrong one
costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from aggregator.domain.fact import Attribute
from aggregator.domain.frozen import frozen


@frozen
class Value:
    """A value that `sentence[start:end]` states; `value` and `qualifier` are those of
    `AttributeFact`.
    """

    attribute: Attribute
    qualifier: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` shows its group `shown`, or all that it matches; `worth` reads that. `of`: the
    pattern's group that qualifies.
    """

    attribute: Attribute
    pattern: re.Pattern[str]
    worth: Callable[[str], str]
    of: str = ""
    unit: str = ""


_SCALES = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "million": 6,
    "b": 9,
    "bn": 9,
    "billion": 9,
    "t": 12,
    "trillion": 12,
}
_AMOUNT = re.compile(
    r"([$€£]?)(\d[\d,]*(?:\.\d+)?)[\s-]*(thousand|million|billion|trillion|bn|[KkMBT])?(?![a-z])"
)
_ABOUT = (
    r"(?:(?:about|around|approximately|roughly|nearly|almost|over|more than|up to|at least|some) )?"
)
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_BIG = rf"{_NUMBER}[ -]?(?:trillion|billion|million|bn|[TBM])(?![a-z])"
_TOKENS = rf"{_NUMBER}[ -]?(?:million|thousand|[MKk])?[ -]tokens?"
_MONEY = rf"[$€£]{_NUMBER}"
_BENCHMARKS = (
    "SWE-bench Verified|SWE-bench Pro|SWE-bench Multilingual|SWE-bench Lite|SWE-bench|"
    "Terminal-Bench 2\\.0|Terminal-Bench Hard|Terminal-Bench|GPQA Diamond|GPQA|MMLU-Pro|MMMLU|MMLU|"
    "MMMU-Pro|MMMU|AIME 2024|AIME 2025|AIME 2026|HumanEval|LiveCodeBench|ARC-AGI-1|ARC-AGI-2|"
    "ARC-AGI-3|ARC-AGI|Humanity['’]s Last Exam|OSWorld-Verified|OSWorld|BrowseComp|MATH-500|GSM8K|"
    "FrontierMath|SimpleQA|WebArena|GDPval|ScreenSpot-Pro|CharXiv|"
    "Aider Polyglot|MCP Atlas|τ²-bench|tau2-bench"
)
_EDITION = r"(?: v\d+(?:\.\d+)*)?"  # "LiveCodeBench v6" is another test than v5
# What was so before: "$3, down from $5, and …"
FORMER = re.compile(r",?\s(?:down from|up from|instead of)\s[^,;]*", re.IGNORECASE)
BENCHMARK = re.compile(rf"(?:{_BENCHMARKS})(?![\w-])")
_LICENCES = (
    r"(?:modified )?(?:Apache(?: [Ll]icen[sc]e)?(?:,? [Vv]ersion)?["
    r" -]2\.0|MIT|BSD(?:-[23]-Clause)?|"
    r"[AL]?GPL(?:-?v?[23](?:\.0)?)?|"
    r"CC[ -]BY(?:-NC)?(?:-SA)?(?:[ -]4\.0)?|OpenRAIL(?:-M)?)"
)
_LICENSED = re.compile(rf"(?:{_LICENCES})(?![\w-])|\b[Ll]icen[cs]e\b")
_PLACE = (
    r"(?:servers?|hardware|infrastructure|premises|data"
    r" cent(?:er|re)s?|GPUs?|laptops?|phones?|smartphones|devices?|machines?|"
    r"consumer hardware|edge devices)\b"
)
_DATA = (
    r"(?:the |its |their )?(?:(?:customer|user|business|commercial)"
    r" )?(?:data|prompts|inputs|conversations)"
    r"(?: of (?:its |their )?(?:\w+ )?(?:customers|users))?"
)


def values(sentence: str) -> Iterator[Value]:
    """The values that a sentence states, in its order for each rule; where two rules meet the first
    has it.
    """
    spans: list[tuple[int, int]] = []
    for rule in _RULES:
        for found in rule.pattern.finditer(sentence):
            start, end = found.span("shown") if "shown" in rule.pattern.groupindex else found.span()
            if any(start < other_end and other_start < end for other_start, other_end in spans):
                continue
            spans.append((start, end))
            shown = sentence[start:end]
            of = " ".join(
                part for part in (rule.unit, _tidy(found[rule.of]) if rule.of else "") if part
            )
            yield Value(
                attribute=rule.attribute,
                qualifier=of,
                value=rule.worth(shown),
                start=start,
                end=end,
            )


def is_former(value: Value, sentence: str) -> bool:
    """Whether a sentence says that a value was so before: "down from $5", "instead of $5"."""
    return any(found.start() < value.start < found.end() for found in FORMER.finditer(sentence))


def has_value(text: str) -> bool:
    """Whether a text may state any: cheap, and never wrong about a text that does."""
    return bool(_HINT.search(text))


def amounts(text: str) -> Iterator[tuple[str, int, int]]:
    """The numbers of a text in full, each with its place."""
    return ((amount(found[0]), *found.span()) for found in _AMOUNT.finditer(text))


def is_licence(text: str) -> bool:
    """Whether a text names a licence."""
    return bool(_LICENSED.search(text))


def amount(shown: str) -> str:
    """The first number of a text in full, after its currency: "€46.7 billion" is €46700000000."""
    found = _AMOUNT.search(shown)
    if found is None:
        return ""
    number = Decimal(found[2].replace(",", "")).scaleb(_SCALES.get((found[3] or "").lower(), 0))
    return found[1] + format(number.normalize(), "f")


def licence(shown: str) -> str:
    """The name of a licence in one form, "apache-2"."""
    plain = re.sub(r"(?i)\blicen[sc]ed?\b|\bversion\b|,", " ", shown).replace("2.0", "2")
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _as_written(shown: str) -> str:
    return ""


def _fixed(value: str) -> Callable[[str], str]:
    return lambda shown: value


def _tidy(words: str | None) -> str:
    """A qualifier in one form: "/month", "per user per month"."""
    plain = re.sub(r"[/,]|\b(?:a|an|per)\b", " ", (words or "").replace("’", "'"))
    return " ".join("month" if word == "mo" else word for word in plain.split())


def _rule(
    attribute: Attribute, pattern: str, worth: Callable[[str], str], of: str = "", unit: str = ""
) -> _Rule:
    return _Rule(attribute, re.compile(pattern), worth, of, unit)


_RULES = (
    _rule(
        Attribute.ACTIVE_PARAMETERS,
        rf"{_ABOUT}{_BIG}[ -](?:active|activated)[ -]parameters?\b",
        amount,
    ),
    _rule(
        Attribute.ACTIVE_PARAMETERS,
        rf"{_ABOUT}{_BIG}(?:[ -]parameters?)?(?= (?:per|for each) token\b)",
        amount,
    ),
    _rule(
        Attribute.PARAMETERS,
        rf"{_ABOUT}{_BIG}[ -](?:total[ -])?parameters?\b(?: in total)?(?! (?:are )?activ)",
        amount,
    ),
    _rule(Attribute.CONTEXT, rf"{_ABOUT}{_TOKENS}(?= (?:of )?context\b)", amount),
    _rule(
        Attribute.CONTEXT, rf"\bcontext (?:window|length) of (?P<shown>{_ABOUT}{_TOKENS})", amount
    ),
    _rule(
        Attribute.CONTEXT,
        rf"{_ABOUT}{_NUMBER}[ -]?(?:million|[MKk])(?=[ -]context (?:window|length)\b)",
        amount,
    ),
    _rule(
        Attribute.BENCHMARK,
        r"\b(?:scor\w+|achiev\w+|reach\w+|hits?|gets?|got|post(?:s|ed|ing)|records?|recorded|"
        r"earn(?:s|ed))\s+"
        rf"(?:(?:a|an|the|score|of|record|accuracy|new|only|just)\s+){{0,4}}"
        rf"(?P<shown>{_NUMBER}\s?(?:%|percent))\s+(?:accuracy\s+|score\s+)?(?:on|in|at)\s+"
        rf"(?:the\s+)?(?P<bench>(?:{_BENCHMARKS}){_EDITION})(?![\w-])",
        amount,
        of="bench",
    ),
    _rule(
        Attribute.PRICE,
        rf"{_MONEY} ?/ ?{_MONEY} per (?:million|1?M)(?: input/output| input and output)? tokens\b",
        lambda shown: "/".join(re.findall(_MONEY, shown)),
        unit="million tokens input/output",
    ),
    _rule(
        Attribute.PRICE,
        rf"{_ABOUT}{_MONEY}(?: per| ?/ ?| for(?: every| each)?| a) ?(?:(?:1 )?million|1?M) "
        r"(?P<kind>(?:cached )?input |output |)tokens?\b(?! (?:of|for) (?:input|output))",
        amount,
        of="kind",
        unit="million tokens",
    ),
    _rule(
        Attribute.PRICE,
        rf"{_ABOUT}{_MONEY}(?: ?/ ?| (?:per|an?) |-(?:per|a)-)"
        r"(?P<per>(?:user|seat|person|developer)(?:,? per|/| a)"
        r" month|month|mo\b|year|image|hour|minute|second)"
        r"(?! ?(?:per|/|a|for each) ?(?:user|seat|person|developer)\b)",
        amount,
        of="per",
    ),
    _rule(
        Attribute.LICENCE,
        rf"\bunder (?:an? |the )?(?:permissive |open-source )?(?P<shown>{_LICENCES}(?:["
        r" -]licen[sc]e)?)(?![\w-])",
        licence,
    ),
    _rule(
        Attribute.WEIGHTS,
        r"\b(?:do|does|did|has|have) not"
        r" (?:publish|release|open|share|published|released|opened|shared) "
        r"(?:(?:the|its|their|any) )?(?:model )?weights\b",
        _fixed("closed"),
    ),
    _rule(Attribute.WEIGHTS, r"\bopen[ -]weights? (?:\w+ ){0,2}model\b", _fixed("open")),
    _rule(
        Attribute.WEIGHTS,
        r"\bweights (?:are|were|have been|has been) (?:now |also |publicly |freely |openly"
        r" )?(?:published|released|available)\b",
        _fixed("open"),
    ),
    _rule(
        Attribute.DEPLOYMENT,
        r"\bcan (?:also )?(?:be )?(?:run|deployed|hosted|self-hosted|installed) (?:locally"
        r" |entirely )?(?:on|in|inside) "
        rf"(?:(?:an?|the|its|their) )?(?:[\w'’-]+ ){{0,4}}{_PLACE}",
        _as_written,
    ),
    _rule(
        Attribute.DEPLOYMENT,
        rf"\bdeployments? on (?:the |their )?customers?['’]?s? (?:own )?{_PLACE}",
        _as_written,
    ),
    _rule(
        Attribute.DEPLOYMENT,
        r"\boffers? (?:their|its) (?:[\w-]+ ){0,3}(?:models?|products?) through (?:an? |the"
        r" )?[\w-]+"
        r"(?: and through [\w-]+ [\w-]+)?",
        _as_written,
    ),
    _rule(
        Attribute.CUSTOMER_DATA,
        rf"\b(?:does|do|will) not (?:train (?:its (?:\w+ )?models )?on {_DATA}|"
        rf"use {_DATA} (?:to|for) train(?:ing)?(?: (?:its|their) models)?)(?: by default)?",
        _fixed("no"),
    ),
)
_HINT = re.compile(
    r"parameter|token|context|[Ss]cor|achiev|%|percent|[$€£]\d|under |weights|run |"
    r"deploy|hosted|offer|available|train|\d[ -]?[TBM]\b"
)
