"""Selects the stories of an edition, orders them, and counts what was left out and why.

An edition considers the stories that began in its period, earlier ones that another publisher took
up in it, and those of an earlier edition with a new fact since: these appear again with that fact
only. Every story considered is selected or counted as left out. Nothing is written here: sentences
are those that passed the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from aggregator.cluster.signals import sums_of_money
from aggregator.digest.edition.period_facts import (
    period_numbers,
    plans_after,
    role_tops,
)
from aggregator.digest.edition.period_stories import began_in, goes_on
from aggregator.digest.edition.sentences import (
    MOST_NAME,
    CitationNumbers,
    address,
    bounded,
    fits_edition,
    reading_minutes,
)
from aggregator.domain.article import Read
from aggregator.domain.dates import week_of
from aggregator.domain.publishing.edition import (
    CHANGED,
    Edition,
    EditionStory,
    Omission,
    Opening,
)
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import HistoryEntry, PublishedStory, Story
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.lines import (
    SIDE_LANES,
    StoryLine,
    by_importance,
    story_line,
    varied,
    without,
)
from aggregator.site.story.cited import foreign_language
from aggregator.templating.translation import ENGLISH, Translations, translations

LEADS = 5
SIDE = 5  # papers, and releases: a handful of each
_LEADS_PER_SOURCE = 2
_LEADS_PER_TOPIC = 3
_PER_SOURCE = 3
_STORIES_OF_DAY = 8
_FEWEST_OF_DAY = 3  # with fewer, one of them chance, a day was quiet
_LARGE_SUM = 1e6  # dollars: a price is no mark of an affair
_LEAD_CHANGES = 2
_MOST_TITLE = 90  # characters: what a mail client shows of a subject
_MOST_HEADLINE = 240  # characters; the longest of 3,400 real ones has 196


PublishedBefore = Mapping[
    str, datetime
]  # the stories that earlier editions told, each with when the last of them was published
_NONE_BEFORE: PublishedBefore = MappingProxyType({})
_SECTIONS = (CHANGED, *NewsSection)  # in the order of reading


def stories_of_period(
    candidates: Iterable[PublishedStory],
    period: str,
    zone: ZoneInfo,
    published_before: PublishedBefore = _NONE_BEFORE,
) -> tuple[PublishedStory, ...]:
    """The stories that an edition looks at: those of its period, and earlier ones that went on in
    it or have news since.
    """
    return tuple(
        story
        for story in candidates
        if began_in(story.story, period_kind(period), zone) == period
        or goes_on(story.story, period, zone)
        or _news_since(story.story, published_before)
    )


def _news_since(story: Story, published_before: PublishedBefore) -> tuple[HistoryEntry, ...]:
    """The facts learnt since an edition published the story, newest first; empty if it never
    did.
    """
    return story.news_since(published_before[story.id]) if story.id in published_before else ()


def _looked_at(
    candidates: Iterable[PublishedStory],
    period: str,
    zone: ZoneInfo,
    published_before: PublishedBefore,
) -> dict[str, PublishedStory]:
    """The stories of the period by id; one published before is reduced to what is new since."""
    looked_at = stories_of_period(candidates, period, zone, published_before)
    return {
        story.story.id: _with_news(story, _news_since(story.story, published_before))
        for story in looked_at
    }


def _with_news(story: PublishedStory, news: Sequence[HistoryEntry]) -> PublishedStory:
    if not news:
        return story
    first, *further = (fact.claim for fact in news)
    kept = replace(story.analysis.kept, hook=first, what_changed=tuple(further), why_it_matters=())
    return replace(story, analysis=replace(story.analysis, kept=kept))


def edition_of(
    candidates: Iterable[PublishedStory],
    period: str,
    *,
    number: int,
    published: datetime,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
    opening: Opening | None = None,
) -> Edition:
    """The edition of a period. `published_before` are the stories of earlier editions, with when
    each was published last. Without an `opening` of a model's, rules write it.

    The same stories in any order give the same edition. It is empty where nothing of it could
    be read.
    """
    zone = ZoneInfo(site.timezone)
    looked_at = _looked_at(candidates, period, zone, published_before)
    shape = _shape(period, edition)
    choice = _selected(looked_at, published_before, edition, site, shape)
    numbered = CitationNumbers(looked_at, site.language)
    opened = tuple(
        replace(numbered.claim(story_id, claim), story=story_id)
        for story_id, claim in (opening.sentences if opening else ())
    )

    def stories(lines: Iterable[StoryLine], most_changes: int) -> tuple[EditionStory, ...]:
        several = (_story(line, looked_at[line.id], numbered, most_changes) for line in lines)
        return tuple(replace(story, is_update=story.id in published_before) for story in several)

    leads = stories(choice.leads, _LEAD_CHANGES)
    sections = {
        line.id: _section(line, looked_at[line.id].story, period, zone) for line in choice.told
    }
    further = tuple(
        replace(story, section=sections[story.id])
        for story in stories(
            sorted(choice.told, key=lambda line: _SECTIONS.index(sections[line.id])), 0
        )
    )
    all_stories = (*leads, *further)
    is_day = period_kind(period) is PeriodKind.DAY
    return Edition(
        week=week_of(period_days(period)[0]),
        day=period_days(period)[0] if is_day else None,
        number=number,
        published=published,
        title=bounded(all_stories[0].headline, _MOST_TITLE)
        if all_stories
        else translations(site.language).period(period),
        opening=opened,
        themes=(),
        leads=leads,
        further=further,
        papers=(),
        releases=(),
        numbers=period_numbers([story.story for story in looked_at.values()], period, zone),
        left_out=choice.left_out,
        minutes=reading_minutes(opened, all_stories),
        quiet=len(choice.leads) + len(choice.further) < min(shape.loud, edition.stories),
        engine=_engine((looked_at[story.id] for story in all_stories), opening),
        minute=role_tops((*choice.leads, *choice.told), shape.of_role),
        watch=plans_after(period, looked_at.values(), numbered),
    )


def _section(line: StoryLine, story: Story, period: str, zone: ZoneInfo) -> str:
    """The section of a story that does not lead."""
    return CHANGED if began_in(story, period_kind(period), zone) < period else line.section


def leads_of(
    candidates: Iterable[PublishedStory],
    period: str,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> tuple[PublishedStory, ...]:
    """The lead stories of an edition, best first, as the edition shows them."""
    looked_at = _looked_at(candidates, period, ZoneInfo(site.timezone), published_before)
    return tuple(
        looked_at[line.id]
        for line in _selected(
            looked_at, published_before, edition, site, _shape(period, edition)
        ).leads
    )


def reason_left_out(
    candidate: PublishedStory,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> str:
    """Why a story of the period is left out regardless of the others; empty if it is not."""
    words = translations(site.language)
    if candidate.story.id in published_before and not _news_since(
        candidate.story, published_before
    ):
        return words("in an earlier edition, with nothing new since")
    if gap := _reason_unpublishable(candidate, words):
        return gap
    is_low = (
        edition.minimum_score != 0
        and candidate.story.importance < edition.minimum_score
        and not candidate.story.operator.pinned
    )
    return (
        words(
            "below the minimum importance of %(score)s",
            score=f"{edition.minimum_score:g}",
        )
        if is_low
        else ""
    )


def edition_places(
    candidates: Iterable[PublishedStory],
    period: str,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> dict[str, str]:
    """Of each story that the edition of a period looks at, by id: its place in it, or why it is
    left out, in words.
    """
    choice = _selected(
        _looked_at(candidates, period, ZoneInfo(site.timezone), published_before),
        published_before,
        edition,
        site,
        _shape(period, edition),
    )
    named = (
        ("lead story", choice.leads),
        ("further story", choice.further),
        ("paper", choice.papers),
        ("release", choice.releases),
    )
    chosen = {
        line.id: f"{name} {place}"
        for name, lines in named
        for place, line in enumerate(lines, start=1)
    }
    return chosen | {story: f"left out: {reason}" for story, reason in choice.reasons.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How long an edition may be: its lead stories, all its stories, how many of a section, of the
    papers, of the releases and for a role. With fewer than `loud` stories it was quiet.
    """

    leads: int
    stories: int
    per_section: int
    side: int
    of_role: int
    loud: int


