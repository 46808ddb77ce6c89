"""The site folder over HTTP, for a look: what a static server would do, and nothing it would not.

The headers of answers are read from the same `_headers` template that static hosts use. The site's
files and the app's own pages differ only in their policy. Each policy is written once, in the
site's or the app's `policy.html`, which page frames and `_headers` include.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import replace
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.publish.assets import Asset
from aggregator.site.server_files import server_file
from aggregator.templating.environment import Render, renderer
from aggregator.templating.theme import load_theme

_PLACEHOLDER = re.compile(r":\w+|\*")
_REPLACED = {"*": ".*"}  # in a pattern of `_headers`; `:name` matches one part of a path
_WELL_KNOWN = ".well-known"  # RFC 8615; every other hidden name is the operator's
_OF_THE_FILE = {"cache-control", "content-type"}  # not for the 404 page


@frozen
class HeaderRule:
    """One header, for answers whose path matches."""

    path: re.Pattern[str]
    name: str
    value: str


def header_rules(render: Render, site: SiteSettings, *, secure: bool) -> tuple[HeaderRule, ...]:
    """The rules of `_headers` as `render` writes it, for a site at the root of its host."""
    text = render("_headers", page=replace(server_file(site), base_path="/", secure=secure))
    found, pattern = [], re.compile("")
    for line in text.splitlines():
        name, _, value = line.strip().partition(": ")
        if line.startswith(" "):
            found.append(HeaderRule(path=pattern, name=name.lower(), value=value))
        elif line:
            pattern = _pattern(line)
    return tuple(found)


def headers_for(rules: tuple[HeaderRule, ...], path: str) -> dict[str, str]:
    """The headers of a path by lower-case name; the last matching rule for a header wins."""
    return {rule.name: rule.value for rule in rules if rule.path.fullmatch(path)}


def _pattern(line: str) -> re.Pattern[str]:
    pieces, last = [], 0
    for found in _PLACEHOLDER.finditer(line):
        pieces += [re.escape(line[last : found.start()]), _REPLACED.get(found[0], "[^/]+")]
        last = found.end()
    return re.compile("".join(pieces) + re.escape(line[last:]), re.DOTALL)


class DefaultHeaders:
    """Adds to every answer the headers that it does not have yet."""

    def __init__(self, app: ASGIApp, *, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put(message)
            await send(message)

        await self._app(scope, receive, sent)

    def _put(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)


class SiteFiles(StaticFiles):
    """The published files, each with the headers that the site's `_headers` sets.

    Redirects are relative, so that they work behind a proxy with a different name or path.
    """

    def __init__(self, site: SiteSettings) -> None:
        super().__init__(directory=site.output, html=True, check_dir=False)
        theme = load_theme(site.theme)
        render = renderer(TEMPLATES / "site", site.timezone, site.language, theme=theme)
        self._rules = header_rules(render, site, secure=site.base_url.startswith("https://"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file for a requested path, `index.html` for a folder. Raises HTTPException 404 and
        405.
        """
        if any(part.startswith((".", "_")) for part in path.split("/") if part != _WELL_KNOWN):
            raise HTTPException(404)
        # it may be invalid in a URL
        nameless = [header for header in scope["headers"] if header[0] != b"host"]
        response = await super().get_response(path, {**scope, "headers": nameless})
        if isinstance(response, RedirectResponse):
            return RedirectResponse(f"./{PurePosixPath(path).name}/", status_code=308)
        return self._with_headers(response, path)

    def asset(self, of: Asset) -> Response:
        """A file named after its content, from the program: the site folder may have been built
        before it changed.
        """
        return self._with_headers(Response(of.body, media_type=guess_type(of.name)[0]), of.path)

    def _with_headers(self, response: Response, path: str) -> Response:
        for name, value in headers_for(self._rules, f"/{path}").items():
            if response.status_code < 400 or name not in _OF_THE_FILE:
                response.headers[name] = value
        if etag := response.headers.get("etag"):
            response.headers["etag"] = f"W/{etag}"  # one for the file and its compressed form
        return response
