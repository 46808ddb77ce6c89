"""Turns the Markdown of captured issues into HTML as their site serves it: headings, lists, links,
bold.
"""

from __future__ import annotations

import html
import re

_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((\S+?)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"(?<!\*)\*([^*\s][^*]*)\*")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ENTRY = re.compile(r"(\s*)(?:[-*]|\d+\.)\s+(.*)")
_RULE = re.compile(r"[-*_]{3,}\s*")


def markdown_html(text: str) -> str:
    """The HTML of a Markdown document."""
    writer = _Writer()
    for line in text.split("\n"):
        writer.line(line)
    writer.close()
    return "\n".join(writer.out)


class _Writer:
    """What was written so far, the open lists by their indentation, and the open paragraph."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._lists: list[int] = []
        self._paragraph: list[str] = []

    def line(self, line: str) -> None:
        """Adds a line."""
        if not line.strip():
            self._end_paragraph()
        elif heading := _HEADING.match(line):
            self.close()
            size = len(heading[1])
            self.out.append(f"<h{size}>{_inline(heading[2])}</h{size}>")
        elif line.startswith(">"):
            self.close()
            self.out.append(f"<blockquote><p>{_inline(line.lstrip('> '))}</p></blockquote>")
        elif _RULE.fullmatch(line):
            self.close()
        elif entry := _ENTRY.match(line):
            self._entry(len(entry[1].replace("\t", "  ")), entry[2])
        elif self._lists and line.startswith(" "):
            self.out.append(f"<p>{_inline(line.strip())}</p>")
        else:
            self._end_lists(0)
            self._paragraph.append(line.strip())

    def close(self) -> None:
        """Ends what is open."""
        self._end_paragraph()
        self._end_lists(0)

    def _entry(self, indent: int, text: str) -> None:
        self._end_paragraph()
        self._end_lists(sum(depth <= indent for depth in self._lists))
        if self._lists and self._lists[-1] == indent:
            self.out.append(f"</li><li>{_inline(text)}")
        else:
            self._lists.append(indent)
            self.out.append(f"<ul><li>{_inline(text)}")

    def _end_paragraph(self) -> None:
        if self._paragraph:
            self.out.append(f"<p>{_inline(' '.join(self._paragraph))}</p>")
            self._paragraph.clear()

    def _end_lists(self, kept: int) -> None:
        while len(self._lists) > kept:
            self.out.append("</li></ul>")
            self._lists.pop()


def _inline(text: str) -> str:
    text = _PICTURE.sub("", html.escape(text, quote=False))
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    return _EMPHASIS.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", text))
