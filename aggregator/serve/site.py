"""The site folder over HTTP, for a look: what a static server would do, and nothing it would
not.
"""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.serve.headers import header_rules, headers_for
from aggregator.site.publish.assets import Asset
from aggregator.templating.environment import renderer

_WELL_KNOWN = ".well-known"  # RFC 8615; every other hidden name is the operator's
_OF_THE_FILE = {"cache-control", "content-type"}  # not for the 404 page


class SiteFiles(StaticFiles):
    """The published files, each with the headers that the site's `_headers` sets.

    Redirects are relative, so that they work behind a proxy with a different name or path.
    """

    def __init__(self, site: SiteSettings) -> None:
        super().__init__(directory=site.output, html=True, check_dir=False)
        render = renderer(TEMPLATES / "site", site.timezone, site.language)
        self._rules = header_rules(render, site, secure=site.base_url.startswith("https://"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file for a requested path, `index.html` for a folder. Raises HTTPException 404 and
        405.
        """
        if any(part.startswith((".", "_")) for part in path.split("/") if part != _WELL_KNOWN):
            raise HTTPException(404)
        nameless = [
            header for header in scope["headers"] if header[0] != b"host"
        ]  # it may be invalid in a URL
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
        return response
