"""What would show that a prediction came true: the act itself, as of the day it is done."""

from __future__ import annotations

import re

from aggregator.domain.claim import Likelihood
from aggregator.english.tense import base_form, past_form
from aggregator.story.rules.commitment import Ahead, likelihood_of, without_date

_LONGEST_SUBJECT = 14  # words
_FEWEST = 3
_END = re.compile(
    r"[;:—–]|,\s(?!\d)|\s(?=(?:when|while|as|will|is|are|was|has|according|unless|until)\b|"
    r"(?:and|but) (?:will|is|are|has|have|plans?|expects?|the|it|they|that)\b)"
)
_REPORTED = re.compile(
    r"^(?P<who>.+?)(?: also)? (?:says?|said|reveal(?:s|ed)|announce[sd]|confirm(?:s|ed)|estimates?|"
    r"believes?|expects?|explain(?:s|ed)|stated|told \w+|forecasts?|predicts?|projects?)"
    r"(?: (?:on \w+day|last week|this \w+))?(?: that)? (?P<what>.+)$"
)
_PRONOUN = re.compile(r"(?:it|he|she|they)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?P<what>.+?) (?:that|which) (?P<who>(?:[A-Z][\w’'.-]*|the \w+)(?: [A-Z]\w*)*)$"
)
_OPENING = re.compile(r"^(?:[A-Z]\w*(?: \w+){0,5}, |(?:But|And|So) )(?=\w)")
_AUXILIARY = re.compile(r"(?:^| )(?:also|has|have|is|are|was|were)$")
_FIRST_NAME = re.compile(
    r"(?:[A-Z][\w’'.&-]*(?: [A-Z][\w’'.&-]*)*|[Tt]he \w+)"
    r"(?= (?:currently|also|now|has|have|had|is|are|was|were|\w+ed)\b)"
)
_OF_ANOTHER = re.compile(r".*\b(?:why|including) ")
_ADVERB = re.compile(r"^(?:more than|\w+ly|also|now|still|then|soon|first|both|each|once again) ")
_PLURAL = re.compile(r"\b(?:[a-z]+[^siu\W]s|people)$| and ")


def sign_of(found: Ahead) -> str:
    """A sentence in the past that is true once it has come about: "OpenAI started to test ads." for
    "OpenAI plans to start to test ads in March"; without a subject where it is not to be found, and
    empty where too little is left.
    """
    cue = found.cue
    subject = _subject(found)
    relative = _RELATIVE.match(subject)
    if relative:
        done = f"{_done(found, relative['who'])} {_lowered(relative['what'])}"
        return _sentence(f"{relative['who']} {done}")
    if cue["who"]:
        subject = cue["who"].strip()
    if subject.endswith(" and"):
        first = _FIRST_NAME.match(subject)
        subject = first[0] if first else ""
    if len(subject.split()) > _LONGEST_SUBJECT or subject.endswith((" that", " which", " who")):
        subject = ""
    return _sentence(f"{subject} {_done(found, subject)}")


def _subject(found: Ahead) -> str:
    """The words before the verb that are its subject, without who reports it."""
    text, start = found.text, found.cue.start()
    begin, end = without_date(found.text, found.mention)
    before = text[:start] if end > start else text[end:start].lstrip(" ,") or text[:begin]
    before = _OPENING.sub("", before.strip())
    reported = _REPORTED.match(before)
    if reported:
        is_pronoun = _PRONOUN.fullmatch(reported["what"])
        before = reported["who"] if is_pronoun else reported["what"]
    before = _OF_ANOTHER.sub("", before).strip(' ,“"')
    while _AUXILIARY.search(before):
        before = _AUXILIARY.sub("", before).strip(' ,“"')
    return before


def _done(found: Ahead, subject: str) -> str:
    """The verb in the past, with what belongs to it and without the date."""
    cue = found.cue
    match likelihood_of(cue):
        case Likelihood.RULED:
            words = re.sub(r"^(?:will|shall|is set to|are set to) ", "", cue[0]).split()
            verb, rest = base_form(words[0]), " ".join(words[1:])
            return f"{past_form(verb)} {rest}".strip()
        case Likelihood.SCHEDULED if not cue[0].endswith(" to"):
            if re.search(r"scheduled|slated|due|set", cue[0]):
                return "took place"
            words = cue[0].split()
            behind = " ".join((*words[1:], _statement(found)))
            return f"{past_form(base_form(words[0]))} {behind}"
        case _:
            statement = _ADVERB.sub("", _statement(found), count=1)
            verb, _, rest = statement.partition(" ")
            if verb == "be":
                return f"{'were' if _PLURAL.search(subject) else 'was'} {rest}"
            return f"{past_form(verb)} {rest}"


def _statement(found: Ahead) -> str:
    """The words behind the verb that looks ahead, to the end of its clause, without the date."""
    text, start = found.text, found.cue.end()
    begin, end = without_date(found.text, found.mention)
    if begin < start:
        rest = text[start:]
        close = _END.search(rest)
        return rest[: close.start() if close else len(rest)].strip(' .,”"')
    close = _END.search(text, max(start, begin))
    behind = text[end : close.start()] if close and close.start() > end else ""
    if close is None:
        behind = text[end:]
    return f"{text[start:begin].strip()} {behind.strip()}".strip(' .,”"')


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if text.startswith(("The ", "A ", "An ")) else text


def _sentence(text: str) -> str:
    words = text.strip(" ,").split()
    return f"{words[0][0].upper()}{' '.join(words)[1:]}." if len(words) >= _FEWEST else ""
