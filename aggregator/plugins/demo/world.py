"""The invented world of the demo: its articles, and the server on loopback that answers for it.

The articles stand in `demo/world/`, one file a source; templates make feeds and pages of them. The
server is proxy to the world while it is read, then it serves the site. A reader's browser knows no
host of the world, so its links lead to `/world/HOST/` here. What the web app would answer (the
forms of subscribers) is a page that says so.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.domain.frozen import frozen
from aggregator.domain.source import Source, SourceKind
from aggregator.resources import DEMO
from aggregator.templating.environment import renderer

_WORD = re.compile(r"[a-z0-9]+")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")

_render = renderer(DEMO / "templates", "UTC", is_verbatim=True)  # pages of other publishers


@frozen
class Block:
    """A paragraph, a heading or an item of a list: pieces of text, each with its link or none."""

    kind: str
    pieces: tuple[tuple[str, str], ...]
    opens_list: bool = False
    closes_list: bool = False

    @property
    def plain(self) -> str:
        """The text without its links."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, kw_only=True)
class WorldArticle:
    """An article; `changes` are the moments of its corrections, each with the words before and
    after. What is `linked` stands elsewhere, and a community lists it.
    """

    key: str
    title: str
    published: datetime
    text: str
    author: str = ""
    linked: str = ""
    votes: int = 0
    changes: tuple[tuple[datetime, str, str], ...] = ()

    @property
    def path(self) -> str:
        """The path of its page, without the slash before it."""
        return f"{self.published:%Y/%m}/{self.slug}"

    @property
    def slug(self) -> str:
        """Its title as a part of an address."""
        return "-".join(_WORD.findall(self.title.lower().replace("’", "")))

    def text_at(self, moment: datetime) -> str:
        """Its text with the corrections until then."""
        text = self.text
        for at, before, after in self.changes:
            text = text.replace(before, after) if at <= moment else text
        return text


@dataclass(frozen=True, kw_only=True)
class World:
    """All articles, and the sources by host."""

    sources: Mapping[str, Source]
    articles: Mapping[str, WorldArticle]

    @cached_property
    def _pages(self) -> Mapping[str, WorldArticle]:
        own = (article for article in self.articles.values() if not article.linked)
        return {self.url_of(article): article for article in own}

    def url_of(self, article: WorldArticle) -> str:
        """The address of an article, or that of the one which it lists."""
        if article.linked:
            return self.url_of(self.articles[article.linked])
        source = article.key.partition("/")[0]
        return f"http://{source}.example/{article.path}"

    def answer(self, url: str, moment: datetime) -> tuple[str, str] | None:
        """The media type and the document at an address; None where nothing is, or not yet."""
        parts = urlsplit(url)
        source = self.sources.get(parts.hostname or "")
        if source and url == source.url:
            return self._listing(source, moment)
        article = self._pages.get(url)
        if source is None or article is None or article.published > moment:
            return None
        blocks = self._blocks(article.text_at(moment))
        values = {"source": source, "article": article, "blocks": blocks, "url": url}
        return "text/html", _render("article.html", **values)

    def _listing(self, source: Source, moment: datetime) -> tuple[str, str]:
        """The feed of a source, or the document that lists its articles."""
        listed = [
            (article, self.url_of(article), self._blocks(article.text_at(moment)))
            for article in self.articles.values()
            if article.key.startswith(f"{source.key}/") and article.published <= moment
        ]
        listed.sort(key=lambda row: (row[0].published, row[0].key), reverse=True)
        if source.kind is SourceKind.LISTING:
            return "application/json", json.dumps({"posts": [_post(*row[:2]) for row in listed]})
        values = {"source": source, "listed": listed, "date": format_datetime}
        return "application/rss+xml", _render("feed.xml", **values)

    def _blocks(self, text: str) -> Sequence[Block]:
        blocks = []
        for part in text.strip().split("\n\n"):
            lines = part.split("\n") if part.startswith("- ") else [part]
            for line in lines:
                kind = {"## ": "h2", "- ": "li"}.get(line[: line.find(" ") + 1], "p")
                plain = line if kind == "p" else line.partition(" ")[2]
                block = Block(
                    kind=kind,
                    pieces=tuple(self._pieces(plain)),
                    opens_list=kind == "li" and line is lines[0],
                    closes_list=kind == "li" and line is lines[-1],
                )
                blocks.append(block)
        return blocks

    def _pieces(self, text: str) -> list[tuple[str, str]]:
        """Texts and links by turns: `re.split` gives the text, the label and what it leads to."""
        parts = _LINK.split(" ".join(text.split("\n")))
        pieces = []
        for place in range(0, len(parts), 3):
            pieces.append((parts[place], ""))
            if place + 2 < len(parts):
                linked = self.articles[parts[place + 2]]
                pieces.append((parts[place + 1], self.url_of(linked)))
        return [(words, url) for words, url in pieces if words]


