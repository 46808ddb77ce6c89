"""Quotation marks: ours are curly, those that a source wrote stay as they are."""

from __future__ import annotations

import re
from html import unescape

from markupsafe import escape

# Jinja writes a straight mark of a value as one of these; ours in templates are curly already.
_SINGLE, _DOUBLE = "&#39;", "&#34;"
_MARK = re.compile(rf"{_SINGLE}|{_DOUBLE}")
_NAME = re.compile(r"</?[a-z0-9]*")
# Of a quotation: a passage is a <blockquote>, with the quoted words in it as <mark>.
_KEPT = frozenset({"<q", "<blockquote", "<mark", "</mark", "<code", "<kbd", "<pre", "<script"})
_QUOTATION = 'class="q"'  # of mails, where programs drop the marks of <q>
_BEFORE_CLOSING = ".,;:!?…)]}’”%>"  # the last: of an element that ended


def curly(text: str) -> str:
    """A text of our own, not HTML, with the marks of a page."""
    if "'" not in text and '"' not in text:
        return text
    return unescape(typographic(str(escape(text))))


def typographic(html: str) -> str:
    """The page with curly marks wherever it does not quote. A straight mark after a figure is an
    inch or a minute.
    """
    pieces: list[str] = []
    at = 0
    for mark in _MARK.finditer(html):
        start, end = mark.span()
        opening = html.rfind("<", 0, start)
        closing = html.rfind(">", 0, start)
        tag = html[max(opening, 0) : closing + 1]
        if opening <= closing and not _is_kept(tag):
            is_first = closing + 1 == start and not tag.startswith("</")
            before = "" if is_first else html[start - 1]
            pieces += html[at:start], _curly(mark[0], before, html[end : end + 1])
            at = end
    return "".join((*pieces, html[at:]))


def _is_kept(tag: str) -> bool:
    name = _NAME.match(tag)
    return _QUOTATION in tag or (name is not None and name[0] in _KEPT)


def _curly(mark: str, before: str, after: str) -> str:
    """The mark between two characters, each empty at an end of the text."""
    if before.isdigit() and not after.isalnum():
        return mark
    is_behind = before.isalnum() or (before and before in _BEFORE_CLOSING)
    opens = not is_behind and not after.isspace()
    if mark == _DOUBLE:
        return "“" if opens else "”"
    return "‘" if opens and not after.isdigit() else "’"
