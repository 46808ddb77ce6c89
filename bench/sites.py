"""Sites of many pages in the layouts of real ones: markup as served, every text written anew.

A layout is a page of a public gold set whose article is known. Its text blocks are told from the
rest by the gold; each page of the site then has paragraphs of its own in clones of those blocks,
other headlines, links and dates, and the same surroundings. One page in a hundred has a box amid
its text that no other page has. Nothing of the publisher's text is left.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import lxml.html

from aggregator.domain.frozen import frozen
from aggregator.domain.web.urls import host
from tests.quality.gold_pages import GoldPage, gold_pages

_WORDS = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or"
    " had an they which one you were all her she there would their we him been has when who will no"
    " more if out so up said what its about than into them can only other time new some could these"
    " two may first then do any like my now over such our man me even most made after laboratory"
    " model weights customer server licence release benchmark paper chip company minister engineer"
    " market question answer investor quarter building language system researcher newspaper"
    " agreement court network price result method team"
).split()
_FOLD = re.compile(r"\W+")
_LEAST_TEXTS = 6  # blocks of a layout that are text
_BLOCK = "p li h2 h3 h4 blockquote".split()
_CONTENT_ATTRIBUTES = (
    "alt",
    "title",
    "aria-label",
    "placeholder",
    "data-title",
    "content",
    "value",
    "summary",
)


@frozen
class Made:
    """A page of a site that was made, and what is right about it."""

    url: str
    body: bytes
    title: str
    text: str


def layouts(folder: Path, most: int) -> Iterator[GoldPage]:
    """Pages of a gold set whose text stands in elements of its own, of as many publishers, in the
    order of their names.
    """
    hosts: set[str] = set()
    for page in gold_pages(folder):
        if (
            page.text
            and host(page.url) not in hosts
            and len(_texts(_tree(page), page.text)) >= _LEAST_TEXTS
        ):
            hosts.add(host(page.url))
            yield page
        if len(hosts) == most:
            return


def site(layout: GoldPage, pages: int) -> Iterator[Made]:
    """So many pages in this layout, always the same."""
    base = _tree(layout)
    for number, element in enumerate(_texts(base, layout.text or "")):
        element.set("data-made", str(number))
    _rewrite(base, random.Random(layout.name))
    for number in range(pages):
        yield _made(deepcopy(base), layout, number)


def _tree(page: GoldPage) -> Any:
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    return lxml.html.document_fromstring(page.body, parser=parser)


def _texts(tree: Any, text: str) -> list[Any]:
    gold = _FOLD.sub("", text).casefold()
    found = [
        element
        for element in tree.iter(*_BLOCK)
        if element.find(".//p") is None and len(_folded(element)) > 25 and _folded(element) in gold
    ]
    return (
        [element for element in found if element.getparent() is found[0].getparent()]
        if found
        else []
    )


def _folded(element: Any) -> str:
    return _FOLD.sub("", element.text_content()).casefold()


def _rewrite(tree: Any, rng: random.Random) -> None:
    """Other words for all that is read or shown; scripts are emptied but for their length, which
    parsers pay for.
    """
    for element in list(tree.iter()):
        if element.tag == "script":
            element.text = "/*" + "x" * max(0, len(element.text or "") - 4) + "*/"
        elif element.tag != "style":
            element.text, element.tail = _anew(element.text, rng), _anew(element.tail, rng)
            for name in _CONTENT_ATTRIBUTES:
                if element.get(name) and element.tag != "meta":
                    element.set(name, _anew(element.get(name), rng) or "")
    for element in [*tree.iter("meta"), *tree.iter("title")]:
        if element.get("charset") is None and element.get("name") != "viewport":
            element.getparent().remove(element)


def _anew(text: str | None, rng: random.Random) -> str | None:
    return " ".join(rng.choices(_WORDS, k=len(text.split()))) if text and text.strip() else text


def _made(tree: Any, layout: GoldPage, number: int) -> Made:
    rng = random.Random(f"{layout.name} {number}")
    title = _sentence(rng, 8).rstrip(".")
    address = (
        f"https://{host(layout.url) or 'publisher.example'}/2026/11/{number % 28 + 1:02}/"
        f"story-{number}"
    )
    text = _write(tree, rng, number)
    for heading in tree.iter("h1"):
        for child in list(heading):
            heading.remove(child)
        heading.text = title
    for link in tree.iter("a"):
        link.set("href", f"/{rng.choice(_WORDS)}-{rng.randrange(1000)}")
    head = tree.find("head")
    head.append(lxml.html.fromstring(f"<title>{title}</title>"))
    for name, content in (
        ("og:title", title),
        ("article:published_time", f"2026-11-{number % 28 + 1:02}T08:00:00Z"),
        ("author", f"{rng.choice(('Ada', 'Grace', 'Edsger'))} Example"),
    ):
        head.append(lxml.html.fromstring(f'<meta property="{name}" content="{content}">'))
    body = lxml.html.tostring(tree, encoding="utf-8", doctype="<!doctype html>")
    return Made(
        url=address,
        body=body.replace(b"<head>", b'<head><meta charset="utf-8">', 1),
        title=title,
        text=text,
    )


def _write(tree: Any, rng: random.Random, number: int) -> str:
    """Puts paragraphs of this page into clones of the layout's text blocks; their text."""
    models = [element for element in tree.iter() if element.get("data-made") is not None]
    parent, place = models[0].getparent(), models[0].getparent().index(models[0])
    written = []
    for count in range(rng.randint(8, 30)):
        model = deepcopy(models[0] if count == 0 else rng.choice(models))
        is_heading = model.tag.startswith("h")
        text = (
            _sentence(rng, 6).rstrip(".")
            if is_heading
            else " ".join(_sentence(rng, rng.randint(8, 24)) for _ in range(3))
        )
        _fill(model, text, rng)
        parent.insert(place + count, model)
        written.append(text)
    for element in models:
        parent.remove(element)
    while parent[place + len(written) - 1].get("data-made") is not None and parent[
        place + len(written) - 1
    ].tag.startswith("h"):
        parent.remove(parent[place + len(written) - 1])
        written.pop()
    for element in parent.iter():
        if isinstance(element.tag, str):
            element.attrib.pop("data-made", None)
    if number % 100 == 99:
        parent.insert(
            place + 2,
            lxml.html.fromstring(
                f'<div class="offer-of-the-day"><p>{_sentence(rng, 12)}</p></div>'
            ),
        )
    return "\n".join(written)


def _fill(element: Any, text: str, rng: random.Random) -> None:
    """Puts the text into an element, at times with a link amid it."""
    for child in list(element):
        element.remove(child)
    words = text.split(" ")
    element.text, element.tail = text, "\n"
    if len(words) > 12 and rng.random() < 0.3:
        link = lxml.html.Element("a", href="/linked")
        element.text, link.text, link.tail = (
            " ".join(words[:5]) + " ",
            " ".join(words[5:8]),
            " " + " ".join(words[8:]),
        )
        element.append(link)


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize() + "."
