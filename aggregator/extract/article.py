"""A web page to its main text and what it says of itself. [trafilatura]

Runs in a worker that can be killed. Text that readers do not see is taken out first, as far as the markup itself tells:
it is where instructions to machines are hidden.
"""

from __future__ import annotations

import logging
import re
from itertools import takewhile
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from trafilatura.utils import decode_file

from aggregator.domain.article import PageText
from aggregator.domain.text import word_count
from aggregator.extract import metadata
from aggregator.extract.boilerplate import without_boilerplate
from aggregator.extract.charset import decoded
from aggregator.extract.markup import Tree, Vocabulary, blocks, hides_itself
from aggregator.extract.reading import Unreadable
from aggregator.extract.seams import mended

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says of a page is said by our records

MAX_PAGE_BYTES = 4_000_000  # what follows is not read; the largest article page of 600 real ones has 2.9 MB
_CHALLENGE_WORDS = 200  # challenge and consent pages are shorter; an article about them is longer
_CRUMB = 90  # characters; the title of a related article, in scripts with spaces or without
_MOST_CRUMBS = 4  # more of them are a list that belongs to the article
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
    blocks=frozenset("body p head list item quote table row fw div ab".split()),
    breaks=frozenset({"lb"}),
    cells=frozenset({"cell"}),
    skipped=frozenset({"head", "code", "graphic", "figure"}),
    is_unread=lambda element: False,
)
_DATES: dict[str, Any] = {
    "extensive_search": False,
    "original_date": True,
    "min_date": "1995-01-01",
    "max_date": "2100-01-01",  # the default is today: what a page says must not depend on when it is read
}


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
    title, language, canonical = metadata.title(tree, url), metadata.language(tree), metadata.canonical(tree, url)
    _remove_hidden(tree)
    found = _extracted(tree, url)
    paragraphs = _paragraphs(found.body, title) if found else ()
    if sum(map(word_count, paragraphs)) < _CHALLENGE_WORDS and _CHALLENGE.search("\n".join((title, *paragraphs))):
        return Unreadable(reason="challenge page")
    return PageText(
        title=title,
        paragraphs=paragraphs,
        byline=metadata.byline(tree, found.author if found else None),
        published=metadata.published(tree, url, found.date if found else None),
        language=language,
        canonical_url=canonical,
    )


def _extracted(tree: Tree, url: str) -> Any:
    """trafilatura's Document, which it types as a union with a dictionary that it no longer returns; None for nothing."""
    return trafilatura.bare_extraction(
        tree, url=url, with_metadata=True, include_comments=False, date_extraction_params=dict(_DATES)
    )


def _remove_hidden(tree: Tree) -> None:
    hidden = [element for element in tree.iter() if isinstance(element.tag, str) and _is_unseen(element)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_unseen(element: Tree) -> bool:
    return element.tag == "template" or hides_itself(element)


def _paragraphs(main: Tree, title: str) -> tuple[str, ...]:
    """Paragraphs in reading order: no headings, no repetition, no title again, no byline and other crumbs."""
    found = list(dict.fromkeys(without_boilerplate(mended(blocks(main, _MAIN_TEXT), title))))
    crumbs = len(list(takewhile(_is_crumb, reversed(found))))
    if crumbs <= _MOST_CRUMBS:
        found = found[: len(found) - crumbs]
    return tuple(text for n, text in enumerate(found) if n > 1 or text.casefold() != title.casefold())


def _is_crumb(text: str) -> bool:
    """Whether a last paragraph is a link to something else rather than a sentence: titles of related articles, tags."""
    return len(text) <= _CRUMB and text[-1].isalnum()
