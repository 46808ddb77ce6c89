"""`subject sample|fit`."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Printed, pass_settings
from aggregator.errors import AggregatorError, ArgumentError

if TYPE_CHECKING:
    from aggregator.crawl.fitting import Example
    from aggregator.domain.entry import Entry
    from aggregator.domain.settings import Settings

_ANSWERS = {"yes": True, "no": False}
_MOST_OF_SOURCE = 2000  # entries, the newest
_COLUMNS = ("about", "title", "summary", "url")


@click.group()
def subject() -> None:
    """Learn which entries are about the subject of the site."""


@subject.command()
@click.option("--count", default=200, show_default=True, help="How many entries.")
@pass_settings
def sample(settings: Settings, count: int) -> Printed:
    """Print entries of your sources as examples to be answered.

    A table (CSV) whose first column you fill in: yes where an entry is about the subject, else no.
    """
    from aggregator.domain.ids import sha256_of

    several = [entry for _, some in _stored(settings) for entry in some]
    drawn = sorted({entry.url: entry for entry in several}.values(), key=lambda e: sha256_of(e.url))
    rows = [("", entry.title, entry.summary[:400], entry.url) for entry in drawn[:count]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((_COLUMNS, *rows))
    objects = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return objects, text.getvalue().rstrip("\n")


@subject.command()
@click.argument("examples", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_settings
def fit(settings: Settings, examples: Path) -> Printed:
    """Learn from answered examples, and show how well that works.

    It learns the words of your sources, too: `scope = "subject"` marks those that write about
    nothing else, `scope = "general"` those that write about everything. What it learns is in
    relevance.toml beside registry.toml; the next refresh uses it.
    """
    from aggregator.config.registry_file import fitted_file
    from aggregator.crawl.fitting import LEAST, Example, fitted, measured, model_text
    from aggregator.domain.source import Scope

    answered = _answered(examples)
    yes = sum(example.is_about for example in answered)
    if min(yes, len(answered) - yes) < LEAST:
        raise ArgumentError(
            f"{examples}: {yes} yes and {len(answered) - yes} no; at least {LEAST} of each are"
            " needed, and two hundred examples are better"
        )
    scopes = {source.key: source.scope for source in settings.sources}
    urls = {example.entry.url for example in answered}
    known = [
        Example(entry=entry, is_about=scopes[key] is not Scope.GENERAL)
        for key, several in _stored(settings)
        for entry in several
        if scopes[key] is not Scope.AUTO and entry.url not in urls
    ]
    scores = measured(answered, known)
    target = fitted_file(Path(settings.cluster.registry))
    try:
        target.write_text(model_text(fitted(answered, known)), "utf-8")
    except OSError as error:
        raise AggregatorError(f"{target} cannot be written: {error.strerror}") from error
    return (
        {"written": str(target), "known": len(known), **asdict(scores)},
        f"Learnt from {scores.examples} examples, {scores.about} of them about the subject, and"
        f" {len(known)} entries of sources marked by scope.\n"
        f"Measured on examples that it did not learn from: of the entries that it keeps,"
        f" {scores.precision:.0%} are about the subject (precision); of those that are, it keeps"
        f" {scores.recall:.0%} (recall).\n"
        f"Wrote {target}; the next refresh uses it.",
    )


def _stored(settings: Settings) -> list[tuple[str, tuple[Entry, ...]]]:
    """The entries of each source that is switched on, by key."""
    from aggregator.bootstrap import open_reading
    from aggregator.store.news.entries import latest_of

    with open_reading(settings.database) as connection:
        return [
            (source.key, latest_of(connection, source.key, _MOST_OF_SOURCE))
            for source in settings.sources
            if source.enabled
        ]


def _answered(file: Path) -> list[Example]:
    """The examples that have an answer, the last one of each title: a report that stood among what
    is learnt from would be no measure. Raises ArgumentError.
    """
    from aggregator.crawl.fitting import Example
    from aggregator.domain.entry import Entry

    found: dict[str, Example] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            answer = (row.get("about") or "").strip().lower()
            if not answer or not row.get("title"):
                continue
            if answer not in _ANSWERS:
                raise ArgumentError(f"{file}: {answer!r} is neither yes nor no: {row['title']}")
            title, summary, url = (row.get(name) or "" for name in _COLUMNS[1:])
            entry = Entry(source_key="", guid=url, url=url, title=title, summary=summary)
            found[title.casefold()] = Example(entry=entry, is_about=_ANSWERS[answer])
    return [*found.values()]
