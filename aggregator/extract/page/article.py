"""Reads the main text and the metadata of a web page. [trafilatura]

Runs in a worker that can be killed. Text that the markup hides from readers is removed first: it is
where instructions to machines are hidden.
"""

from __future__ import annotations

import logging
import re
import zlib
from dataclasses import replace
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from trafilatura.meta import reset_caches

from aggregator.domain.article import PageText
from aggregator.domain.entry import Unreadable
from aggregator.domain.page_template import Sighting, Template
from aggregator.domain.web.rights import closing_directive
from aggregator.extract.charset import in_utf_8, is_garbled
from aggregator.extract.markup import (
    MAX_BYTES,
    MAX_CHILDREN,
    Tree,
    Vocabulary,
    blocks,
    bounded,
    excess,
)
from aggregator.extract.page import metadata
from aggregator.extract.page.hidden import remove_hidden
from aggregator.extract.page.layouts import read_with_template, same_text, sighting
from aggregator.extract.page.main_text import MainText, main_text
from aggregator.hooks.plugins import plugins

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # our records report its failures

# challenge and consent pages are shorter; an article about them is longer
_CHALLENGE_LETTERS = 1_200
_letters = lxml.etree.XPath("string-length()")  # without making a string of them
_NEARLY_ALL = 0.9  # of the characters of the main text
_MOST_DEEP = 40  # elements in each other
_CHECKED = 100  # pages of a known publisher of which one is read both ways
_CHALLENGE = re.compile(
    r"just a moment\.\.\.|enable javascript and cookies to continue|checking (?:if the site"
    r" connection is secure|your browser)"
    r"|attention required! \| cloudflare|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a"
    r" robot\?|access denied"
    r"|before you continue to (?:google|youtube)|please (?:enable|turn on)"
    r" (?:javascript|js|cookies)|unusual traffic from your",
    re.I,
)
# lxml.html chooses a class for each element in Python, which costs more than the parsing; nothing
# here needs its forms.
_ONE_CLASS = lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
_HTML_TYPES = (
    "",
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "application/xml",
    "text/xml",
)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))
# The names of the tree that trafilatura makes of a page (after TEI).
_MAIN_TEXT = Vocabulary(
    blocks=frozenset("body p head list item quote table row fw div ab code".split()),
    breaks=frozenset({"lb"}),
    cells=frozenset({"cell"}),
    skipped=frozenset({"graphic", "figure"}),
    is_unread=lambda element: False,
)


def read_page(
    body: bytes, *, url: str, content_type: str, template: Template | None = None
) -> PageText | Unreadable:
    """The main text of a page that `url` served, with its metadata; or why there is none.

    Where the `template` of its publisher fits, it gives the text; one page in a hundred, chosen by
    its address, is read both ways. Without a main text the result holds what there is: the caller
    judges.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES or body.startswith(b"%PDF"):
        return Unreadable(reason=f"not an HTML page: {media_type or 'PDF'}")
    markup = in_utf_8(body[:MAX_BYTES], content_type)
    plain = bounded(markup)  # limits that also cover pages in UTF-16
    if reason := excess(plain):
        return Unreadable(reason=reason)
    tree = _tree(plain)
    if tree is None:
        return Unreadable(reason="not an HTML page: empty")
    return _page(tree, markup, url, template)


def empty_caches() -> None:
    """Clears what the libraries keep from pages read before."""
    reset_caches()


def _tree(markup: bytes) -> Tree | None:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = lxml.etree.fromstring(markup.translate(None, _CONTROLS), parser)
    except lxml.etree.LxmlError:
        return None
    if tree is not None and markup.count(b"<") > MAX_CHILDREN:
        for element in tree.iter():
            del element[MAX_CHILDREN:]
    return tree


def _page(tree: Tree, markup: bytes, url: str, template: Template | None) -> PageText | Unreadable:
    facts, closing = (
        metadata.page_metadata(tree, url, markup, in_haste=template is not None),
        _closing_tag(tree),
    )
    _put_in_place(tree)
    text, seen = _main_text(tree, url, facts.title, template)
    if not _is_long(text) and _CHALLENGE.search("\n".join((facts.title, *text.lines))):
        return Unreadable(reason="challenge page")
    items = plugins().all("page_items", body=_body(tree, text), url=url, title=facts.title)
    return replace(
        facts,
        text="\n".join(text.lines),
        paragraphs=text.paragraphs,
        is_garbled=is_garbled("\n".join(text.lines)),
        reserved=closing,
        items=items,
        sighting=seen,
    )


def _body(tree: Tree, text: MainText) -> Tree:
    """The innermost element that holds nearly all of the main text: what stands around it is no
    item of an issue.
    """
    least = _NEARLY_ALL * sum(map(len, text.lines))
    body = tree
    for _ in range(_MOST_DEEP):
        sizes = [(_letters(inner), -n) for n, inner in enumerate(body)]
        size, place = max(sizes, default=(0, 0))
        if size < least or not least:
            break
        body = body[-place]
    return body


def _closing_tag(tree: Tree) -> str:
    """`robots: noai` or `tdm-reservation: 1`, as a meta tag says it; empty where none does."""
    for meta in tree.iter("meta"):
        name, content = (
            (meta.get("name") or "").strip().lower(),
            (meta.get("content") or "").strip(),
        )
        if name == "tdm-reservation" and content == "1":
            return "tdm-reservation: 1"
        if name == "robots" and (word := closing_directive(content)):
            return f"robots: {word}"
    return ""


def _main_text(
    tree: Tree, url: str, title: str, template: Template | None
) -> tuple[MainText, Sighting]:
    """The text, and the sighting of its publisher's layout; an empty one where the template gave
    the text.
    """
    by_template = read_with_template(tree, template, title) if template else None
    is_known = by_template is not None and _is_long(by_template)
    if by_template and is_known and not _is_checked(url):
        return by_template, Sighting()
    remove_hidden(tree)
    # no dictionary, though typed so
    found: Any = trafilatura.bare_extraction(tree, url=url, include_comments=False)
    read = tuple(blocks(found.body, _MAIN_TEXT)) if found else ()
    text = main_text(read, title)
    if by_template and is_known and not same_text(by_template, text):
        return text, Sighting(odd=1)
    return text, sighting(tree, read, text, title)


def _is_long(text: MainText) -> bool:
    return sum(map(len, text.lines)) >= _CHALLENGE_LETTERS


def _is_checked(url: str) -> bool:
    return zlib.crc32(url.encode()) % _CHECKED == 0


def _put_in_place(tree: Tree) -> None:
    """Moves what React streams behind a page to its place, as its script does: `<div hidden
    id="S:4">` to template `B:4`.
    """
    places = {
        name: place
        for place in tree.iter("template")
        if (name := place.get("id") or "").startswith(("B:", "P:"))
    }
    streamed = (
        [part for part in tree.iter("div") if (part.get("id") or "").startswith("S:")]
        if places
        else []
    )
    for part in streamed:
        number = part.get("id")[2:]
        place = places.get(f"B:{number}", places.get(f"P:{number}"))
        if (
            place is not None
            and place.getparent() is not None
            and not any(inner is place for inner in part.iter("template"))
        ):
            part.attrib.pop("hidden", None)
            part.tail = place.tail
            place.getparent().replace(place, part)
