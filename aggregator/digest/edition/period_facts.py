"""What an edition says of its period besides its stories: the top stories of each role, the days
to watch, and the figures of the period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from aggregator.cluster.signals import sums_of_money
from aggregator.digest.edition.sentences import CitationNumbers, bounded, fits_edition
from aggregator.domain.claim import Claim, Role
from aggregator.domain.dates import Precision, local_day
from aggregator.domain.publishing.edition import (
    EditionNumbers,
    EditionPlan,
    RoleTop,
)
from aggregator.domain.publishing.news_section import ROLE_SECTIONS
from aggregator.domain.publishing.period import period_days
from aggregator.domain.source import Lane
from aggregator.domain.story import PublishedStory, Story
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.lines import StoryLine
from aggregator.site.story.page import story_path

_MOST_PLANS = 6
_DAYS_AHEAD = 14
_MOST_SENTENCE = 160  # characters
_OF_SECTION = 2.0  # points of importance: a story in the section that the role looks at first


def role_tops(lines: Iterable[StoryLine], most: int) -> tuple[RoleTop, ...]:
    """The stories, at most so many, that matter most to each role, of those an edition has: by
    importance, more of what is in its sections. Whom a story's page names as those who should care
    decides; where it names nobody, the section. Those that have sections of their own come first.
    """
    several = list(lines)
    tops = []
    for role in (*ROLE_SECTIONS, *(each for each in Role if each not in ROLE_SECTIONS)):
        sections = ROLE_SECTIONS.get(role, ())
        points = {
            line.id: (line.section in sections) * _OF_SECTION / (1 + _place(line, sections))
            for line in several
        }
        ordered = sorted(
            (line for line in several if (role in line.roles if line.roles else points[line.id])),
            key=lambda line: (-line.importance - points[line.id], line.id),
        )
        tops.append(RoleTop(role=role, stories=tuple(line.id for line in ordered[:most])))
    return tuple(top for top in tops if top.stories)


def _place(line: StoryLine, sections: Sequence[str]) -> int:
    return sections.index(line.section) if line.section in sections else 0


def plans_after(
    period: str, stories: Iterable[PublishedStory], numbered: CitationNumbers
) -> tuple[EditionPlan, ...]:
    """What is planned for a day of the two weeks after, by day: planned rows of timelines and
    predictions, one a story and day.
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
    return rows + [(implication.horizon, implication.claim) for implication in implications]


def period_numbers(stories: Sequence[Story], period: str, zone: ZoneInfo) -> EditionNumbers:
    """What is counted over all stories of a period."""
    first, last = period_days(period)
    members = [member for story in stories for member in story.members]
    days = Counter(_day(story, period, zone) for story in stories)
    news = [story for story in stories if story.lane not in {Lane.PAPER, Lane.RELEASE}]
    kinds = Counter(story.kind for story in news)
    models = [story for story in news if story.kind is EventKind.MODEL_RELEASE]
    raised = [_raised(story) for story in news if story.kind is EventKind.FUNDING]
    return EditionNumbers(
        stories=len(stories),
        articles=len(members),
        sources=len({member.article.source_key for member in members}),
        origins=len({member.family for member in members if member.copy_of is None}),
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


def _raised(story: Story) -> float:
    """The smallest sum in the headline of a round, in dollars; 0 where it states none."""
    return min(sums_of_money(story.members[0].article.title), default=0.0)


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
