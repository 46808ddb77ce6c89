"""The pages of the web app and the headers they go out with."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.compose.head import Head
from aggregator.deliver.links import public_url
from aggregator.domain.settings import Settings
from aggregator.publish.assets import Asset, static_assets
from aggregator.resources import TEMPLATES
from aggregator.serve.site import A_YEAR
from aggregator.templating import renderer
from aggregator.words import words_of

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# Every page of ours: its address may hold a token, and it is of one moment.
_OWN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """What a page says of itself, as the frame of the site's pages wants it."""

    head: Head


class Pages:
    """Renders pages in the look of the site, and hands out the files that they need."""

    def __init__(self, settings: Settings) -> None:
        assets = static_assets()
        self._assets = {asset.path: asset for asset in assets}
        self._url = public_url(settings)
        folders = (TEMPLATES / "serve", TEMPLATES / "site")
        static = {asset.name: asset.path for asset in assets}
        self._words = words_of(settings.site.language)
        self._render = renderer(folders, settings.site.timezone, settings.site.language, site=settings.site, static=static)

    def asset(self, path: str) -> Asset | None:
        """A file that our pages need; the site folder may be from before it changed."""
        return self._assets.get(path)

    def page(
        self,
        request: Request,
        template: str,
        title: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """An HTML page that nobody keeps, indexes or is told of by a Referer. `title` is a message."""
        path = request.url.path
        said = self._words(title)
        head = Head(title=said, description=said, url=f"{self._url}/")
        root = "../" * (path.count("/") - 1) or "./"
        body = self._render(template, page=ServedPage(head=head), root=root, **values)
        return HTMLResponse(body, status_code=status, headers={**_OWN, **(headers or {})})


def asset_response(asset: Asset) -> Response:
    """A file named by its content."""
    kinds = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    kind = kinds.get(asset.name.rpartition(".")[2], "application/octet-stream")
    return Response(asset.body, media_type=kind, headers={"Cache-Control": A_YEAR})


class StrictHeaders:
    """Puts on every answer the headers that it does not have yet."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

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
