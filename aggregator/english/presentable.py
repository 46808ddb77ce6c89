"""Whether a sentence can stand alone. It cannot for what a reader would trip over: pronouns without
a noun, calls to subscribe, headings, half-open quotations.
"""

from __future__ import annotations

import re

from aggregator.english.lexical import PAST_FORMS
from aggregator.english.speech_acts import QUOTED
from aggregator.english.text import is_ended, word_count, words
from aggregator.english.trimming import VERB, is_balanced
from aggregator.english.vocabulary import MONTH, WEEKDAY

_FEWEST_WORDS = 6  # shorter ones are captions and crumbs
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d+)"
_DANGLING = re.compile(
    # an "it" that stands for nothing
    r"^(?!it(?: is| remains|['’]s) (?:still |yet |not )*(?:clear|unclear|known|unknown) \w)(?:"
    r"it|we|you|its|their|our|my|your|this|that|there|here|both|neither|one|some|others?|but|and|"
    r"or|so|yet|also|however|still|instead|then|thus|therefore|hence|moreover|furthermore|"
    r"meanwhile|additionally|similarly|likewise|besides|nevertheless|because|as a result|"
    r"for (?:example|instance|this|these)|in addition|in (?:contrast|comparison)|by contrast|"
    r"on the other hand|in other words|if|let|what|why|how|when|where|well|yes|no|okay|now|again|"
    r"once|finally|first|second|third|next|speaking|until then|since then|at the same time|"
    r"of course|out of these|"
    r"the (?:former|latter|same|move|company|firm|model|tool|feature|report|paper|study|result|"
    r"reason|problem|idea|change|other|group|story|command|solution|answer|following|above)|"
    r"not \w+ing|the \w+ (?:also|then|still|too)|"
    rf"(?:all|each|none|any|either|most|many|few|several|{_NUMBER}) of them|"
    rf"\d[\d.,]* ?(?:%|percent|per cent) (?:{VERB})|"
    rf"all {_NUMBER} (?:are|were|have|had|will|can|do|{VERB}))\b",
    re.IGNORECASE,
)
_EARLY_THEY = re.compile(r"^(?:\S+\s+){0,5}they\b", re.IGNORECASE)
_POINTING = re.compile(
    r"^(?:\S+\s+){0,6}?(?:these|those|this|such)\s+"
    r"(?!week|month|year|morning|spring|summer|autumn|fall|winter)",
    re.IGNORECASE,
)
_PRONOUN_SUBJECT = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)
_ADVERB_FIRST = re.compile(  # "Notably, it …", "Since 2000, its population …"
    r"^(?P<opening>(?:\w+ly|Even so|Overall|In|On|At|By|For|Since|After|Before|During|Under|"
    r"Until|From|With|Despite|Unlike|Like|As|Compared)\b[^,]{0,40}), "
    r"(?:it|its|they|their|them|this|these|that|those|such)\b"
)
_CAPITALISED = rf"(?!(?:{WEEKDAY}|{MONTH})\b)[A-Z][a-z]+"
NAME = re.compile(
    rf"(?<!^)\b{_CAPITALISED}|\b{_CAPITALISED}"
    rf" {_CAPITALISED}|^(?!(?:Today|Yesterday|It|That|There|Here|What|Who|Let)\b)"
    rf"{_CAPITALISED}['’]s\b"
)  # "On Monday he said" names nobody
_READER = re.compile(
    r"\b(?:I|I'm|I’m|I've|I’ve|I'll|I’ll|me|my|myself|you|your|you're|you’re|yours|IMO|IMHO)\b|^[\w"
    r" ]+, please\b"
)
_BOILERPLATE = re.compile(
    r"sign up|(?:^|please |and )subscribe\b|subscribing to|"
    r"newsletter|cookie (?:policy|consent|banner|settings)|click here|read more|read the full|learn"
    r" more|photo(?:graph)? by|image credit|"
    r"getty images|follow us|all rights reserved|©|terms of (?:use|service)|privacy"
    r" policy|affiliate (?:links?|partner|commission)|\bsponsored (?:by|content|post)|"
    r"supplied by|partner content|^advert|join (?:us|our)|register (?:now|here)|download"
    r" (?:the|our)|free trial|"
    r"this (?:article|story|post|newsletter|episode|week's|piece)|in this"
    r" (?:article|post|guide|tutorial|episode)|"
    r"listen (?:to|on)|watch the|share this|comments? (?:below|section)|^\W*submitted by|"
    r"appeared first on|check out|"
    r"as a reminder|is (?:powered|owned|published) by [\w ]{2,30} (?:media|publishing)\b|"
    r"early[- ]bird|^(?:hi|hello|hey)(?:,| there| all| everyone| folks)\b|^(?:happy|merry) (?:new"
    r" year|christmas|holidays)\b|"
    r"table of contents|see also|related:|editor's note|^\W*disclosure|arxiv:\d|announce"
    r" type|https?:|www\.|(?<!\w)@\w|@\w+\."
)  # of a sentence in small letters: a search without case takes four times as long
_LABEL = re.compile(
    r"^(?:[\w'’+/&-]+ ){0,6}[\w'’+/-]+(?:: | ?[–—] ?)[A-Z“]"
)  # "The attack — LayerX …", a bold heading
_SMALL_WORDS = frozenset(
    (
        "a an and as at but by for from in into nor of on onto or over per the to up via vs with"
    ).split()
)
_INDEFINITE = re.compile(r"^An? ")
_MOST_SMALL = 0.2  # of the words of a heading: "A Note on virt-sparsify"
_FEW_WORDS = 10  # in more of them a verb that is not listed here is likely
MAY_BE_VERB = re.compile(rf"\b(?:{VERB}|{PAST_FORMS}|[a-z]{{3,}}s|beat|hurt)\b")
SMALL_NAME = re.compile(r"[a-z]{1,5}[A-Z]")  # xAI, iPhone
_GLUED = re.compile(r"(?:[a-z]|[A-Z]{2})\.[A-Z][a-z]+ |\b[a-z]{4,}[A-Z][a-z]{2,}")
_NO_SUBJECT = re.compile(  # "Shows every call", but not "Plans to build an oven were dropped"
    rf"^(?=[A-Z][a-z]+s\b)(?:{VERB}) "
    r"(?!(?:to|that|of|for|by|about|from|on|are|were|have|will)\b)",
    re.IGNORECASE,
)
_TIME_CODE = re.compile(r"[\[(]\d{1,2}:\d\d(?:[.:]\d+)?[\])]")  # "Ada Byron (05:46.894) We cast …"
_UNFIT = (_DANGLING, _POINTING, _EARLY_THEY, _LABEL, _NO_SUBJECT, _TIME_CODE)


