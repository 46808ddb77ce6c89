"""The pages of a built site, and the few of them that show all that there is to see.

Nothing here knows what kinds of pages there are: a new one is found because it lies in the folder.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_TAG = re.compile(r"<([a-z][a-z0-9]*)([^>]*)>")
_TOLD = re.compile(r'\b(?:class|role|dir|lang|type)="[^"]*"|\baria-[a-z]+\b')
_SINGLE = frozenset({"story/*", "edition/*", "week/*"})
_CONTROLS = frozenset(("a", "button", "input", "label", "select", "summary", "textarea"))
_MOST_OF_A_KIND = 4  # the fifth page of a kind has never shown markup that the others lacked


def addresses(site: Path) -> tuple[str, ...]:
    """Every page as its address below the top of the site: "", "week/", "404.html"."""
    return tuple(
        sorted(_address(path.relative_to(site).as_posix()) for path in site.rglob("*.html"))
    )


def file_of(site: Path, address: str) -> Path:
    """The file that answers an address."""
    return site / address / "index.html" if not address or address.endswith("/") else site / address


def kind(address: str) -> str:
    """What pages of one template have in common: the first step of the address, and how deep it
    leads.
    """
    first, *rest = address.strip("/").split("/")
    return f"{first or 'front'}{'/*' * len(rest)}"


def lists(site: Path) -> tuple[str, ...]:
    """Every page but those of single stories and editions, of which there is no end; the longest
    first.
    """
    found = (address for address in addresses(site) if kind(address) not in _SINGLE)
    return tuple(sorted(found, key=lambda each: (-file_of(site, each).stat().st_size, each)))


def telling(site: Path, most: int = _MOST_OF_A_KIND) -> tuple[str, ...]:
    """Of each kind the page with most different markup, and up to `most` that add markup nobody has
    yet. A page that redirects is none to look at.
    """
    by_kind: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
    for address in addresses(site):
        html = file_of(site, address).read_text("utf-8")
        if not redirects(html):
            by_kind[kind(address)].append((features(html), address))
    return tuple(address for name in sorted(by_kind) for address in _richest(by_kind[name], most))


def acting(site: Path) -> tuple[str, ...]:
    """Few pages that together have every kind of control: of the frame and of their own."""
    pages = [
        (address, features(file_of(site, address).read_text("utf-8"))) for address in telling(site)
    ]
    controls = [
        (frozenset(each for each in found if each.partition(" ")[0] in _CONTROLS), address)
        for address, found in pages
    ]
    return tuple(_richest(controls, len(controls)))


def redirects(html: str) -> bool:
    """Whether a browser leaves the page at once."""
    return '<meta http-equiv="refresh"' in html


def features(html: str) -> frozenset[str]:
    """The different kinds of elements on a page, by name, class, role, direction and language."""
    return frozenset(
        f"{tag} {' '.join(_TOLD.findall(rest))}" for tag, rest in set(_TAG.findall(html))
    )


def _richest(pages: list[tuple[frozenset[str], str]], most: int) -> Iterator[str]:
    left, seen = sorted(pages, key=lambda each: (-len(each[0]), each[1])), frozenset[str]()
    for _ in range(most):
        if not left:
            return
        best = max(left, key=lambda each: len(each[0] - seen))
        if not best[0] - seen:
            return
        seen |= best[0]
        left.remove(best)
        yield best[1]


def _address(file: str) -> str:
    return (
        file.removesuffix("index.html")
        if file == "index.html" or file.endswith("/index.html")
        else file
    )