def _shape(period: str, edition: EditionSettings) -> _Shape:
    """A day is read in two minutes: what leads, and what else."""
    if period_kind(period) is PeriodKind.DAY:
        most = min(_STORIES_OF_DAY, edition.stories)
        return _Shape(leads=1, stories=most, per_section=2, side=1, of_role=2, loud=_FEWEST_OF_DAY)
    return _Shape(
        leads=LEADS, stories=edition.stories, per_section=5, side=SIDE, of_role=5, loud=LEADS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """Every story chosen for one place, or left out for one reason; `reasons` are those of the
    stories left out, by id.
    """

    leads: tuple[StoryLine, ...]
    further: tuple[StoryLine, ...]
    papers: tuple[StoryLine, ...]
    releases: tuple[StoryLine, ...]
    reasons: Mapping[str, str]

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


def _selected(
    looked_at: dict[str, PublishedStory],
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
    shape: _Shape,
) -> _Selection:
    words = translations(site.language)
    reasons: dict[str, str] = {}
    read: list[StoryLine] = []
    for line in by_importance(story_line(story, site.language) for story in looked_at.values()):
        if reason := reason_left_out(
            looked_at[line.id], published_before=published_before, edition=edition, site=site
        ):
            reasons[line.id] = reason
        else:
            read.append(line)
    with_sentence = [line for line in read if _has_sentence(looked_at[line.id])]
    told = {line.id for line in with_sentence}
    # news without a sentence is a headline in a section, but makes no edition by itself
    is_sure = {line.id for line in read if with_sentence and _is_sure_news(line)}
    news = [line for line in read if line.is_news and line.id in told | is_sure]
    rest = [line for line in with_sentence if not line.is_news and line.lane not in SIDE_LANES]
    may_lead = [line for line in news[: shape.stories] if line.id in told]
    leads = varied(
        may_lead, min(shape.leads, shape.stories), _LEADS_PER_SOURCE, per_topic=_LEADS_PER_TOPIC
    )
    further, passed_over = _limited([*without(news, leads), *rest], leads, shape, looked_at, words)
    side: dict[Lane, tuple[StoryLine, ...]] = {}
    for lane, less in (
        (
            Lane.PAPER,
            words("papers ranked lower than those listed, or a fourth from one source"),
        ),
        (
            Lane.RELEASE,
            words("releases ranked lower than those listed, or a fourth from one source"),
        ),
    ):
        there = [line for line in with_sentence if line.lane is lane]
        side[lane] = varied(there, shape.side, _PER_SOURCE)
        reasons |= {line.id: less for line in without(there, side[lane])}
    unread = without(read, news, with_sentence)
    return _Selection(
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
    shape: _Shape,
    looked_at: Mapping[str, PublishedStory],
    words: Translations,
) -> tuple[tuple[StoryLine, ...], dict[str, str]]:
    """The first lines that follow the leads, within the limits of the edition, one source,
    storyline and section; and why each other one is left out, by id.
    """
    chosen: list[StoryLine] = []
    reasons: dict[str, str] = {}
    founded = Counter(line.source for line in leads)
    sections = Counter[str]()
    affairs = {mark for line in leads for mark in _affairs(looked_at[line.id].story)}
    for line in lines:
        story = looked_at[line.id].story
        if len(chosen) == shape.stories - len(leads):
            reason = words(
                "beyond the limit of %(number)s stories in an edition", number=shape.stories
            )
        elif founded[line.source] == _PER_SOURCE:
            reason = words(
                "beyond the limit of %(number)s stories from one source", number=_PER_SOURCE
            )
        elif story.independent_origins == 1 and not affairs.isdisjoint(_affairs(story)):
            reason = words("a related story ranks higher")
        elif sections[line.section] == shape.per_section:
            reason = words(
                "beyond the limit of %(number)s stories in one section", number=shape.per_section
            )
        else:
            chosen.append(line)
            founded[line.source] += 1
            sections[line.section] += 1
            affairs.update(_affairs(story))
            continue
        reasons[line.id] = reason
    return tuple(chosen), reasons


def _affairs(story: Story) -> frozenset[str]:
    """By what another story shows that it goes on with this one: its storyline, and the sums of its
    headline with whom it names.
    """
    title = story.members[0].article.title
    sums = [amount for amount in sums_of_money(title) if amount >= _LARGE_SUM]
    named = [entity.key for entity in story.entities if entity.name.casefold() in title.casefold()]
    paired = (f"{amount:g} {key}" for amount in sums for key in named)
    return frozenset((story.storyline or story.id, *paired))


def _is_sure_news(line: StoryLine) -> bool:
    """Whether a headline alone says that it is news: by its kind, or by how many report it."""
    return line.kind not in {EventKind.OTHER, EventKind.OPINION} or len(line.families) > 1


def _has_sentence(candidate: PublishedStory) -> bool:
    hook = candidate.analysis.kept.hook
    return hook is not None and fits_edition(hook, candidate.story)


def _reason_unpublishable(candidate: PublishedStory, words: Translations) -> str:
    """Why an edition cannot show a story, empty if it can."""
    articles = [member.article for member in candidate.story.members]
    if all(article.backlog for article in articles):
        return words("from before its source was followed")
    is_foreign = all(foreign_language(article.language, ENGLISH) for article in articles)
    if is_foreign and not _has_sentence(candidate):
        return words("in a different language from the site’s")
    return ""


def _reason_without_sentence(candidate: PublishedStory, words: Translations) -> str:
    if all(member.article.read is Read.HEADLINE for member in candidate.story.members):
        return words("only the headline could be read")
    return words("no sentence that sums it up")


def _story(
    line: StoryLine, candidate: PublishedStory, numbered: CitationNumbers, most_changes: int
) -> EditionStory:
    draft = candidate.analysis.kept
    hook = draft.hook if _has_sentence(candidate) else None
    changes = [
        claim
        for claim in draft.what_changed
        if (hook is None or claim.text != hook.text) and fits_edition(claim, candidate.story)
    ]
    told = {claim.text for claim in (hook, *changes[:most_changes]) if claim}
    reasons = [claim for claim in draft.why_it_matters if claim.text not in told] if told else []
    matters = next(
        (claim for claim in reasons[:most_changes] if fits_edition(claim, candidate.story)), None
    )
    return EditionStory(
        id=line.id,
        path=line.path,
        headline=bounded(line.headline, _MOST_HEADLINE),
        lang=line.lang,
        lane=line.lane,
        source=bounded(line.source, MOST_NAME),
        reach=line.reach,
        hook=numbered.claim(line.id, hook) if hook else None,
        changes=tuple(numbered.claim(line.id, claim) for claim in changes[:most_changes]),
        roles=tuple(dict.fromkeys(audience.role for audience in draft.who_should_care)),
        is_update=False,
        why=line.why if most_changes else "",
        url=address(line.url),
        matters=numbered.claim(line.id, matters) if matters else None,
        topics=candidate.story.topics,
        subjects=line.subjects,
    )


def _engine(stories: Iterable[PublishedStory], opening: Opening | None) -> str:
    """What analysed the stories and opened the edition: one name, or several where models and rules
    did.
    """
    analyses = [story.analysis for story in stories]
    names = {
        f"{analysis.engine} ({analysis.model})" if analysis.model else analysis.engine
        for analysis in analyses
    }
    return ", ".join(sorted(names | ({opening.by} if opening else set())))