def is_presentable(sentence: str) -> bool:
    """Whether a sentence can stand alone: complete, in prose, not leaning on the one before, not
    boilerplate.
    """
    return (
        word_count(sentence) >= _FEWEST_WORDS
        and is_ended(sentence)
        and not sentence.endswith(("?", "…", "...", "?”", '?"'))
        and (
            sentence[0].isupper()
            or sentence[0].isdigit()
            or sentence[0] in "“\"'‘€$£"
            or bool(SMALL_NAME.match(sentence))
        )
        and not any(pattern.search(sentence) for pattern in _UNFIT)
        and not _BOILERPLATE.search(sentence.lower())
        and _names_its_speaker(sentence)
        and not is_fragment(sentence)
        and is_balanced(sentence)
        and _is_prose(sentence)
    )


def is_fragment(sentence: str) -> bool:
    """Whether it is a noun with what explains it, and no verb: an entry of a list, or an
    exclamation; or a heading.
    """
    plain, is_short = sentence.rstrip("."), word_count(sentence) <= _FEW_WORDS
    found = words(sentence)
    small = [word for word in found if word[0].islower() and word not in _SMALL_WORDS]
    if len(small) <= _MOST_SMALL * len(found) and not any(map(MAY_BE_VERB.search, small)):
        return True  # "The Batch - AI News & Insights."
    return bool(is_short and _INDEFINITE.match(plain) and not MAY_BE_VERB.search(plain))


def _names_its_speaker(sentence: str) -> bool:
    """Refuses a quotation without its speaker, "he" before anybody was named, and talk from I to
    you.
    """
    outside = QUOTED.sub("", sentence).strip(" .,")
    if word_count(outside) < 2 or _READER.search(outside):
        return False
    early = _ADVERB_FIRST.match(outside)
    if early and not NAME.search(early["opening"]):
        return False
    pronoun = _PRONOUN_SUBJECT.search(outside)
    return pronoun is None or bool(NAME.search(outside[: pronoun.start()]))


def _is_prose(sentence: str) -> bool:
    """Refuses code, tables, lists of hashtags and runs of capitals."""
    letters = sum(map(str.isalpha, sentence)) + sentence.count(" ")
    capitals = sum(word.isupper() and len(word) > 3 for word in words(sentence))
    return (
        letters >= 0.8 * len(sentence)
        and not _GLUED.search(sentence)
        and capitals <= 3
        and not any(mark in sentence for mark in ("|", "<", ">", "=", "`", "#", "*", "\\", "_"))
    )
