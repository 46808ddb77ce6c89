"""The words of a published headline without what its publisher hangs on it (tags, the name of the
site, links, emojis), and how one that is far too long is cut: where what is left is a statement.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from aggregator.english.speech_acts import is_question
from aggregator.english.text import folded, normalised, word_count
from aggregator.english.trimming import VERB, ends_loose, is_balanced, may_be_cut

MOST_CHARACTERS = 140
_FEWEST_WORDS = 3  # "Copy Fail", "GPT 5.5" say nothing of what happened
_LEAST_CUT = 4  # words that a cut must leave
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
_LABEL = re.compile(r"^(?P<label>[^:]{2,40}):\s+(?=\S)")
_IDENTIFIER = re.compile(r"^(?:[\w.-]+/[\w.-]+|(?=[a-z]|.*[\d_-])[\w.-]+ / [\w.-]+)$")
_STATEMENT_END = re.compile(
    r"[:;](?=\s)|(?<=\w\w)[.!?](?=\s+[A-Z])|\s[–—-](?=\s)|"
    r",?\s(?=(?:after|while|because|amid|ahead of)\s)"
)


def tidy_headline(title: str, sites: Collection[str]) -> str:
    """The headline without links, emojis, escapes, bracketed tags and the names of its site; as it
    was where nothing else would be left. `sites` are the names by which the site may go, its host
    among them.
    """
    names = [key for key in map(_key, sites) if len(key) >= _SHORTEST_SITE]
    text = normalised("".join(filter(_is_type, _ESCAPE.sub("", _LINK.sub("", title)))))
    text = _own_part(text, names)
    for pattern in (_TAG, _LAST_TAG, _COMMUNITY_TAG):
        text = pattern.sub("", text) or text
    label = _LABEL.match(text)
    if label and any(_key(label["label"]) in name for name in names):
        rest = text[label.end() :]
        text = rest if word_count(rest) >= _LEAST_CUT and not rest[0].islower() else text
    text = text.strip(" -–—:|·•")
    return text if any(map(str.isalnum, text)) else title


def fitted(headline: str) -> str:
    """The headline whole where `MOST_CHARACTERS` hold it; else without its asides, cut to the
    longest head that is a statement, or broken off with an ellipsis.
    """
    if len(headline) <= MOST_CHARACTERS:
        return headline
    short = normalised(_ASIDE.sub("", headline))
    if len(short) <= MOST_CHARACTERS:
        return short
    broken = short[: MOST_CHARACTERS - 1].rpartition(" ")[0].rstrip(" ,;:–—-")
    return next(_statements(short), f"{broken} …")


def is_identifier(headline: str) -> bool:
    """Whether a headline is the name of a repository with its owner's."""
    return bool(_IDENTIFIER.match(headline))


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


def _key(name: str) -> str:
    return "".join(filter(str.isalnum, folded(name)))


def _is_site(part: str, names: Collection[str]) -> bool:
    """Whether a part of a headline is the name of the site, or that and a word like "blog"."""
    key = _key(part)
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


def _statements(text: str) -> Iterator[str]:
    """Its heads in the room of a headline that are statements by themselves, the longest first."""
    for end in reversed(list(_STATEMENT_END.finditer(text))):
        head, tail = text[: end.start()], text[end.end() :].strip()
        is_whole = word_count(head) >= _LEAST_CUT and is_balanced(head) and not ends_loose(head)
        is_asked = tail.endswith("?") and end[0] not in (":", "?", "!", ".")
        is_whole = is_whole and len(head) <= MOST_CHARACTERS and bool(_DOES.search(head))
        if is_whole and not is_asked and may_be_cut(tail):
            yield head
