"""The ranking of stories in a real database: once, and again where prominence or votes changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.cluster.stage.rank import rank_stage
from aggregator.cluster.stage.tag import tag_stage
from aggregator.domain.article import Article, NewsletterItem
from aggregator.domain.entry import Entry, EntryState, SeenEntry
from aggregator.domain.settings import ClusterSettings, DatabaseSettings, Settings, SiteSettings
from aggregator.domain.story import RankReason, Reason, Story
from aggregator.plugins.newsletters.records import ItemVote
from aggregator.plugins.newsletters.store import save_votes
from aggregator.store.database import Database
from aggregator.store.news import entries, newsletters, ranks, stories
from tests.integration.stored import NOW, article, keep, placed

_HOURS_A_WEEK = 24 * 7


def ranked(
    database: Database, folder: Path, told: Sequence[Sequence[Article]]
) -> tuple[Story, ...]:
    """The stories of these groups of articles after both stages, in the order given."""
    (folder / "registry.toml").write_text('[company]\nnorthwind = "Northwind"\n', "utf-8")
    settings = Settings(
        site=SiteSettings(output=str(folder / "site")),
        database=DatabaseSettings(url=database.url),
        cluster=ClusterSettings(registry=str(folder / "registry.toml")),
    )

    async def run() -> None:
        async with open_services(settings, NOW) as services:
            tag_stage(services)
            rank_stage(services)

    with database.writing() as connection:
        made = [placed(connection, *some) for some in told]
    asyncio.run(run())
    with database.reading() as connection:
        found = {one.id: one for one in stories.stories_by_id(connection, [of.id for of in made])}
    return tuple(found[of.id] for of in made)


def carried(of: Story) -> RankReason | None:
    """What newsletters add to the importance of a story."""
    return next((reason for reason in of.reasons if reason.name is Reason.NEWSLETTERS), None)


def level(of: Story) -> int:
    """The level of the most prominent subject of a story."""
    return next((reason.count for reason in of.reasons if reason.name is Reason.ACTOR), 0)


def reported(title: str, *, weeks: int, number: int) -> list[Article]:
    """A report of two sources, so many weeks later."""
    hours = weeks * _HOURS_A_WEEK + number
    return [article(f"{title} {number}", key=key, hours=hours) for key in ("daily", "ledger")]


def test_a_story_keeps_its_importance_with_the_reasons_that_add_up_to_it(
    database: Database, tmp_path: Path
) -> None:
    (story,) = ranked(database, tmp_path, [[article("Northwind raises $4 billion", key="a")]])

    assert story.importance == pytest.approx(sum(reason.points for reason in story.reasons))
    assert {Reason.EVENT, Reason.MAGNITUDE} <= {reason.name for reason in story.reasons}
    assert story.score > story.importance


def test_earlier_coverage_of_its_subject_lifts_a_later_story_and_no_earlier_one(
    database: Database, tmp_path: Path
) -> None:
    (later,) = ranked(database, tmp_path, [reported("Northwind opens", weeks=2, number=9)])
    early = ranked(
        database,
        tmp_path,
        [reported("Northwind builds plant", weeks=0, number=number) for number in range(3)],
    )
    with database.reading() as connection:
        (again,) = stories.stories_by_id(connection, [later.id])

    assert (level(later), level(again)) == (0, 2)
    assert [level(story) for story in early] == [0, 0, 0]


def test_with_nothing_new_no_story_waits_to_be_ranked(database: Database, tmp_path: Path) -> None:
    (story,) = ranked(database, tmp_path, [[article("Northwind opens", key="a")]])
    with database.reading() as connection:
        digest = str(connection.exec_driver_sql("SELECT ranked FROM stories").scalar_one())

        assert ranks.unranked_stories(connection, digest) == ()
        assert ranks.unranked_stories(connection, "other weights") == (story.id,)


def test_points_and_comments_of_a_community_speak_for_a_story_and_again_when_they_grow(
    database: Database, tmp_path: Path
) -> None:
    listed = article("Northwind opens", key="a")
    seen = SeenEntry(
        entry=Entry(
            source_key="board",
            guid="1",
            url=listed.url,
            title=listed.title,
            votes=15,
        ),
        article_id=listed.id,
        first_seen=NOW,
        state=EntryState.READ,
    )
    with database.writing() as connection:
        entries.save_entries(connection, [seen])
    (story,) = ranked(database, tmp_path, [[listed]])

    assert [one.count for one in story.reasons if one.name is Reason.COMMUNITY] == [15]

    hardly, many = (replace(seen, entry=replace(seen.entry, votes=votes)) for votes in (16, 30))
    with database.writing() as connection:
        digest = str(connection.exec_driver_sql("SELECT tagged FROM stories").scalar_one())
        entries.save_entries(connection, [hardly])
        assert stories.untagged_stories(connection, digest) == ()
        entries.save_entries(connection, [many])

        assert stories.untagged_stories(connection, digest) == (story.id,)
        assert entries.votes_of(connection, [listed.id]) == {listed.id: 30}
        assert entries.pending_entries(connection) == ()


def test_a_story_is_ranked_again_when_a_newsletter_votes_for_it_and_when_it_no_longer_does(
    database: Database, tmp_path: Path
) -> None:
    issue, report = article("Letter 12", key="letter"), article("Northwind opens", key="a")
    (story,) = ranked(database, tmp_path, [[report]])
    found: list[Story] = []
    for items in ([NewsletterItem(title="Northwind", position=1, is_lead=True)], []):
        with database.writing() as connection:
            keep(connection, issue)
            newsletters.save_items(connection, issue.id, items)
            save_votes(
                connection,
                [ItemVote(issue_id=issue.id, position=1, article_id=report.id) for _ in items],
            )
        ranked(database, tmp_path, [])
        with database.reading() as connection:
            found += stories.stories_by_id(connection, [story.id])

    assert [carried(ranked_story) for ranked_story in (story, *found)] == [
        None,
        RankReason(name=Reason.NEWSLETTERS, points=0.792, value="1", count=1),
        None,
    ]
