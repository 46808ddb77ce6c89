"""The articles that report one event, how they were judged to belong together, and why the story
ranks where it does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from aggregator.domain.article import Article
from aggregator.domain.claim import Analysis, Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.insight import Insight
from aggregator.domain.prediction import Prediction
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.source import NEWS_LANES, SIDE_LANES, Lane
from aggregator.domain.web.urls import GOOGLE_NEWS, host, registrable_domain
from aggregator.english.event_kind import EventKind
from aggregator.english.text import is_identifier

_FEWEST_SENTENCES = 3  # of a page on which none sums up the news: one or two are a teaser
_BY_ANYBODY = frozenset({Lane.COMMUNITY, Lane.PAPER})
_SURE_KIND = 0.34  # below it another kind may well be the right one
# of the labelled reports so sure, five-fold, eight in ten are named rightly
NAMED_KIND = 0.8
_EVEN = 0.5  # of the releases counted in all labelled reports 14 of 41 are wrong; 28 of 56 by 0.34


@frozen
class Member:
    """An article within a story. `copy_of` is the id of the article whose text it repeats, None for
    an original.

    `family` is who stands behind it: two articles of one family are one voice.
    `primary` marks a vendor's own announcement. `is_quotable`: its words may be shown beyond the
    headline.
    """

    article: Article
    family: str
    source_name: str
    lane: Lane
    weight: float
    copy_of: str | None = None
    primary: bool = False
    is_quotable: bool = True


def by_article(members: Iterable[Member]) -> dict[str, Member]:
    """The members by the id of their article."""
    return {member.article.id: member for member in members}


def without_copies(members: Iterable[Member]) -> list[Member]:
    """The members that are no copies."""
    return [member for member in members if member.copy_of is None]


def voices(members: Iterable[Member], parties: Collection[str]) -> int:
    """How many voices the originals are, all who announce their own news being one, and copies
    alone too; `parties` are the keys of whom the story is about.
    """
    found = tuple(members)
    families = {member.family for member in without_copies(found)}
    reporting = _reporting(found, parties)
    return len(reporting) + (len(reporting) < len(families)) or 1


def _reporting(members: Sequence[Member], parties: Collection[str]) -> frozenset[str]:
    """The families without those who announce their own news, in whatever lane they are read."""
    own = {member.family for member in members if member.primary or _is_own_word(member, parties)}
    return frozenset(member.family for member in without_copies(members)) - own


def _is_own_word(member: Member, parties: Collection[str]) -> bool:
    """Whether the domain of an article is named after a party: claude.com after "claude-opus-4-6",
    x.ai after "xai", blog.google after "google". Posts and papers on the site of a party are their
    authors' word, and an address of Google News does not say whose word it is.
    """
    if member.lane in _BY_ANYBODY or not parties or host(member.article.url) == GOOGLE_NEWS:
        return False
    domain = registrable_domain(member.article.url)
    called = {_letters(domain), _letters(domain.partition(".")[0])}
    return domain.rpartition(".")[2] in parties or any(
        not called.isdisjoint(_spellings(party)) for party in parties
    )


@lru_cache(maxsize=4096)
def _spellings(key: str) -> frozenset[str]:
    """How a domain may spell the key of an entity: all its words or the first ones."""
    return frozenset(accumulate(key.split("-")))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


class Reason(StrEnum):
    """The addends of importance."""

    EVENT = "event"
    ACTOR = "actor"
    MAGNITUDE = "magnitude"
    SUBJECT = "subject"
    ORIGINS = "origins"
    NEWSLETTERS = "newsletters"
    COMMUNITY = "community"
    SOURCE = "source"
    READ = "read"
    ANNOUNCEMENT = "announcement"


@frozen
class NewsletterVote:
    """A newsletter that carried a story: the issue of it that did so best, and whether the story
    led there.
    """

    source_key: str
    source: str
    url: str
    published: datetime
    is_lead: bool = False


@frozen
class RankReason:
    """One addend of a story's importance with its evidence: a value such as a name or an amount as
    it is written, or a count.
    """

    name: Reason
    points: float
    value: str = ""
    count: int = 0


@frozen
class Signals:
    """What the headlines and ledes of a story's originals say of its importance.

    `kinds` are the shares of the kinds of event, the highest first; `subjects` the keys of the
    entities in headlines and of the makers of models and products there; `amount` the largest one
    in dollars and `stated` how it is written; `about` is how much of it is about AI, in doublings.
    `votes` are points and comments where communities list it, `section` is where it belongs.
    """

    kinds: tuple[tuple[EventKind, float], ...] = ()
    subjects: tuple[str, ...] = ()
    amount: float = 0.0
    stated: str = ""
    about: float = 0.0
    votes: int = 0
    section: NewsSection = NewsSection.OTHER


class HistoryKind(StrEnum):
    """What an article did to the story so far: it added something, changed it, or withdrew it."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@frozen
