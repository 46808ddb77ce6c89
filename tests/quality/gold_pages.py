"""Pages whose true text and metadata are known, from the public sets that measure article
extraction.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.extract.markup import paragraphs

_URL = "https://publisher.example/article"  # where a set does not say


@frozen
class GoldPage:
    """A page and what is right about it; None where the set does not say.

    `text` is the whole article; `inside` and `outside` are pieces that belong and do not belong to
    it; `day` is ISO 8601.
    """

    name: str
    body: bytes
    url: str = _URL
    text: str | None = None
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    day: str | None = None


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """The pages of a folder in one of six formats, told by the file that holds the truth."""
    readers: dict[str, Callable[[Path, Any], Iterator[GoldPage]]] = {
        "ground-truth.json": _article_extraction_benchmark,
        "evaldata.json": _trafilatura,
        "index.json": _fundus,
        "gold.json": _postlight,
        "dates.json": _htmldate,
    }
    for name, reader in readers.items():
        if (folder / name).is_file():
            return reader(folder, json.loads((folder / name).read_text("utf-8")))
    return _readability(folder)


def _unzipped(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _article_extraction_benchmark(folder: Path, truth: dict[str, Any]) -> Iterator[GoldPage]:
    for key, page in sorted(truth.items()):
        yield GoldPage(
            name=key,
            body=_unzipped(folder / "html" / f"{key}.html.gz"),
            url=page.get("url") or _URL,
            text=page["articleBody"],
        )


def _trafilatura(folder: Path, truth: dict[str, Any]) -> Iterator[GoldPage]:
    for url, page in truth.items():
        yield GoldPage(
            name=page["file"],
            body=_unzipped(folder / "html" / page["file"]),
            url=url,
            inside=tuple(page.get("with") or ()),
            outside=tuple(page.get("without") or ()),
            title=page.get("title"),
            authors=_names(page.get("author")),
            day=page.get("date"),
        )


def _fundus(folder: Path, truth: list[dict[str, Any]]) -> Iterator[GoldPage]:
    for page in truth:
        if page["gold_version"] is None:
            continue
        country = folder / page["country"]
        gold = json.loads((country / f"{page['publisher']}.json").read_text("utf-8"))[
            page["gold_version"]
        ]
        body = gold.get("body") or {"summary": [], "sections": []}
        text = [
            *body["summary"],
            *(each for section in body["sections"] for each in section["paragraphs"]),
        ]
        yield GoldPage(
            name=page["file"],
            body=_unzipped(country / page["file"]),
            url=page["url"],
            text="\n".join(text) or None,
            title=gold.get("title"),
            authors=tuple(gold.get("authors") or ()),
            day=(gold.get("publishing_date") or "")[:10] or None,
        )


def _postlight(folder: Path, truth: dict[str, Any]) -> Iterator[GoldPage]:
    for file, page in truth.items():
        yield GoldPage(
            name=file,
            body=_unzipped(folder / "html" / file),
            url=page["url"] or _URL,
            inside=(unescape(page["first_words"]),) if page.get("first_words") else (),
            title=page.get("title"),
            authors=_names(page.get("author")),
            day=(page.get("date_published") or "")[:10] or None,
        )


def _htmldate(folder: Path, truth: dict[str, Any]) -> Iterator[GoldPage]:
    for url, page in truth.items():
        yield GoldPage(
            name=page["file"],
            body=_unzipped(folder / "html" / page["file"]),
            url=url,
            day=page["date"],
        )


def _readability(folder: Path) -> Iterator[GoldPage]:
    for page in sorted(path for path in folder.iterdir() if path.is_dir()):
        about = json.loads((page / "expected-metadata.json").read_text("utf-8"))
        yield GoldPage(
            name=page.name,
            body=_unzipped(page / "source.html.gz"),
            text="\n".join(paragraphs(_unzipped(page / "expected.html.gz").decode("utf-8"))),
            title=about.get("title"),
            authors=_names(about.get("byline")),
            day=(about.get("publishedTime") or "")[:10] or None,
        )


def _names(said: str | list[str] | None) -> tuple[str, ...]:
    text = "; ".join(said) if isinstance(said, list) else said
    return tuple(
        name.strip()
        for name in (text or "").replace(" and ", ";").replace(",", ";").split(";")
        if name.strip()
    )
