"""What roles could do next, in lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lxml import html

from aggregator.domain.claim import Action, ClaimKind, Draft
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.lists.actions import chosen_of_roles, role_actions
from aggregator.site.lists.front import front_page
from aggregator.site.lists.indexes import role_line, roles_page
from aggregator.site.lists.lines import StoryLine, line_from_json, line_json, story_line
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.lists.subject_page import role_listing, subject_pages, topic_listing
from aggregator.templating.environment import renderer
from aggregator.templating.translation import IN_ENGLISH
from tests.builders import NOON, article, claim, headline, member, published_story, story

SITE = SiteSettings(base_url="https://news.example")
NAMES = ListNames(topics={"chips": "Chips"})
STATIC = {"style.css": "", "icon.svg": "", "reader.js": ""}
TODAY, UTC_ZONE = NOON.date(), ZoneInfo("UTC")


def line(
    number: int, *todo: tuple[str, str, str], days: int = 0, importance: float = 5.0
) -> StoryLine:
    """A line of a story with actions: role, sentence, and the day by which each is due. A day of
    age costs a point.
    """
    first = article(f"Report {number}", key=f"s{number}", at=NOON - timedelta(days=days))
    actions = tuple(
        Action(role=role, claim=claim(text, first, kind=ClaimKind.INFERRED), by=by)
        for role, text, by in todo
    )
    draft = Draft(headline=headline(first), hook=claim("News.", first), what_to_do_next=actions)
    score = 100.0 + importance - days
    of = story((member(first, name=f"Source {number}"),), score=score)
    return replace(story_line(published_story(of, draft), "en"), importance=importance)


def shown(lines: Sequence[StoryLine], day: date = TODAY) -> list[str]:
    """What the actions of lines say."""
    return [each.todo.claim.text for each in role_actions(lines, day, UTC_ZONE, IN_ENGLISH)]


def test_what_is_due_does_not_age_and_what_is_past_or_old_is_left_out() -> None:
    lines = [
        line(1, ("developers", "Undated.", ""), days=3),
        line(2, ("developers", "Late.", "2027"), days=20),
        line(3, ("developers", "Today.", TODAY.isoformat()), days=9),
        line(4, ("developers", "Past.", (TODAY - timedelta(days=1)).isoformat())),
        line(5, ("developers", "Old.", "2027"), days=29),
        line(6, ("developers", "Important.", ""), importance=7.0),
        line(7, ("developers", "Minor.", TODAY.isoformat()), importance=1.0),
    ]

    assert shown(lines) == ["Important.", "Today.", "Late.", "Undated.", "Minor."]


def test_the_actions_of_the_lead_story_come_first() -> None:
    lead, other = line(1, ("developers", "Test.", "")), line(2, ("policy", "Read.", "2027"))
    found = role_actions([other, lead], TODAY, UTC_ZONE, IN_ENGLISH, lead.id)

    assert [each.todo.claim.text for each in found] == ["Test.", "Read."]


def test_a_role_has_a_second_action_only_from_another_story_of_the_latest_week() -> None:
    developers = "developers"
    lines = [
        line(1, (developers, "First.", ""), (developers, "Of the same story.", "")),
        line(2, ("policy", "Of policy.", ""), days=1),
        line(3, (developers, "Second.", ""), days=2),
        line(4, (developers, "Third.", ""), days=3),
        line(5, ("policy", "Of the week before.", ""), days=8),
        line(6, ("product", "Of product.", ""), days=9),
    ]
    actions = role_actions(lines, TODAY, UTC_ZONE, IN_ENGLISH)

    def chosen(most: int) -> list[str]:
        return [each.todo.claim.text for each in chosen_of_roles(actions, most)]

    assert chosen(9) == ["First.", "Of policy.", "Second.", "Of product."]
    assert chosen(2) == ["First.", "Of policy."]


def test_the_month_in_which_an_action_is_due_is_not_past_before_its_end() -> None:
    (action,) = role_actions(
        [line(1, ("policy", "Comment.", f"{TODAY:%Y-%m}"))], TODAY, UTC_ZONE, IN_ENGLISH
    )

    assert (action.due, action.line.path) == (IN_ENGLISH.month(TODAY), line(1).path)


def test_a_role_page_has_its_own_actions_and_other_pages_one_of_each_role() -> None:
    lines = [
        line(1, ("policy", "Read.", ""), ("developers", "Test.", "")),
        line(2, ("policy", "Write.", ""), days=8),
    ]
    ((_, policy),) = subject_pages(role_listing("policy", IN_ENGLISH), lines, NAMES, SITE)
    ((_, topic),) = subject_pages(topic_listing("chips", NAMES, IN_ENGLISH), lines, NAMES, SITE)
    front = front_page((), {"2026-W27": lines}, (), None, SITE, {})

    index = {role: role_line(role, 2, lines, SITE).action for role in all_roles()}

    assert [action.todo.claim.text for action in policy.actions] == ["Read.", "Write."]
    assert {role: found.todo.claim.text for role, found in index.items() if found} == {
        "policy": "Read.",
        "developers": "Test.",
    }
    assert topic.actions == ()
    assert [action.todo.claim.text for action in front.actions] == ["Read.", "Test."]


def test_a_line_is_read_back_with_its_actions() -> None:
    made = line(1, ("policy", "Read.", "2027-01"))

    assert line_from_json(line_json(made)) == made


def test_the_list_of_roles_names_the_story_of_an_action_that_is_not_the_one_above_it() -> None:
    due = TODAY.isoformat()
    first, second = (line(number, ("policy", f"Act {number}.", due)) for number in (1, 2))
    render = renderer(TEMPLATES / "site", "UTC", site=SITE, static=STATIC)

    def named(*tops: StoryLine) -> list[bool]:
        """Of each link to the first story, whether it goes with the action once that is past."""
        role = replace(role_line("policy", 2, [first], SITE), tops=tops)
        page = html.fromstring(render("listings.html", page=roles_page([role], SITE), root="../"))
        links = page.xpath("//main//a[@href=$url]", url=f"../{first.path}")
        return [bool(link.xpath("ancestor::*[@data-by]")) for link in links]

    assert (named(first), named(second), named()) == ([False], [True], [True])