class HistoryEntry:
    """One entry of a story's history: a sentence of an article that was new to the story.

    `n` counts from 1 in the order we learnt of them, `at` is when, `passage` where the sentence
    stands. `subject` is what it is about, so that a later figure for the same finds it; `replaces`
    is the number of the entry that it changes.
    """

    n: int
    article_id: str
    at: datetime
    kind: HistoryKind
    text: str
    passage: str
    subject: str = ""
    replaces: int | None = None

    @property
    def quote(self) -> str:
        """The words as they stand in the passage."""
        return self.text.removesuffix(" …")

    @property
    def claim(self) -> Claim:
        """The entry as a sentence to be shown, with its citation."""
        return Claim(
            text=self.text,
            kind=ClaimKind.EXTRACTED,
            citations=(Citation(passage=self.passage, quote=self.quote),),
        )


@frozen
class StoryOverrides:
    """The operator's overrides of a story in overrides.toml, as last applied; `dropped` is the
    reason, empty where it stays.
    """

    pinned: bool = False
    headline: str = ""
    note: str = ""
    dropped: str = ""


class EntityKind(StrEnum):
    """What an entity of the registry is."""

    COMPANY = "company"
    MODEL = "model"
    PERSON = "person"
    PRODUCT = "product"
    REGULATION = "regulation"
    VENUE = "venue"
    DATASET = "dataset"


@frozen
class Entity:
    """An entity of the registry that a story is about; `key` is its address, `mentions` in how many
    articles.
    """

    key: str
    name: str
    kind: EntityKind
    mentions: int = 1


@frozen
class Mention:
    """An entity of the registry as `text[start:end]` names it. `is_line`: a line of models, not one
    of them.
    """

    entity: Entity
    start: int
    end: int
    is_line: bool = False


