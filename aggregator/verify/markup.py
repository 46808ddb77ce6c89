"""Links and markup: a claim is plain words, and code alone writes links."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINK = re.compile(r"\w://|\bwww\.\w|\bmailto:|\w@[\w-]+\.\w", re.IGNORECASE)
_TLD = (
    r"(?:com|org|net|io|ai|dev|co|app|gov|edu|info|me|tv|ly|gg|xyz|tech|cloud|news|blog|site|"
    r"online|link|page|shop|eu|uk|de|fr|cn|jp|kr|in|ru|ch|nl|se|us|ca|au|br|so|to|sh|gl|be)"
)
_DOMAIN = rf"(?<![\w.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}?\.{_TLD}"
_PATH = re.compile(rf"{_DOMAIN}(?::\d+)?/\w", re.IGNORECASE)
_ADDRESS = re.compile(rf"{_DOMAIN}\b(?!\.\w)|(?<![\w@])@\w{{2,}}", re.IGNORECASE)
_MARKUP = re.compile(
    r"""
      </?[a-z!?][^<>]*> | <\| | \|> | <｜ | <<SYS>> | \[/?INST\] | <!--  # tags, turn marks
    | &(?:[a-z]{2,8}|\#\d{1,6}|\#x[0-9a-f]{1,5});  # entities
    | !?\[[^\]]*\]\( | \[\^?\d+(?:,\s?\d+)*\] | \[\w+\.\d+\.\d+\]  # Markdown links, references
    | \*\*\S | `\S | ``` | ^\s*(?:\#{1,6}\s|>\s|\|)
    | (?<![\w*])\*[^\s*][^*]*[^\s*]\*(?![\w*]) | (?<!\w)_[^_\s][^_]*_(?!\w)
    | \{\{ | \}\} | \{% | %\} | \{\s*["“] | \\n | \\u[0-9a-f]{4}  # templates, JSON
    | [\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]
    | [\ue000-\uf8ff\U000e0000-\U000e007f]
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def has_link(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a claim holds an address. A bare domain or handle may be a name ("Booking.com"), if
    the evidence writes it so.
    """
    if _LINK.search(claim_text) or _PATH.search(claim_text):
        return True
    return any(
        not any(match[0] in text for text in evidence_texts)
        for match in _ADDRESS.finditer(claim_text)
    )


def has_markup(text: str) -> bool:
    """Whether a claim holds tags, Markdown, template tokens or invisible characters; "a < b" is
    none.
    """
    return bool(_MARKUP.search(text))
