"""Who may have attributes: products and companies as a sentence names them, by their full names and
never by half of one.

The registry knows lines and versions; "7B", "8x7B", "Instruct" and "-Coder" after such a name make
another product of it. What goes on in a way that we cannot read ("Gemini Enterprise Agent
Platform") names something that we do not know: nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.domain.fact import SubjectKind
from aggregator.domain.story import EntityKind, Mention
from aggregator.english.text import slug
from aggregator.english.vocabulary import MONTH, WEEKDAY
from aggregator.plugins.attributes.values import BENCHMARK

PRODUCTS = frozenset({SubjectKind.MODEL, SubjectKind.PRODUCT})
_KINDS = {
    EntityKind.MODEL: SubjectKind.MODEL,
    EntityKind.PRODUCT: SubjectKind.PRODUCT,
    EntityKind.COMPANY: SubjectKind.COMPANY,
}

_SIZE = r"\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)?[BMTb](?:-A\d+(?:\.\d+)?B)?"
_VARIANT = (
    "Instruct|Base|Chat|Thinking|Reasoning|Preview|Exp|Experimental|Mini|mini|Nano|nano|Pro|Max|"
    "Ultra|Lite|Flash|Plus|Turbo|Large|Medium|Small|Tiny|Coder|Code|Codex|Math|Vision|VL|Omni|"
    "Audio|Image|Video|Next|Air|High|Heavy|Fast|Enterprise|Business|Team|Edu|Go|Premium|Free|Gov|"
    "Health|Spark|Distill|Zero|Terminus|Speciale|Haiku|Sonnet|Opus"
)
_GOES_ON = re.compile(
    r"(?:["
    rf" -](?:{_SIZE}|{_VARIANT})(?![\w])|-(?:[A-Z0-9][\w.]*[\w])(?!\w)|"
    rf"(?<=[A-Za-z])\d+(?:\.\d+)*(?![\w.]*\w)|"
    r" \d+\.\d+(?![\w%]| (?:million|billion|percent)))+"
)
_ADJECTIVE = re.compile(r"^-(?:\w+)\b")  # "GPT-4-class", "Claude-powered"
_UNKNOWN = re.compile(rf"^ (?!(?:API|AI|{MONTH}|{WEEKDAY}|CEO|CTO|CFO|COO|I)\b)[A-Z\[][\w\]-]*")
_SELF_NAMED = re.compile(
    rf"(?<![\w-])[A-Z][A-Za-z]+[\w.]*(?:-[A-Za-z0-9.]+)*-{_SIZE}(?:-[A-Za-z0-9.]+)*(?![\w-])"
)
_SELF_REPORTED = re.compile(
    r"(?:The )?(?P<name>[A-Z][\w.+-]*(?: (?:[A-Z0-9][\w.+-]*|\[\w+\]))*)(?: \([^()]{2,60}\))?,? "
    r"(?:is an?|has|supports|offers|comes with|is released|is available|is licensed)\b"
)
_FEWEST_PARTS = 2
_MEASURED_AGAINST = re.compile(
    r"\b(?:than|unlike|like|versus|vs\.?|compared (?:to|with)|similar to|rival(?:s|led|ling|"
    r"ing)?|beat(?:s|ing)?|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|match(?:es|ed|ing)?|"
    r"exceed(?:s|ed|ing)?|ahead of|behind|based on|(?:built|builds) on(?: top of)?|powered by|"
    r"derived from|"
    r"distilled from|fine-tun\w+(?: from| on)?|successor (?:to|of)|replac(?:es|ed|ing)|"
    r"instead of|trained on|compet\w+ with|against|over|using|version of|variant of|(?i:visuals|"
    r"images|pictures|screenshots|videos|demos|reviews|tests|results|details|copies|"
    r"previews?) of|from|by|out of|on|for|via|through|inside|supports?|"
    r"integrat\w+ with)\s+(?:(?:the|its|their|a|an|both|other|even|either|[A-Z][\w.]*['’]s?|"
    r"models?|like|such|as)\s+){0,3}$|\+\s*$"
)
_OF_SOMEBODY_ELSE = re.compile(
    r"^(?: |-)(?:spin-?(?:out|off)|subsidiary|rival|competitor|partner|investor|backer|"
    r"researchers?|engineers?|executives?|employees?|founders?|co-?founders?|alum\w*|veterans?|"
    r"users?|customers?|developers?|shares?|stock|devices?|chips?|GPUs?|fork|clone|plugin|based|"
    r"backed|style|like|compatible|owned|wrapper|family|models|series|variants|APIs)\b"
)
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
JOINED = re.compile(r"(?:,? and |, | or | & )")


@dataclass(frozen=True, slots=True)
class Subject:
    """A product or company as a sentence names it. Not `is_plain`: it is named to compare with, or
    as what another rests on.
    """

    key: str
    name: str
    kind: SubjectKind
    start: int
    end: int
    is_plain: bool


def subjects(text: str, mentions: Sequence[Mention]) -> tuple[Subject, ...]:
    """The products and companies that a sentence names, in order; without those of which it says
    the half of a name only.
    """
    own = tuple(
        mention
        for mention in mentions
        if mention.entity.kind in _KINDS and not BENCHMARK.match(text, mention.start)
    )
    known = [subject for mention in own if (subject := _whole(text, mention, own))]
    free = [
        found
        for found in _SELF_NAMED.finditer(text)
        if not any(found.start() < subject.end and subject.start < found.end() for subject in known)
    ]
    named = [
        _subject(text, found[0], SubjectKind.MODEL, found.start(), found.end()) for found in free
    ]
    return tuple(sorted((*known, *named), key=lambda subject: subject.start))


def self_named(text: str, title: str) -> tuple[Subject, ...]:
    """The product whose name begins a sentence that says what it is, where the headline has the
    name too.

    "Nemotron Speech ASR is a 0.6B parameter model" says what it is; a name of one word may be a
    company's.
    """
    found = _SELF_REPORTED.match(text)
    if found is None or len(found["name"].split()) + found["name"].count("-") < _FEWEST_PARTS:
        return ()
    name = found["name"]
    is_headlined = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", title) is not None
    return (
        (_subject(text, name, SubjectKind.MODEL, found.start("name"), found.end("name")),)
        if is_headlined
        else ()
    )


def groups(text: str, several: Sequence[Subject]) -> tuple[tuple[Subject, ...], ...]:
    """The subjects as a sentence joins them: "OpenAI and Anthropic" is one group."""
    found: list[tuple[Subject, ...]] = []
    for subject in several:
        if found and JOINED.fullmatch(text[found[-1][-1].end : subject.start]):
            found[-1] = (*found[-1], subject)
        else:
            found.append((subject,))
    return tuple(found)


def _whole(text: str, mention: Mention, others: Sequence[Mention]) -> Subject | None:
    """The subject by its full name, None where the name goes on in a way that nobody knows."""
    kind = _KINDS[mention.entity.kind]
    more = _GOES_ON.match(text, mention.end)
    end = more.end() if more else mention.end
    if any(mention.end <= other.start < end for other in others):
        return None
    rest = text[end:]
    follows = _UNKNOWN.match(rest)
    is_other = bool(follows) and not any(other.start == end + 1 for other in others)
    if (
        _ADJECTIVE.match(rest)
        or text[: mention.start].endswith("-")
        or (is_other and kind in PRODUCTS)
    ):
        return None
    if mention.is_line and not more:
        return None
    written, name = text[mention.start : end], mention.entity.name
    if kind is SubjectKind.COMPANY:  # "Mistral 7B", as it is written
        made = SubjectKind.MODEL if more else kind
        return _subject(
            text,
            written if more else name,
            made,
            mention.start,
            end,
            "" if more else mention.entity.key,
        )
    if _is_short_for(text[mention.start : mention.end], name):
        key = "" if more else mention.entity.key
        return _subject(text, name + text[mention.end : end], kind, mention.start, end, key)
    # an alias that is another product: "ChatGPT Plus"
    return _subject(text, written, kind, mention.start, end)


def _is_short_for(written: str, name: str) -> bool:
    """Whether a name is written whole, or by its version: "Opus 4.6". "Copilot" is several
    products'.
    """
    own, whole = _tokens(written), _tokens(name)
    return own == whole or (own <= whole and any(token[0].isdigit() for token in own))


def _tokens(name: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(name.lower()))


def _subject(
    text: str, name: str, kind: SubjectKind, start: int, end: int, key: str = ""
) -> Subject:
    is_plain = not _MEASURED_AGAINST.search(text[:start]) and not _OF_SOMEBODY_ELSE.match(
        text[end:]
    )
    return Subject(key or slug(name), name, kind, start, end, is_plain)