@frozen
class Story:
    """`id`, `slug` and `week` are fixed at first publication; `score` is importance and freshness,
    which needs no clock, so it ages by itself.

    `id` is made from the founding article's, so it is the same after any crash. `updated` is the
    newest publication date among the members. `kinds` are the shares of the kinds of event, the
    highest first. `storyline` is the id of the story that opened the storyline it belongs to,
    `affairs` are marks, each of which another story has that surely belongs to one affair with it;
    `topics` are keys of the closed list, `entities` those of the registry, most mentioned first,
    `subjects` the keys of those that its headlines are about. `history` is
    empty while there is a single report; `predictions` are those made in it, the nearest day first.
    `background` are the articles of other stories that it draws on: before it is written those that
    it may cite, on its page those that it cites. `operator` are its overrides. `newsletters` are
    those that carried it, each once, by date.
    """

    id: str
    slug: str
    week: str
    published: datetime
    updated: datetime
    first_seen: datetime
    members: tuple[Member, ...]
    score: float = 0.0
    importance: float = 0.0
    reasons: tuple[RankReason, ...] = ()
    kinds: tuple[tuple[EventKind, float], ...] = ()
    section: NewsSection = NewsSection.OTHER
    storyline: str | None = None
    affairs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    subjects: tuple[str, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    background: tuple[Member, ...] = ()
    newsletters: tuple[NewsletterVote, ...] = ()
    operator: StoryOverrides = StoryOverrides()

    @property
    def kind(self) -> EventKind:
        """The kind of event that it most probably reports; other news where that is unsure. A list
        of repositories or data sets in the news shows them: nothing is reported.
        """
        own = without_copies(self.members)
        if own and all(
            member.lane is Lane.NEWS and is_identifier(member.article.title) for member in own
        ):
            return EventKind.SHOWCASE
        kind, share = self._likeliest
        return kind if share >= _SURE_KIND else EventKind.OTHER

    @property
    def is_kind_sure(self) -> bool:
        """Whether a page may say which kind of event it is."""
        return self._likeliest[1] >= NAMED_KIND

    @property
    def is_kind_probable(self) -> bool:
        """Whether one kind of event is more probable than all others together."""
        return self._likeliest[1] > _EVEN

    @property
    def _likeliest(self) -> tuple[EventKind, float]:
        return self.kinds[0] if self.kinds else (EventKind.OTHER, 0.0)

    @property
    def updates(self) -> tuple[HistoryEntry, ...]:
        """What came after the story was first published, the newest first, in reading order within
        a report.
        """
        return self.history_since(self.first_seen)

    def news_since(self, moment: datetime) -> tuple[HistoryEntry, ...]:
        """The entries that we learnt after a moment and that stand, the newest first: what a source
        withdrew is no news.
        """
        return tuple(
            fact for fact in self.history_since(moment) if fact.kind is not HistoryKind.WITHDRAWN
        )

    def history_since(self, moment: datetime) -> tuple[HistoryEntry, ...]:
        """The entries that we learnt after a moment, the newest first, in reading order within a
        report.
        """
        return tuple(
            sorted(
                (fact for fact in self.history if fact.at > moment),
                key=lambda fact: -fact.at.timestamp(),
            )
        )

    @property
    def independent_origins(self) -> int:
        """How many voices reported it: publishers, of which siblings of a family count once, and
        those who announce their own news in it together. Copies alone go back to one.
        """
        return voices(self.members, self._parties)

    @property
    def independent_reports(self) -> int:
        """How many publishers are not among those who announce their own news in it."""
        return len(_reporting(self.members, self._parties))

    @property
    def independent_sources(self) -> int:
        """How many independent sources pages count: those who announce their own news in it count
        only where nobody else reports it.
        """
        return self.independent_reports or self.independent_origins

    @property
    def _parties(self) -> frozenset[str]:
        return frozenset((*self.subjects, *(entity.key for entity in self.entities)))

    @property
    def lane(self) -> Lane:
        """The lane of the first report's source. A paper or a release that newspapers or companies
        report too is news: it is listed with theirs.
        """
        first = self.members[0]
        if first.lane not in SIDE_LANES:
            return first.lane
        others = (
            member.lane
            for member in self.members
            if member.lane in NEWS_LANES
            and member.copy_of is None
            and member.family != first.family
        )
        return next(others, first.lane)


@frozen
class PublishedStory:
    """A story with the analysis that survived the gates: what pages, feeds and mail are made
    from.
    """

    story: Story
    analysis: Analysis
    insight: Insight = field(default_factory=Insight)

    def claims(self) -> Iterator[Claim]:
        """Every claim on its page, those that rest on attributes included."""
        yield from self.analysis.kept.claims()
        yield from self.insight.claims()

    @property
    def has_page(self) -> bool:
        """Whether there is enough to say besides the headline: a sentence that sums up the news, or
        a few others. Where there is not, the story has no page: lists lead to its source.
        """
        kept, story = self.analysis.kept, self.story
        if story.history or story.operator.note or story.predictions or kept.hook:
            return True
        sentences = {
            claim.text
            for claim in self.claims()
            if claim.kind is not ClaimKind.ABSENT and not _is_of_headline(claim, kept.headline)
        }
        return len(sentences) >= (1 if story.independent_origins > 1 else _FEWEST_SENTENCES)

    @property
    def headline(self) -> Claim:
        """The headline: the operator's where there is one, cited as the one that it stands for."""
        headline, own = self.analysis.kept.headline, self.story.operator.headline
        return replace(headline, text=own, kind=ClaimKind.WRITTEN) if own else headline


def _is_of_headline(claim: Claim, headline: Claim) -> bool:
    """Whether a claim rests on headlines alone, or on what stands for one."""
    of_headline = {citation.passage for citation in headline.citations}
    return all(
        citation.passage in of_headline or citation.passage.endswith(".0")
        for citation in claim.citations
    )
