"""What is counted of opened citations, on a page of each kind."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.quality.opened import report

PASSAGE = "Halden runs six wards. The clinic left after two years, its director said."
TITLE = "A clinic leaves. What next?"


def citing(text: str, quote: str, passage: str) -> dict[str, object]:
    return {
        "text": text,
        "kind": "extracted",
        "citations": [{"passage": passage, "quote": quote, "url": "https://daily.example/clinic"}],
    }


def counts_of(folder: Path, claims: list[dict[str, object]], *opened: str) -> dict[str, object]:
    """The counts of a site of one story with these claims, whose citations open like this."""
    story = folder / "site" / "story" / "clinic"
    story.mkdir(parents=True)
    items = "".join(f"<li popover>{each}</li>" for each in opened)
    (story / "index.html").write_text(f"<html><body><ol>{items}</ol></body></html>", "utf-8")
    (story / "index.json").write_text(json.dumps({"claims": claims}), "utf-8")
    database = sqlite3.connect(folder / "news.db")
    database.execute("CREATE TABLE passages (article_id, version, n, text)")
    rows = [("a", 1, 0, TITLE), ("a", 1, 1, PASSAGE)]
    database.executemany("INSERT INTO passages VALUES (?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    return report(folder / "site", folder / "news.db")


def test_citations_are_counted_by_what_they_show_of_the_sentence(tmp_path: Path) -> None:
    clause = "The clinic left after two years"
    found = counts_of(
        tmp_path,
        [citing(f"{clause}.", clause, "a.1.1"), citing(TITLE, TITLE, "a.1.0")],
        f"<blockquote>{PASSAGE.replace(clause, f'<mark>{clause}</mark>')}</blockquote>",
        f"<blockquote>{clause} …</blockquote>",
        f"<blockquote>{TITLE}</blockquote>",
        "<p>The Daily does not allow quoting; read it at the source.</p>",
    )

    assert [found[name] for name in ("opened", "headlines", "notices")] == [2, 1, 1]
    assert (found["without_sentence"], found["six_words_or_fewer"], found["adds_nothing"]) == (
        1, 0, 1,
    )  # fmt: skip
    assert (found["quotations_not_verbatim"], found["citations_not_verbatim"]) == (0, 0)


def test_a_quotation_that_no_stored_sentence_has_is_told(tmp_path: Path) -> None:
    joined = "six wards. The clinic left"
    found = counts_of(
        tmp_path,
        [citing("The clinic left after three years.", "left after two years", "a.1.1")],
        f"<blockquote>{joined}</blockquote>",
    )
    beyond = counts_of(tmp_path / "two", [citing(joined, joined, "a.1.1")])

    assert (found["quotations_not_verbatim"], found["citations_not_verbatim"]) == (1, 0)
    assert found["told"] == ["clinic: The clinic left after three years."]
    assert beyond["citations_not_verbatim"] == 1
