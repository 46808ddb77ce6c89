"""The site folder over HTTP, for a look: what a static server would do, and nothing it would not."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_TYPES = {"feed.xml": "application/atom+xml; charset=utf-8", "feed.json": "application/feed+json; charset=utf-8"}
_WELL_KNOWN = ".well-known"  # RFC 8615; every other hidden name is the operator's
A_YEAR = "public, max-age=31536000, immutable"  # for what is named by its content


class SiteFiles(StaticFiles):
    """The published files. Redirects are relative, so that they hold behind a proxy with a name and path of its own."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file of a path, `index.html` for a folder. Raises HTTPException 404 and 405."""
        parts = PurePosixPath(path).parts
        if any(part.startswith((".", "_")) for part in parts if part != _WELL_KNOWN):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if isinstance(response, RedirectResponse):
            return RedirectResponse(f"./{parts[-1]}/", status_code=308)
        if kind := _TYPES.get(parts[-1] if parts else ""):
            response.headers["Content-Type"] = kind
        if (parts[:1] == ("static",) or parts[:2] == ("search", "volume")) and response.status_code < 400:
            response.headers["Cache-Control"] = A_YEAR
        return response
