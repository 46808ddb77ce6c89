"""Stories: their fixed identity, what they are about, and which are stale. Members are articles:
see `store.articles`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    Connection,
    Row,
    String,
    bindparam,
    cast,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.story import Entity, RankReason, Signals, Story, StoryOverrides
from aggregator.english.event_kind import EventKind
from aggregator.store.rows import among, change, listed, record_of, unlisted
from aggregator.store.schema import analyses, stories

_CHANGING = (
    "published updated score importance reasons ranked stale storyline affairs tagged removed"
).split()
_LIVES = stories.merged_into.is_(None)
_STALE = stories.stale & _LIVES
_KEPT = "id slug week first_seen published updated score importance storyline affairs".split()
_ADD = insert(stories)
_SAVE_STORY = _ADD.on_conflict_do_update(
    index_elements=["id"], set_={name: _ADD.excluded[name] for name in _CHANGING}
)


def save_story(connection: Connection, story: Story) -> None:
    """Stores a new story, or the dates of a known one; id, slug, week and first sight stay as first
    stored.

    Its topics, entities and importance are found again. A removed story to which the operator has
    given articles again is shown again.
    """
    row = {name: getattr(story, name) for name in _KEPT}
    again = {"ranked": None, "stale": True, "tagged": None, "removed": False}
    connection.execute(_SAVE_STORY, row | again | {"reasons": listed(story.reasons)})


def story_ids(connection: Connection) -> tuple[str, ...]:
    """All stories, by id."""
    return tuple(connection.scalars(select(stories.id).order_by(stories.id)))


def stale_stories(
    connection: Connection, within: Collection[str] | None = None
) -> tuple[Story, ...]:
    """The stories (or of these only) whose articles changed since they were analysed, best first;
    without members.
    """
    chosen = select(stories).where(_STALE)
    chosen = chosen if within is None else chosen.where(stories.id.in_(within))
    return tuple(
        _story(row) for row in connection.execute(chosen.order_by(stories.score.desc(), stories.id))
    )


def stale_ids(connection: Connection) -> tuple[str, ...]:
    """The ids of all stale stories, in the order of `stale_stories`."""
    chosen = select(stories.id).where(_STALE)
    return tuple(connection.scalars(chosen.order_by(stories.score.desc(), stories.id)))


def most_important(connection: Connection, since: datetime, most: int) -> tuple[str, ...]:
    """The ids of the most important stories, those with news since then before all others."""
    order = (stories.updated >= since).desc(), stories.importance.desc(), stories.score.desc()
    chosen = select(stories.id).where(_LIVES)
    return tuple(connection.scalars(chosen.order_by(*order, stories.id).limit(most)))


def is_any_stale(connection: Connection) -> bool:
    """Whether the articles of any story changed since it was analysed."""
    return connection.scalar(select(stories.id).where(_STALE).limit(1)) is not None


def stories_by_id(connection: Connection, ids: Sequence[str]) -> tuple[Story, ...]:
    """These stories, by id; unknown ids are left out."""
    return tuple(
        _story(row)
        for row in connection.execute(
            select(stories).where(stories.id.in_(ids)).order_by(stories.id)
        )
    )


def analysed_stories(
    connection: Connection, only: Sequence[str] | None = None
) -> tuple[Story, ...]:
    """The stories (or these only) that have an analysis and articles of their own, best first;
    without members.
    """
    chosen = select(stories).join(analyses, analyses.story_id == stories.id).where(_LIVES)
    found = map(_story, among(connection, chosen, stories.id, only))
    return tuple(sorted(found, key=lambda story: (-story.score, story.id)))


@frozen
class Redirect:
    """A story whose articles all went into another: its permalink leads to where `into` has its
    page, if it ever had one itself.
    """

    id: str
    slug: str
    into: str
    had_page: bool


def redirects(connection: Connection) -> tuple[Redirect, ...]:
    """The stories that have no articles any more, by id, each with the story where its way ends."""
    columns = stories.id, stories.slug, stories.merged_into, stories.had_page
    gone = select(*columns).where(stories.merged_into.is_not(None)).order_by(stories.id)
    rows = connection.execute(gone).fetchall()
    ways = {row.id: row.merged_into for row in rows}
    return tuple(
        record_of(Redirect, row, into=end) for row in rows if (end := end_of(row.id, ways))
    )


def end_of(story_id: str, ways: Mapping[str, str | None], ends: Collection[str] = ()) -> str | None:
    """Where a chain of merged stories ends, or the first of `ends` on it; nowhere where it is a
    circle.
    """
    seen = {story_id}
    while story_id not in ends and (further := ways.get(story_id)):
        if further in seen:
            return None
        seen.add(further)
        story_id = further
    return story_id


def merge_into(connection: Connection, story_id: str, into: str | None) -> None:
    """Records where a story's articles went, or that it has articles of its own again."""
    change(connection, stories.id, [story_id], merged_into=into)


