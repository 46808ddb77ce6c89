"""Scores the timelines on gold ones: `python -m tests.quality.timelines --data
../shared/corpus/timelines/ai-jan2026 --json`.

A gold timeline is of one storyline of `clusters/ai-events-jan2026`; the articles of that storyline
are what is given, as in timeline summarisation (Tran et al. 2013; Martschat and Markert 2018, from
whom date F1 is taken). The product clusters all articles, and each of its stories is told from
those of its articles that are given: claims, gates and rows as a refresh makes them. No label takes
part but the choice of the articles.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aggregator.cluster.members import members
from aggregator.config.layers import json_lines
from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.claim import Analysis
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.source import Source
from aggregator.domain.story import PublishedStory, Story
from aggregator.extract.admission import with_evidence_only
from aggregator.extract.page.assemble import passages
from aggregator.memory.timeline import StoryRow, merged_rows
from aggregator.story.run import analyse
from aggregator.story.stage.engine import extractive_engine
from aggregator.story.stage.gating import Gates
from tests.quality.clusters import labelled, placed

Dates = frozenset[tuple[date, Precision]]


@frozen
class Question:
    """A gold timeline: what is asked, the articles given, and the days of its entries with those
    that support each.
    """

    name: str
    given: frozenset[int]
    support: Mapping[date, frozenset[int]]


def questions(folder: Path) -> tuple[Question, ...]:
    """The gold timelines of a folder; the storyline of each is the one that lists most of its
    supporting items.
    """
    storylines = json.loads((_items_folder(folder) / "stories.json").read_text("utf-8"))
    given = [
        frozenset(item["idx"] for item in storyline["items"]) for storyline in storylines.values()
    ]
    found = []
    for file in sorted(folder.glob("*.json")):
        gold = json.loads(file.read_text("utf-8"))
        support: dict[date, frozenset[int]] = {}
        for entry in gold["entries"]:
            day = date.fromisoformat(entry["date"])
            support[day] = support.get(day, frozenset()) | {
                item["idx"] for item in entry["support"]
            }
        named = frozenset().union(*support.values())
        found.append(
            Question(
                name=gold["question"],
                given=max(given, key=lambda each: len(each & named)),
                support=support,
            )
        )
    return tuple(found)


def report(folder: Path) -> dict[str, Any]:
    """Counts, scores and seconds; each timeline's own numbers under its name, `date_f1` their mean.

    `date_f1_of_publication_days` is what naming every day would get on which an article appeared.
    """
    gold = questions(folder)
    began = time.process_time()
    articles = _articles(_items_folder(folder) / "items.jsonl")
    items = labelled(_items_folder(folder)).items
    here = placed([items])
    story_of = {
        article: here[item.article_id].story_id or ""
        for article, item in zip(articles, items, strict=True)
    }
    told = {question.name: _told(question, articles, story_of) for question in gold}
    timelines = {
        question.name: scored(question, merged_rows(told[question.name]), articles)
        for question in gold
    }
    rows = sum(timeline["rows"] for timeline in timelines.values())
    return {
        "data": folder.name,
        "timelines": timelines,
        "articles": sum(len(question.given) for question in gold),
        "stories": sum(map(len, told.values())),
        "rows": rows,
        "date_f1": _mean(timelines, "date_f1"),
        "date_f1_of_publication_days": _mean(timelines, "date_f1_of_publication_days"),
        "supported_rows": round(
            sum(timeline["supported"] for timeline in timelines.values()) / rows, 4
        )
        if rows
        else None,
        "seconds": round(time.process_time() - began, 3),
    }


def scored(
    question: Question, rows: Sequence[StoryRow], articles: Mapping[int, Article]
) -> dict[str, Any]:
    """How the dates of some rows agree with the gold ones, and how many rows stand in what they
    cite.
    """
    gold: Dates = frozenset((day, Precision.DAY) for day in question.support)
    found: Dates = frozenset((row.row.day, row.row.precision) for row in rows)
    naive: Dates = frozenset(
        (articles[idx].published.at.date(), Precision.DAY) for idx in question.given
    )
    hit = len(gold & found)
    texts = {passage.key: passage for article in articles.values() for passage in article.passages}
    return {
        "gold_dates": len(gold),
        "dates": len(found),
        "rows": len(rows),
        "date_precision": round(hit / len(found), 4) if found else 0.0,
        "date_recall": round(hit / len(gold), 4),
        "date_f1": _f1(gold, found),
        "date_f1_of_publication_days": _f1(gold, naive),
        "supported": sum(is_supported(row, texts) for row in rows),
        "missed": sorted(day.isoformat() for day, _ in gold - found),
        "beyond": sorted(f"{day.isoformat()} {precision}" for day, precision in found - gold),
    }


def _f1(gold: Dates, found: Dates) -> float:
    return round(2 * len(gold & found) / (len(gold) + len(found)), 4)


def _mean(timelines: Mapping[str, Mapping[str, Any]], what: str) -> float:
    return round(float(sum(timeline[what] for timeline in timelines.values())) / len(timelines), 4)


def is_supported(each: StoryRow, texts: Mapping[str, Passage]) -> bool:
    """Whether a row's claim is, word for word, what it cites, out of a passage of an article of its
    own story.
    """
    own = {member.article.id for member in each.published.story.members}
    cited = [(citation.quote, texts.get(citation.passage)) for citation in each.row.claim.citations]
    return bool(cited) and all(
        passage is not None
        and passage.article_id in own
        and quote in passage.text
        and each.row.claim.text.removesuffix(" …") == quote
        for quote, passage in cited
    )


def _told(
    question: Question, articles: Mapping[int, Article], story_of: Mapping[int, str]
) -> tuple[PublishedStory, ...]:
    """The product's stories over the articles given, each told as a refresh tells it."""
    sources = {
        article.source_key: Source(key=article.source_key, name=article.source_key, url=article.url)
        for article in articles.values()
    }
    settings = AnalysisSettings()
    engine = extractive_engine(settings)
    told = []
    for story_id in sorted({story_of[idx] for idx in question.given}):
        placed = [
            (articles[idx], None) for idx in sorted(question.given) if story_of[idx] == story_id
        ]
        story = _story(story_id, placed, sources, settings.language)
        analysis = analyse(story, engine, Gates.around(story, settings).over, story.updated)
        if isinstance(analysis, Analysis):
            told.append(PublishedStory(story=story, analysis=analysis))
    return tuple(told)


