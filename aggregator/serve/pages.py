"""The pages of the web app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import Settings
from aggregator.resources import TEMPLATES
from aggregator.serve.site import header_rules, headers_for
from aggregator.site.head import Head, public_url
from aggregator.site.publish.assets import Asset, static_assets
from aggregator.templating.environment import renderer
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
        assets = static_assets()
        self._assets = {asset.path: asset for asset in assets}
        self._url = public_url(settings)
        folders = (TEMPLATES / "serve", TEMPLATES / "site")
        static = {asset.name: asset.path for asset in assets}
        self._words = translations(settings.site.language)
        self._render = renderer(
            folders,
            settings.site.timezone,
            settings.site.language,
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
