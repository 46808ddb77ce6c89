"""Reads evaluation.toml: the stories of our own that engines are scored on, as the pipeline would
hand them over.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from aggregator.cluster.members import story_of_members
from aggregator.config.layers import read_toml
from aggregator.domain.article import Article, Read
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.ids import stable_id
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.english.text import slug, word_count
from aggregator.extract.admission import with_evidence_only
from aggregator.extract.page.assemble import passages
from aggregator.plugins.evaluation.gold import Case, Falsehood, GoldFact

_FILE = Path(__file__).with_name("evaluation.toml")
_LANGUAGE = "en"
_FACTS = TypeAdapter(tuple[GoldFact, ...])
_FALSEHOODS = TypeAdapter(tuple[Falsehood, ...])


def load_cases() -> tuple[Case, ...]:
    """The cases in the order of the file. Raises `ConfigError` where it cannot be read."""
    return tuple(_case(story) for story in read_toml(_FILE)["stories"])


def _case(table: dict[str, Any]) -> Case:
    found = sorted(
        (_member(row) for row in table["articles"]), key=lambda row: row.article.published.at
    )
    return Case(
        name=table["name"],
        story=story_of_members(
            stable_id("evaluation", table["name"]),
            [with_evidence_only(member, _LANGUAGE) for member in found],
            "UTC",
        ),
        facts=_FACTS.validate_python(table["facts"]),
        falsehoods=_FALSEHOODS.validate_python(table["falsehoods"]),
    )


def _member(table: dict[str, Any]) -> Member:
    at, key = table["published"].astimezone(UTC), slug(table["source"])
    url = f"https://{key}.example/{slug(table['title'])}"
    article_id = stable_id(url)
    article = Article(
        id=article_id,
        version=1,
        source_key=key,
        url=url,
        canonical_url=url,
        title=table["title"],
        published=EntryDate(at=at, origin=DateOrigin.FEED),
        first_seen=at,
        read=Read.FULL,
        passages=passages(article_id, 1, table["title"], table["text"].split("\n\n")),
        language=_LANGUAGE,
        words=word_count(table["text"]),
    )
    primary = bool(table.get("primary"))
    lane = Lane.LAB if primary else Lane.NEWS
    return Member(
        article=article,
        family=key,
        source_name=table["source"],
        lane=lane,
        weight=1.0,
        primary=primary,
    )
