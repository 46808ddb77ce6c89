"""The memory between stages, on a real database: what is told, and what is published of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from aggregator.domain.article import Passage
from aggregator.domain.claim import (
    Analysis,
    Claim,
    Disagreement,
    Draft,
    Rejection,
    TimelineRow,
)
from aggregator.domain.dates import Precision
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.story import RankReason, Reason, Story, StoryOverrides
from aggregator.errors import DatabaseError
from aggregator.store import schema
from aggregator.store.database import Database
from aggregator.store.news import articles, sources, stories
from aggregator.store.publishing import lines, pages
from aggregator.store.writing import analyses
from tests import builders
from tests.integration.stored import NOW, analysis, article, keep, placed, with_texts

# Stories


def bare(of: Story) -> Story:
    """The story as the store hands it out: members, ledger and the operator's hand are added by
    others.
    """
    return replace(of, members=(), history=(), operator=StoryOverrides())


def test_a_story_comes_back_without_members_and_is_stale_until_it_was_looked_at(
    connection: Connection,
) -> None:
    of = replace(
        builders.story([builders.member()]),
        reasons=(RankReason(name=Reason.ORIGINS, points=1.5, count=2),),
    )
    stories.save_story(connection, of)
    stale = stories.stale_stories(connection)
    stories.mark_fresh(connection, [of.id])

    assert (stale, stories.stale_stories(connection), stories.story_ids(connection)) == (
        (bare(of),),
        (),
        (of.id,),
    )


def test_what_a_story_was_first_called_stays_and_what_it_is_worth_changes(
    connection: Connection,
) -> None:
    of = builders.story([builders.member()])
    stories.save_story(connection, of)
    grown = replace(
        of,
        slug="other",
        week="2030-W01",
        first_seen=NOW + timedelta(days=1),
        score=7.0,
        updated=NOW,
        published=NOW,
        reasons=(RankReason(name=Reason.ACTOR, points=7.0, value="lab"),),
    )
    stories.save_story(connection, grown)

    kept = replace(grown, slug=of.slug, week=of.week, first_seen=of.first_seen, members=())
    assert stories.stories_by_id(connection, [of.id, "nobody"]) == (kept,)


def test_a_story_that_grew_is_stale_again(connection: Connection) -> None:
    of = builders.story([builders.member()])
    stories.save_story(connection, of)
    stories.mark_fresh(connection, [of.id])
    stories.save_story(connection, of)

    assert [story.id for story in stories.stale_stories(connection)] == [of.id]


def test_stale_stories_come_best_first_and_by_id_where_they_are_equal(
    connection: Connection,
) -> None:
    ids = ["bbbbbbbbbbbb", "aaaaaaaaaaaa", "cccccccccccc"]
    one = builders.story([builders.member()])
    for story_id, score in zip(ids, (1.0, 1.0, 2.0), strict=True):
        stories.save_story(connection, replace(one, id=story_id, score=score))

    assert [story.id for story in stories.stale_stories(connection)] == [ids[2], ids[1], ids[0]]


# Analyses


def leverage(connection: Connection) -> tuple[Story, Analysis]:
    """The story with every section, stored with the passages that its claims cite."""
    told = builders.leverage_story()
    for member in told.story.members:
        cited = sorted({*_cited(told.analysis.kept, member.article.id), 0, 1})
        texts = (
            Passage(article_id=member.article.id, version=1, n=n, text=f"Passage {n}.")
            for n in cited
        )
        keep(connection, replace(member.article, passages=tuple(texts)))
    stories.save_story(connection, told.story)
    return told.story, told.analysis


def _cited(draft: Draft, article_id: str) -> Iterator[int]:
    for claim in draft.claims():
        for citation in claim.citations:
            if citation.passage.startswith(article_id):
                yield int(citation.passage.rpartition(".")[2])


def test_an_analysis_with_every_section_comes_back_equal(connection: Connection) -> None:
    of, whole = leverage(connection)
    analyses.save_analyses(connection, [whole], "rules 1")

    assert analyses.analyses_of(connection, [of.id, "nobody"]) == {of.id: whole}
    assert {key: made.inputs for key, made in analyses.analysis_origins(connection).items()} == {
        of.id: whole.inputs
    }


def test_a_timeline_keeps_precision_and_plans(connection: Connection) -> None:
    one = article("One", "It opens in August.")
    of = placed(connection, one)
    claim = builders.claim("It opens in August.", one)
    rows = tuple(
        TimelineRow(
            day=date(2026, month, 1),
            precision=precision,
            planned=planned,
            this_event=not planned,
            claim=claim,
        )
        for month, precision, planned in (
            (1, Precision.YEAR, False),
            (7, Precision.DAY, False),
            (8, Precision.MONTH, True),
        )
    )
    analyses.save_analyses(connection, [analysis(of, Draft(headline=claim, timeline=rows))], "1")

    assert analyses.analyses_of(connection, [of.id])[of.id].kept.timeline == rows


def test_what_reports_differ_on_comes_back_equal_each_with_its_own_claims(
    connection: Connection,
) -> None:
    one = article("One", "It opens in August.")
    of = placed(connection, one)
    said = builders.claim("It opens in August.", one)
    differing = tuple(
        Disagreement(question=question, claims=(said, replace(said, text="Six.")))
        for question in ("Five or six?", "Five or six?", "Six or seven?")
    )
    draft = Draft(headline=said, disagreements=differing)
    analyses.save_analyses(connection, [analysis(of, draft)], "1")

    assert analyses.analyses_of(connection, [of.id])[of.id].kept == draft


def test_a_new_analysis_replaces_the_old_one(connection: Connection) -> None:
    of, whole = leverage(connection)
    analyses.save_analyses(connection, [whole], "1")
    short = analysis(of, Draft(headline=whole.kept.headline), model="m2", inputs="b" * 64)
    analyses.save_analyses(connection, [short], "2")

    assert analyses.analyses_of(connection, [of.id]) == {of.id: short}


def test_reasons_of_an_earlier_version_are_read_over(connection: Connection) -> None:
    of = placed(connection, article("One"))
    kept = analysis(of, rejected=((Rejection.NAME, 2),))
    analyses.save_analyses(connection, [kept], "1")
    old = [["dangling", 1], ["name", 2], ["support", 3]]
    connection.execute(update(schema.analyses).values(rejected=old))

    assert analyses.analyses_of(connection, [of.id]) == {of.id: kept}


def test_the_judge_of_an_analysis_comes_back_with_its_rates(connection: Connection) -> None:
    of = placed(connection, article("One"))
    judged = replace(analysis(of), judge=builders.JUDGE)
    analyses.save_analyses(connection, [judged], "1")

    assert analyses.analyses_of(connection, [of.id]) == {of.id: judged}


def test_other_rates_of_the_judge_are_another_page(connection: Connection) -> None:
    of = placed(connection, article("One"))
    digests = []
    for judge in (None, builders.JUDGE, replace(builders.JUDGE, true_refused=0.2)):
        analyses.save_analyses(connection, [replace(analysis(of), judge=judge)], "1")
        digests.append(shown_digest(connection))

    assert len(set(digests)) == 3


def test_a_dropped_analysis_is_gone_and_its_story_is_not_told(connection: Connection) -> None:
    of, whole = leverage(connection)
    analyses.save_analyses(connection, [whole], "1")
    told = stories.analysed_stories(connection)
    analyses.drop_analyses(connection, [of.id])

    assert (
        told,
        stories.analysed_stories(connection),
        analyses.analyses_of(connection, [of.id]),
    ) == ((bare(of),), (), {})


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(builders.claim("x", article("One"), n=9), id="a passage past the end"),
        pytest.param(
            builders.claim("x", replace(article("One"), version=2)),
            id="a version that is not stored",
        ),
        pytest.param(builders.claim("x", article("Other")), id="another article"),
    ],
)
def test_a_citation_of_what_is_not_stored_is_refused_and_leaves_nothing(
    database: Database, claim: Claim
) -> None:
    with database.writing() as connection:
        of = placed(connection, article("One"))
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), database.writing() as connection:
        analyses.save_analyses(connection, [analysis(of, Draft(headline=claim))], "1")

    with database.reading() as connection:
        assert analyses.analyses_of(connection, [of.id]) == {}


@pytest.mark.parametrize(("rules", "is_stale"), [("1", False), ("2", True)])
def test_other_rules_have_every_story_looked_at_again(
    connection: Connection, rules: str, is_stale: bool
) -> None:
    one, two = placed(connection, article("One")), placed(connection, article("Two"))
    for of in (one, two):
        analyses.save_analyses(connection, [analysis(of)], "1")
        stories.mark_fresh(connection, [of.id])
    stories.mark_outdated(connection, "extractive", (rules,))

    assert {story.id for story in stories.stale_stories(connection)} == (
        {one.id, two.id} if is_stale else set()
    )


def test_a_story_without_an_analysis_is_not_looked_at_again_for_other_rules(
    connection: Connection,
) -> None:
    of = placed(connection, article("One"))
    stories.mark_fresh(connection, [of.id])
    stories.mark_outdated(connection, "extractive", ("2",))

    assert stories.stale_stories(connection) == ()


# Pages


def file(path: str, digest: str = "a") -> PublishedFile:
    """A published file."""
    return PublishedFile(path=path, digest=digest * 64, inputs="i" * 64, bytes=10)


def shown_digest(connection: Connection) -> tuple[object, ...]:
    """The digests of everything stored that a page can show."""
    return (
        *lines.own_digests(connection, "r"),
        pages.editions_digest(connection),
        stories.redirects(connection),
    )


def manifest(*files: PublishedFile) -> dict[str, PublishedFile]:
    """Files by path."""
    return {each.path: each for each in files}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it counts what it writes
def test_of_a_manifest_only_the_difference_is_written(connection: Connection) -> None:
    before = manifest(*(file(f"{n}.html") for n in range(100)))
    pages.save_files(connection, {}, before)
    after = before | manifest(file("5.html", "b"), file("new.html"))
    written = connection.connection.total_changes
    pages.save_files(connection, before, after)

    assert (pages.owned(connection, [""]), connection.connection.total_changes - written) == (
        after,
        2,
    )


def test_the_fingerprint_of_a_site_belongs_to_its_folder(connection: Connection) -> None:
    pages.save_fingerprint(connection, "site", "1")
    pages.save_fingerprint(connection, "site", "2")

    assert (pages.fingerprint(connection, "site"), pages.fingerprint(connection, "elsewhere")) == (
        "2",
        None,
    )


ONE, TWO = article("One"), article("Two", hours=1)
Change = Callable[[Connection, Story], None]


def _score(connection: Connection, of: Story) -> None:
    stories.save_story(connection, replace(of, score=9.0))


def _version(connection: Connection, of: Story) -> None:
    keep(connection, with_texts(ONE, "One, corrected", "Other words."))


def _shortfall(connection: Connection, of: Story) -> None:
    keep(connection, replace(ONE, shortfall="http 404"))


def _copy(connection: Connection, of: Story) -> None:
    articles.place_article(connection, TWO.id, of.id, ONE.id)


def _newcomer(connection: Connection, of: Story) -> None:
    articles.place_article(connection, UNPLACED.id, of.id, None)


def _analysis(connection: Connection, of: Story) -> None:
    analyses.save_analyses(connection, [analysis(of, inputs="b" * 64)], "1")


def _later_analysis(connection: Connection, of: Story) -> None:
    analyses.save_analyses(connection, [analysis(of, analysed_at=NOW)], "1")


def _no_analysis(connection: Connection, of: Story) -> None:
    analyses.drop_analyses(connection, [of.id])


def _tried(connection: Connection, of: Story) -> None:
    articles.retry_page(connection, ONE.id, page_due=NOW, page_failures=4)


def _stale(connection: Connection, of: Story) -> None:
    stories.mark_fresh(connection, [of.id])


def _asked(connection: Connection, of: Story) -> None:
    sources.save_states(
        connection,
        [FetchState(source_key="daily", url="https://daily.example/feed", last_tried=NOW, due=NOW)],
    )


UNPLACED = article("Three", hours=2)


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        pytest.param(_score, True, id="a score"),
        pytest.param(_version, True, id="a text"),
        pytest.param(_shortfall, True, id="why a text is not full"),
        pytest.param(_copy, True, id="a copy"),
        pytest.param(_newcomer, True, id="a member"),
        pytest.param(_analysis, True, id="an analysis"),
        pytest.param(_later_analysis, True, id="the time of an analysis"),
        pytest.param(_no_analysis, True, id="no analysis any more"),
        pytest.param(_tried, False, id="when a page is asked next"),
        pytest.param(_stale, False, id="that a story was looked at"),
        pytest.param(_asked, False, id="when a source was asked"),
    ],
)
def test_the_digest_changes_with_what_a_page_can_show_and_with_nothing_else(
    connection: Connection, change: Change, is_shown: bool
) -> None:
    keep(connection, UNPLACED)
    of = placed(connection, ONE, TWO)
    analyses.save_analyses(connection, [analysis(of)], "1")
    before = shown_digest(connection)
    change(connection, of)

    assert (shown_digest(connection) != before) is is_shown
