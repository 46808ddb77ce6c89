"""The records of a story's page and its sections, from which HTML, JSON, Markdown and feed entry
are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.sections import Section
from aggregator.domain.source import Lane
from aggregator.domain.story import HistoryKind
from aggregator.english.text import folded
from aggregator.memory.timeline import FEWEST_ROWS
from aggregator.site.head import Head, Link
from aggregator.site.story.cited import Footnote, has_sole_source
from aggregator.site.story.implications import PageImplication
from aggregator.site.story.importance import ShownReason
from aggregator.site.story.insight import PageChange, PageTable
from aggregator.site.story.origins import (
    Origin,
    PublishedHeadline,
    SourceRow,
    first_headline,
)
from aggregator.site.story.provenance import Provenance
from aggregator.site.story.tags import PageTags


@frozen
class PageFigure:
    """The figure of a story's hook that is marked in it, and the words before and after it."""

    before: str
    text: str
    after: str


@frozen
class PageSection:
    """A section of plain claims under its own heading; without claims it is not shown."""

    section: Section
    heading: str
    claims: tuple[PrintedClaim, ...]

    @property
    def part(self) -> PagePart | None:
        """How the plugin whose section it is shows it; None for a list as ours are."""
        own = self.section
        if not own.template:
            return None
        return PagePart(template=own.template, record=self, plugin=own.plugin)


@frozen
class PageAudience:
    """A role that should care, by name, with the claim that gives the reason.

    `is_repeated`: the claim stands above on the page, which does not say it twice.
    """

    role: str
    name: str
    claim: PrintedClaim
    is_repeated: bool


@frozen
class PageAction:
    """Something a role could do next. `terms` says when it applies and how long it takes."""

    role: str
    name: str
    claim: PrintedClaim
    trigger: str
    effort: str
    by: str
    terms: str


@frozen
class PageDate:
    """A row of the timeline. `name` is the date in words to its `precision`, `machine` the same for
    HTML.

    `other_story` links to the page of the story that the row comes from, from the site's root; None
    for a row of the story's own. `outcome` is that of the prediction that the row states, once it
    is decided, `evidence` the address of what decided it, empty where a passage did. `planned_on`
    is when its newest source said that it is planned; None where it is not.
    """

    day: str
    name: str
    machine: str
    precision: Precision
    planned: bool
    this_event: bool
    claim: PrintedClaim
    other_story: Link | None
    planned_on: datetime | None
    outcome: str = ""
    evidence: str = ""

    @property
    def is_headline(self) -> bool:
        """Whether the row repeats the headline of the story that it comes from."""
        return self.other_story is not None and folded(self.other_story.name) == folded(
            self.claim.text
        )


@frozen
class PageDisagreement:
    """What the reports differ on, with the claims that differ."""

    question: str
    claims: tuple[PrintedClaim, ...]


@frozen
class PageUpdate:
    """A fact added after the first publication: its time, its kind in a word, and the fact it
    replaced, if any.
    """

    at: datetime
    kind: HistoryKind
    name: str
    claim: PrintedClaim
    before: PrintedClaim | None


@frozen
class PageRelated:
    """A related story and the reason. `about` names what it tells more about; empty for a step of
    the same affair.
    """

    headline: str
    lang: str
    path: str
    url: str
    reason: str
    about: str = ""


@frozen
class RelatedGroup:
    """The related stories under one heading; `about` is empty for steps of the same affair."""

    about: str
    stories: tuple[PageRelated, ...]


@frozen
class Recap:
    """The teaser of the week's recap. It has no counts: else a new story would change all other
    pages of the week.
    """

    week: str
    name: str
    path: str


@frozen
class Neighbours:
    """The folders of the stories published next after a story and next before it; empty where there
    is none. They have no headlines: else a headline that changes would change three pages.
    """

    newer: str = ""
    older: str = ""


def is_timeline(dates: Sequence[PageDate], headline: str) -> bool:
    """Whether dates are several, and more than the publication of headlines."""
    return len(dates) >= FEWEST_ROWS and not all(
        row.claim.is_headline or row.claim.text == headline for row in dates
    )


