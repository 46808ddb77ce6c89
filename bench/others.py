"""Eleventy and Pelican on fewer stories, carried on to more along a straight line: they would take
an hour.

Two sizes tell what a story costs apart from the start; each page is compared with ours as Hugo's
are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aggregator.domain.settings import SiteSettings
from bench import eleventy, pelican
from bench.hugo import plain_markup
from bench.spent import Spent


def others(
    folder: Path,
    tools: Path,
    ours: Path,
    records: Path,
    site: SiteSettings,
    sizes: tuple[int, int],
    to: int,
) -> dict[str, Any]:
    """Costs of both, measured and carried on `to` so many stories; who cannot be installed says
    why.
    """
    found: dict[str, Any] = {}
    modules = eleventy.installed(tools)
    if modules:
        build = partial(eleventy.built, folder / "eleventy", modules, ours, records, site)
        found["eleventy"] = _told(
            build, sizes, to, partial(eleventy.pages, folder / "eleventy"), ours
        )
    else:
        found["eleventy"] = "npm is missing: apt-get install npm"
    build = partial(pelican.built, folder / "pelican", pelican.installed(tools), records, site)
    found["pelican"] = _told(build, sizes, to, partial(pelican.pages, folder / "pelican"), ours)
    return found


def _told(
    build: Callable[[int], Spent],
    sizes: tuple[int, int],
    to: int,
    pages: Callable[[], Sequence[Path]],
    ours: Path,
) -> dict[str, Any]:
    few, many = (build(size) for size in sizes)
    each_s = (many.cpu_s - few.cpu_s) / (sizes[1] - sizes[0])
    made = pages()
    differing = [
        str(page.parent.name)
        for page in made[:: max(1, len(made) // 20)]
        if not _is_same(page, ours)
    ]
    return {
        "stories": [*sizes, to],
        "cpu_s": [round(few.cpu_s, 2), round(many.cpu_s, 2)],
        "wall_s": [round(few.wall_s, 2), round(many.wall_s, 2)],
        "peak_mb": many.peak_mb,
        "cpu_s_carried_on": round(few.cpu_s + each_s * (to - sizes[0]), 1),
        "pages": len(made),
        "markup_differs": differing,
    }


def _is_same(page: Path, ours: Path) -> bool:
    own = ours / "story" / page.parent.name / "index.html"
    return plain_markup(page.read_text("utf-8")) == plain_markup(own.read_text("utf-8"))
