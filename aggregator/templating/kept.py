"""What a template of a theme may not leave out or bring in, found by comparing a page with ours.

Our page says what belongs to it: each citation and label behind its words, the passages cited, the
credit, and where to report an error. A theme may show less, but not the same words without what
belongs to them. Nothing on a page may load from elsewhere, run or style by itself: the policy of
the site would refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from aggregator.domain.frozen import frozen

_MARKS = frozenset({"mark", "said", "n"})  # classes: labels, who said it, the numbers of emails
_WHOLE = frozenset({"credit", "small", "sources"})  # classes of what is on every page that has it
_WHOLE_TAGS, _SILENT = frozenset({"p", "table"}), frozenset({"button", "script", "style", "title"})
_BEFORE = 60  # characters by which the words before a mark are recognised
_BEHIND = 200  # characters within which the mark must follow
_BLOCKS = frozenset("p div li td th dd dt h1 h2 h3 blockquote section".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_LOADS = frozenset({"src", "srcset", "poster", "data", "background", "action", "formaction"})
_LOADING = frozenset({"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"})
_FOREIGN = re.compile(r"\s*(?:\w+:)?//")


@frozen
class _Mark:
    """What follows words: where in the text of the page, and the words before it in its block."""

    at: int
    name: str
    after: str


def missing(html: str, ours: str) -> Iterator[str]:
    """What a page lacks that our own has, and what it may not have."""
    there, needed = _Reader(html), _Reader(ours)
    for mark in needed.marks:
        places = [found.end() for found in re.finditer(re.escape(mark.after), there.text)]
        near = (
            0 <= other.at - place <= _BEHIND
            for place in places
            for other in there.marks
            if other.name == mark.name
        )
        if mark.after and places and not any(near):
            yield f"“…{mark.after[-30:]}” is shown without “{mark.name}”"
    lost = [whole[:60] for whole in needed.wholes if whole not in there.text]
    lost += sorted(needed.links - there.links)
    yield from (f"“{each}” is missing" for each in lost)
    yield from (each for each in there.strangers if each not in needed.strangers)


class _Reader(HTMLParser):
    """Reads a page: its text without spaces, the marks in it, and what must stay whole."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.marks: list[_Mark] = []
        self.wholes: list[str] = []
        self.links: set[str] = set()
        self.strangers: list[str] = []
        self._block = 0
        self._open: list[tuple[str, str, int]] = []  # tag, what it is, and where its text begins
        self._under = ""  # the id of the heading that has just ended
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes where an element begins."""
        given = {name: value or "" for name, value in attrs}
        self.strangers += _strangers(tag, given)
        classes = set(given.get("class", "").split())
        # what is said once of all that is below: that a model concluded it
        is_of_all = tag == "p" and "note" in classes and self._under == "todo"
        self._under = given.get("id", "") if tag == "h2" else ""
        if tag in _BLOCKS and not is_of_all:
            self._block = len(self.text)
        if "popovertarget" in given:
            self._mark(f"citation {given['popovertarget'][1:]}", len(self.text))
        if tag == "a" and ("data-report" in given or self._is_in("bar")):
            self.links.add(given.get("href", ""))
        kind = ""
        if tag in _SILENT:
            kind = "silent"
        elif classes & _MARKS or is_of_all:
            kind = "mark"
        elif (tag in _WHOLE_TAGS and classes & _WHOLE) or "popover" in given:
            kind = "whole"
        elif "bar" in classes:
            kind = "bar"
        if tag not in _VOID:
            self._open.append((tag, kind, len(self.text)))

    def handle_endtag(self, tag: str) -> None:
        """Notes what an element was that ends."""
        while any(name == tag for name, _, _ in self._open):
            name, kind, start = self._open.pop()
            words = self.text[start:]
            if kind == "mark":
                self.text = self.text[:start]
                self._mark(words, start)
            elif kind == "whole" and words:
                self.wholes.append(words)
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        """Adds text that readers see."""
        if not self._is_in("silent"):
            self.text += "".join(data.split())

    def _is_in(self, kind: str) -> bool:
        return any(each == kind for _, each, _ in self._open)

    def _mark(self, name: str, at: int) -> None:
        after = self.text[max(self._block, at - _BEFORE) : at]
        self.marks.append(_Mark(at=at, name=name, after=after))


def _strangers(tag: str, given: dict[str, str]) -> Iterator[str]:
    """What an element loads from elsewhere, or runs or styles by itself."""
    is_data = given.get("type", "").endswith("json")
    if tag == "style" or (tag == "script" and not is_data and not given.get("src")):
        yield f"<{tag}> in the page: put it into a file of static/"
    loading = set(given.get("rel", "").split()) & _LOADING if tag == "link" else ()
    for name, value in given.items():
        if name == "style" or name.startswith("on"):
            yield f'{name}="{value[:40]}" in the page: put it into a file of static/'
        elif (name in _LOADS or (name == "href" and loading)) and _FOREIGN.match(value):
            yield f"{value[:60]} is loaded from elsewhere: put it into static/"
