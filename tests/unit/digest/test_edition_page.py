"""The parts of an edition's page that are made from its record: roles, days to watch, figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.edition import (
    EditionPlan,
    RoleTop,
    StoredEdition,
    redacted,
    without,
)
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.edition.figures import period_facts
from aggregator.site.edition.page import SHORT, edition_line, edition_pages, short_edition
from aggregator.templating.translation import IN_ENGLISH, translations
from tests.unit.digest.makers import SITE, Numbers, claim, edition, quiet_week, story

pytestmark = pytest.mark.clock

KEPT = story("Halden opens", hook=claim("It opens.", Numbers().cite("It opens.", "Lab Notes")))
GONE = story("Ferrow closes", hook=claim("It closes.", Numbers().cite("closes.", "Lab Notes")))


def planned(of: str, path: str) -> EditionPlan:
    return EditionPlan(
        day=date(2026, 7, 20), story=of, path=path, headline=f"Plan of {of}", claim=claim("Soon.")
    )


WEEK = replace(
    edition(
        opening=[
            PrintedClaim(text="One.", kind=ClaimKind.ABSENT, citations=(), story=GONE.id),
            PrintedClaim(text="Two.", kind=ClaimKind.ABSENT, citations=(), story=KEPT.id),
        ],
        leads=[KEPT],
        further=[replace(GONE, section="money")],
    ),
    minute=(RoleTop(role="policy", stories=(GONE.id, KEPT.id)),),
    watch=(planned(GONE.id, GONE.path), planned(KEPT.id, KEPT.path)),
)


def test_a_story_that_is_dropped_is_named_nowhere_in_its_edition() -> None:
    shown = without(StoredEdition(edition=WEEK, digest=""), {GONE.id}).edition

    assert [sentence.text for sentence in shown.opening] == ["Two."]
    assert [top.stories for top in shown.minute] == [(KEPT.id,)]
    assert [plan.story for plan in shown.watch] == [KEPT.id]
    assert [key for key, _ in shown.sections()] == []


def test_what_a_publisher_has_removed_is_to_be_watched_no_more() -> None:
    shown = redacted(WEEK, (), {f"Plan of {KEPT.id}"}, {GONE.id})

    assert shown.watch == ()


def test_the_page_names_roles_and_links_to_what_is_on_the_site() -> None:
    more = tuple(replace(KEPT, id=f"more-{number}", section="money") for number in range(SHORT))
    week = replace(WEEK, further=(*WEEK.further, *more))
    (page,) = edition_pages([StoredEdition(edition=week, digest="")], {KEPT.path}, SITE)
    (short,) = edition_pages([StoredEdition(edition=WEEK, digest="")], {KEPT.path}, SITE)

    assert short.minute == ()
    assert [(name, page.first_of(top)) for name, top in page.minute] == [
        ("Policy and legal teams", page.edition.stories()[1::-1])
    ]
    assert [section.name for section in page.sections] == ["Lead story", "Money"]
    assert page.linked == (KEPT.path,)


@pytest.mark.parametrize(
    ("source", "change", "sole"),
    [
        pytest.param("Lab Notes", "Lab Notes", True, id="the one below"),
        pytest.param("Lab Notes", "The Next Wire", False, id="it and another"),
        pytest.param("The Next Wire", "Lab Notes", False, id="one that is not below"),
    ],
)
def test_a_quotation_does_not_repeat_the_only_source_of_its_story(
    source: str, change: str, sole: bool
) -> None:
    numbers = Numbers()
    told = story(
        "Halden opens",
        hook=claim("It opens.", numbers.cite("It opens.", "Lab Notes")),
        changes=[claim("It is new.", numbers.cite("It is new.", change))],
        source=source,
    )
    kept = StoredEdition(edition=edition(leads=[told]), digest="")
    (page,) = edition_pages([kept], (), SITE)

    assert [told.is_sole for told in page.edition.stories()] == [sole]


def test_an_edition_of_all_stories_says_that_nothing_was_left_out() -> None:
    def coverage(stories: int) -> str:
        numbers = replace(WEEK.numbers, stories=stories)
        kept = StoredEdition(edition=replace(WEEK, numbers=numbers), digest="")
        return edition_pages([kept], (), SITE)[0].coverage

    assert coverage(2).startswith("Nothing: ")
    assert " 2 of the 3 stories" in coverage(3)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param(
            {"rounds": 2, "raised": 31_500_000_000},
            ("2 funding rounds with a sum in the headline, together $31.5 billion",),
            id="rounds",
        ),
        pytest.param(
            {"models": 2, "open_models": 1},
            ("2 stories on models’ releases, updates or prices (1 on open weights)",),
            id="open",
        ),
        pytest.param(
            {"models": 3, "open_models": 3},
            ("3 stories on models’ releases, updates or prices (all on open weights)",),
            id="all open",
        ),
        pytest.param(
            {"rounds": 1, "raised": 9_000_000, "models": 1, "open_models": 1},
            (
                "1 funding round with a sum in the headline: $9 million",
                "1 story on a model’s release, update or price (open weights)",
            ),
            id="one of each",
        ),
        pytest.param(
            {"models": 1, "acquisitions": 1, "rulings": 2, "incidents": 1},
            (
                "1 story on a model’s release, update or price",
                "1 acquisition",
                "2 laws and rulings",
                "1 incident or outage",
            ),
            id="others",
        ),
    ],
)
def test_the_week_is_counted_in_what_says_something(
    numbers: dict[str, Any], shown: tuple[str, ...]
) -> None:
    made = quiet_week().edition
    counted = replace(made, numbers=replace(made.numbers, **numbers))

    assert period_facts(counted, translations("en")) == shown


@pytest.mark.parametrize(
    ("known", "facts"), [(0, "1 story, "), (1, "1 story, "), (9, "1 of 9 stories, ")]
)
def test_an_edition_says_of_how_many_stories_it_has_some(known: int, facts: str) -> None:
    stored = quiet_week()
    of = replace(stored.edition, numbers=replace(stored.edition.numbers, stories=known))

    assert len(of.stories()) == 1
    assert edition_line(replace(stored, edition=of), IN_ENGLISH).facts.startswith(facts)


@pytest.mark.parametrize(("kept", "said"), [(1, "1 story this week"), (2, "2 stories this week")])
def test_a_short_edition_counts_one_story_as_one(kept: int, said: str) -> None:
    made = quiet_week().edition
    whole = replace(made, numbers=replace(made.numbers, stories=kept), leads=(KEPT, GONE)[:kept])

    assert short_edition(whole, IN_ENGLISH) == f"A short edition: {said}."
