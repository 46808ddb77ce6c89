"""Plain rules on text: normal form, sentences, words, slugs, and whether a text is English. And how
many tokens a text has, without any model's tokenizer: never to be too few matters more than to be
exact. Tokenizers differ, but all begin by cutting a text into words, figures and signs, so both
bounds are counted on these.
"""

from __future__ import annotations

import re
import unicodedata

from aggregator.english.vocabulary import SAYING

_NOT_LATIN = re.compile("[^\x00-ɏ]")
_NO_LETTER = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w++(?:[.'’,\-]\w++)*")
_FIRST_WORD = re.compile(r"\w+")
# A sentence begins with a capital, a figure, or a name such as xAI and iPhone. All marks stand in
# one class: a search that begins with a choice is seven times as slow.
_SENTENCE_END = re.compile(
    r"""[.!?…。！？]
        (?:(?<=[。！？]) | ['"”’)\]]*(?=\s+["“‘'(\[]?(?:[A-Z0-9À-Þ€$£]|[a-z]{1,5}[A-Z])))""",
    re.X,
)
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_ATTRIBUTION = re.compile(rf"\s+(?:[A-Z][\w.’'-]*\s+){{1,6}}(?:{SAYING}|asked)\b")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st vs gen sen rep gov e.g i.e fig eq approx est jan feb mar apr jun jul aug"
    " sept sep oct nov dec pp vol".split()
)
# Abbreviations that also end sentences: they do where the next word begins one.
_FINAL_ABBREVIATIONS = frozenset("inc ltd co corp jr sr etc al u.s u.k u.n e.u a.m p.m d.c".split())
_NUMBERED = frozenset({"no", "nos", "p"})  # abbreviations before a figure only
_BEGINNINGS = frozenset(
    "a an the this that these those it its he she they we you i his her their our in on at by for"
    " from with but and or if when while after before as since although however there here what who"
    " how why one some many most all both".split()
)
_ENGLISH = frozenset(
    "the of and to in a is that for on with as are be by at from this an it its has have was will"
    " not or can we you how new our your what why more than into after over about their they he she"
    " his her but were which who when now all".split()
)
_FOREIGN = frozenset(
    "der die das und nicht mit für auf ein eine ist von zu den im dem des wie auch sich bei le la"
    " les des et en un une du est pour dans que qui sur pas avec au par el los las del una para con"
    " por como más su al se il di che per con della nel non gli een het van op voor met zijn o os"
    " um uma não com na do da em".split()
)
# most English words are one token; names and compounds are cut about every fourth letter
LETTERS_A_TOKEN = 4
# the marks that a chat template puts around the messages: about 30 in the longest of the common
# ones
CHAT_TOKENS = 64

# Soft hyphens, byte order marks, joiners and marks of direction do not change what a text says.
_HARMLESS = re.compile("[\u00ad\ufeff\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_CUT_OUT = re.compile("(?<=\\w)[\u200b\u2061-\u2064\u180e]+(?=\\w)|[\U000e0000-\U000e007f]+")

_IDENTIFIER = re.compile(r"^(?:[\w.-]+/[\w.-]+|(?=[a-z]|.*[\d_-])[\w.-]+ / [\w.-]+)$")
_PIECE = re.compile(r"[A-Za-z]+|[‐-⁊]|[^\x00-\x7f]|\S|\n")


def normalised(text: str) -> str:
    """The text in NFC without control, format and unassigned characters, white space runs made one
    space. U+FFFD stands where one hid inside a word, so that admission sees it.
    """
    is_spaced = text.isprintable() and "  " not in text  # which is seen sooner than made so
    spaced = text.strip(" ") if is_spaced else " ".join(text.split())
    if is_spaced or spaced.isprintable():
        return spaced if spaced.isascii() else unicodedata.normalize("NFC", spaced)
    # white space, which it would drop too, has already become spaces
    marked = _HARMLESS.sub("", spaced)
    visible = "".join(filter(str.isprintable, _CUT_OUT.sub("\ufffd", marked)))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a character: JSON may spell a lone surrogate, which
    nothing can store or send.
    """
    return (
        text
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a paragraph, each verbatim as it stands in it.

    Abbreviations, initials and list numbers do not end one, nor does a quotation that is followed
    by who said it.
    """
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if _ends_sentence(text, start, end):
            found.append(text[start : end.end()].strip())
            start = end.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def is_ended(text: str) -> bool:
    """Whether a text ends as a sentence does, a closing quotation mark or bracket aside."""
    return bool(_ENDED.search(text))


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    mark, after = text[end.start()], text[end.end() : end.end() + 60]
    if mark != ".":
        return not (mark in "!?" and end.end() - end.start() > 1 and _ATTRIBUTION.match(after))
    before = text[max(start, end.start() - 60) : end.start()].split()
    word = before[-1].strip("(\"'“‘").lower() if before else ""
    first = _FIRST_WORD.search(after)
    following = first[0].lower() if first else ""
    if word in _NUMBERED:
        return not following[:1].isdigit()
    if word in _FINAL_ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return following in _BEGINNINGS
    return word not in _ABBREVIATIONS and not (
        word.isdigit() and text[start : end.start()].strip() == word
    )


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, case kept; inner points, commas, hyphens and apostrophes belong
    to a word.
    """
    return tuple(_WORD.findall(text))


def word_count(text: str) -> int:
    """How many words separated by white space, as `quote_words` counts them."""
    return len(text.split())


def is_identifier(headline: str) -> bool:
    """Whether a headline is the name of a repository with its owner's."""
    return bool(_IDENTIFIER.match(headline))


def folded(text: str) -> str:
    """The letters and figures of a text without case: equal for texts that differ by spaces,
    capitals and marks alone.
    """
    return _NO_LETTER.sub("", text.casefold())


def slug(text: str, most: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens, at most `most` characters, cut between words;
    `story` if none is left.
    """
    plain = (
        unicodedata.normalize("NFKD", text)
        .encode("ascii", "ignore")
        .decode("ascii")
        .lower()
        .replace("'", "")
    )
    joined = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(joined) > most:
        joined = joined[: most + 1].rpartition("-")[0] or joined[:most]
    return joined or "story"


def is_english(text: str, declared: str | None = None) -> bool:
    """Whether a text reads as English: script first, then function words, then what the publisher
    declared.

    A model for language identification costs 100 MB and calls short headlines Hungarian; function
    words decide what matters here. Where a text is too short to tell, the declaration counts, and
    English is assumed without one.
    """
    if far := sum(map(str.isalpha, _NOT_LATIN.findall(text))):
        letters = sum(map(str.isalpha, text))
        if letters - far < 0.8 * letters:
            return False
    tokens = [word.lower() for word in words(text)]
    english, foreign = (
        sum(word in _ENGLISH for word in tokens),
        sum(word in _FOREIGN for word in tokens),
    )
    if english == foreign or english + foreign < 3:
        return declared is None or declared.lower().startswith("en")
    return english > foreign


def estimated_tokens(text: str) -> int:
    """Tokens that the text has at most in all likelihood: a figure or sign each one, foreign
    letters two or more.
    """
    return sum(_tokens(piece) for piece in _PIECE.findall(text))


def fewest_tokens(text: str) -> int:
    """Tokens that the text has at least: no common tokenizer makes one token of two words."""
    return len(text.split())


def _tokens(piece: str) -> int:
    if piece.isascii():
        return -(-len(piece) // LETTERS_A_TOKEN)
    if "‐" <= piece <= "⁊":  # typographic signs have a token of their own
        return 1
    return 2 if piece <= "\uffff" else 4
