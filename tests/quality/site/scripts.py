"""Attack vectors in every place that a page has for a text, opened in Chromium: nothing runs, with
our policy or without it.

Two ways lead there. `through_the_product`: feeds carry the vectors in titles, texts, attributes and
addresses, and a refresh makes a site of them. `in_every_place`: the records of a sample site are
filled with vectors, each text of each of them, so that also what no gate would let through is
written by every template, and in every place of it: heading, text, attribute, query of an address,
JSON-LD, Atom. A template that is new is filled because it is there.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import cycle, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import feedparser

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page as SitePage
from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from tests.builders import leverage_story, sample_standings, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.quality import hostile
from tests.quality.site.browsers import chromium
from tests.quality.site.pages import redirects
from tests.quality.site.wire import serving
from tests.unit.site.makers import ledger as sample_ledger
from tests.unit.site.makers import published as published_edition

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

# What leads out of an attribute, out of an element whose text is no markup, and out of a comment or
# a CDATA section.
WAYS_OUT = ("", "\"'>", "</script></title></style></textarea></noscript>", "-->]]>")
_STORIES = 12  # of the sample whose records are filled
_PAGES = 60  # of each other template: a page holds a vector in each of its parts
_LISTED = (".html", ".xml")
_ADDRESSES = frozenset({"url", "link"})  # fields that hold one or nothing
WRONG = ("executed", "refused", "strange", "broken")
_TOLD = 20
_TELL = f"""{hostile.TELL}
window.refused = []
document.addEventListener('securitypolicyviolation',
    event => window.refused.push(event.violatedDirective))"""
_LOOK = f"""() => ({{
    ran: ({hostile.RAN})(),
    refused: window.refused.length,
    names: [...new Set([...document.querySelectorAll('*')].map(each => each.localName))],
    xml: document.contentType !== 'text/html',
    data: [...document.querySelectorAll('script[type="application/ld+json"]')]
        .map(each => each.textContent),
}})"""
_ELEMENT = re.compile(r"<([a-zA-Z][\w-]*)")
# What the browser itself puts around a page, and around an XML file that it shows as a tree.
_BROWSERS_OWN = {"html", "head", "body", "tbody"}


@frozen
class Opened:
    """What came of opening pages: how many, and on which something ran, was stopped, was no element
    of ours, was no JSON.
    """

    pages: int
    executed: int
    refused: int
    strange: int
    broken: int
    told: tuple[str, ...]


def vectors(folder: Path) -> tuple[str, ...]:
    """Every different vector of a corpus as it stands, and behind each way out."""
    plain = dict.fromkeys(hostile.vectors_in(folder))
    return tuple(dict.fromkeys(way + each for way in WAYS_OUT for each in plain))


def trial(found: Sequence[str], folder: Path) -> dict[str, Any]:
    """Both ways with the policy of our pages and without it, as JSON."""
    told: dict[str, Any] = {"vectors": len(found)}
    for name, made in (("product", through_the_product), ("templates", in_every_place)):
        site = folder / name / "site"
        with serving(site) as address:
            made(found, site, address)
            for policy in (True, False):
                opened = open_all(site, address, policy=policy)
                told[f"{name}, {'with' if policy else 'without'} policy"] = {
                    field.name: getattr(opened, field.name) for field in fields(opened)
                }
    return told


def through_the_product(found: Sequence[str], site: Path, address: str) -> None:
    """Refreshes a house whose feeds carry the vectors."""
    site.parent.mkdir(parents=True)
    asyncio.run(hostile.published(found, site.parent, site, address))


def in_every_place(found: Sequence[str], site: Path, address: str, pages: int = _PAGES) -> None:
    """Publishes the records of a sample site with vectors for texts: a story page for each, of
    other pages a few.
    """
    settings = SiteSettings(base_url=address, contact="editor@news.example")
    stories = (leverage_story(), *sample_stories(_STORIES)[1:])
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published_edition(stories),),
        ledger=sample_ledger(stories),
    )
    sample = list(site_pages(content, settings))
    publish(_filled(sample, found, pages), site, settings, {})


def open_all(site: Path, address: str, *, policy: bool) -> Opened:
    """Opens every page and feed of a site over HTTP; a feed also as a reader shows it that cleans
    nothing.
    """
    ours = _own_elements()
    files = [path for suffix in _LISTED for path in sorted(site.rglob(f"*{suffix}"))]
    counts, told = dict.fromkeys(WRONG, 0), []
    with chromium() as browser:
        context = browser.new_context(bypass_csp=not policy)
        context.add_init_script(_TELL)
        page = context.new_page()
        for path in files:
            name = path.relative_to(site).as_posix()
            for seen in _looks(page, f"{address}/{quote(name)}", path, policy=policy):
                strange = set() if seen["xml"] else set(seen["names"]) - ours
                wrong = {
                    "executed": seen["ran"],
                    "refused": (
                        seen["refused"] and path.suffix == ".html"
                    ),  # Chromium's own view of XML has styles
                    "strange": strange,
                    "broken": not all(map(_is_json, seen["data"])),
                }
                for each in (each for each, is_so in wrong.items() if is_so):
                    counts[each] += 1
                    told.append(f"{each}: {name} {' '.join(sorted(strange))}".strip())
    return Opened(pages=len(files), told=tuple(told[:_TOLD]), **counts)


def _looks(page: Page, url: str, file: Path, *, policy: bool) -> Iterator[dict[str, Any]]:
    """What stands on a page; of a feed also what a reader shows that takes the contents of its
    entries as they are.
    """
    leads_on = redirects(file.read_text("utf-8"))
    if leads_on:
        page.route(lambda asked: asked != url, _stay)
    page.goto(url, wait_until="load")
    yield page.evaluate(_LOOK)
    if leads_on:
        page.unroute_all()
    if file.suffix == ".xml" and not policy:
        page.goto("about:blank")
        page.set_content(
            "".join(f"<div>{content}</div>" for content in _contents(file.read_bytes())),
            wait_until="load",
        )
        yield page.evaluate(_LOOK)


def _stay(route: Route) -> None:
    """Answers a redirect with nothing: the browser keeps the page that it is on."""
    if route.request.is_navigation_request():
        route.fulfill(status=204)
    else:
        route.continue_()


def _contents(feed: bytes) -> Iterator[str]:
    for entry in feedparser.parse(
        io.BytesIO(feed), sanitize_html=False, resolve_relative_uris=False
    ).entries:
        for part in (
            *entry.get("content", ()),
            entry.get("summary_detail", {}),
            entry.get("title_detail", {}),
        ):
            if part.get("type") in {"text/html", "application/xhtml+xml"}:
                yield part["value"]


def _filled(pages: Sequence[SitePage], found: Sequence[str], most: int) -> Iterator[SitePage]:
    """A story page for each vector, with it everywhere; of each other page up to so many, with one
    in each of their parts.
    """
    shown = {
        page.files[0].template: page
        for page in reversed(pages)
        if page.files[0].path.endswith(_LISTED)
    }
    for template, page in shown.items():
        if template == "story.html":
            for number, vector in enumerate(found):
                yield _shown(page, filled(page.record, vector, repeat(vector)), number)
            continue
        endless = cycle(found)
        for number in range(most):
            yield _shown(page, filled(page.record, next(endless), endless), number)


def _shown(page: SitePage, record: object, number: int) -> SitePage:
    return SitePage(
        record=record,
        files=(replace(page.files[0], path=f"v{number}/{page.files[0].path}", rooted=False),),
    )


def filled(value: Any, vector: str, others: Iterator[str]) -> Any:
    """A record with the vector for every text in it, and with one of the others for each element of
    its tuples.

    An address keeps its beginning, and where there is none there is none: which of them may stand
    on a page at all is decided before there is a record.
    """
    match value:
        case str() if type(value) is str:
            return f"{value}?q={vector}#{vector}" if _is_address(value) else vector
        case tuple():
            turns = ((each, next(others)) for each in value)
            return tuple(filled(each, own, repeat(own)) for each, own in turns)
        case _ if is_dataclass(value) and not isinstance(value, type):
            values = {
                field.name: getattr(value, field.name) for field in fields(value) if field.init
            }
            texts = {name: each for name, each in values.items() if each or name not in _ADDRESSES}
            return replace(
                value, **{name: filled(each, vector, others) for name, each in texts.items()}
            )
        case _:
            return value


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "mailto:", "#")) or (
        "/" in text and " " not in text
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _own_elements() -> frozenset[str]:
    """The names of the elements that stand in a template of the site, and those that a browser
    adds.
    """
    texts = [path.read_text("utf-8") for path in (TEMPLATES / "site").iterdir() if path.is_file()]
    return (
        frozenset(name.casefold() for text in texts for name in _ELEMENT.findall(text))
        | _BROWSERS_OWN
    )
