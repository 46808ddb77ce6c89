"""What the calendar reads of stories, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from aggregator.domain.claim import Action, Draft, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.story import Entity, EntityKind, Signals
from aggregator.plugins.calendar.store import dated_stories, entity_keys
from aggregator.store.news import stories
from aggregator.store.writing import analyses
from tests import builders
from tests.integration.stored import analysis, article, placed


def test_names_are_found_once_however_many_stories_have_them(connection: Connection) -> None:
    acme, lab = (
        Entity(key=key, name=key.title(), kind=EntityKind.COMPANY) for key in ("acme", "lab")
    )
    for title, entities in (("One", (acme, lab)), ("Two", (lab,)), ("Three", (lab,))):
        told = placed(connection, article(title, title))
        stories.save_tags(connection, {told.id: ((), entities, Signals())}, digest="1")

    assert entity_keys(connection) == {"acme", "lab"}


def test_a_story_is_dated_by_a_planned_day_or_a_duty_that_is_to_come(
    connection: Connection,
) -> None:
    one = article("One", "It opens in August.")
    placed(connection, one)
    claim = builders.claim("It opens in August.", one)
    row = TimelineRow(
        day=date(2026, 8, 3),
        precision=Precision.DAY,
        planned=True,
        this_event=False,
        claim=claim,
    )
    due = Action(role="developers", claim=claim, by="2026-08-03")
    drafts = (
        Draft(headline=claim, timeline=(row,)),
        Draft(headline=claim, what_to_do_next=(due,)),
        Draft(headline=claim, timeline=(replace(row, precision=Precision.MONTH),)),
        Draft(headline=claim, timeline=(replace(row, day=date(2026, 7, 3)),)),
    )
    ids = []
    for n, draft in enumerate(drafts):
        of = placed(connection, article(f"Story {n}", "It opens in August."))
        analyses.save_analyses(connection, [analysis(of, draft)], "1")
        ids.append(of.id)

    assert dated_stories(connection, date(2026, 8, 1)) == sorted(ids[:2])
