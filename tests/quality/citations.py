"""Walks the JSON twins of a site against the database behind it: does every claim cite a passage
that holds its quote?

    python -m tests.quality.citations [--config config.toml]

Prints one JSON object with counts; exits 1 where a claim is without a citation, a passage unknown,
or a quote not in it. It shares no code with the gates: it reads the published files and the stored
passages only.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from aggregator.config.configuration import load


def main() -> int:
    """Counts what the twins claim, and what of it holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("config.toml"))
    parser.add_argument(
        "--json",
        action="store_true",
        help="for symmetry with the other scripts; the output is always JSON",
    )
    settings = load(parser.parse_args().config, os.environ)
    database = make_url(settings.database.url).database or ""
    limits = settings.analysis.quote_words, settings.analysis.hook_words
    counts = counted(Path(settings.site.output), Path(database), *limits)
    print(json.dumps(counts, indent=2))
    return 1 if any(count for name, count in counts.items() if name.startswith("bad_")) else 0


def counted(
    site: Path, database: Path, quote_words: int = 25, hook_words: int = 45
) -> dict[str, int]:
    """Counts of stories, claims and citations, and of each way in which one can be wrong
    (`bad_…`). A hook may quote more words than other claims.
    """
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    passages = {
        f"{row[0]}.{row[1]}.{row[2]}": row[3]
        for row in connection.execute("SELECT article_id, version, n, text FROM passages")
    }
    urls = dict(connection.execute("SELECT id, url FROM articles"))
    connection.close()
    bad = (
        "uncited",
        "unknown_passage",
        "quote_not_in_passage",
        "quote_too_long",
        "url_of_another_article",
        "not_supported",
    )
    counts = Counter(stories=0, claims=0, citations=0, **{f"bad_{name}": 0 for name in bad})
    for path in sorted(site.glob("story/*/index.json")):
        counts["stories"] += 1
        page = json.loads(path.read_text("utf-8"))
        for claim in claims_in(page):
            most = hook_words if claim == page.get("hook") else quote_words
            counts["claims"] += 1
            counts["bad_uncited"] += not claim["citations"] and claim["kind"] != "absent"
            counts["bad_not_supported"] += claim["verdict"] != "supported"
            for citation in claim["citations"]:
                counts["citations"] += 1
                _check(citation, passages, urls, most, counts)
    return dict(counts)


def claims_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every claim of a twin, wherever it stands: an object with text, kind and citations."""
    if isinstance(value, dict):
        if {"text", "kind", "citations"} <= value.keys():
            yield value
        for inner in value.values():
            yield from claims_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from claims_in(inner)


def _check(
    citation: dict[str, str],
    passages: dict[str, str],
    urls: dict[str, str],
    quote_words: int,
    counts: Counter[str],
) -> None:
    text = passages.get(citation["passage"])
    article, _, n = citation["passage"].partition(".")[0], *citation["passage"].rpartition(".")[1:]
    counts["bad_unknown_passage"] += text is None
    counts["bad_quote_not_in_passage"] += text is not None and (
        not citation["quote"] or citation["quote"] not in text
    )
    counts["bad_quote_too_long"] += n != "0" and len(citation["quote"].split()) > quote_words
    counts["bad_url_of_another_article"] += citation["url"] != urls.get(article)


if __name__ == "__main__":
    sys.exit(main())
