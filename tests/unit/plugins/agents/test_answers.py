"""What the tools for agents return, made from records of the archive."""

from __future__ import annotations

from dataclasses import replace

from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
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


def test_the_hook_of_a_story_of_an_edition_comes_with_its_quotation_and_whose_words_it_is() -> None:
    week = ordinary_week()
    told = story("Northwind opens its second model")
    cited = PrintedCitation(
        passage="a.1.1", quote="It opened", source="The Daily", url="https://daily.example"
    )
    hook = PrintedClaim(text="It opened.", kind=ClaimKind.EXTRACTED, citations=(cited,))
    leads = (replace(told, hook=hook),)
    (item,) = edition_page(
        replace(week, edition=replace(week.edition, leads=leads)), "https://news.example"
    ).stories[:1]

    (quote,) = item.quotes
    assert (item.hook, item.kind) == ("It opened.", "extracted")
    assert (quote.quote, quote.source, quote.url, quote.verdict) == (
        "It opened", "The Daily", "https://daily.example", "evidence",
    )  # fmt: skip
