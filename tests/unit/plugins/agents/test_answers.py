"""What the tools for agents return, made from records of the archive."""

from __future__ import annotations

from dataclasses import replace

from aggregator.plugins.agents.answers import edition_page
from tests.unit.digest.makers import ordinary_week, story


def test_a_story_of_an_edition_leads_to_its_page_or_where_it_has_none_to_its_source() -> None:
    week = ordinary_week()
    with_page = story("Northwind opens its second model")
    without = replace(story("Halden cuts prices"), url="https://halden.example/prices")
    told = replace(week, edition=replace(week.edition, leads=(with_page, without)))
    leads = edition_page(told, "https://news.example").stories[:2]

    assert [item.url for item in leads] == [
        f"https://news.example/{with_page.path}",
        "https://halden.example/prices",
    ]
