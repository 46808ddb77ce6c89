"""Explains why a story is as it is, from what was stored at the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.cluster.members import members
from aggregator.digest.edition.selection import selected
from aggregator.digest.stage.edition import edition_candidates, published_stories
from aggregator.domain.claim import Draft, Rejection
from aggregator.domain.dates import iso_week
from aggregator.domain.frozen import frozen
from aggregator.domain.insight import Insight, SectionReason
from aggregator.domain.operation.override import Overrides
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.sections import Content, SectionPlace
from aggregator.domain.settings import Settings
from aggregator.domain.story import HistoryEntry, Member, Story
from aggregator.hooks.plugins import plugins
from aggregator.hooks.sections import all_sections
from aggregator.plugins.evaluation import store
from aggregator.plugins.evaluation.store import PlacementReason
from aggregator.site.head import absolute
from aggregator.site.paths import path_of
from aggregator.site.story.importance import ShownReason, shown_reasons
from aggregator.site.story.origins import sources_counted
from aggregator.store.database import Connection
from aggregator.store.news import articles, stories
from aggregator.store.publishing import editions, lines
from aggregator.store.writing import analyses
from aggregator.store.writing import history as stored_history
from aggregator.templating.translation import IN_ENGLISH

ON_SITE = "published"
IN_LISTS = "listed without a page: too little besides its headline can be shown"


@frozen
class MemberExplanation:
    """An article of a story and why it is in it. `moved_from` is where clustering had put it, empty
    where that is here.
    """

    title: str
    url: str
    source: str
    origin: str
    published: datetime
    read: str
    copy_of: str
    primary: bool
    because: str
    similarity: float
    moved_from: str


@frozen
class AnalysisSummary:
    """A story's analysis: the engine, when, how many claims were kept and which were rejected."""

    engine: str
    model: str | None
    analysed: datetime
    kept: int
    rejected: tuple[tuple[Rejection, int], ...]


@frozen
class StoryExplanation:
    """All that decided on a story. `standing` says whether it is published, and if not, why;
    `told_in` is the story that it was merged into. `place` is its place among the `places` stories
    of the site in the order of the front page, counted from one, None where it is not published.
    """

    id: str
    url: str
    headline: str
    standing: str
    told_in: str
    members: tuple[MemberExplanation, ...]
    independent_origins: int
    sources_counted: str
    storyline: tuple[str, ...]
    place: int | None
    places: int
    score: float
    importance: float
    reasons: tuple[ShownReason, ...]
    editions: tuple[str, ...]
    overrides: tuple[str, ...]
    telling: AnalysisSummary | None
    sections: tuple[SectionReason, ...]
    facts: tuple[HistoryEntry, ...]


def story_explanation(
    connection: Connection, settings: Settings, overrides: Overrides, story_id: str, now: datetime
) -> StoryExplanation | None:
    """Why a story is as it is; None if no story has this id."""
    found = stories.stories_by_id(connection, [story_id])
    if not found:
        return None
    sources = {source.key: source for source in settings.sources}
    story_members = members(
        articles.articles_of(connection, [story_id], passages=False)[story_id], sources
    )
    story = replace(found[0], members=story_members)
    grounds = store.placement_reasons(connection, [member.article.id for member in story_members])
    ends = {redirect.id: redirect.into for redirect in stories.redirects(connection)}
    analysis = analyses.analyses_of(connection, [story_id]).get(story_id)
    headline = (
        analysis.kept.headline.text
        if analysis
        else story_members[0].article.title
        if story_members
        else story.slug
    )
    place, places = store.place_of(connection, story_id)
    return StoryExplanation(
        id=story.id,
        url=absolute(settings.site, path_of(story.id, story.slug)),
        headline=story.operator.headline or headline,
        standing=_standing(
            story,
            is_published=analysis is not None,
            has_page=story.id not in lines.without_page(connection),
            has_members=bool(story_members),
            into=ends.get(story_id, ""),
        ),
        told_in=ends.get(story_id, ""),
        members=tuple(
            _member(member, story_members, grounds, story_id) for member in story_members
        ),
        independent_origins=story.independent_sources,
        sources_counted=sources_counted(story, IN_ENGLISH),
        storyline=tuple(
            absolute(settings.site, path_of(other.id, other.slug))
            for other in stories.of_storyline(connection, story.storyline)
            if other.id != story_id
        ),
        place=place,
        places=places,
        score=story.score,
        importance=story.importance,
        reasons=shown_reasons(story, IN_ENGLISH),
        editions=_editions(connection, settings, story, now) if story_members else (),
        overrides=_applied(overrides, story),
        telling=(
            AnalysisSummary(
                engine=analysis.engine,
                model=analysis.model,
                analysed=analysis.analysed_at,
                kept=sum(1 for _ in analysis.kept.claims()),
                rejected=analysis.rejected,
            )
            if analysis
            else None
        ),
        sections=(
            *_sections(analysis.kept),
            *_tables(connection, story_id).reasons,
        )
        if analysis
        else (),
        facts=stored_history.history_of(connection, [story_id]).get(story_id, ()),
    )


