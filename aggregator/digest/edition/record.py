"""The record of an edition: its selected stories in the order of reading, each with the sentences
that it prints, and the facts of its period. Nothing is written here: sentences are those that
passed the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.digest.edition.selection import PublishedBefore, began_in, has_sentence, selected
from aggregator.digest.edition.sentences import (
    MOST_NAME,
    CitationNumbers,
    address,
    bounded,
    fits_edition,
    reading_minutes,
)
from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.dates import Precision, local_day, week_of
from aggregator.domain.publishing.edition import (
    CHANGED,
    Edition,
    EditionNumbers,
    EditionPlan,
    EditionStory,
    Opening,
    RoleTop,
)
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.newsroom import all_roles, edition_roles
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import SIDE_LANES, Lane
from aggregator.domain.story import PublishedStory, Story, without_copies
from aggregator.english.amounts import sums_of_money
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.lines import StoryLine
from aggregator.site.paths import story_path
from aggregator.templating.translation import translations

_LEAD_CHANGES = 2
_OPENED = 3  # leads whose ledes open an edition
_MOST_TITLE = 90  # characters: as many as a headline has
_MOST_HEADLINE = 240  # characters; the longest of 3,400 real ones has 196
_SECTIONS = (CHANGED, *NewsSection)  # in the order of reading
_MOST_PLANS = 6
_DAYS_AHEAD = 42
_MOST_SENTENCE = 160  # characters
_OF_SECTION = 2.0  # points of importance: a story in the section that the role looks at first


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
    each was published last. Without an `opening` of a model's, its ledes open it.

    The same stories in any order give the same edition. It is empty where nothing of it could
    be read.
    """
    choice = selected(candidates, period, published_before, edition, site)
    zone, looked_at, shape = site.zone, choice.looked_at, choice.shape
    numbered = CitationNumbers(looked_at, site.language)
    opened = tuple(
        replace(numbered.claim(story_id, claim), story=story_id)
        for story_id, claim in (opening.sentences if opening else _ledes(choice.lead_stories))
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
    is_written = any(looked_at[story.id].analysis.model for story in all_stories)
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
        minutes=reading_minutes(opened if opening else (), all_stories),
        quiet=len(choice.leads) + len(choice.further) < min(shape.loud, edition.stories),
        engine=_engine((looked_at[story.id] for story in all_stories), opening),
        minute=role_tops((*choice.leads, *choice.told), shape.of_role) if is_written else (),
        watch=plans_after(period, looked_at.values(), numbered),
    )


def _ledes(leads: Sequence[PublishedStory]) -> tuple[tuple[str, Claim], ...]:
    """What opens an edition that no model opens: the ledes of its first leads, each with the id of
    its story; nothing where only one has any.
    """
    found = [
        (lead.story.id, lead.analysis.kept.hook)
        for lead in leads
        if lead.analysis.kept.hook and has_sentence(lead)
    ]
    return tuple(found[:_OPENED]) if len(found) > 1 else ()


def _section(line: StoryLine, story: Story, period: str, zone: ZoneInfo) -> str:
    """The section of a story that does not lead."""
    return CHANGED if began_in(story, period_kind(period), zone) < period else line.section


def _story(
    line: StoryLine, candidate: PublishedStory, numbered: CitationNumbers, most_changes: int
) -> EditionStory:
    draft = candidate.analysis.kept
    hook = draft.hook if has_sentence(candidate) else None
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
    figures = [
        numbered.claim(line.id, claim)
        for claim in draft.further_figures
        if not (changes[:most_changes] or matters) and fits_edition(claim, candidate.story)
    ]
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
        figures=tuple(figures),
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


def role_tops(lines: Iterable[StoryLine], most: int) -> tuple[RoleTop, ...]:
    """The stories, at most so many, that matter most to each role, of those an edition has: by
    importance, more of what is in its sections.
    """
    several = list(lines)
    tops = []
    for role in edition_roles():
        sections = all_roles()[role].sections
        points = {
            line.id: _OF_SECTION / (1 + sections.index(line.section))
            if line.section in sections
            else 0.0
            for line in several
        }
        ordered = sorted(
            (line for line in several if role in line.roles),
            key=lambda line: (-line.importance - points[line.id], line.id),
        )
        tops.append(RoleTop(role=role, stories=tuple(line.id for line in ordered[:most])))
    return tuple(top for top in tops if top.stories)


