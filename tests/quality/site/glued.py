"""Words glued together: what a page's text says that neither its record nor a template nor the code
that words it says.

`<span>one</span><span>two</span>` looks like two words and is read, copied and searched as
"onetwo". A word of the text of a page is known if it stands in what the page was made from; every
other one was made by the markup.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import lxml.html

from aggregator.resources import TEMPLATES
from tests.quality.site.pages import addresses, file_of

_ROOT = Path(__file__).parents[3]
_TAKEN_OUT = re.compile(r"\{#.*?#\}|<[^<>{}]*>", re.DOTALL)  # comments and plain tags of a template
_PLACE = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_QUOTES = str.maketrans(
    dict.fromkeys('“”„‟«»‘’‚‛‹›"', "'")
)  # inner marks are shown as single ones: that glues nothing
_LINK = re.compile(r'href="([^":]*/)"')
# What links elsewhere has no twin: its headline is all that the link holds.
_OUTSIDE = re.compile(r'<a [^>]*rel="noopener external"[^>]*>([^<]*)</a>')
_EDGE = re.compile(r"^[^\w]+|[^\w]+$")
# A number, a time of day, a range or a share: "1,234", "06:00", "10–16", "12.5%". Pages count what
# no record counts.
_FIGURE = re.compile(r"\d+(?:[,.:–/-]\d+)*%?")
_CALENDAR = (
    "January February March April May June July August September October November December Monday"
    " Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr May Jun Jul Aug Sep Sept"
    " Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun Mo Tu We Th Fr Sa Su UTC"
).split()


def glued_on(html: str, known: frozenset[str]) -> list[str]:
    """The words of a page's text, as `textContent` gives it, that are not known."""
    tree = lxml.html.document_fromstring(
        html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    for element in list(tree.iter("script", "style", "template")):
        element.drop_tree()
    for quote in tree.xpath("//blockquote/mark"):  # around it stand words that no twin has
        quote.getparent().text = quote.tail = " "
    return sorted(
        word
        for word in words(tree.find("body").text_content())
        if word not in known and not _FIGURE.fullmatch(word)
    )


def glued(site: Path, names: Iterable[str] = ()) -> dict[str, list[str]]:
    """The glued words of every page of a site, by address.

    A page with a JSON twin may say what its own twin says and the headlines of the pages that it
    links; one without (a list) what all twins say, and the headlines that link elsewhere. `names`
    are what the settings say: the site's title, its sources, the registry's topics.
    """
    common = spoken_by_code() | frozenset(word for name in names for word in words(name))
    twins = {address: json.loads(twin.read_text("utf-8")) for address, twin in _twins(site)}
    headlines = {
        address: words_of(twin.get("headline", ""))
        for address, twin in twins.items()
        if isinstance(twin, dict)
    }
    pages = {address: file_of(site, address).read_text("utf-8") for address in addresses(site)}
    every = common.union(
        *(words_of(twin) for twin in twins.values()), *map(_outside, pages.values())
    )
    found = {}
    for address, html in pages.items():
        known = every
        if address in twins:
            linked = {urljoin(address, link) for link in _LINK.findall(html)}
            known = common.union(
                words_of(twins[address]), *(headlines[each] for each in linked & headlines.keys())
            )
        if told := glued_on(html, known):
            found[address] = told
    return found


def words(text: str) -> frozenset[str]:
    """The words between the blanks of a text, in small letters, without the punctuation around
    them.
    """
    return frozenset(
        bare for word in text.casefold().translate(_QUOTES).split() if (bare := _EDGE.sub("", word))
    )


def words_of(value: object) -> frozenset[str]:
    """Every word in a record or a JSON value, at any depth."""
    return frozenset(word for text in _texts(value) for word in words(text))


def spoken_by_code() -> frozenset[str]:
    """What templates say between their tags, what they and the code hold as literals, and the
    calendar.
    """
    said = [
        text
        for folder in (TEMPLATES / "site", _ROOT / "aggregator")
        for path in sorted(folder.rglob("*.html"))
        for text in _template_texts(path.read_text("utf-8"))
    ]
    for path in sorted((_ROOT / "aggregator").rglob("*.py")):
        said += _literals(path.read_text("utf-8"))
    return frozenset(word for text in (*said, *_CALENDAR) for word in words(text))


def _outside(html: str) -> frozenset[str]:
    return frozenset(word for text in _OUTSIDE.findall(html) for word in words(unescape(text)))


def _twins(site: Path) -> Iterator[tuple[str, Path]]:
    for address in addresses(site):
        twin = file_of(site, address).with_suffix(".json")
        if twin.is_file():
            yield address, twin


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case int() | float():
            yield f"{value:,}"
        case Mapping():
            for key, each in value.items():
                yield from (*_texts(key), *_texts(each))
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _texts(each)
        case datetime() | None:
            return  # days and times are figures and the calendar
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from _texts(getattr(value, field.name))


def _template_texts(template: str) -> Iterator[str]:
    """The text of a template, cut at every place where a value goes in, and the literals in those
    places.
    """
    plain = _PLACE.sub("\x00", template)
    yield from (piece for text in _TAKEN_OUT.split(plain) for piece in text.split("\x00"))
    for match in _PLACE.finditer(template):
        yield from (a or b for a, b in _LITERAL.findall(match[1] or match[2]))


def _literals(source: str) -> list[str]:
    """The texts in a module of ours; those in an f-string are cut where a value goes in."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
