"""HTML to plain text: what a reader sees, block by block. [lxml] Knows nothing of feeds or pages.
And bounds: what would take a parser seconds, and no publisher's page contains, is cut or rejected
in linear time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html

from aggregator.domain.frozen import frozen
from aggregator.english.text import normalised
from aggregator.extract.page.styles import hides

# characters of one entry; the longest full-text entry of the corpus has 190,000
MAX_MARKUP = 500_000
MAX_LINE = 4_000  # characters of a title or name, markup included

Tree = Any  # lxml ships no types; its elements stay inside this module and `article`
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
UNSEEN = frozenset(
    "script style template noscript iframe object embed svg canvas video audio head form button"
    " select textarea option nav figcaption".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
ALL_BLOCKS = _HEADINGS | frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figure footer"
    " header hr li main ol p pre section summary table tbody tfoot thead tr ul".split()
)
_PAIRED_TAG = re.compile(
    (
        r"<(a|abbr|b|bdi|cite|code|div|em|font|h[1-6]|i|mark|p|q|s|small|span|strong|sub|sup|tt|"
        r"u)(?:\s[^<>]*)?>(.*?)</\1\s*>"
    ),
    re.I | re.S,
)
_CLOSING_TAG = re.compile(r"</[a-z][a-z0-9]*\s*>", re.I)
_VOID_TAG = re.compile(r"<(?:br|wbr|hr|img)(?:\s[^<>]*)?/?>", re.I)
_MARKUP = re.compile(
    r"""<!--(?:.*?-->|.*) | <[!?][^>]*>?
      | <(?P<name>/?[a-z][\w:-]*+)
          (?P<attributes>(?:[^<>="']++|=\s*+"[^"]*+"|=\s*+'[^']*+'|[="'])*+)>?
      | <""",
    re.I | re.S | re.X,
)
_KEPT_ATTRIBUTE = re.compile(
    r"""\s(href|style|hidden|aria-hidden|open)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?(?=[\s/]|$)""",
    re.I,
)
_ATTRIBUTES_READ = 2_000  # characters of a tag
_QUOTES = "\"'"
# stands for <br> until paragraphs are cut; published text never holds it here, see _CONTROLS
LINE_BREAK = "\x0b"
MAX_BYTES = 4_000_000  # in UTF-8; the largest of 600 real article pages has 2.9 MB
# start and end tags; the most of 660 real pages is 17,000. trafilatura takes 4 s for 70,000, 1 s
# for half
MAX_TAGS = 40_000
# of one element; trafilatura compares each link of a paragraph with every other: 20,000 take 7 s
MAX_CHILDREN = 5_000
# of one tag; libxml2 compares each with all others: 20,000 take it 3 s, 1,000 no time
MAX_ATTRIBUTES = 1_000
# bytes from which a tag may have too many; pictures and JSON in attributes make real ones of 330 kB
_LONG_TAG = 8_000
_QUOTED_PART = re.compile(rb"\"[^\"]*\"|'[^']*'")


def plain(markup: str) -> str:
    """A title or name as one line of text: entities resolved, even escaped twice, and tags that
    come in pairs removed.

    A lone `<T>` or `<b>` stays: it is what the title is about.
    """
    text = markup[:MAX_LINE]
    if "<" not in text and "&" not in text:
        return normalised(text)
    for _ in range(3):
        before = text
        text = _VOID_TAG.sub(" ", text)
        text = html.unescape(_PAIRED_TAG.sub(r"\2", text))
        if text == before:
            break
    return normalised(text)


def hides_itself(element: Tree) -> bool:
    """Whether the element says of itself that readers do not see it; style sheets are not
    consulted.
    """
    if element.tag in ("html", "body"):  # some pages hide the whole body until a script has run
        return False
    get = element.get
    style = get("style")
    return get("hidden") is not None or get("aria-hidden") == "true" or bool(style and hides(style))


def close_details(tree: Tree) -> None:
    """Leaves of each `<details>` that is not open what readers see of it: its summary."""
    for details in [element for element in tree.iter("details") if element.get("open") is None]:
        summary = details.find("summary")
        details.text = None
        details[:] = [] if summary is None else [summary]
        if summary is not None:
            summary.tail = None


def paragraphs(markup: str) -> tuple[str, ...]:
    """The visible text of an HTML fragment or a plain text, one item a paragraph, list item or
    table row.

    Headings and code blocks are left out, unless there is nothing else.
    """
    written = _written(markup)
    if not _CLOSING_TAG.search(written) and "<" not in markup[:MAX_MARKUP]:
        return lines_of(re.sub(r"\n\s*\n", LINE_BREAK * 2, written))
    tree = fragment(markup)
    if tree is None:
        return ()
    body = tuple(block.text for block in blocks(tree, _BODY_TEXT))
    return body or tuple(block.text for block in blocks(tree, _ALL_TEXT))


def fragment(markup: str) -> Tree | None:
    """The elements of an HTML fragment that readers may see, with the addresses of its links; None
    where it holds nothing.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(
            f"<div>{_rewritten(_written(markup))}</div>".encode(), parser=parser
        )
    except lxml.etree.LxmlError:
        return None
    close_details(tree)
    return tree