def plans_after(
    period: str, stories: Iterable[PublishedStory], numbered: CitationNumbers
) -> tuple[EditionPlan, ...]:
    """What is planned for a day of the six weeks after, by day: planned rows of timelines and
    what sources have announced, one a story and day.
    """
    _, last = period_days(period)
    found = {
        (day, -published.story.importance, published.story.id): (published, claim)
        for published in stories
        for day, claim in reversed(_planned(published))
        if last < day <= last + timedelta(days=_DAYS_AHEAD) and fits_edition(claim, published.story)
    }
    return tuple(
        EditionPlan(
            day=day,
            story=story_id,
            path=story_path(published.story),
            headline=bounded(published.headline.text, _MOST_SENTENCE),
            claim=numbered.claim(story_id, claim),
        )
        for (day, _, story_id), (published, claim) in sorted(found.items(), key=lambda one: one[0])[
            :_MOST_PLANS
        ]
    )


def _planned(published: PublishedStory) -> list[tuple[date, Claim]]:
    rows = [
        (row.day, row.claim)
        for row in published.analysis.kept.timeline
        if row.planned and row.precision is Precision.DAY
    ]
    implications = (prediction.implication for prediction in published.story.predictions)
    announced = (one for one in implications if one.claim.kind is not ClaimKind.INFERRED)
    return rows + [(implication.horizon, implication.claim) for implication in announced]


def period_numbers(stories: Sequence[Story], period: str, zone: ZoneInfo) -> EditionNumbers:
    """What is counted over all stories of a period."""
    first, last = period_days(period)
    members = [member for story in stories for member in story.members]
    days = Counter(_day(story, period, zone) for story in stories)
    news = [story for story in stories if story.lane not in SIDE_LANES]
    sure = [story for story in news if story.is_kind_sure]
    kinds = Counter(story.kind for story in sure)
    models = _likely(news, EventKind.MODEL_RELEASE, NewsSection.MODELS)
    rounds = _likely(news, EventKind.FUNDING, NewsSection.MONEY)
    # of each round the smallest sum in its headline, in dollars
    raised = [min(sums_of_money(one.members[0].article.title), default=0.0) for one in rounds]
    return EditionNumbers(
        stories=len(stories),
        articles=len(members),
        sources=len({member.article.source_key for member in members}),
        origins=len({member.family for member in without_copies(members)}),
        papers=sum(story.lane is Lane.PAPER for story in stories),
        releases=sum(story.lane is Lane.RELEASE for story in stories),
        days=tuple(days[first + timedelta(days=place)] for place in range((last - first).days + 1)),
        rounds=sum(amount > 0 for amount in raised),
        raised=round(sum(raised)),
        acquisitions=kinds[EventKind.ACQUISITION],
        models=len(models),
        open_models=sum("open-weights" in story.topics for story in models),
        rulings=kinds[EventKind.LAW],
        incidents=kinds[EventKind.INCIDENT] + kinds[EventKind.OUTAGE],
    )


def _likely(stories: Sequence[Story], kind: EventKind, section: NewsSection) -> tuple[Story, ...]:
    """The stories that are surely of a kind, and those that probably are and belong in its section:
    kind and section are decided separately.
    """
    return tuple(
        story
        for story in stories
        if story.kind is kind
        and (story.is_kind_sure or (story.is_kind_probable and story.section is section))
    )


def _day(story: Story, period: str, zone: ZoneInfo) -> date:
    """The day of the period on which a story was news first; what was published before it counts on
    the day it was learnt.
    """
    first, last = period_days(period)
    moments = (
        story.published,
        story.first_seen,
        *sorted(member.article.published.at for member in story.members),
    )
    days = [local_day(moment, zone) for moment in moments]
    return next((day for day in days if first <= day <= last), min(max(days[0], first), last))
