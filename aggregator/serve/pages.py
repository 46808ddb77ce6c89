"""The pages of the web app, and the forms that they send: read within bounds, at most 16 KB, 100
fields, 10 seconds; urlencoded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import Settings
from aggregator.domain.wording import N_
from aggregator.resources import TEMPLATES
from aggregator.serve.site import header_rules, headers_for
from aggregator.site.head import Head, public_url
from aggregator.site.publish.assets import Asset, static_assets
from aggregator.templating.environment import renderer
from aggregator.templating.theme import load_theme
from aggregator.templating.translation import translations

_DEEPEST = 16  # levels of `../` in a page's links; a path of 60 KB once produced a page of 2 MB
# Every page of ours: its address may hold a token, and it is of one moment.
_OWN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@frozen
class ServedPage:
    """What a page says of itself, as the frame of the site's pages wants it."""

    head: Head


class PageRenderer:
    """Renders pages in the style of the site, and serves the files that they need.

    `headers` are those of every answer of the app. The app's templates come first, so the policy is
    the app's.
    """

    def __init__(self, settings: Settings) -> None:
        theme = load_theme(settings.site.theme)
        assets = static_assets(theme)
        self._assets = {asset.path: asset for asset in assets}
        self._url = public_url(settings)
        folders = (TEMPLATES / "serve", TEMPLATES / "site")
        static = {asset.name: asset.path for asset in assets}
        self._words = translations(settings.site.language)
        self._render = renderer(
            folders,
            settings.site.timezone,
            settings.site.language,
            theme=theme,
            site=settings.site,
            static=static,
        )
        rules = header_rules(self._render, settings.site, secure=self._url.startswith("https://"))
        self.headers = headers_for(rules, "/")

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
        """An HTML page that is not cached, indexed or named in a Referer. `title` is a message."""
        said = self._words(title)
        head = Head(title=said, description=said, url=f"{self._url}/")
        # not `request.url`, which fails for an invalid Host
        depth = request.scope["path"].count("/") - 1
        root = "../" * depth or "./" if depth <= _DEEPEST else f"{self._url}/"
        body = self._render(template, page=ServedPage(head=head), root=root, **values)
        return HTMLResponse(body, status_code=status, headers={**_OWN, **(headers or {})})


MOST_BYTES = 16_384
_MOST_FIELDS = 100
_READING_S = 10.0

Form = Mapping[str, tuple[str, ...]]


async def form_of(request: Request) -> Form:
    """The fields of a form, each with its values in order. Raises HTTPException 400, 408, 413 or
    415.
    """
    return fields(request.headers.get("content-type", ""), await body_of(request))


async def body_of(request: Request) -> bytes:
    """The body, whole. Raises HTTPException 408 where it does not come, 413 where it is too
    long.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_READING_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(
                        413, N_("The form is longer than 16,384 bytes."), {"Connection": "close"}
                    )
    except TimeoutError:
        raise HTTPException(
            408, N_("The form did not arrive in time."), {"Connection": "close"}
        ) from None
    except ClientDisconnect:
        raise HTTPException(400, N_("The form arrived incomplete.")) from None
    return bytes(body)


def fields(content_type: str, body: bytes) -> Form:
    """The fields of a body of at most 16 KB. Raises HTTPException 400 for one that has too many,
    415 for another kind.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, N_("The form must be sent by a browser."))
    try:
        found = parse_qs(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400, N_("The form has more than 100 fields.")) from None
    return {name: tuple(values) for name, values in found.items()}