def _story(
    story_id: str,
    placed: Sequence[tuple[Article, None]],
    sources: Mapping[str, Source],
    language: str,
) -> Story:
    found = tuple(with_evidence_only(member, language) for member in members(placed, sources))
    moments = [member.article.published.at for member in found]
    return Story(
        id=story_id,
        slug=story_id,
        week="",
        published=min(moments),
        updated=max(moments),
        first_seen=min(moments),
        members=found,
    )


def _items_folder(folder: Path) -> Path:
    return folder.parents[1] / "clusters" / "ai-events-jan2026"


def _articles(file: Path) -> dict[int, Article]:
    return {row["idx"]: _article(row) for row in json_lines(file.read_text("utf-8"))}


def _article(row: Mapping[str, Any]) -> Article:
    key = stable_id("article", row["url"])
    at = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
    return Article(
        id=key,
        version=1,
        source_key=row["source"],
        url=row["url"],
        canonical_url=row["url"],
        title=row["title"],
        published=EntryDate(at=at, origin=DateOrigin.FEED),
        first_seen=at,
        read=Read.EXCERPT,
        language="en",
        passages=passages(key, 1, row["title"], row["text"].splitlines()),
    )


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with gold timelines")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    options = parser.parse_args()
    print(json.dumps(report(options.data), indent=None if options.json else 1))


if __name__ == "__main__":
    main()
