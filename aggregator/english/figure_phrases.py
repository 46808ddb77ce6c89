"""The figures of a sentence in its own words: "744B parameters", "raised $400 million"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.english.amounts import JOINS, MEASURE, MONEY, PEOPLE, SHARE, SIZE
from aggregator.english.lexical import PAST_FORMS, content_words
from aggregator.english.trimming import VERB
from aggregator.english.vocabulary import HEDGE

_VERB = re.compile(rf"{VERB}|{PAST_FORMS}|\w{{2,}}(?:ed|ing)", re.IGNORECASE)
_PAST = re.compile(rf"{VERB}|{PAST_FORMS}|\w{{2,}}ed", re.IGNORECASE)
_LED = re.compile(  # "raised nearly $400 million", but not "found that 48%", "is 16.8%"
    rf"\b(?!(?:is|are|was|were|be|has|have|had)\b)(?:{VERB}|{PAST_FORMS}|\w{{2,}}(?:ed|ing))"
    r"(?: (?!(?:that|with|between)\b)[\w’'-]+){0,2} $",
    re.IGNORECASE,
)
_NOUN_OF = re.compile(r"(?P<noun>[a-z][\w’'-]+) of (?:\w+ )?$")  # "an accuracy of 93 percent"
_FOLLOWING = re.compile(r"[ -](?P<word>[A-Za-z][\w’'-]*)")
_PHRASE_END = re.compile(rf"[.,;:)!?]|\s(?:{JOINS}|instead|against|after|before|when|while)\b|\s*$")
_COUNT = re.compile(  # never a year or a version: "42,447 skills", "15x faster"
    r"(?<![\w.,$€£₹-])(?P<number>\d{1,3}(?:,\d{3})+|\d[\d.]*x)(?=[ -][a-z])"
)
_WORD = re.compile(r"\S+")
_MOST_LEADING = 3  # words: "raised more than $400 million"
_MOST_FOLLOWING = 3  # words: "$80 million Series A extension"
_COMPARED = re.compile(r"\b(?:from|than|compared (?:to|with))\s(?:\w+\s)?$")
_UNSURE = re.compile(rf"\b(?:{HEDGE}|not|never)\b|n['’]t\b", re.IGNORECASE)


def figure_phrases(text: str) -> Iterator[str]:
    """The figures of a sentence in its own words, each with what says what it is: the nouns or the
    measure behind it, else the verb before it ("744B parameters", "raised $400 million"). None that
    nothing says, that is not sure, or that others are compared with.
    """
    found = sorted(
        (
            match
            for kind in (MONEY, PEOPLE, SHARE, SIZE, _COUNT)
            for match in kind.finditer(text)
            if ", " not in match[0]
        ),
        key=lambda match: (match.start(), -match.end()),
    )
    until = 0
    for figure in found:
        before = text[: figure.start()]
        if figure.start() < until or _COMPARED.search(before) or _UNSURE.search(before):
            continue
        end = until = _end_of_phrase(text, figure)
        is_said = end > figure.end() or "who" in figure.groupdict()
        is_ended = _PHRASE_END.match(text, end)
        start = figure.start() if is_said or not is_ended else _start_of_phrase(before)
        if is_said or start < figure.start():
            yield text[start:end]


def _start_of_phrase(text: str) -> int:
    """Where the words begin that lead to a figure behind a text: a noun ("accuracy of"), or the
    verb among the last three; the end of the text where there are none.
    """
    if noun := _NOUN_OF.search(text):
        return noun.start()
    ends = (word.start() for word in reversed(list(_WORD.finditer(text))[-_MOST_LEADING:]))
    return next((start for start in ends if _LED.match(text, start)), len(text))


def _end_of_phrase(text: str, figure: re.Match[str]) -> int:
    """Where the words end that say what a figure counts."""
    if measure := MEASURE.match(text, figure.end()):
        return measure.end("measure")
    end = figure.end()
    is_counted = "who" in figure.groupdict() and "-" not in figure[0]
    for place in range(0 if is_counted else _MOST_FOLLOWING):
        following = _FOLLOWING.match(text, end)
        word = following["word"] if following else ""
        # "$2.6 million funding": behind a sum a noun may look like a verb
        verb = _PAST if "sign" in figure.groupdict() and not place else _VERB
        if not word.isupper() and (not content_words(word) or verb.fullmatch(word)):
            break
        end = following.end() if following else end
    return end
