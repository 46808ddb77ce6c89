"""The edition of a week or a day: one numbered, dated, unchangeable recap. Page, feed, JSON,
Markdown and mail come from this record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from aggregator.domain.article import article_of
from aggregator.domain.claim import Claim
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.source import Lane
from aggregator.domain.wording import period_name

CHANGED = "changed"  # the section of stories that an earlier edition or week had


@frozen
class Opening:
    """An opening that a model wrote: sentences that passed the gates, each with the id of its
    story, and whose they are.
    """

    sentences: tuple[tuple[str, Claim], ...]
    by: str


def about_paths(
    topics: Iterable[str], roles: Iterable[str], entities: Iterable[str]
) -> tuple[str, ...]:
    """The paths of the pages of these keys, without the last slash: so a reader follows them."""
    return (
        *(f"topic/{key}" for key in topics),
        *(f"role/{role}" for role in roles),
        *(f"entity/{key}" for key in entities),
    )


@frozen
class EditionStory:
    """A story as the edition has it. `path` is that of its page on the site; `is_update`: an
    earlier edition had it; `why`: what speaks for it, of a lead story; `section`: its place in the
    closed list, or `CHANGED`; `url`: its source, of a story that has no page; `matters`: why a lead
    story matters; `topics`: its topics by key; `subjects`: the entities that it is about, by key;
    `figures`: those that the hook does not state, where neither what changed nor why it matters is
    said.
    """

    id: str
    path: str
    headline: str
    lang: str
    lane: Lane
    source: str
    reach: str
    hook: PrintedClaim | None
    changes: tuple[PrintedClaim, ...]
    roles: tuple[str, ...]
    is_update: bool
    why: str = ""
    section: str = ""
    url: str = ""
    matters: PrintedClaim | None = None
    topics: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    figures: tuple[PrintedClaim, ...] = ()

    @property
    def about(self) -> frozenset[str]:
        """What a reader may follow and it is about, by the path of its page without the last
        slash.
        """
        return frozenset(about_paths(self.topics, self.roles, self.subjects))

    @property
    def claims(self) -> tuple[PrintedClaim, ...]:
        """Its sentences and figures in the order of reading."""
        several = (self.hook, *self.figures, *self.changes, self.matters)
        return tuple(claim for claim in several if claim)

    @property
    def is_sole(self) -> bool:
        """Whether its source, which is named below it, is the only one that it quotes."""
        quoted = (claim.citations for claim in self.claims if claim.quoted)
        return {cited.source for citations in quoted for cited in citations} == {self.source}


@frozen
class RoleTop:
    """The stories of an edition that matter most to a role, by id, the first before all."""

    role: str
    stories: tuple[str, ...]


@frozen
class EditionPlan:
    """Something planned for a day after the week, with the story that says so."""

    day: date
    story: str
    path: str
    headline: str
    claim: PrintedClaim


@frozen
class Theme:
    """What several lead stories have in common, with their ids in the edition's order."""

    name: str
    stories: tuple[str, ...]


@frozen
class Omission:
    """How many stories of the week are not in the edition, and why."""

    reason: str
    stories: int


@frozen
class TopicCount:
    """How many stories of the week are about a topic; a story may be about several."""

    name: str
    stories: int


@frozen
class EditionNumbers:
    """The period in numbers, counted over all its stories; `days` are stories a day from its first
    to its last, `rounds` those that state what was `raised`, in dollars.
    """

    stories: int
    articles: int
    sources: int
    origins: int
    papers: int
    releases: int
    days: tuple[int, ...]
    rounds: int = 0
    raised: int = 0
    acquisitions: int = 0
    models: int = 0
    open_models: int = 0
    rulings: int = 0
    incidents: int = 0


