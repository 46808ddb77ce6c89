"""The files under `static/`, named by their content, and the digest of everything that shapes a
page.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.hooks.plugins import plugins
from aggregator.resources import TEMPLATES
from aggregator.templating.theme import (
    PLAIN,
    STYLE,
    THEME_STYLE,
    Theme,
    load_theme,
    themed_style,
    with_file_names,
)

_PACKAGE = Path(__file__).parents[2]
_CODE = (
    "site",
    "domain",
    "english",
    "templating",
    "memory/history.py",
    "memory/timeline.py",
    "cluster/members.py",
    "cluster/related.py",
    "extract/admission.py",
    "verify/gates.py",
    "verify/quoted_context.py",
    "verify/share.py",
)  # code that shapes a page
_HOOKS = (
    "story_files",
    "edition_files",
    "edition_forms",
    "site_files",
    "site_pages",
    "page_parts",
    "stored_parts",
    "sections",
    "story_tables",
    "standing",
    "templates",
    "catalogues",
)


@frozen
class Asset:
    """A file of `static/`, ours or the theme's, and its published path, which changes with its
    bytes.
    """

    name: str
    path: str
    body: bytes


def static_assets(theme: Theme = PLAIN) -> tuple[Asset, ...]:
    """The assets by name; a file of the theme stands in place of ours of that name."""
    files = {path.name: path for path in (TEMPLATES / "static").iterdir() if path.is_file()}
    files |= {name: theme.folder / "static" / name for name in theme.static}
    files.pop(THEME_STYLE, None)
    bodies = {name: files[name].read_bytes() for name in sorted(files)}
    paths = {name: _asset(name, body).path for name, body in bodies.items()}
    if theme != PLAIN:
        style = themed_style(theme, bodies[STYLE].decode())
        bodies[STYLE] = with_file_names(style, paths).encode()
    return tuple(_asset(name, body) for name, body in bodies.items())


def rendition_digest(site: SiteSettings) -> str:
    """SHA-256 of templates, assets, settings, theme, code and the plugins that shape pages: when it
    changes, every page is rebuilt. Raises ThemeError.
    """
    digest = hashlib.sha256(f"{site!r}{load_theme(site.theme).digest}".encode())
    digest.update(plugins().identity(*_HOOKS).encode())
    folders = [TEMPLATES, *plugins().folders(*_HOOKS)]
    templates = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    shown = [path for path in templates if "__pycache__" not in path.parts]
    for path in shown + _sources():
        digest.update(path.name.encode() + b"\x00" + path.read_bytes())
    return digest.hexdigest()


def _sources() -> list[Path]:
    named = (_PACKAGE / name for name in _CODE)
    return [
        path
        for place in named
        for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place])
    ]


def _asset(name: str, body: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    return Asset(
        name=name,
        path=f"static/{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{suffix}",
        body=body,
    )
