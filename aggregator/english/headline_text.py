"""The words of a published headline without what its publisher hangs on it (tags, the name of the
site, links, emojis), and how one that is too long is cut: at a clause, where what is left is true.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from aggregator.english.speech_acts import is_question
from aggregator.english.text import folded, is_identifier, normalised, word_count
from aggregator.english.trimming import VERB, ends_loose, is_balanced, may_be_cut

MOST_CHARACTERS = 90
_FEWEST_WORDS = 3  # "Copy Fail", "GPT 5.5" say nothing of what happened
_LEAST_CUT = 4  # words that a cut must leave
_LONG_CUT = 0.4  # of the room: in place of a shorter clause a longer head is taken
_A_WORD = 5  # letters that a site's name may have besides its host's: "Stack Overflow Blog"
_SHORTEST_SITE = 3  # letters of a site's name: "X" is in every title

_DOES = re.compile(rf"\b(?:{VERB})\b", re.IGNORECASE)  # titles have capitals everywhere
_LINK = re.compile(r"\s*https?://\S+")
_ESCAPE = re.compile(r"\\(?=[^\w\s\\])")  # "The \“think\” tool"
_TAG = re.compile(r"^\W*[\[【(（][^\]】)）]{1,40}[\]】)）](?!\w)\s*[:–—-]?\s*")
_LAST_TAG = re.compile(
    r"\s*(?:[\[【][^\]】]{1,40}[\]】]|\((?:\d{4}|v\d[\d.]*)\))\W*$", re.IGNORECASE
)
_ASIDE = re.compile(r"\s\([^()]*\)(?!\w)")
_PARTS = re.compile(r"\s+[|｜•»·]\s+|\s*｜\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_COMMUNITY_TAG = re.compile(r"^(?:Show|Ask|Tell|Launch) HN\s*[:–—-]\s*", re.IGNORECASE)
_COINED = re.compile(r"[^\s:]+: ")
_LABEL = re.compile(r"^(?P<label>[^:]{2,40}):\s+(?=\S)")
_SUBORDINATES = r"(?:after|while|because|since|before|amid|ahead of|which|who|where|when)\s"
_JOINS = rf"(?:as\s|{_SUBORDINATES})"
_CLAUSE_END = re.compile(
    r"[:;](?=\s)|(?<=\w\w)[.!?](?=\s+[A-Z])|\s[–—-](?=\s)|,(?=\s)|"
    rf"\s(?={_JOINS})"
)
_LAST_PART = re.compile(rf".*(?:[,:]\s|\s{_JOINS})(?P<part>.*)$")
_LAST_ITEM = re.compile(r".*,\s(?P<part>.*)$")
_TO_LAST_ITEM = re.compile(r"(?P<items>.*?)(?:\b(?:and|or)\s|&\s)")
_PHRASE_END = re.compile(
    r"\s(?=(?:and|for|in|on|at|with|via|using|through|across|over|from|into|under|during|"
    r"to (?:help|allow|let|make|build|create|bring|support|improve|[A-Z\d]))\b)"
)
# a verb at the end lost what it needs: "an account hailed | as …", "a pipeline to evaluate | …"
_OPEN_END = re.compile(r"(?:\b\w{2,}(?:ed|ing)|\bto \w+)$", re.IGNORECASE)
_ADDS = re.compile(_SUBORDINATES)
_QUOTATION = re.compile(r"[“‘\"'][^“”‘\"]*[”’\"']")


def tidy_headline(title: str, sites: Collection[str]) -> str:
    """The headline without links, emojis, escapes, bracketed tags and the names of its site; as it
    was where nothing else would be left. `sites` are the names by which the site may go, its host
    among them.
    """
    names = [key for key in map(folded, sites) if len(key) >= _SHORTEST_SITE]
    text = normalised("".join(filter(_is_type, _ESCAPE.sub("", _LINK.sub("", title)))))
    text = _own_part(text, names)
    for pattern in (_TAG, _LAST_TAG, _COMMUNITY_TAG):
        text = pattern.sub("", text) or text
    label = _LABEL.match(text)
    if label and any(folded(label["label"]) in name for name in names):
        rest = text[label.end() :]
        text = rest if word_count(rest) >= _LEAST_CUT and not rest[0].islower() else text
    text = text.strip(" -–—:|·•")
    return text if any(map(str.isalnum, text)) else title


def fitted(headline: str, most: int = MOST_CHARACTERS) -> str:
    """The headline in at most so many characters: whole, without its asides, or its longest head
    that ends with a clause, else before a phrase, and loses nothing that changes its sense; broken
    off with an ellipsis where there is no such end.
    """
    if len(headline) <= most:
        return headline
    short = normalised(_ASIDE.sub("", headline))
    if len(short) <= most:
        return short
    clauses = tuple(_heads(short, _CLAUSE_END, most))
    long_ones = (head for head in clauses if len(head) >= _LONG_CUT * most)
    named = _without_name(short, most)
    act = _before_colon(short, most)
    phrases = tuple(_heads(short, _PHRASE_END, most))
    # "GenDA: …": the one word by which the thing will be known
    coined = phrases if _COINED.match(short) else ()
    broken = short[: most - 1].rpartition(" ")[0].rstrip(" ,;:–—-")
    return next(iter((*long_ones, *act, *coined, *named, *phrases, *clauses)), f"{broken} …")


def is_bare(headline: str) -> bool:
    """Whether a headline is no more than a name, that of a repository among them."""
    return is_identifier(headline) or word_count(headline) < _FEWEST_WORDS


def is_telling(headline: str) -> bool:
    """Whether a headline says what is reported: it is no question, and more than a name."""
    return not is_bare(headline) and not is_question(headline) and "?" not in headline


def _is_type(character: str) -> bool:
    """Whether it is no pictograph, and none of the signs that join pictographs."""
    is_sign = unicodedata.category(character) in ("So", "Sk", "Cs", "Co") and character > "\u2190"
    return not is_sign and character not in "\ufe0f\u200d"


def _is_site(part: str, names: Collection[str]) -> bool:
    """Whether a part of a headline is the name of the site, or that and a word like "blog"."""
    key = folded(part)
    return len(key) >= _SHORTEST_SITE and any(
        key in name or (name in key and len(key) <= len(name) + _A_WORD) for name in names
    )


def _own_part(text: str, names: Collection[str]) -> str:
    """The longest of the parts between bars that is not the site's name; without the name of the
    site behind a dash.
    """
    parts = [part for part in _PARTS.split(text) if part.strip()]
    own = [part for part in parts if not _is_site(part, names)]
    text = max(own, key=len, default=text) if len(parts) > 1 else text
    for dash in _DASH.finditer(text):
        behind = _DASH.split(text[dash.end() :])[0]
        if _is_site(behind, names) and word_count(text[: dash.start()]) > 1:
            return text[: dash.start()]
    return text


def _heads(text: str, ends: re.Pattern[str], most: int) -> Iterator[str]:
    """Its heads that end there and may stand alone, the longest first."""
    for end in reversed(list(ends.finditer(text))):
        asked = end[0] if end[0] in ("?", "!") else ""
        head, tail = text[: end.start()].rstrip(" ,;:–—-") + asked, text[end.end() :].strip()
        is_whole = word_count(head) >= _LEAST_CUT and is_balanced(head) and not ends_loose(head)
        is_asked = tail.endswith("?") and end[0] not in (":", "?", "!", ".")
        is_open = _is_in_list(head, tail, at_comma=end[0] == ",") or (
            end[0].isspace() and not _ADDS.match(tail) and bool(_OPEN_END.search(head))
        )
        is_whole = is_whole and not _QUOTATION.fullmatch(head)  # it says nothing of whom
        if len(head) <= most and is_whole and not is_asked and not is_open and may_be_cut(tail):
            yield head


def _is_in_list(head: str, tail: str, *, at_comma: bool) -> bool:
    """Whether a cut parts the items of a list: no verb since the comma before it, for a cut at a
    comma since a colon or conjunction too, and none up to the "and" behind it.
    """
    before = (_LAST_PART if at_comma else _LAST_ITEM).match(head)
    behind = _TO_LAST_ITEM.match(tail)
    if not before or not behind:
        return False
    return not _DOES.search(before["part"]) and not _DOES.search(behind["items"])


def _before_colon(text: str, most: int) -> Iterator[str]:
    """What stands before a colon, where it says who did what."""
    head, colon, _ = text.partition(": ")
    says = word_count(head) >= _FEWEST_WORDS and _DOES.search(head)
    if colon and len(head) <= most and says and not _QUOTATION.fullmatch(head):
        yield head


def _without_name(text: str, most: int) -> Iterator[str]:
    """What stands behind a short name and a colon: what the thing is."""
    _, colon, tail = text.partition(": ")
    if colon and len(tail) <= most and word_count(tail) >= _LEAST_CUT:
        yield tail[0].upper() + tail[1:]