@frozen
class Edition:
    """An edition as it was published. `number` counts those of its kind from 1 without gaps;
    nothing in it changes afterwards.

    `week` is the one in which its `day` lies, if it is about a day. `quiet` says that the period
    had little: the edition is short and says so. `minutes` is the
    reading time. `opening` is the editor's opening, sentence by sentence, each with its citations;
    what code counted has none.
    """

    week: str
    number: int
    published: datetime
    title: str
    opening: tuple[PrintedClaim, ...]
    themes: tuple[Theme, ...]
    leads: tuple[EditionStory, ...]
    further: tuple[EditionStory, ...]
    papers: tuple[EditionStory, ...]
    releases: tuple[EditionStory, ...]
    numbers: EditionNumbers
    left_out: tuple[Omission, ...]
    minutes: int
    quiet: bool
    engine: str
    topics: tuple[TopicCount, ...] = ()  # editions of the first versions have none
    minute: tuple[RoleTop, ...] = ()
    watch: tuple[EditionPlan, ...] = ()
    day: date | None = None  # None: it is about the whole week

    @property
    def period(self) -> str:
        """The week or day that it is about, by which it is known."""
        return self.day.isoformat() if self.day else self.week

    @property
    def kind(self) -> PeriodKind:
        """Whether it is about a week or a day."""
        return PeriodKind.DAY if self.day else PeriodKind.WEEK

    def stories(self) -> tuple[EditionStory, ...]:
        """Every story in the order of reading."""
        return (*self.leads, *self.further, *self.papers, *self.releases)

    def opens_with(self, story: EditionStory) -> bool:
        """Whether the hook of a story stands in the opening, so that it is not said again."""
        return any(
            story.hook and (claim.story, claim.text) == (story.id, story.hook.text)
            for claim in self.opening
        )

    def below(self, story: EditionStory) -> tuple[PrintedClaim, ...]:
        """What stands below the headline of a story."""
        return story.claims[1:] if self.opens_with(story) else story.claims

    def claims(self) -> Iterator[PrintedClaim]:
        """Every sentence in the order of reading."""
        yield from self.opening
        for story in self.stories():
            yield from story.claims
        yield from (plan.claim for plan in self.watch)

    def sections(self) -> tuple[tuple[str, tuple[EditionStory, ...]], ...]:
        """The stories after the leads in the order of reading, each group with its key: a section
        of the news, or `further`, `papers` and `releases` in editions that had none.
        """
        groups = [
            (key, tuple(stories))
            for key, stories in groupby(self.further, key=lambda story: story.section or "further")
        ]
        groups += [("papers", self.papers), ("releases", self.releases)]
        return tuple((key, stories) for key, stories in groups if stories)


@frozen
class Correction:
    """What was wrong in an edition, appended after it was published; the edition itself stays as it
    was.
    """

    at: datetime
    text: str


@frozen
class StoredEdition:
    """An edition as it is kept, with what was appended to it. `digest` is the SHA-256 of the
    edition's canonical JSON.

    `taken_out` is how many of its stories the operator dropped since: those are kept, and shown
    nowhere.
    """

    edition: Edition
    digest: str
    corrections: tuple[Correction, ...] = ()
    taken_out: int = 0


def without(stored: StoredEdition, dropped: Collection[str]) -> StoredEdition:
    """The edition as it may be shown: without the stories that are dropped, and what its opening
    and themes say of them.
    """
    edition = stored.edition
    gone = [story for story in edition.stories() if story.id in dropped]
    if not gone:
        return stored
    articles = {
        article_of(citation.passage)
        for story in gone
        for claim in story.claims
        for citation in claim.citations
    }

    def left(stories: tuple[EditionStory, ...]) -> tuple[EditionStory, ...]:
        return tuple(story for story in stories if story.id not in dropped)

    shown = replace(
        edition,
        opening=tuple(
            claim
            for claim in edition.opening
            if claim.story not in dropped
            and not any(article_of(cited.passage) in articles for cited in claim.citations)
        ),
        minute=tuple(
            replace(top, stories=tuple(story for story in top.stories if story not in dropped))
            for top in edition.minute
        ),
        watch=tuple(
            plan
            for plan in edition.watch
            if plan.story not in dropped
            and not any(article_of(cited.passage) in articles for cited in plan.claim.citations)
        ),
        themes=tuple(theme for theme in edition.themes if not set(theme.stories) & set(dropped)),
        leads=left(edition.leads),
        further=left(edition.further),
        papers=left(edition.papers),
        releases=left(edition.releases),
    )
    if edition.stories()[0].id in dropped:
        shown = replace(
            shown,
            title=next((story.headline for story in shown.stories()), period_name(edition.period)),
        )
    return replace(stored, edition=shown, taken_out=len(gone))


def redacted(
    edition: Edition, articles: Collection[str], titles: Collection[str], stories: Collection[str]
) -> Edition:
    """The edition without these stories, and without what rests on these articles: their sentences,
    and stories under `titles`.

    A story whose opening sentence goes, goes with it. Its numbers stay: they count what the week
    had.
    """

    def rests(claim: PrintedClaim | None) -> bool:
        return claim is not None and any(
            article_of(citation.passage) in articles for citation in claim.citations
        )

    def left(several: tuple[EditionStory, ...]) -> tuple[EditionStory, ...]:
        return tuple(
            replace(
                story,
                figures=tuple(claim for claim in story.figures if not rests(claim)),
                changes=tuple(claim for claim in story.changes if not rests(claim)),
                matters=None if rests(story.matters) else story.matters,
            )
            for story in several
        )

    gone = {
        story.id
        for story in edition.stories()
        if story.id in stories or story.headline in titles or rests(story.hook)
    }
    shown = without(StoredEdition(edition=edition, digest=""), gone).edition
    return replace(
        shown,
        opening=tuple(claim for claim in shown.opening if not rests(claim)),
        watch=tuple(
            plan
            for plan in shown.watch
            if plan.story not in stories and plan.headline not in titles and not rests(plan.claim)
        ),
        leads=left(shown.leads),
        further=left(shown.further),
        papers=left(shown.papers),
        releases=left(shown.releases),
    )
