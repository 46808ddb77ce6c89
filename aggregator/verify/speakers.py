"""Speakers: who is said to have said what.

An attribution is a verb of saying with its subject ("Orla Brandt, chief executive of Vexel, told
staff"), the same turned round ("said Orla Brandt"), or "according to". Only named speakers are
compared; a pronoun may stand for any name before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import SAYING
from aggregator.verify.names import name_spans
from aggregator.verify.quotes import quotations
from aggregator.verify.versions import NO_PRODUCT
from aggregator.verify.wording import Sentence, read, wording


@frozen
class Attribution:
    """Something said: by which of these names (none where no name is given), above all by `head`,
    and its content.
    """

    speakers: frozenset[str]
    head: str
    content: frozenset[str]


def is_attributed(text: str) -> bool:
    """Whether each sentence of a text says who says it, or the text quotes somebody."""
    return bool(quotations(text)) or all(attributions(sentence) for sentence in read(text))


@lru_cache(maxsize=512)
def attributions(sentence: Sentence) -> tuple[Attribution, ...]:
    """The attributions of a sentence, each with the words that belong to it."""
    sayings = tuple(_sayings(sentence))
    return tuple(
        Attribution(
            speakers=frozenset(saying.speakers),
            head=_head(saying),
            content=_content(sentence, saying, before, after),
        )
        for before, saying, after in zip(
            (None, *sayings), sayings, (*sayings[1:], None), strict=False
        )
    )


_SAYING = re.compile(  # not "the company reports a loss", "The Herald reports": no one speaks
    r"(?<![\w-])(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbe )(?<!\bis )(?<!\bare )(?<!\bnot )"
    rf"(?!report)(?:{SAYING}|claims|posted|calls|called|describe[sd])\b(?!\s+(?:and|or)\b)|"
    r"\b[Aa]ccording to\b"
)
_NOUN_PHRASE = (
    r"(?:(?:the|a|an|its|his|her|their)\s)?(?:[\w.&’'-]+\s){0,6}?[A-Z][\w.&’'-]*"
    r"(?:\s(?:[A-Z][\w.&’'-]*|of|and|the|for))*"
)
_INVERTED = re.compile(
    rf"\s(?P<who>{_NOUN_PHRASE})(?=\s*(?:[,.;:!?—–(\"“]|$)|\s(?:in|on|at|during|after|who|from|"
    rf"to|last|this|earlier|yesterday)\b)"
)
_CLOSED = re.compile(r"[\"”’',?!]\s*$")
_THIRD_PERSON = re.compile(r"\b(?:he|she|they)\s*(?:\w+ly\s*|also\s*)?$", re.IGNORECASE)
_UNNAMED = re.compile(
    # "the company": no capital follows
    r"\b(?i:the|a|an|it|its|their|his|her|we|i|one|who|some|many|several|both)\b[a-z\s’'-]*$"
)
_CLAUSE_START = re.compile(
    r"[;:“”\"—–]|(?i:,?\s(?:but|while|whereas|and that|that)\s)|\sas\s(?=[A-Z])"
)
_CONTRAST = re.compile(r"but|while|whereas|;", re.IGNORECASE)
_TO_END = re.compile(r"[,.;:—–(]\s|[,.;:]$|\s(?:and|but|while|who|which|that)\s|$")
_TIE = re.compile(r" (?:of|for) (?:the )?")
_LINK = re.compile(r" (?:of|for)(?: the)? ")
_NO_SPEAKERS = frozenset(f" {word} " for word in NO_PRODUCT)  # "on Monday the company said"


@frozen
class _Saying:
    """Where an attribution stands in a sentence, its speakers in order, and whether its content
    stands before it.

    `head` is the place of the one who speaks among them: "Vexel chief executive Orla Brandt", but
    "Orla Brandt, of Vexel,". It `opens_clause` where what goes before is a clause that nobody says:
    "sales fell, while Vexel says …".
    """

    start: int
    end: int
    speakers: tuple[str, ...]
    is_behind: bool
    head: int | None = -1
    opens_clause: bool = False


def _head(saying: _Saying) -> str:
    return saying.speakers[saying.head] if saying.speakers and saying.head is not None else ""


def _content(
    sentence: Sentence, saying: _Saying, before: _Saying | None, after: _Saying | None
) -> frozenset[str]:
    """The content of what is said: all of the sentence, or the stretch up to the next attribution
    where it has several, and what follows it where it opens a clause of its own.
    """
    start, end = (before.end if before else 0), (after.start if after else len(sentence.text))
    if before or after or saying.opens_clause:
        start, end = (
            (start, saying.start) if saying.is_behind else (saying.end, max(end, saying.end))
        )
    return frozenset(
        token.stem
        for token in sentence.tokens
        if token.stem
        and start <= token.start < end
        and not saying.start <= token.start < saying.end
    )


def _sayings(sentence: Sentence) -> Iterator[_Saying]:
    text = sentence.text
    for verb in _SAYING.finditer(text):
        if (
            text.count("“", 0, verb.start()) > text.count("”", 0, verb.start())
            or text.count('"', 0, verb.start()) % 2
        ):
            continue  # within a quotation: somebody's own words
        if verb[0].lower() == "according to":
            yield _source(text, verb)
        else:
            yield _inverted(text, verb) or _direct(sentence, verb)


def _source(text: str, verb: re.Match[str]) -> _Saying:
    """ "According to X": the names up to the next mark."""
    stop = _TO_END.search(text, verb.end())
    end = stop.start() if stop else len(text)
    return _Saying(
        start=verb.start(),
        end=end,
        speakers=_names(text, verb.end(), end),
        is_behind=verb.start() > 0,
    )


def _inverted(text: str, verb: re.Match[str]) -> _Saying | None:
    """ "…", said X: where what goes before is closed, and a name with nothing to say follows."""
    subject = _INVERTED.match(text, verb.end())
    if subject is None or verb[0] in {"told", "tells"} or not _CLOSED.search(text[: verb.start()]):
        return None
    speakers = _names(text, subject.start("who"), subject.end("who"))
    return (
        _Saying(start=verb.start(), end=subject.end(), speakers=speakers, is_behind=True)
        if speakers
        else None
    )


def _direct(sentence: Sentence, verb: re.Match[str]) -> _Saying:
    """X, who is this or that, said …: the names since the last comma, or since the clause began if
    that comma closes it.
    """
    text = sentence.text
    breaks = [*_CLAUSE_START.finditer(text, 0, verb.start())]
    start = breaks[-1].end() if breaks else 0
    opens_clause = bool(breaks) and bool(_CONTRAST.search(breaks[-1][0]))
    comma = text.rfind(",", start, verb.start()) + 1
    is_apposition = comma > start and not text[comma : verb.start()].strip()
    if comma > start and not is_apposition:
        start = comma
    subject = text[start : verb.start()]
    head: int | None = 0 if is_apposition else -1
    if _THIRD_PERSON.search(subject):
        speakers, head = _last_named(sentence, start), None
    else:
        speakers = () if _UNNAMED.search(subject) else _names(text, start, verb.start())
    is_behind = text[verb.end() : verb.end() + 1] in {"", ",", ".", ";"} and start > 0
    return _Saying(
        start=start,
        end=verb.end(),
        speakers=speakers,
        is_behind=is_behind,
        head=head,
        opens_clause=opens_clause and not is_behind,
    )


def _last_named(sentence: Sentence, end: int) -> tuple[str, ...]:
    """Whom a pronoun may stand for: the names before it in its sentence, and those of the last
    sentence that has any.
    """
    here = _names(sentence.text, 0, end)
    return here + next(
        (found for span in reversed(sentence.before) if (found := _names(span, 0, len(span)))), ()
    )


def _names(text: str, start: int, end: int) -> tuple[str, ...]:
    """The names in a stretch of text, those joined by "of" as one: "Bank of Japan"."""
    joined: list[tuple[int, int]] = []
    for first, last in name_spans(text):
        if start <= first and last <= end:
            is_tied = joined and _TIE.fullmatch(text, joined[-1][1], first)
            joined[-1:] = [(joined[-1][0], last)] if is_tied else [*joined[-1:], (first, last)]
    found = (_LINK.sub(" ", wording(text[first:last])) for first, last in joined)
    return tuple(name for name in found if name.strip() and name not in _NO_SPEAKERS)
