"""The hooks of `newsletters`: what an issue lists, and the stage in which its items vote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def page_items(body: Any, url: str, title: str) -> Iterable[Any]:
    """What stands under the headings, in the lists and behind the links of a page."""
    from aggregator.plugins.newsletters.items import items_of
    from aggregator.plugins.newsletters.linked_blocks import linked_blocks

    return items_of(linked_blocks(body, url), url=url, title=title)


@hook
def issue_items(article: Any, lane: Any, markup: str, items: Iterable[Any]) -> Iterable[Any]:
    """What an article lists, by its page or else by its entry, if it is an issue."""
    from aggregator.plugins.newsletters.items import issue_items as items_of_entry
    from aggregator.plugins.newsletters.recognition import is_issue

    url, title = article.canonical_url, article.title
    words = sum(len(passage.text.split()) for passage in article.passages if passage.n > 0)
    for several in (tuple(items), items_of_entry(markup, url=url, title=title)):
        if several and is_issue(several, title=title, url=url, lane=lane, words=words):
            return several
    return ()


@hook
def articles_placed(connection: Any, first: datetime, last: datetime) -> None:
    """Has the articles of items looked for again: what came may be what earlier items speak of."""
    from aggregator.plugins.newsletters.store import match_again
    from aggregator.plugins.newsletters.votes import DAYS_AFTER, DAYS_BEFORE

    since, until = first - timedelta(days=DAYS_AFTER + 1), last + timedelta(days=DAYS_BEFORE + 1)
    match_again(connection, since, until)


@hook
def stages() -> Iterable[Any]:
    """The stage that follows the clustering."""
    from aggregator.domain.operation.report import Step
    from aggregator.pipeline import Mode, Stage

    return (
        Stage(
            name="vote",
            run=_vote,
            reported="cluster",
            step=Step.CLUSTER,
            after="cluster",
            modes={Mode.REFRESH: _is_any_waiting},
            takes="items of newsletters, articles",
            leaves="votes for articles",
        ),
    )


def _is_any_waiting(work: Any) -> bool:
    from aggregator.plugins.newsletters.store import is_any_waiting
    from aggregator.store.news.articles import unplaced_count

    with work.services.database.reading() as connection:
        # new articles may be what earlier items speak of
        return is_any_waiting(connection) or unplaced_count(connection) > 0


async def _vote(work: Any) -> None:
    from aggregator.plugins.newsletters.stage import vote_stage

    vote_stage(work.services)
