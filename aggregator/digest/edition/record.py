"""The record of an edition: its selected stories in the order of reading, each with the sentences
that it prints, and the facts of its period. Nothing is written here: sentences are those that
passed the gates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.digest.edition.period_facts import (
    period_numbers,
    plans_after,
    role_tops,
)
from aggregator.digest.edition.selection import PublishedBefore, began_in, has_sentence, selected
from aggregator.digest.edition.sentences import (
    MOST_NAME,
    CitationNumbers,
    address,
    bounded,
    fits_edition,
    reading_minutes,
)
from aggregator.domain.dates import week_of
from aggregator.domain.publishing.edition import CHANGED, Edition, EditionStory, Opening
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.period import PeriodKind, period_days, period_kind
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.story import PublishedStory, Story
from aggregator.site.lists.lines import StoryLine
from aggregator.templating.translation import translations

_LEAD_CHANGES = 2
_MOST_TITLE = 90  # characters: what a mail client shows of a subject
_MOST_HEADLINE = 240  # characters; the longest of 3,400 real ones has 196
_SECTIONS = (CHANGED, *NewsSection)  # in the order of reading


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
    choice = selected(candidates, period, published_before, edition, site)
    zone, looked_at, shape = ZoneInfo(site.timezone), choice.looked_at, choice.shape
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