def known_ids(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Which of these stories there are."""
    return frozenset(found for (found,) in among(connection, select(stories.id), stories.id, ids))


def set_storyline(
    connection: Connection, story_id: str, storyline: str, affairs: tuple[str, ...]
) -> None:
    """Records the storyline and affairs of a story that is otherwise as it was."""
    change(connection, stories.id, [story_id], storyline=storyline, affairs=affairs, ranked=None)


def dropped(connection: Connection) -> frozenset[str]:
    """The stories that the operator dropped, and those that went into one of them."""
    rows = connection.execute(
        select(stories.id, stories.operator).where(cast(stories.operator, String) != "{}")
    )
    own = {row.id for row in rows if row.operator.get("dropped")}
    return (
        frozenset(own | {redirect.id for redirect in redirects(connection) if redirect.into in own})
        if own
        else frozenset()
    )


def save_overrides(connection: Connection, hands: Mapping[str, StoryOverrides]) -> None:
    """Records what overrides say of stories; of all others they say nothing any more."""
    touched = stories.id.in_(list(hands)) | (cast(stories.operator, String) != "{}")
    for row in connection.execute(select(stories.id, stories.operator).where(touched)).fetchall():
        stated = {
            name: value
            for name, value in asdict(hands.get(row.id, StoryOverrides())).items()
            if value
        }
        if row.operator != stated:
            connection.execute(update(stories).where(stories.id == row.id).values(operator=stated))


def of_storyline(connection: Connection, storyline: str | None) -> tuple[Story, ...]:
    """The stories of a storyline, oldest first; without members."""
    chosen = select(stories).where(stories.storyline == storyline, _LIVES)
    return tuple(
        _story(row) for row in connection.execute(chosen.order_by(stories.published, stories.id))
    )


def mark_fresh(connection: Connection, story_ids: Sequence[str]) -> None:
    """Records that the analyses of these stories are up to date."""
    change(connection, stories.id, story_ids, stale=False)


def mark_stale(connection: Connection, story_ids: Sequence[str]) -> None:
    """Has these stories analysed again."""
    change(connection, stories.id, story_ids, stale=True)


def mark_outdated(
    connection: Connection,
    engine: str,
    rules: Sequence[str],
    *,
    spare_models: bool = False,
    since: datetime | None = None,
) -> None:
    """Has the stories looked at again that were analysed by other rules than these.

    With `spare_models` only what this engine made is looked at: what a model wrote stays. Of
    stories that had their last news before `since` the text is forgotten: they stay as they were.
    """
    outdated = select(analyses.story_id).where(analyses.rules.not_in(rules))
    if spare_models:
        outdated = outdated.where(analyses.engine == engine)
    looked_at = update(stories).where(stories.id.in_(outdated))
    connection.execute(
        (looked_at.where(stories.updated >= since) if since else looked_at).values(stale=True)
    )


def untagged_stories(connection: Connection, digest: str) -> tuple[str, ...]:
    """The stories whose articles changed since they were tagged, or that another registry tagged;
    by id.
    """
    chosen = select(stories.id).where(or_(stories.tagged.is_(None), stories.tagged != digest))
    return tuple(connection.scalars(chosen.order_by(stories.id)))


def earlier_about(
    connection: Connection, keys: Collection[str], before: datetime, most: int
) -> tuple[str, ...]:
    """The newest stories published before a moment that speak of one of these entities."""
    names = (
        cast(stories.entities, String).contains(f'["{key}",', autoescape=True)
        for key in sorted(keys)
    )
    is_there = _LIVES & ~stories.removed
    chosen = select(stories.id).where(or_(false(), *names), is_there, stories.published < before)
    return tuple(
        connection.scalars(chosen.order_by(stories.published.desc(), stories.id).limit(most))
    )


def save_tags(
    connection: Connection,
    found: Mapping[str, tuple[tuple[str, ...], tuple[Entity, ...], Signals]],
    *,
    digest: str,
) -> None:
    """Stores what stories are about, by their id; their analyses stay as they are."""
    rows = [
        {
            "story": story_id,
            "topics": list(topics),
            "entities": listed(entities),
            "signals": asdict(signals),
            "tagged": digest,
            "ranked": None,
        }
        for story_id, (topics, entities, signals) in found.items()
    ]
    connection.execute(update(stories).where(stories.id == bindparam("story")), rows)


def _story(row: Row[tuple[object, ...]]) -> Story:
    return record_of(
        Story,
        row,
        members=(),
        reasons=unlisted(RankReason, row.reasons),
        kinds=tuple((EventKind(kind), share) for kind, share in row.signals.get("kinds", ())),
        section=NewsSection(row.signals.get("section", NewsSection.OTHER)),
        subjects=tuple(row.signals.get("subjects", ())),
        entities=unlisted(Entity, row.entities),
    )
