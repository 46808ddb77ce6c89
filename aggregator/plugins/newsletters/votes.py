"""The votes of newsletters' items: for the article that an item links to, else for the one that its
words are most like. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.event_similarity import comparable_pairs
from aggregator.cluster.similarity.vectors import similar_pairs, vectors
from aggregator.domain.article import NewsletterItem
from aggregator.domain.source import Lane
from aggregator.plugins.newsletters.records import IssueItems, ItemVote

DAYS_BEFORE, DAYS_AFTER = 9, 3  # an issue may carry what was reported so long before and after it
# how much an item's words must be like an article's; noticed by tests/quality/newsletters.py
LEAST_ALIKE = 0.26


def votes(
    issues: Sequence[IssueItems], articles: Sequence[ClusterItem], known: Mapping[str, str]
) -> Iterator[ItemVote]:
    """The vote of each item. `known` are the articles at the addresses that items link to,
    `articles` those of the days around the issues.
    """
    worded: list[tuple[IssueItems, NewsletterItem]] = []
    for issue in issues:
        for item in issue.items:
            linked = next((known[link] for link in item.links if link in known), None)
            if linked:
                yield ItemVote(
                    issue_id=issue.id,
                    position=item.position,
                    article_id=linked,
                    by_link=True,
                    similarity=1.0,
                )
            else:
                worded.append((issue, item))
    yield from _votes_by_words(worded, articles)


def _votes_by_words(
    worded: Sequence[tuple[IssueItems, NewsletterItem]], articles: Sequence[ClusterItem]
) -> Iterator[ItemVote]:
    items = [_as_article(issue, item) for issue, item in worded]
    rows = sorted((*articles, *items), key=lambda row: (row.published, row.article_id))
    place = {row.article_id: n for n, row in enumerate(rows)}
    asked = np.array(sorted(place[item.article_id] for item in items), dtype=np.int64)
    best: dict[int, tuple[float, str]] = {}
    if len(asked) and articles:
        found = vectors(rows, DAYS_BEFORE + DAYS_AFTER)
        pairs, apart = comparable_pairs(similar_pairs(found, asked, DAYS_BEFORE), rows)
        pairs = pairs.of(~apart)
        is_item = np.zeros(len(rows), dtype=bool)
        is_item[asked] = True
        for later, earlier, value in zip(
            pairs.later.tolist(), pairs.earlier.tolist(), pairs.values.tolist(), strict=True
        ):
            row, other = (later, earlier) if is_item[later] else (earlier, later)
            if value >= LEAST_ALIKE and not is_item[other]:
                best[row] = min(best.get(row, (0.0, "")), (-value, rows[other].article_id))
    for (issue, item), row in zip(worded, items, strict=True):
        value, article_id = best.get(place[row.article_id], (0.0, ""))
        yield ItemVote(
            issue_id=issue.id,
            position=item.position,
            article_id=article_id or None,
            similarity=round(-value, 3),
        )


def _as_article(issue: IssueItems, item: NewsletterItem) -> ClusterItem:
    return ClusterItem(
        article_id=f"{issue.id}.{item.position}",
        title=item.title,
        lead=item.text.removeprefix(item.title),
        published=issue.published,
        source_key=issue.source_key,
        family=issue.source_key,
        lane=Lane.NEWS,
        canonical_url="",
    )
