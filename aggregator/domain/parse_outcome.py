"""What comes of parsing one document where it is no feed and no page: nothing, or where to look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A document that gave nothing, and why, in words for the run report."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page says it has (`<link rel="alternate">`), its address absolute."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapIndex:
    """A sitemap of sitemaps: the addresses of those to be read in its place."""

    urls: tuple[str, ...]
