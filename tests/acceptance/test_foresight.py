"""Three weeks of a small web: what reports differ on and what they foretell is carried, the latter
until it is judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.acceptance.house import House
from tests.servers import MiniWeb, Page

MONDAY = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
DAILY, LEDGER = "https://daily.example/feed", "https://ledger.example/feed"
PLAN = "Halden plans to open a Ferrow chip plant in Oslo by 15 July 2026."
PRICE = "Halden did not disclose the price of the deal on Saturday."
PAID = "Halden paid $2.4 billion for the chip maker Ferrow, a filing in Oslo showed on Saturday."
OPENED = "Halden has opened the Ferrow chip plant in Oslo, with 120 workers on the first day."
SETTLED = "Ferrow said that 57 percent of its chip revenue comes from clinics in Norway."

FIRST = (
    "Halden buys the chip maker Ferrow",
    "Halden has bought the chip maker Ferrow, both companies said on Saturday in Oslo.",
    PRICE,
    "Ferrow said that more than 60 percent of its chip revenue comes from clinics in Norway.",
    PLAN,
    (
        "The chip maker Ferrow was founded in Bergen in 2019 and has 340 workers, according to its"
        " register entry."
    ),
)
OTHER = (
    "Halden acquires Ferrow, maker of chips",
    "The chip maker Ferrow belongs to Halden since Saturday, as both companies said in Oslo.",
    "Ferrow said that about 50 percent of its chip revenue comes from clinics in Norway.",
    (
        "Workers of the chip maker Ferrow keep their contracts with Halden for two years, the union"
        " said on Saturday."
    ),
)
LATE = (
    "Halden paid $2.4 billion for the chip maker Ferrow",
    PAID,
    SETTLED,
    OPENED,
    (
        "Halden bought the chip maker Ferrow in July, and both companies kept silent about the"
        " terms then."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """What the house showed at the end of each week, and what its commands said."""

    stories: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]
    summary: str
    due: dict[str, Any]
    refused: str
    judged: dict[str, Any]
    scorecards: tuple[str, ...]
    built_anew: bool


def _feed(url: str, *told: tuple[datetime, tuple[str, ...]]) -> Page:
    items = "".join(
        f"<item><title>{texts[0]}</title><link>{url}/{place}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>"
        f"<![CDATA[{''.join(f'<p>{text}</p>' for text in texts[1:])}]]></description></item>"
        for place, (at, texts) in enumerate(told)
    )
    body = f'<rss version="2.0"><channel><title>{url}</title>{items}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml", title=url.split("/")[2])


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    at = MONDAY - timedelta(hours=40)  # on Saturday
    first, other = (at, FIRST), (at + timedelta(hours=3), OTHER)
    with MiniWeb({DAILY: _feed(DAILY, first), LEDGER: _feed(LEDGER, other)}) as web:
        house = House.reading(tmp_path_factory.mktemp("weeks"), web)
        reports = [house.refreshed("--all", now=MONDAY.isoformat())]
        stories, cards = [_story(house)], [_scorecard(house)]
        reports.append(house.refreshed("--all", now=(MONDAY + WEEK).isoformat()))
        stories.append(_story(house))
        web.put(LEDGER, _feed(LEDGER, other, (at + 2 * WEEK, LATE)))
        reports.append(house.refreshed("--all", now=(MONDAY + 2 * WEEK).isoformat()))
        stories.append(_story(house))
        cards.append(_scorecard(house))
        now = ("--now", (MONDAY + 2 * WEEK + timedelta(hours=1)).isoformat())
        summary = house.run("refresh", *now).stdout
        due = _json(house, "predictions", "list", "--due", *now)
        (one,) = due["predictions"]
        refused = house.run("predictions", "score", one["id"], "came-true", *now).stderr
        passage = one["evidence"][0]["passage"]
        judged = _json(
            house, "predictions", "score", one["id"], "came-true", "--passage", passage, *now
        )
        stories.append(_story(house))
        cards.append(_scorecard(house))
        before = house.files()
        house.run("build", "--full")
        is_same = house.files() == before
    return Weeks(
        stories=tuple(stories),
        reports=tuple(reports),
        summary=summary,
        due=due,
        refused=refused,
        judged=judged,
        scorecards=tuple(cards),
        built_anew=is_same,
    )


def _story(house: House) -> dict[str, Any]:
    return next(story for story in house.stories() if story["headline"]["text"] == FIRST[0])


def _scorecard(house: House) -> str:
    return (house.site / "scorecard/index.html").read_text("utf-8")


def _json(house: House, *arguments: str) -> dict[str, Any]:
    done = house.run("--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _quotes(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each["quote"] for each in value.get("citations", ()))
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _quotes(each)


def test_what_the_first_reports_differ_on_and_foretell_is_shown(weeks: Weeks) -> None:
    story = weeks.stories[0]

    (difference,) = story["disagreements"]
    assert difference["question"].startswith("More than 60 percent ")
    assert difference["question"].endswith("(daily.example), about 50 percent (ledger.example)")
    assert [
        (each["claim"]["text"], each["horizon"], each["likelihood"], each["outcome"])
        for each in _foretold(story)
    ] == [(PLAN, "2026-07-15", "planned", "open")]


def _foretold(story: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = story["insight"]["implications"]
    return found


def test_a_quiet_week_carries_all_of_it(weeks: Weeks) -> None:
    assert weeks.stories[1] == weeks.stories[0]


def test_a_figure_of_the_third_week_is_news_and_leaves_the_difference_as_it_was(
    weeks: Weeks,
) -> None:
    assert weeks.stories[2]["disagreements"] == weeks.stories[0]["disagreements"]


def test_what_is_due_is_put_before_the_operator_with_what_may_decide_it(weeks: Weeks) -> None:
    (one,) = weeks.due["predictions"]

    assert [report["predictions"] for report in weeks.reports] == [
        {"due": 0},
        {"due": 0},
        {"due": 1},
    ]
    assert "`aggregator predictions list --due`" in " ".join(weeks.summary.split())
    assert (one["text"], one["outcome"], one["evidence"][0]["sentence"]) == (PLAN, "due", OPENED)
    assert _foretold(weeks.stories[2])[0]["outcome"] == "due"


def test_a_judgement_needs_what_decided_it(weeks: Weeks) -> None:
    assert "give the evidence" in weeks.refused


def test_the_judgement_stands_on_the_scorecard_with_the_passage_that_decided_it(
    weeks: Weeks,
) -> None:
    open_one, due, judged = weeks.scorecards

    assert '<h2 id="due">' not in open_one
    assert '<h2 id="due">' in due
    assert "came true" in judged
    assert OPENED in judged
    assert _foretold(weeks.stories[3])[0]["outcome"] == "came_true"


def test_the_site_is_the_one_that_a_build_from_nothing_makes(weeks: Weeks) -> None:
    assert weeks.built_anew


def test_every_quote_stands_in_a_report(weeks: Weeks) -> None:
    said = " ".join(text for report in (FIRST, OTHER, LATE) for text in report)

    assert [quote for story in weeks.stories for quote in _quotes(story) if quote not in said] == []
