"""Scores the items and votes of captured issues against labels made by reading them:
`python -m tests.quality.newsletters --data ../shared/corpus --json`.

`labels.json` names items and articles by hashes, so that it holds no publisher's words. Items:
forty issues, twenty of a daily newsletter in full and twenty others, drawn once with a fixed seed;
an item that is listed for its issue was split rightly. Votes: those of the issues of January 2026
for the news and blogs of the same weeks, each judged by reading both.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.features import LEAD_WORDS
from aggregator.config.layers import json_lines
from aggregator.domain.article import NewsletterItem
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import canonical_url, host
from aggregator.extract.markup import plain
from aggregator.plugins.newsletters.items import issue_items
from aggregator.plugins.newsletters.recognition import is_issue
from aggregator.plugins.newsletters.records import IssueItems
from aggregator.plugins.newsletters.votes import DAYS_AFTER, DAYS_BEFORE, votes
from tests.quality.newsletters.markdown import markdown_html

LABELS = Path(__file__).parent / "labels.json"
_DAILY = "https://news.smol.ai/issues/"
_WEEKLY = "Last Week in AI"
_TITLE = re.compile(r"^title:[ \t]*(?:>-\n)?[ \t]*(.+)$", re.M)


@frozen
class CapturedIssue:
    """An issue of the corpus: its key in the labels, its date, and what the product makes of it."""

    key: str
    published: datetime | None
    is_recognised: bool
    items: tuple[NewsletterItem, ...]


def hashed(text: str) -> str:
    """What stands for a text in the labels."""
    return hashlib.sha256(" ".join(text.split())[:60].encode()).hexdigest()[:8]


def daily_issues(corpus: Path) -> Iterator[CapturedIssue]:
    """The issues that are there in full, by date."""
    for path in sorted((corpus / "digests" / "smol-ainews" / "full").glob("*.md.gz")):
        _, head, body = gzip.decompress(path.read_bytes()).decode().split("---\n", 2)
        found = _TITLE.search(head)
        title = found[1].strip("'\" ") if found else ""
        name = path.name.removesuffix(".md.gz")
        published = datetime.fromisoformat(f"20{path.name[:8]}T12:00:00+00:00")
        issue = _issue(_DAILY + name, title, markdown_html(body), published, Lane.LETTER)
        yield replace(issue, key=f"full/{name}")


def listed_documents(corpus: Path) -> Iterator[CapturedIssue]:
    """What the captured feeds list, issue or not; nothing says which of them are letters."""
    capture = corpus / "ainews"
    pages = json.loads((capture / "map.json").read_text("utf-8"))
    for _, page in sorted(pages.items()):
        if not page["kind"].startswith("feed"):
            continue
        body = (capture / page["file"]).read_bytes()
        body = gzip.decompress(body) if page["file"].endswith(".gz") else body
        for entry in feedparser.parse(io.BytesIO(body)).entries:
            texts = [part.value for part in entry.get("content", [])] + [entry.get("summary", "")]
            markup = max(texts, key=len)
            yield _issue(
                entry.get("link", ""), plain(entry.get("title", "")), markup, None, Lane.NEWS
            )


def _issue(
    url: str, title: str, markup: str, published: datetime | None, lane: Lane
) -> CapturedIssue:
    items = issue_items(markup, url=url, title=title)
    words = len(markup.split())
    return CapturedIssue(
        key=url,
        published=published,
        is_recognised=bool(items) and is_issue(items, title=title, url=url, lane=lane, words=words),
        items=items,
    )


def drawn(corpus: Path, labels: dict[str, Any]) -> dict[str, CapturedIssue]:
    """The labelled issues that the corpus holds, by address."""
    wanted = labels["items"].keys()
    found = (*daily_issues(corpus), *listed_documents(corpus))
    return {issue.key: issue for issue in found if issue.key in wanted}


def item_scores(corpus: Path, labels: dict[str, Any]) -> dict[str, Any]:
    """How many items of the labelled issues are split rightly, of those found or missed."""
    right = total = recognised = 0
    issues = drawn(corpus, labels)
    for url, issue in issues.items():
        gold = set(labels["items"][url].split())
        found = {hashed(item.title) for item in issue.items}
        right += len(found & gold)
        total += len(found | gold)
        recognised += issue.is_recognised
    return {
        "issues": len(issues),
        "items": total,
        "items_right": round(right / total, 4),
        "recognised": recognised,
    }


def cast_votes(corpus: Path) -> Iterator[tuple[str, str, float]]:
    """The votes of January's issues: hashes of issue and item, and of the article voted for, with
    the likeness.
    """
    for issue, item, article, alike in read_votes(corpus):
        yield hashed(f"{issue} {item.title}"), hashed(article.canonical_url), alike


def read_votes(
    corpus: Path,
) -> Iterator[tuple[str, NewsletterItem, ClusterItem, float]]:
    """The same in words, for those who label."""
    rows = list(_news(corpus))
    articles = [_article(row) for row in rows if row["source"] != _WEEKLY]
    by_id = {article.article_id: article for article in articles}
    known = {article.canonical_url: article.article_id for article in articles}
    for issue in (*_january(corpus), *_weekly(rows)):
        near = [
            article
            for article in by_id.values()
            if timedelta(days=-DAYS_BEFORE) <= article.published - issue.published
            and article.published - issue.published <= timedelta(days=DAYS_AFTER)
        ]
        items = {item.position: item for item in issue.items}
        for vote in votes([issue], sorted(near, key=_by_date), known):
            if vote.article_id:
                yield (
                    issue.id,
                    items[vote.position],
                    by_id[vote.article_id],
                    vote.similarity,
                )


def _by_date(article: ClusterItem) -> tuple[datetime, str]:
    return article.published, article.article_id


def _news(corpus: Path) -> Iterator[dict[str, Any]]:
    for name in ("news-00", "research-blogs-00"):
        path = corpus / "digests" / "flyryan-ai-news" / f"{name}.jsonl.gz"
        yield from json_lines(gzip.decompress(path.read_bytes()).decode())


def _article(row: dict[str, Any]) -> ClusterItem:
    url = str(canonical_url(row["url"]) or row["url"])
    return ClusterItem(
        article_id=stable_id("article", url),
        title=row["title"],
        lead=" ".join((row["text"] or "").split()[:LEAD_WORDS]),
        published=_moment(row["published"]),
        source_key=row["source"],
        family=host(url),
        lane=Lane.NEWS,
        canonical_url=url,
    )


def _january(corpus: Path) -> Iterator[IssueItems]:
    for issue in daily_issues(corpus):
        if issue.published and issue.published < datetime(2026, 2, 1, tzinfo=UTC):
            yield IssueItems(
                id=issue.key, source_key="daily", published=issue.published, items=issue.items
            )


def _weekly(rows: Sequence[dict[str, Any]]) -> Iterator[IssueItems]:
    for row in {row["url"]: row for row in rows if row["source"] == _WEEKLY}.values():
        items = issue_items(row["text"], url=row["url"], title=row["title"])
        yield IssueItems(
            id=row["url"], source_key="weekly", published=_moment(row["published"]), items=items
        )


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def vote_scores(corpus: Path, labels: dict[str, Any]) -> dict[str, Any]:
    """How many votes go to a story that the item is about; a vote that nobody judged is wrong."""
    cast = [f"{item} {article}" for item, article, _ in cast_votes(corpus)]
    right, wrong = set(labels["votes"]["right"]), set(labels["votes"]["wrong"])
    return {
        "votes": len(cast),
        "votes_right": round(sum(vote in right for vote in cast) / max(len(cast), 1), 4),
        "votes_unjudged": sum(vote not in right | wrong for vote in cast),
    }


def scores(corpus: Path) -> dict[str, Any]:
    """Items and votes against the labels, with seconds."""
    started = time.monotonic()
    labels = json.loads(LABELS.read_text("utf-8"))
    found = item_scores(corpus, labels) | vote_scores(corpus, labels)
    return found | {"seconds": round(time.monotonic() - started, 2)}


def main() -> None:
    """Prints the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    print(json.dumps(scores(parser.parse_args().data)))


if __name__ == "__main__":
    main()