def load_world(sources: Sequence[Source]) -> World:
    """The world of these sources: an article is called after its source and its name there."""
    articles = {}
    for source in sources:
        with (DEMO / "world" / f"{source.key}.toml").open("rb") as file:
            tables: dict[str, Any] = tomllib.load(file)
        for name, table in tables.items():
            key = f"{source.key}/{name}"
            changes = tuple(map(tuple, table.pop("changes", ())))
            articles[key] = WorldArticle(key=key, **table, changes=changes)
    return World(sources={f"{source.key}.example": source for source in sources}, articles=articles)


def form_page(mails: Path) -> str:
    """The page in the place of a subscriber's form; it leads to the newest email in a folder."""
    newest = max((path.name for path in mails.glob("*.html")), default="")
    return _render("form.html", mail=newest)


def _post(article: WorldArticle, url: str) -> dict[str, object]:
    """An article as the page of a community lists it."""
    shown = {"title": article.title, "url": url, "date": article.published.isoformat()}
    return {**shown, "votes": article.votes}


_ABROAD = re.compile(rb'href="http://([a-z-]+\.example)/')
_HERE = rb'href="/world/\1/'
_WORLD, _MAIL = "/world/", "mail"
_FORM = re.compile(r"/subscribe|/(?:confirm|preferences|unsubscribe)/[\w.-]+")


class DemoServer(ThreadingHTTPServer):
    """Answers for the world as of `moment`, and with the files of the demo's folder. Raises
    OSError where the port is taken.
    """

    daemon_threads = True
    # Connections that wait to be taken: the crawler opens 24 at once, and of those beyond
    # socketserver's five the kernel drops the last packet and tries again after seconds. 57 of 60
    # bursts took over 0.9 s, with 128 places none.
    request_queue_size = 128

    def __init__(self, port: int, world: World, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world, self.folder = world, folder
        self.moment = datetime.max.replace(tzinfo=UTC)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers a request: of a proxy's client, for a page of the world, or for a file."""
        path = self.path.partition("?")[0]
        if path.startswith(("http://", _WORLD)):
            found = self._of_world(path.replace(_WORLD, "http://", 1))
        elif _FORM.fullmatch(path):
            found = "text/html", form_page(self.server.folder / _MAIL).encode()
        elif not path.endswith("/") and self._file(path).is_dir():
            self._answer(HTTPStatus.PERMANENT_REDIRECT, "text/html", b"", location=f"{path}/")
            return
        else:
            found = self._of_site(self._file(path))
        if found is None:
            lost = self._of_site(self._file("/404.html"))
            self._answer(HTTPStatus.NOT_FOUND, *(lost or ("text/plain", b"")))
            return
        kind, body = found
        if kind == "text/html" and path.startswith("/"):
            body = _ABROAD.sub(_HERE, body)
        self._answer(HTTPStatus.OK, kind, body)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet: the terminal belongs to the command."""

    def _of_world(self, url: str) -> tuple[str, bytes] | None:
        found = self.server.world.answer(url, self.server.moment)
        return (found[0], found[1].encode()) if found else None

    def _file(self, path: str) -> Path:
        """The file for a path; the index of a folder where the path ends with it."""
        root, _, rest = path.lstrip("/").partition("/")
        folder = self.server.folder / (_MAIL if root == _MAIL else "site")
        if path == "/favicon.ico":  # of pages that name no icon: mails and those of the world
            return next((folder / "static").glob("icon.*.svg"), folder)
        file = (folder / (rest if root == _MAIL else path.lstrip("/"))).resolve()
        if not file.is_relative_to(folder):
            return folder / "404.html"
        return file / "index.html" if path.endswith("/") else file

    def _of_site(self, file: Path) -> tuple[str, bytes] | None:
        if not file.is_file():
            return None
        return guess_type(file.name)[0] or "text/plain", file.read_bytes()

    def _answer(self, status: HTTPStatus, kind: str, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