@frozen
class StoryPage:
    """The content of a story's page. `gap` says why there is no more than a headline, empty where
    there is.

    `headline_as_published` is the one that the operator's replaces, None without an operator's;
    `note` is the operator's. `points` come before the tables, `depth` after them. `updates` are the
    newest of all. `carried` are the newsletters that carried it, with the issue of each;
    `reception` says how many points and comments communities give it.
    """

    head: Head
    id: str
    path: str
    url: str
    lane: Lane
    section: NewsSection
    section_name: str
    headline: PrintedClaim
    lang: str
    headlines_as_published: tuple[PublishedHeadline, ...]
    published: datetime
    first_seen: datetime
    analysed: datetime
    updated: datetime
    hook: PrintedClaim | None
    figure: PageFigure | None
    figures: tuple[PrintedClaim, ...]
    gap: str
    what_changed: tuple[PrintedClaim, ...]
    why_it_matters: tuple[PrintedClaim, ...]
    what_to_do_next: tuple[PageAction, ...]
    who_should_care: tuple[PageAudience, ...]
    points: tuple[PageSection, ...]
    comparison: PageTable | None
    specification: PageTable | None
    depth: tuple[PageSection, ...]
    implications: tuple[PageImplication, ...]
    timeline: tuple[PageDate, ...]
    disagreements: tuple[PageDisagreement, ...]
    unknowns: tuple[PrintedClaim, ...]
    updates: tuple[PageUpdate, ...]
    related: tuple[PageRelated, ...]
    tags: PageTags
    headline_as_published: PrintedClaim | None
    note: str
    pinned: bool
    carried: tuple[Link, ...]
    origins: tuple[Origin, ...]
    parts: tuple[PagePart, ...]
    independent_origins: int
    facts: str
    sources_counted: str
    reception: str
    why: str
    importance: float
    reasons: tuple[ShownReason, ...]
    labels: tuple[str, ...]
    citations: tuple[Footnote, ...]
    provenance: Provenance
    recap: Recap
    neighbours: Neighbours
    share: tuple[Link, ...]
    report: str
    cite: str

    @property
    def is_sole(self) -> bool:
        """Whether it quotes one source only, so that quotations need not name it."""
        return has_sole_source(self.citations)

    @property
    def has_brief(self) -> bool:
        """Whether there is a TL;DR that says more than the hook."""
        own = [audience for audience in self.who_should_care if not audience.is_repeated]
        return bool(self.what_changed or self.why_it_matters or self.what_to_do_next or own)

    @property
    def changes(self) -> tuple[PageChange, ...]:
        """The values in its tables that later reports changed; in both tables one stands once."""
        tables = (("specified", self.specification), ("compared", self.comparison))
        found = (change for place, table in tables if table for change in table.changes(place))
        return tuple({(change.product, change.name): change for change in found}.values())

    @property
    def is_dated(self) -> bool:
        """Whether any source gave a date; else `published` is the day on which an article was first
        seen.
        """
        return any(row.published for origin in self.origins for row in origin.rows)

    @property
    def related_groups(self) -> tuple[RelatedGroup, ...]:
        """The related stories: first steps of the same affair, then more about each thing."""
        names = dict.fromkeys(sorted((one.about for one in self.related), key=bool))
        return tuple(
            RelatedGroup(
                about=name, stories=tuple(one for one in self.related if one.about == name)
            )
            for name in names
        )

    @property
    def headline_at_first(self) -> PublishedHeadline | None:
        """The headline of the primary source, or the first to report, if it differs from the
        page's.
        """
        return first_headline(self.origins, self.headline.text)

    @property
    def has_timeline(self) -> bool:
        """Whether the page shows its timeline."""
        return is_timeline(self.timeline, self.headline.text)

    @property
    def has_copies(self) -> bool:
        """Whether an article repeats another's text."""
        return any(row.copy_of for origin in self.origins for row in origin.rows)

    @property
    def links_out(self) -> tuple[SourceRow, ...]:
        """Its articles that have an address, in the order of its sources."""
        return tuple(row for origin in self.origins for row in origin.rows if row.url)

    @property
    def credited(self) -> tuple[SourceRow, ...]:
        """The first report of each publisher."""
        first: dict[str, SourceRow] = {}
        for origin in self.origins:
            for row in origin.rows:
                first.setdefault(row.name, row)
        return tuple(first.values())

    @property
    def generated(self) -> bool:
        """Whether a model wrote any sentence of it."""
        return self.provenance.written + self.provenance.inferred > 0

    @property
    def changed(self) -> datetime:
        """The last change of the page, for feeds and sitemap."""
        return max(self.updated, self.analysed)
