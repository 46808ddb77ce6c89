"""What items of newsletters vote for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster.members import ClusterItem
from aggregator.domain.article import NewsletterItem
from aggregator.domain.source import Lane
from aggregator.plugins.newsletters.records import IssueItems, ItemVote
from aggregator.plugins.newsletters.votes import votes

DAY = datetime(2026, 7, 6, tzinfo=UTC)
TITLES = (
    "Northwind opens its second model under a free licence",
    "Court in Oslo orders Halden to disclose its training data",
    "Chip maker Ferrow cuts prices of inference cards by a third",
)


def article(number: int) -> ClusterItem:
    """An article of the days before the issue."""
    return ClusterItem(
        article_id=f"a{number}",
        title=TITLES[number],
        lead=f"{TITLES[number]}, it said on Friday in a statement to the press.",
        published=DAY - timedelta(days=number + 1),
        source_key="paper",
        family="paper.example",
        lane=Lane.NEWS,
        canonical_url=f"https://paper.example/{number}",
    )


def cast(*items: NewsletterItem) -> list[ItemVote]:
    """The votes of an issue with these items."""
    issue = IssueItems(id="issue", source_key="letter", published=DAY, items=items)
    articles = sorted((article(n) for n in range(3)), key=lambda item: item.published)
    known = {item.canonical_url: item.article_id for item in articles}
    return list(votes([issue], articles, known))


def test_an_item_votes_for_the_article_that_it_links_to_whatever_its_words() -> None:
    links = ("https://elsewhere.example/", "https://paper.example/2")
    item = NewsletterItem(position=0, title=TITLES[0], links=links)

    assert cast(item) == [
        ItemVote(issue_id="issue", position=0, article_id="a2", by_link=True, similarity=1.0)
    ]


def test_an_item_without_a_known_link_votes_by_its_words() -> None:
    item = NewsletterItem(position=0, title="Oslo court wants training data of Halden disclosed")
    (vote,) = cast(item)

    assert (vote.article_id, vote.by_link) == ("a1", False)


def test_an_item_that_is_like_no_article_votes_for_none() -> None:
    item = NewsletterItem(position=0, title="Robot maker Tallis recalls its arms in Norway")

    assert cast(item) == [ItemVote(issue_id="issue", position=0)]
