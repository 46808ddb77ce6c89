"""The pages about the site itself: how it is made, and the one for addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.compose.head import Head, absolute, contact_link
from aggregator.compose.words import REJECTION_NAMES
from aggregator.domain.settings import SiteSettings
from aggregator.domain.wording import counted

_EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Why a claim is turned away, and how many were in the stories that are published."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage:
    """How the site is made, with the counts that show it. `extractive`: no model writes."""

    head: Head
    engine: str
    extractive: bool
    stories: str
    kept: str
    rejected: str
    checks: tuple[Check, ...]
    report: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the stories of the site hold in all: their claims, and how many were turned away for each reason."""

    stories: int
    claims: int
    rejected: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPage:
    """The page for an address that leads nowhere."""

    head: Head


def about_page(totals: Totals, engine: str, sources: int, site: SiteSettings) -> AboutPage:
    """The page that says how this is made. `engine` is the one in use now; each story names its own."""
    return AboutPage(
        head=Head(title="About", description="How this site is made.", url=absolute(site, "about/"), place="about"),
        engine=engine,
        extractive=engine == _EXTRACTIVE,
        stories=f"{counted(totals.stories, 'story', 'stories')} from {counted(sources, 'source')}",
        kept=counted(totals.claims, "claim"),
        rejected=f"{sum(totals.rejected.values()):,}",
        checks=tuple(Check(name=name, number=f"{totals.rejected.get(reason, 0):,}") for reason, name in REJECTION_NAMES.items()),
        report=contact_link(site.contact, subject=f"Correction: {site.title}", body=f"{site.base_url}\n\n"),
        contact=site.contact,
    )


def lost_page(site: SiteSettings) -> LostPage:
    """The page for 404."""
    return LostPage(head=Head(title="Page not found", description=site.description, url=absolute(site, "404.html")))