def _written(markup: str) -> str:
    """The markup without control characters; what is escaped as a whole is unescaped."""
    markup = _CONTROLS.sub(" ", markup[:MAX_MARKUP])
    return markup if "<" in markup else html.unescape(markup)


def _rewritten(markup: str) -> str:
    """The same elements with no attributes but their links and those that hide them, and every
    other `<` escaped.

    libxml2 compares each attribute of a tag with all others: a tag of 80,000 attributes, half a
    megabyte, takes it 5 s, and entries are read in the main process.
    """
    return _MARKUP.sub(_rewritten_tag, markup)


def _rewritten_tag(found: re.Match[str]) -> str:
    name, attributes = found["name"], found["attributes"]
    if not name:
        return "" if found[0].startswith(("<!", "<?")) else "&lt;"
    kept = _KEPT_ATTRIBUTE.findall(attributes[:_ATTRIBUTES_READ])
    written = "".join(
        f' {key.lower()}="{html.escape(html.unescape(value.strip(_QUOTES)))}"'
        for key, value in kept
    )
    return f"<{name}{written}>"


def lines_of(text: str) -> tuple[str, ...]:
    """The text of a block as one line, or as several where two line breaks part it."""
    if LINE_BREAK not in text:
        return (line,) if (line := normalised(text)) else ()
    parts = re.split(f"{LINE_BREAK}\\s*{LINE_BREAK}", text)
    return tuple(found for part in parts if (found := normalised(part.replace(LINE_BREAK, " "))))


def is_picture(element: Tree) -> bool:
    """Whether a figure holds no text of the article: pictures, embeds and cards that show another
    page.
    """
    return (
        element.tag == "figure"
        and element.find(".//table") is None
        and element.find(".//blockquote") is None
    )


def _is_unread(element: Tree) -> bool:
    return hides_itself(element) or is_picture(element)


@frozen
class Vocabulary:
    """The element names of a kind of document: what starts a paragraph, breaks a line, is a cell,
    is left out.
    """

    blocks: frozenset[str]
    breaks: frozenset[str]
    cells: frozenset[str]
    skipped: frozenset[str]
    is_unread: Callable[[Tree], bool] = _is_unread


_ALL_TEXT = Vocabulary(
    blocks=ALL_BLOCKS, breaks=frozenset({"br"}), cells=frozenset({"td", "th"}), skipped=UNSEEN
)
_BODY_TEXT = replace(_ALL_TEXT, skipped=UNSEEN | _HEADINGS | {"pre"})


@dataclass(frozen=True, slots=True)
class Block:
    """The text of a block, one line, and the name of the element that it stands in."""

    text: str
    name: str


def blocks(tree: Tree, vocabulary: Vocabulary) -> Iterator[Block]:
    """The blocks in reading order. Walks without recursion, as hostile markup nests 50,000 deep."""
    buffer: list[str] = []
    open_: list[Tree] = [tree]
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in vocabulary.blocks:
                yield from _closed(buffer, open_[-1])
            if tag in vocabulary.skipped or vocabulary.is_unread(element):
                walk.skip_subtree()
                continue
            if tag in vocabulary.blocks:
                open_.append(element)
            if tag in vocabulary.breaks:
                buffer.append(LINE_BREAK)
            elif tag in vocabulary.cells and "".join(buffer).strip():
                buffer.append(" | ")
            buffer.append(element.text or "")
            continue
        if tag in vocabulary.blocks:
            yield from _closed(buffer, open_[-1])
            if open_[-1] is element:
                open_.pop()
        if element.tail and element is not tree:
            buffer.append(element.tail)
    yield from _closed(buffer, tree)


def _closed(buffer: list[str], element: Tree) -> Iterator[Block]:
    yield from (Block(text=text, name=element.tag) for text in lines_of("".join(buffer)))
    buffer.clear()


def bounded(body: bytes) -> bytes:
    """The page cut after its first 4 MB or 40,000 tags: comments and lists come after the text of
    an article.
    """
    body = body[:MAX_BYTES]
    if body.count(b"<") <= MAX_TAGS:
        return body
    beyond = next(islice(re.finditer(b"<", body), MAX_TAGS, None))
    return body[: beyond.start()]


def excess(body: bytes) -> str | None:
    """Why a page is not given to a parser, or nothing."""
    if any(len(_QUOTED_PART.sub(b"", tag).split()) > MAX_ATTRIBUTES for tag in _long_tags(body)):
        return f"not read: a tag with more than {MAX_ATTRIBUTES:,} attributes"
    return None


def _long_tags(body: bytes) -> Iterator[bytes]:
    """The tags that go on for `_LONG_TAG` bytes, found by leaps from the last bracket within so
    many bytes.
    """
    start = 0
    while start + _LONG_TAG <= len(body):
        last = max(
            body.rfind(b"<", start, start + _LONG_TAG), body.rfind(b">", start, start + _LONG_TAG)
        )
        if last >= 0:
            start = last + 1
            continue
        # -1 becomes the length
        end = min(body.find(bracket, start) % (len(body) + 1) for bracket in (b"<", b">"))
        if body[start - 1 : start] == b"<" and body[start : start + 1].isalpha():
            yield body[start:end]
        start = end + 1
