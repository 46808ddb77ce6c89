"""How the search answers beside SQLite's FTS5 over the same texts. `python -m tests.quality.search`
prints it.

The page of the search answers in Chromium, over files that are handed to it from memory.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Route, sync_playwright

from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.search.index_volume import SearchDocument
from aggregator.site.search.pages import search_pages
from bench.search_stories import queries, stories

CHROMIUM = Path("/usr/bin/chromium")
_ADDRESS = "https://news.example/search/"
_SITE = SiteSettings(base_url="https://news.example")
_STORIES = 5_000
_QUERIES = 150
_ANSWER = """async queries => {
  const index = new Index(load);
  await index.open();
  const answers = [];
  for (const query of queries) {
    const { numbers } = await index.find(query, [], false);
    const paths = numbers.slice(0, 10).map(async number => (await index.story(number)).path);
    answers.push(await Promise.all(paths));
  }
  return answers;
}"""


def report(count: int = _STORIES, asked: int = _QUERIES) -> dict[str, float]:
    """The mean share of FTS5's first ten that is among ours: with its own weights, and with ours
    for the headline.
    """
    of = stories(count)
    questions = queries(of, asked)
    ours = answers(of, questions)
    return {
        "overlap": overlap(ours, fts5(of, questions, headline=1.0)),
        "overlap_headline_weighed": overlap(ours, fts5(of, questions, headline=3.0)),
    }


def overlap(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> float:
    """The mean share of their first ten that is among ours, over the questions that they answer."""
    shares = [
        len({*mine} & {*other}) / len(other)
        for mine, other in zip(ours, theirs, strict=True)
        if other
    ]
    return round(statistics.mean(shares), 3)


def answers(of: Sequence[SearchDocument], questions: Sequence[str]) -> list[list[str]]:
    """The paths of our first ten for each question."""
    files = _files(of)

    def answer(route: Route) -> None:
        body = files.get(urlsplit(route.request.url).path)
        route.fulfill(status=200 if body is not None else 404, body=body or b"")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(_ADDRESS)
        page.add_script_tag(content=(TEMPLATES / "static" / "search.js").read_text("utf-8"))
        found: list[list[str]] = page.evaluate(_ANSWER, list(questions))
        browser.close()
    return found


def fts5(
    of: Sequence[SearchDocument], questions: Sequence[str], *, headline: float
) -> list[list[str]]:
    """The paths of SQLite's first ten by bm25, which wants every word; `headline` is what a word is
    worth there.
    """
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE told USING fts5(path UNINDEXED, headline, hook, text)")
    rows = [(document.path, document.headline, document.hook, document.text) for document in of]
    database.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", rows)
    select = (
        "SELECT path FROM told WHERE told MATCH ? ORDER BY bm25(told, 0, ?, 1, 1), rowid DESC"
        " LIMIT 10"
    )
    every = [" ".join(f'"{word}"' for word in question.split()) for question in questions]
    found = [[path for (path,) in database.execute(select, (words, headline))] for words in every]
    database.close()
    return found


def _files(of: Sequence[SearchDocument]) -> Mapping[str, bytes]:
    made = {"/search/": b"<!doctype html><title>Search</title>"}
    for page in search_pages(of, _SITE):
        for file in page.files:
            if file.text:
                body = file.text()
                made[f"/{file.path}"] = body if isinstance(body, bytes) else body.encode()
    return made


def main() -> None:
    """Prints the report."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(json.dumps(report(), indent=2))


if __name__ == "__main__":
    main()
