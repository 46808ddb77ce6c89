"""Roles of a site's own: prompts, rules and pages name them, and nobody else's."""

from __future__ import annotations

import pytest

from aggregator.domain.claim import SECTIONS
from aggregator.domain.operation.rules import extractive_rules
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.newsroom import (
    Newsroom,
    Role,
    concerned_roles,
    open_newsroom,
    role_name,
)
from aggregator.domain.settings import AnalysisSettings
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.subject_page import role_listing
from aggregator.story.page.question import page_prompt, section_schema
from aggregator.story.prompts import model_rules
from aggregator.story.rules.audience import roles_of
from aggregator.story.sections import writing_of
from aggregator.templating.translation import IN_ENGLISH
from tests.unit.story import notes

NURSES = Newsroom(
    roles={
        "ward": Role(
            name="Ward managers",
            decides="staffing and rosters",
            words=("wards?", "roster\\w*", "NHS"),
            kinds=(EventKind.LABOUR,),
        ),
        "bedside": Role(name="Nurses", words=("nurses?",), sections=(NewsSection.WORK,)),
    },
    digest="nurses",
)
FOR_ROLES = {"what_to_do_next", "who_should_care"}


@pytest.fixture
def of_nurses() -> None:
    open_newsroom(lambda: NURSES)


@pytest.mark.usefixtures("of_nurses")
def test_a_model_is_offered_the_roles_of_the_site_with_what_they_decide() -> None:
    task = page_prompt("Headline", notes.facts(), ("who_should_care",)).task

    assert "Roles: ward (staffing and rosters), bedside." in task
    assert section_schema("who_should_care")["items"]["properties"]["role"]["enum"] == [
        "ward",
        "bedside",
    ]


@pytest.mark.usefixtures("of_nurses")
def test_rules_find_the_roles_of_the_site_by_their_words_in_any_case() -> None:
    assert roles_of(["NHS wards get a new roster"], ["Developers wait for the API."] * 9) == (
        "ward",
    )


@pytest.mark.usefixtures("of_nurses")
def test_a_story_is_listed_under_roles_that_the_site_has() -> None:
    assert concerned_roles(["security", "ward"], NewsSection.WORK) == ("ward",)
    assert concerned_roles(["security"], NewsSection.WORK) == ("bedside",)
    assert role_listing("ward", IN_ENGLISH).title == "Ward managers"


@pytest.mark.usefixtures("of_nurses")
def test_a_role_that_the_site_gave_up_keeps_its_name_on_old_pages() -> None:
    assert (role_name("ward"), role_name("investors")) == ("Ward managers", "Investors")


def test_other_roles_have_stories_written_again() -> None:
    before = (extractive_rules(AnalysisSettings()), model_rules())
    open_newsroom(lambda: NURSES)

    assert set(before).isdisjoint((extractive_rules(AnalysisSettings()), model_rules()))


def test_a_site_without_roles_asks_and_looks_for_none() -> None:
    open_newsroom(lambda: Newsroom(roles={}))

    assert FOR_ROLES & writing_of().keys() == set()
    assert {section.key for section in SECTIONS} >= FOR_ROLES
    assert roles_of(["Security hole"], ["Developers wait."]) == ()
