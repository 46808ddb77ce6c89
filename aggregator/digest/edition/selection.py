"""Selects the stories of an edition, orders them, and counts what was left out and why.

An edition considers the stories that began in its period, earlier ones that another publisher took
up in it, and those of an earlier edition with a new fact since: these appear again with that fact
only. Every story considered is selected or counted as left out. Nothing is written here: sentences
are those that passed the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.digest.edition.sentences import fits_edition
from aggregator.domain.article import Read
from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import Omission
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind, period_of
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import SIDE_LANES, Lane
from aggregator.domain.story import EntityKind, HistoryEntry, PublishedStory, Story
from aggregator.english.amounts import sums_of_money
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.leads import EDITION_LEADS, edition_leads
from aggregator.site.lists.lines import StoryLine, by_importance, story_line, varied, without
from aggregator.site.story.cited import foreign_language
from aggregator.templating.translation import ENGLISH, Translations, translations

_SIDE = 5  # papers, and releases: a handful of each
_PER_SOURCE = 3  # that report a story alone
_STORIES_OF_DAY = 8
_FEWEST_OF_DAY = 3  # with fewer, one of them chance, a day was quiet
_LARGE_SUM = 1e6  # dollars: a price is no mark of an affair
_PARTIES = frozenset({EntityKind.COMPANY, EntityKind.PERSON})

# A story that was read later than this belongs to the day of its publication: else the first day of
# a new installation had the news of a week. A date without a time is the day's beginning.
_LATE = timedelta(hours=36)

# The stories that earlier editions told, each with when the last of them was published.
PublishedBefore = Mapping[str, datetime]


def began_in(story: Story, kind: PeriodKind, zone: ZoneInfo) -> str:
    """The week or day in which a story began for the readers of this site."""
    if kind is PeriodKind.WEEK:
        return story.week
    is_late = story.first_seen - story.published > _LATE
    return period_of(kind, local_day(story.published if is_late else story.first_seen, zone))


def _goes_on(story: Story, period: str, zone: ZoneInfo) -> bool:
    """Whether a publisher that had not reported an earlier story did so of its own accord in this
    period.
    """
    if began_in(story, period_kind(period), zone) >= period:
        return False
    first, last = period_days(period)
    originals = [
        (local_day(member.article.published.at, zone), member.family)
        for member in story.members
        if member.copy_of is None
    ]
    known = {family for day, family in originals if day < first}
    return any(first <= day <= last and family not in known for day, family in originals)


def _news_since(story: Story, published_before: PublishedBefore) -> tuple[HistoryEntry, ...]:
    """The facts learnt since an edition published the story, newest first; empty if it never
    did.
    """
    return story.news_since(published_before[story.id]) if story.id in published_before else ()


def _with_news(story: PublishedStory, news: Sequence[HistoryEntry]) -> PublishedStory:
    if not news:
        return story
    first, *further = (fact.claim for fact in news)
    kept = replace(
        story.analysis.kept,
        hook=first,
        figures=(),
        what_changed=tuple(further),
        why_it_matters=(),
    )
    return replace(story, analysis=replace(story.analysis, kept=kept))


@frozen
class Shape:
    """How long an edition may be: its lead stories, all its stories, how many of a section, of the
    papers, of the releases and for a role. With fewer than `loud` stories it was quiet.
    """

    leads: int
    stories: int
    per_section: int
    side: int
    of_role: int
    loud: int


def _shape(period: str, edition: EditionSettings) -> Shape:
    """A day is read in two minutes: what leads, and what else."""
    if period_kind(period) is PeriodKind.DAY:
        most = min(_STORIES_OF_DAY, edition.stories)
        return Shape(leads=1, stories=most, per_section=2, side=1, of_role=2, loud=_FEWEST_OF_DAY)
    return Shape(
        leads=EDITION_LEADS,
        stories=edition.stories,
        per_section=5,
        side=_SIDE,
        of_role=5,
        loud=EDITION_LEADS,
    )


@frozen
class Selection:
    """Every story looked at, by id, each chosen for one place or left out for one reason;
    `reasons` are those of the stories left out, by id.
    """

    looked_at: Mapping[str, PublishedStory]
    shape: Shape
    leads: tuple[StoryLine, ...]
    further: tuple[StoryLine, ...]
    papers: tuple[StoryLine, ...]
    releases: tuple[StoryLine, ...]
    reasons: Mapping[str, str]

    @property
    def lead_stories(self) -> tuple[PublishedStory, ...]:
        """The stories that lead, best first, as the edition shows them."""
        return tuple(self.looked_at[line.id] for line in self.leads)

    @property
    def places(self) -> dict[str, str]:
        """Of each story looked at, by id: its place, or why it is left out, in words."""
        named = (
            ("lead story", self.leads),
            ("further story", self.further),
            ("paper", self.papers),
            ("release", self.releases),
        )
        chosen = {
            line.id: f"{name} {place}"
            for name, lines in named
            for place, line in enumerate(lines, start=1)
        }
        return chosen | {story: f"left out: {reason}" for story, reason in self.reasons.items()}

    @property
    def told(self) -> tuple[StoryLine, ...]:
        """What follows the leads, papers and releases too, by importance."""
        return tuple(by_importance((*self.further, *self.papers, *self.releases)))

    @property
    def left_out(self) -> tuple[Omission, ...]:
        """The reasons, each with how many stories it left out, the most frequent first."""
        counts = Counter(self.reasons.values())
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Omission(reason=reason, stories=number) for reason, number in ordered)


def selected(
    candidates: Iterable[PublishedStory],
    period: str,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> Selection:
    """What an edition of the period says: of its stories, and of earlier ones that went on in it
    or have news since. One published before has only what is new since.
    """
    zone, kind, shape = site.zone, period_kind(period), _shape(period, edition)
    looked_at: dict[str, PublishedStory] = {}
    for candidate in candidates:
        story, learnt = candidate.story, _news_since(candidate.story, published_before)
        if learnt or began_in(story, kind, zone) == period or _goes_on(story, period, zone):
            looked_at[story.id] = _with_news(candidate, learnt)
    words = translations(site.language)
    reasons: dict[str, str] = {}
    read: list[StoryLine] = []
    for line in by_importance(story_line(story, site.language) for story in looked_at.values()):
        if reason := _reason_left_out(looked_at[line.id], published_before, edition, words):
            reasons[line.id] = reason
        else:
            read.append(line)
    with_sentence = [line for line in read if has_sentence(looked_at[line.id])]
    told = {line.id for line in with_sentence}
    # news without a sentence is a headline, and makes no edition by itself
    is_sure = {line.id for line in read if with_sentence and _is_sure_news(line)}
    news = [line for line in read if line.is_news and line.id in told | is_sure]
    no_news = [line for line in with_sentence if not line.is_news and line.lane not in SIDE_LANES]
    reasons |= dict.fromkeys(
        (line.id for line in no_news), words("advice, promotion, a notice, a list or a showcase")
    )
    leads = edition_leads(news[: shape.stories], min(shape.leads, shape.stories))
    further, passed_over = _limited(without(news, leads), leads, shape, looked_at, words)
    side: dict[Lane, tuple[StoryLine, ...]] = {}
    for lane, less in (
        (Lane.PAPER, words("papers ranked lower than those listed, or a fourth from one source")),
        (
            Lane.RELEASE,
            words("releases ranked lower than those listed, or a fourth from one source"),
        ),
    ):
        there = [line for line in with_sentence if line.lane is lane]
        side[lane] = varied(there, shape.side, _PER_SOURCE)
        reasons |= {line.id: less for line in without(there, side[lane])}
    unread = without(read, news, with_sentence)
    return Selection(
        looked_at=looked_at,
        shape=shape,
        leads=leads,
        further=further,
        papers=side[Lane.PAPER],
        releases=side[Lane.RELEASE],
        reasons=reasons
        | passed_over
        | {line.id: _reason_without_sentence(looked_at[line.id], words) for line in unread},
    )


def _limited(
    lines: Iterable[StoryLine],
    leads: Sequence[StoryLine],
    shape: Shape,
    looked_at: Mapping[str, PublishedStory],
    words: Translations,
) -> tuple[tuple[StoryLine, ...], dict[str, str]]:
    """The first lines that follow the leads, within the limits of the edition, one source,
    affair and section; and why each other one is left out, by id.
    """
    chosen: list[StoryLine] = []
    reasons: dict[str, str] = {}
    founded = Counter(line.source for line in leads if line.is_sole)
    sections = Counter[str]()
    told = [_Told(looked_at[line.id].story) for line in leads]
    for line in lines:
        story = looked_at[line.id].story
        if len(chosen) == shape.stories - len(leads):
            reason = words(
                "beyond the limit of %(number)s stories in an edition", number=shape.stories
            )
        elif line.is_sole and founded[line.source] == _PER_SOURCE:
            reason = words(
                "beyond the limit of %(number)s stories from one source", number=_PER_SOURCE
            )
        elif story.independent_origins == 1 and any(map(_Told(story).repeats, told)):
            reason = words("a related story ranks higher")
        elif sections[line.section] == shape.per_section:
            reason = words(
                "beyond the limit of %(number)s stories in one section", number=shape.per_section
            )
        else:
            chosen.append(line)
            founded[line.source] += line.is_sole
            sections[line.section] += 1
            told.append(_Told(story))
            continue
        reasons[line.id] = reason
    return tuple(chosen), reasons


class _Told:
    """What a headline tells: large sums, whom it names, and which of these are companies and
    people.
    """

    def __init__(self, story: Story) -> None:
        title = story.members[0].article.title
        named = [each for each in story.entities if each.name.casefold() in title.casefold()]
        self._affairs = frozenset(story.affairs)
        self._sums = {amount for amount in sums_of_money(title) if amount >= _LARGE_SUM}
        self._named = {entity.key for entity in named}
        self._parties = {entity.key for entity in named if entity.kind in _PARTIES}

    def repeats(self, other: _Told) -> bool:
        """Whether it only goes on with another: by the same sum of the same name, or of the same
        affair without a larger sum or a new party.
        """
        if self._sums & other._sums and self._named & other._named:
            return True
        is_more = max(self._sums, default=0.0) > max(other._sums, default=0.0)
        is_news = is_more or not self._parties <= other._parties
        return not is_news and not self._affairs.isdisjoint(other._affairs)


def _is_sure_news(line: StoryLine) -> bool:
    """Whether a headline alone says that it is news: by its kind, or by how many report it."""
    return line.kind not in {EventKind.OTHER, EventKind.OPINION} or len(line.families) > 1


def has_sentence(candidate: PublishedStory) -> bool:
    """Whether a story has a sentence that sums it up and that an edition can print."""
    hook = candidate.analysis.kept.hook
    return hook is not None and fits_edition(hook, candidate.story)


def _reason_left_out(
    candidate: PublishedStory,
    published_before: PublishedBefore,
    edition: EditionSettings,
    words: Translations,
) -> str:
    """Why a story is left out regardless of the others; empty if it is not."""
    story = candidate.story
    if story.id in published_before and not _news_since(story, published_before):
        return words("in an earlier edition, with nothing new since")
    articles = [member.article for member in story.members]
    if all(article.backlog for article in articles):
        return words("from before its source was followed")
    is_foreign = all(foreign_language(article.language, ENGLISH) for article in articles)
    if is_foreign and not has_sentence(candidate):
        return words("in a different language from the site’s")
    is_low = edition.minimum_score != 0 and story.importance < edition.minimum_score
    if is_low and not story.operator.pinned:
        return words(
            "below the minimum importance of %(score)s", score=f"{edition.minimum_score:g}"
        )
    return ""


def _reason_without_sentence(candidate: PublishedStory, words: Translations) -> str:
    if all(member.article.read is Read.HEADLINE for member in candidate.story.members):
        return words("only the headline could be read")
    return words("no sentence in the sources sums the story up")
