"""A web page to its main text and what it says of itself. [trafilatura]

Runs in a worker that can be killed. Text that readers do not see is taken out first, as far as the markup itself tells:
it is where instructions to machines are hidden.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from trafilatura.utils import decode_file

from aggregator.domain.article import PageText
from aggregator.domain.text import word_count
from aggregator.extract import metadata
from aggregator.extract.charset import decoded
from aggregator.extract.main_text import MainText, main_text
from aggregator.extract.markup import Tree, Vocabulary, blocks, hides_itself
from aggregator.extract.reading import Unreadable
from aggregator.extract.rights import closing_tag

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says of a page is said by our records

MAX_PAGE_BYTES = 4_000_000  # what follows is not read; the largest article page of 600 real ones has 2.9 MB
_CHALLENGE_WORDS = 200  # challenge and consent pages are shorter; an article about them is longer
_CHALLENGE = re.compile(
    r"just a moment\.\.\.|enable javascript and cookies to continue|checking (?:if the site connection is secure|your browser)"
    r"|attention required! \| cloudflare|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a robot\?|access denied"
    r"|before you continue to (?:google|youtube)|please (?:enable|turn on) (?:javascript|js|cookies)|unusual traffic from your",
    re.I,
)
_HTML_TYPES = ("", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# The names of the tree that trafilatura makes of a page (after TEI).
_MAIN_TEXT = Vocabulary(
    blocks=frozenset("body p head list item quote table row fw div ab code".split()),
    breaks=frozenset({"lb"}),
    cells=frozenset({"cell"}),
    skipped=frozenset({"graphic", "figure"}),
    is_unread=lambda element: False,
)


def read_page(body: bytes, *, url: str, content_type: str) -> PageText | Unreadable:
    """The main text of a page that `url` served, with title, byline, date, language and canonical link; or why not.

    A page without a main text gives what there is: the caller judges.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES or body.startswith(b"%PDF"):
        return Unreadable(reason=f"not an HTML page: {media_type or 'PDF'}")
    tree = _tree(body[:MAX_PAGE_BYTES], content_type)
    if tree is None:
        return Unreadable(reason="not an HTML page: nothing in it")
    return _page(tree, url)


def _tree(body: bytes, content_type: str) -> Tree | None:
    text = decoded(body, content_type)
    text = _CONTROLS.sub("", decode_file(body) if text is None else text)
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(text.encode(), parser=parser)
    except lxml.etree.LxmlError:
        return None


def _page(tree: Tree, url: str) -> PageText | Unreadable:
    said, closing = metadata.facts(tree, url), closing_tag(tree)
    _put_in_place(tree)
    _remove_hidden(tree)
    text = _main_text(tree, url, said.title)
    if sum(map(word_count, text.lines)) < _CHALLENGE_WORDS and _CHALLENGE.search("\n".join((said.title, *text.lines))):
        return Unreadable(reason="challenge page")
    return PageText(
        title=said.title,
        text="\n".join(text.lines),
        paragraphs=text.paragraphs,
        byline=said.byline,
        published=said.published,
        language=said.language,
        canonical_url=said.canonical_url,
        image_url=said.image_url,
        is_walled=said.is_walled,
        reserved=closing,
    )


def _main_text(tree: Tree, url: str, title: str) -> MainText:
    """What trafilatura takes for the article, without the comments of readers, cleaned."""
    found: Any = trafilatura.bare_extraction(tree, url=url, include_comments=False)  # no dictionary, though typed so
    return main_text(blocks(found.body, _MAIN_TEXT), title) if found else MainText()


def _put_in_place(tree: Tree) -> None:
    """Moves what React streams behind a page to its place, as its script does: `<div hidden id="S:4">` to template `B:4`."""
    places = {place.get("id"): place for place in tree.iter("template") if place.get("id")}
    streamed = [part for part in tree.iter("div") if (part.get("id") or "").startswith("S:")] if places else []
    for part in streamed:
        number = part.get("id")[2:]
        place = places.get(f"B:{number}", places.get(f"P:{number}"))
        if place is not None and place.getparent() is not None and not any(each is place for each in part.iter("template")):
            part.attrib.pop("hidden", None)
            part.tail = place.tail
            place.getparent().replace(place, part)


def _remove_hidden(tree: Tree) -> None:
    hidden = [element for element in tree.iter() if isinstance(element.tag, str) and _is_unseen(element)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_unseen(element: Tree) -> bool:
    return element.tag == "template" or hides_itself(element)
