"""From engine to analysis: what an analysis rests on, and what is kept of a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.domain.claim import Analysis, Draft, Rejection
from aggregator.domain.story import Member, Story
from aggregator.ports import Engine
from aggregator.story.run import Unanalysed, analyse, inputs_digest
from tests import builders

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
STORY = builders.story(
    (builders.member(builders.article("One")), builders.member(builders.article("Two")))
)
DRAFT = Draft(headline=builders.headline(STORY.members[0].article))
REJECTED = ((Rejection.NUMBER, 2),)


def engine(
    draft: Draft | None = DRAFT, *, name: str = "tester", model: str | None = "m1", rules: str = "1"
) -> Engine:
    """An engine that always proposes the same."""
    return Engine(name=name, model=model, rules=rules, draft=lambda story: draft)


def with_first(member: Member) -> Story:
    """The story with another first member."""
    return replace(STORY, members=(member, *STORY.members[1:]))


def test_what_survives_the_check_is_kept_with_how_it_came_about() -> None:
    kept = replace(DRAFT, takeaways=(DRAFT.headline,))

    assert analyse(STORY, engine(), lambda draft, story: (kept, REJECTED), NOW) == Analysis(
        story_id=STORY.id,
        engine="tester",
        model="m1",
        analysed_at=NOW,
        inputs=inputs_digest(STORY, engine()),
        kept=kept,
        rejected=REJECTED,
    )


def test_a_story_without_an_article_in_our_language_is_told_so() -> None:
    found = analyse(STORY, engine(None), lambda draft, story: (draft, ()), NOW)
    assert isinstance(found, Unanalysed)
    assert (found.story_id, "language" in found.reason) == (STORY.id, True)


def test_nothing_is_kept_without_a_headline_but_what_was_turned_away_is_counted() -> None:
    found = analyse(STORY, engine(), lambda draft, story: (None, REJECTED), NOW)
    assert isinstance(found, Unanalysed)
    assert (found.story_id, found.rejected) == (STORY.id, REJECTED)
    assert "headline" in found.reason


FIRST = STORY.members[0]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            with_first(replace(FIRST, article=replace(FIRST.article, version=2))),
            id="a new version",
        ),
        pytest.param(with_first(replace(FIRST, copy_of="x")), id="found to be a copy"),
        pytest.param(with_first(replace(FIRST, primary=True)), id="the vendor's own word"),
        pytest.param(with_first(replace(FIRST, weight=2.0)), id="another weight"),
        pytest.param(
            with_first(builders.member(builders.article("One", at=NOW))), id="another date"
        ),
        pytest.param(replace(STORY, members=STORY.members[:1]), id="a member less"),
    ],
)
def test_an_analysis_rests_on_every_fact_of_its_members(other: Story) -> None:
    assert inputs_digest(other, engine()) != inputs_digest(STORY, engine())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(engine(name="other"), id="another engine"),
        pytest.param(engine(model=None), id="another model"),
        pytest.param(engine(rules="2"), id="other rules"),
    ],
)
def test_an_analysis_rests_on_its_engine(other: Engine) -> None:
    assert inputs_digest(STORY, other) != inputs_digest(STORY, engine())


def test_an_analysis_does_not_rest_on_score_and_week() -> None:
    other = replace(STORY, score=9.0, week="2026-W01", first_seen=NOW + timedelta(days=1))

    assert inputs_digest(other, engine()) == inputs_digest(STORY, engine())