def _tables(connection: Connection, story_id: str) -> Insight:
    found = plugins().all("story_tables", connection=connection, story_ids=[story_id])
    return next((insight for _, insight in found), Insight())


def _sections(kept: Draft) -> Iterator[SectionReason]:
    """The sections that claims fill, as far as any survived."""
    for section in all_sections():
        if section.place is SectionPlace.OPENING or section.content is Content.IMPLICATIONS:
            continue  # what is predicted is explained by `aggregator predictions`
        several = kept.items(section)
        because = (
            f"{len(several)} kept"
            if several
            else "nothing in its articles fits here and passed the checks"
        )
        yield SectionReason(section=section.key, given=bool(several), because=because)


def _standing(
    story: Story, *, is_published: bool, has_page: bool, has_members: bool, into: str
) -> str:
    if story.operator.dropped:
        return f"dropped by the operator: {story.operator.dropped}"
    if into:
        return "merged into another story; its permalink redirects there"
    if not has_members:
        return "has no articles left"
    if not is_published:
        return "not written yet; the next refresh will write it"
    return ON_SITE if has_page else IN_LISTS


def _member(
    member: Member, among: Sequence[Member], grounds: Mapping[str, PlacementReason], story_id: str
) -> MemberExplanation:
    article, ground = member.article, grounds.get(member.article.id)
    titles = {
        other.article.id: f"“{other.article.title}” of {other.source_name}" for other in among
    }
    shortfall = f" ({article.shortfall})" if article.shortfall else ""
    return MemberExplanation(
        title=article.title,
        url=article.url,
        source=member.source_name,
        origin=member.family,
        published=article.published.at,
        read=f"{article.read.value}{shortfall}",
        copy_of=titles.get(member.copy_of, "an article of another story") if member.copy_of else "",
        primary=member.primary,
        because=ground.because if ground else "",
        similarity=ground.similarity if ground else 0.0,
        moved_from=ground.placed_in if ground and ground.placed_in != story_id else "",
    )


def _editions(
    connection: Connection, settings: Settings, story: Story, now: datetime
) -> tuple[str, ...]:
    """Where the story stands in the editions that are published, and where it would stand in the
    one of the present week.
    """
    told_in = []
    for stored in editions.stored_editions(connection):
        edition = stored.edition
        places_in = {
            edition_story.id: place
            for place, edition_story in enumerate(edition.stories(), start=1)
        }
        if story.id in places_in:
            told_in.append(f"{edition.period}: number {places_in[story.id]} of {len(places_in)}")
    newest = editions.newest_period(connection, PeriodKind.WEEK) or ""
    for week in sorted({story.week, iso_week(now, settings.site.zone)}):
        if week > newest or not any(line.startswith(week) for line in told_in):
            before = published_stories(connection, week)
            candidates = edition_candidates(connection, settings, week, before)
            chosen = selected(candidates, week, before, settings.edition, settings.site)
            place = chosen.places.get(story.id)
            tense = "would be" if week > newest else "published without it; now it would be"
            told_in.append(
                f"{week}: {tense} {place}"
                if place
                else f"{week}: not considered: none of its articles are from that week"
            )
    return tuple(told_in)


def _applied(overrides: Overrides, story: Story) -> tuple[str, ...]:
    """What overrides.toml does to the story, in sentences."""
    operator = story.operator
    parts = (
        "pinned" if operator.pinned else "",
        f"renamed to “{operator.headline}”" if operator.headline else "",
        f"noted: {operator.note}" if operator.note else "",
        f"dropped: {operator.dropped}" if operator.dropped else "",
        *(
            f"merged: {', '.join(merge.stories)}"
            for merge in overrides.merge
            if story.id in merge.stories
        ),
        *(
            f"split: {', '.join(split.articles)} of {split.story}"
            for split in overrides.split
            if story.id == split.story
        ),
    )
    return tuple(part for part in parts if part)
