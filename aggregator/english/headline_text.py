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
_LEAST_CUT = 3  # words that a cut must leave, a verb among them
_A_WORD = 5  # letters that a site's name may have besides its host's: "Stack Overflow Blog"
_SHORTEST_SITE = 3  # letters of a site's name: "X" is in every title

_VERB = re.compile(rf"\b(?:{VERB})\b", re.IGNORECASE)
# titles have capitals everywhere, and "Northwind Appoints …"
_DOES = re.compile(rf"\b(?:{VERB}\b|[a-z]{{3,}}s\s)", re.IGNORECASE)
_LINK = re.compile(r"\s*https?://\S+")
_TEX = re.compile(  # as pandoc tells formulas from sums of money
    r"\$(?=[^$]*[\\^_{}]|\w\$)(?P<math>[^$\s](?:[^$]*[^$\s])?)\$(?!\d)"
)
_TEX_COMMAND = re.compile(r"\\[A-Za-z]+\{(?P<set>[^{}]*)\}|\\(?P<name>[A-Za-z]+)|[{}]")
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
# what hangs on a clause that says it all; "as" may also lead on to what somebody is
_HANGS_ON = r"(?:after|while|because|since|before|amid|ahead of|which|who|where|when)\s"
_CLAUSE_END = re.compile(
    rf"[:;](?=\s)|(?<=\w\w)[.!?](?=\s+[A-Z])|\s[–—-](?=\s)|"
    rf",?(?=\s{_HANGS_ON})|,(?=\s[a-z]{{3,}}ing\s)"
)
_QUOTATION = re.compile(r"[“‘\"'][^“”‘\"]*[”’\"']")


def tidy_headline(title: str, sites: Collection[str]) -> str:
    """The headline without links, emojis, escapes, bracketed tags and the names of its site; as it
    was where nothing else would be left. `sites` are the names by which the site may go, its host
    among them.
    """
    names = [key for key in map(folded, sites) if len(key) >= _SHORTEST_SITE]
    plain = _ESCAPE.sub("", _TEX.sub(_typed, _LINK.sub("", title)))
    text = normalised("".join(filter(_is_type, plain)))
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
    """The headline in at most so many characters if it may be cut: without its asides, or its
    longest head that ends with a clause and says who did what; whole where there is none.
    """
    if len(headline) <= most:
        return headline
    short = normalised(_ASIDE.sub("", headline))
    return short if len(short) <= most else next(_heads(short, most), headline)


def is_bare(headline: str) -> bool:
    """Whether a headline is no more than a name, that of a repository among them."""
    return is_identifier(headline) or word_count(headline) < _FEWEST_WORDS


def is_telling(headline: str) -> bool:
    """Whether a headline says what is reported: it is no question, and more than a name."""
    return not is_bare(headline) and not is_question(headline) and "?" not in headline


def _typed(found: re.Match[str]) -> str:
    """A formula of TeX in plain type: "$\\mathcal{O}(n^2)$" as "O(n^2)"."""
    return _TEX_COMMAND.sub(lambda part: part["set"] or part["name"] or "", found["math"])


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


def _heads(text: str, most: int) -> Iterator[str]:
    """Its heads that end with a clause and may stand alone, the longest first."""
    behind = text.rpartition(": ")[2]
    is_credited = behind != text and word_count(behind) < _FEWEST_WORDS  # "…: Reports"
    for end in () if is_credited else reversed(list(_CLAUSE_END.finditer(text))):
        asked = end[0] if end[0] in ("?", "!") else ""
        head, tail = text[: end.start()].rstrip(" ,;:–—-") + asked, text[end.end() :].strip()
        is_whole = word_count(head) >= _LEAST_CUT and is_balanced(head) and not ends_loose(head)
        is_asked = tail.endswith("?") and end[0] not in (":", "?", "!", ".")
        is_whole = is_whole and not _QUOTATION.fullmatch(head)  # it says nothing of whom
        acts_behind = end[0] == ":" and _DOES.search(tail) and not _VERB.search(head)
        says = len(head) <= most and is_whole and _DOES.search(head) and not acts_behind
        if says and not is_asked and may_be_cut(tail):
            yield head
