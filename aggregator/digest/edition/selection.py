"""Selects the stories of a week's edition, orders them, and counts what was left out and why.

An edition considers the stories that began in its week, earlier ones that another publisher took up
in it, and those of an earlier edition with a new fact since: these appear again with that fact
only. Every story considered is selected or counted as left out. Nothing is written here: sentences
are those that passed the gates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from aggregator.digest.edition.opening import counted_opening
from aggregator.digest.edition.sentences import (
    MOST_NAME,
    CitationNumbers,
    bounded,
    fits_edition,
    reading_minutes,
    shared_themes,
)
from aggregator.domain.article import Read
from aggregator.domain.dates import local_day, week_days
from aggregator.domain.publishing.edition import (
    Edition,
    EditionNumbers,
    EditionStory,
    Omission,
    Opening,
    TopicCount,
)
from aggregator.domain.settings import EditionSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import HistoryEntry, PublishedStory, Story
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
_LEAD_CHANGES = 2
_MOST_TITLE = 90  # characters: what a mail client shows of a subject
_MOST_HEADLINE = 240  # characters; the longest of 3,400 real ones has 196


PublishedBefore = Mapping[
    str, datetime
]  # the stories that earlier editions told, each with when the last of them was published
_NONE_BEFORE: PublishedBefore = MappingProxyType({})


def stories_of_week(
    candidates: Iterable[PublishedStory],
    week: str,
    zone: ZoneInfo,
    published_before: PublishedBefore = _NONE_BEFORE,
) -> tuple[PublishedStory, ...]:
    """The stories that an edition looks at: those of its week, and earlier ones that went on in it
    or have news since.
    """
    return tuple(
        story
        for story in candidates
        if story.story.week == week
        or _goes_on(story.story, week, zone)
        or _news_since(story.story, published_before)
    )


def _news_since(story: Story, published_before: PublishedBefore) -> tuple[HistoryEntry, ...]:
    """The facts learnt since an edition published the story, newest first; empty if it never
    did.
    """
    return story.history_since(published_before[story.id]) if story.id in published_before else ()


def _looked_at(
    candidates: Iterable[PublishedStory],
    week: str,
    zone: ZoneInfo,
    published_before: PublishedBefore,
) -> dict[str, PublishedStory]:
    """The stories of the week by id; one published before is reduced to what is new since."""
    looked_at = stories_of_week(candidates, week, zone, published_before)
    return {
        story.story.id: _with_news(story, _news_since(story.story, published_before))
        for story in looked_at
    }


def _with_news(story: PublishedStory, news: Sequence[HistoryEntry]) -> PublishedStory:
    if not news:
        return story
    first, *further = (fact.claim for fact in news)
    kept = replace(story.analysis.kept, hook=first, what_changed=tuple(further))
    return replace(story, analysis=replace(story.analysis, kept=kept))


def edition_of(
    candidates: Iterable[PublishedStory],
    week: str,
    *,
    number: int,
    published: datetime,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
    opening: Opening | None = None,
) -> Edition:
    """The edition of a week. `published_before` are the stories of earlier editions, with when each
    was published last.

    Without an `opening` of a model's it has none yet: see `with_counts`.

    The same stories in any order give the same edition. It is empty where nothing of the week could
    be read.
    """
    zone = ZoneInfo(site.timezone)
    looked_at = _looked_at(candidates, week, zone, published_before)
    choice = _selected(looked_at, published_before, edition, site)
    numbered = CitationNumbers(looked_at, site.language)
    opened = tuple(
        numbered.claim(story_id, claim)
        for story_id, claim in (opening.sentences if opening else ())
    )

    def stories(lines: Iterable[StoryLine], most_changes: int) -> tuple[EditionStory, ...]:
        several = (_story(line, looked_at[line.id], numbered, most_changes) for line in lines)
        return tuple(replace(story, is_update=story.id in published_before) for story in several)

    leads = stories(choice.leads, _LEAD_CHANGES)
    further, papers, releases = (
        stories(choice.further, 0),
        stories(choice.papers, 0),
        stories(choice.releases, 0),
    )
    all_stories = (*leads, *further, *papers, *releases)
    return Edition(
        week=week,
        number=number,
        published=published,
        title=bounded(all_stories[0].headline, _MOST_TITLE)
        if all_stories
        else translations(site.language).week(week),
        opening=opened,
        themes=shared_themes(leads, translations(site.language)),
        leads=leads,
        further=further,
        papers=papers,
        releases=releases,
        numbers=_numbers(tuple(looked_at.values()), week, zone),
        left_out=choice.left_out,
        minutes=reading_minutes(opened, all_stories),
        quiet=len(leads) + len(further) < min(LEADS, edition.stories),
        engine=_engine((looked_at[story.id] for story in all_stories), opening),
    )


def with_counts(
    edition: Edition,
    candidates: Iterable[PublishedStory],
    topics: Sequence[TopicCount],
    earlier: Edition | None,
    *,
    published_before: PublishedBefore,
    site: SiteSettings,
) -> Edition:
    """The edition with the topics of its week, opened with what is counted where no model opened
    it.

    `earlier` is the edition of the week before, if there is one.
    """
    looked_at = stories_of_week(candidates, edition.week, ZoneInfo(site.timezone), published_before)
    counted = counted_opening(
        [story.story for story in looked_at], topics, earlier, translations(site.language)
    )
    opening = edition.opening or counted
    minutes = reading_minutes(opening, edition.stories())
    return replace(edition, topics=tuple(topics), opening=opening, minutes=minutes)


def leads_of(
    candidates: Iterable[PublishedStory],
    week: str,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> tuple[PublishedStory, ...]:
    """The lead stories of a week's edition, best first, as the edition shows them."""
    looked_at = _looked_at(candidates, week, ZoneInfo(site.timezone), published_before)
    return tuple(
        looked_at[line.id] for line in _selected(looked_at, published_before, edition, site).leads
    )


def topic_coverage(
    candidates: Iterable[PublishedStory],
    week: str,
    *,
    published_before: PublishedBefore,
    site: SiteSettings,
    topic_names: Mapping[str, str],
) -> tuple[TopicCount, ...]:
    """How many stories that an edition looks at are about each topic, the most first; a story may
    be about several.
    """
    looked_at = stories_of_week(candidates, week, ZoneInfo(site.timezone), published_before)
    counts = Counter(
        topic for story in looked_at for topic in story.story.topics if topic in topic_names
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(TopicCount(name=topic_names[key], stories=number) for key, number in ordered)


def reason_left_out(
    candidate: PublishedStory,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> str:
    """Why a story of the week is left out regardless of the others; empty if it is not."""
    words = translations(site.language)
    if candidate.story.id in published_before and not _news_since(
        candidate.story, published_before
    ):
        return words("told in an earlier edition, with nothing new since")
    if gap := _reason_unpublishable(candidate, words):
        return gap
    is_low = (
        edition.minimum_score != 0
        and candidate.story.importance < edition.minimum_score
        and not candidate.story.operator.pinned
    )
    return (
        words(
            "below the importance of %(score)s that an edition asks for",
            score=f"{edition.minimum_score:g}",
        )
        if is_low
        else ""
    )


def edition_places(
    candidates: Iterable[PublishedStory],
    week: str,
    *,
    published_before: PublishedBefore,
    edition: EditionSettings,
    site: SiteSettings,
) -> dict[str, str]:
    """Of each story that the edition of a week looks at, by id: its place in it, or why it is left
    out, in words.
    """
    choice = _selected(
        _looked_at(candidates, week, ZoneInfo(site.timezone), published_before),
        published_before,
        edition,
        site,
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
    news = [line for line in read if line.lane not in SIDE_LANES]
    chosen, too_many = _varied(news, edition.stories, _PER_SOURCE)
    may_lead = (line for line in chosen if line.is_news)
    leads = varied(may_lead, LEADS, _LEADS_PER_SOURCE, per_topic=_LEADS_PER_TOPIC)
    of_one = words("more than %(number)s stories of one source", number=_PER_SOURCE)
    reasons |= {line.id: of_one for line in too_many}
    beyond = words("more than the %(number)s stories that an edition tells", number=edition.stories)
    reasons |= {line.id: beyond for line in without(news, chosen, too_many)}
    side: dict[Lane, tuple[StoryLine, ...]] = {}
    for lane, less in (
        (
            Lane.PAPER,
            words("papers that scored less than those listed, or the fourth of one source"),
        ),
        (
            Lane.RELEASE,
            words("releases that scored less than those listed, or the fourth of one source"),
        ),
    ):
        there = [line for line in read if line.lane is lane]
        side[lane], _ = _varied(there, SIDE, _PER_SOURCE)
        reasons |= {line.id: less for line in without(there, side[lane])}
    return _Selection(
        leads=leads,
        further=tuple(without(chosen, leads)),
        papers=side[Lane.PAPER],
        releases=side[Lane.RELEASE],
        reasons=reasons,
    )


def _varied(
    lines: Iterable[StoryLine], most: int, per_source: int
) -> tuple[tuple[StoryLine, ...], tuple[StoryLine, ...]]:
    """The first `most` lines of which no source founded more than `per_source`, and those that
    limit passed over.
    """
    chosen: list[StoryLine] = []
    passed_over: list[StoryLine] = []
    founded = Counter[str]()
    for line in lines:
        if len(chosen) == most:
            break
        founded[line.source] += 1
        (passed_over if founded[line.source] > per_source else chosen).append(line)
    return tuple(chosen), tuple(passed_over)


def _reason_unpublishable(candidate: PublishedStory, words: Translations) -> str:
    """Why an edition cannot show a story, empty if it can."""
    hook, articles = (
        candidate.analysis.kept.hook,
        [member.article for member in candidate.story.members],
    )
    if all(article.backlog for article in articles):
        return words("from before its source was followed")
    if hook and fits_edition(hook, candidate.story):
        return ""
    if all(foreign_language(article.language, ENGLISH) for article in articles):
        return words("in another language than the site’s")
    if all(article.read is Read.HEADLINE for article in articles):
        return words("only the headline could be read")
    return words("no sentence was found that tells it and passes the checks")


def _story(
    line: StoryLine, candidate: PublishedStory, numbered: CitationNumbers, most_changes: int
) -> EditionStory:
    draft = candidate.analysis.kept
    hook = draft.hook.text if draft.hook else ""
    changes = [
        claim
        for claim in draft.what_changed
        if claim.text != hook and fits_edition(claim, candidate.story)
    ]
    return EditionStory(
        id=line.id,
        path=line.path,
        headline=bounded(line.headline, _MOST_HEADLINE),
        lang=line.lang,
        lane=line.lane,
        source=bounded(line.source, MOST_NAME),
        reach=line.reach,
        hook=numbered.claim(line.id, draft.hook) if draft.hook else None,
        changes=tuple(numbered.claim(line.id, claim) for claim in changes[:most_changes]),
        roles=tuple(dict.fromkeys(audience.role for audience in draft.who_should_care)),
        is_update=False,
        why=line.why if most_changes else "",
    )


def _numbers(looked_at: Sequence[PublishedStory], week: str, zone: ZoneInfo) -> EditionNumbers:
    monday, _ = week_days(week)
    members = [member for story in looked_at for member in story.story.members]
    days = Counter(_day(story.story, week, zone) for story in looked_at)
    return EditionNumbers(
        stories=len(looked_at),
        articles=len(members),
        sources=len({member.article.source_key for member in members}),
        origins=len({member.family for member in members if member.copy_of is None}),
        papers=sum(story.story.lane is Lane.PAPER for story in looked_at),
        releases=sum(story.story.lane is Lane.RELEASE for story in looked_at),
        days=tuple(days[monday + timedelta(days=place)] for place in range(7)),
    )


def _day(story: Story, week: str, zone: ZoneInfo) -> date:
    """The day of the week on which a story was news first; what was published before it counts on
    the day it was learnt.
    """
    monday, sunday = week_days(week)
    moments = (
        story.published,
        story.first_seen,
        *sorted(member.article.published.at for member in story.members),
    )
    days = [local_day(moment, zone) for moment in moments]
    return next((day for day in days if monday <= day <= sunday), min(max(days[0], monday), sunday))


def _goes_on(story: Story, week: str, zone: ZoneInfo) -> bool:
    """Whether a publisher that had not reported an earlier story did so of its own accord in this
    week.
    """
    if story.week >= week:
        return False
    monday, sunday = week_days(week)
    originals = [
        (local_day(member.article.published.at, zone), member.family)
        for member in story.members
        if member.copy_of is None
    ]
    known = {family for day, family in originals if day < monday}
    return any(monday <= day <= sunday and family not in known for day, family in originals)


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
