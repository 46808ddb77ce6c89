"""What do the opened citations of a built site show, and is every quotation as it is stored?

    python -m tests.quality.opened --site FOLDER --database FILE

Prints one JSON object; exits 1 where a quotation is not verbatim. It shares no code with what
writes pages: it reads the published HTML and JSON and the stored passages.

Of the citations that open on stories' pages (`opened`; headlines, and what quotes nothing, are
counted apart) it counts those without a whole sentence of the source
(`without_sentence`), those with six words or fewer (`six_words_or_fewer`), and those that add
nothing to what is printed (`adds_nothing`). Of claims that are quotations (`quotations`) and of
citations (`citations`) it counts those that stand in no stored sentence, and tells the first.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html

from aggregator.english.text import sentences
from tests.quality.citations import claims_in

_FEW = 6  # words
_LONG = 40  # words of a sentence of which a clause may stand for it
_TOLD = 20
_CUT = "…"
_HEADLINE = ".0"  # ends the key of the passage that holds it


@dataclass(frozen=True)
class Opened:
    """What a reader sees on opening a citation, and which words of it are the quotation."""

    text: str
    quote: str
    is_quoted: bool


def main() -> int:
    """Counts what the pages of a site open."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True, help="of SQLite, only read")
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    options = parser.parse_args()
    found = report(options.site, options.database)
    print(json.dumps(found, indent=None if options.json else 1, ensure_ascii=False))
    return 1 if found["quotations_not_verbatim"] or found["citations_not_verbatim"] else 0


def report(site: Path, database: Path) -> dict[str, Any]:
    """The counts, and the first of those that are not verbatim."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = connection.execute("SELECT article_id, version, n, text FROM passages")
    passages = {f"{article}.{version}.{n}": text for article, version, n, text in rows}
    connection.close()
    counts = Counter(
        dict.fromkeys(
            ("stories", "headlines", "notices", "opened", "without_sentence",
             "six_words_or_fewer", "adds_nothing", "quotations", "quotations_not_verbatim",
             "citations", "citations_not_verbatim"),
            0,
        )
    )  # fmt: skip
    told: list[str] = []
    for path in sorted(site.glob("story/*/index.json")):
        counts["stories"] += 1
        claims = [*_quoting(claims_in(json.loads(path.read_text("utf-8"))))]
        titles = _quotes(claims, are_headlines=True) - _quotes(claims, are_headlines=False)
        known = [*_cited_sentences(claims, passages)]
        for one in opened(path.with_name("index.html")):
            counts.update(_kinds(one, titles, known))
        for claim in claims:
            for name, text in _not_verbatim(claim, passages, counts):
                counts[name] += 1
                told.append(f"{path.parent.name}: {text}")
    return {**counts, "told": told[:_TOLD]}


def opened(page: Path) -> Iterator[Opened]:
    """The citations that open on a page."""
    for item in html.fromstring(page.read_text("utf-8")).xpath("//li[@popover]"):
        block = item.find("blockquote")
        if block is None:
            yield Opened("", "", is_quoted=False)
            continue
        mark = block.find("mark")
        text = _plain(block.text_content())
        yield Opened(text, _plain(mark.text_content()) if mark is not None else "", is_quoted=True)


def _kinds(one: Opened, titles: set[str], known: Sequence[str]) -> Iterator[str]:
    """What an opened citation is counted as, given the headlines and the sentences that the page
    cites.
    """
    if not one.is_quoted:
        yield "notices"
    elif one.text in titles:
        yield "headlines"
    else:
        yield "opened"
        if not any(sentence in one.text for sentence in known):
            yield "without_sentence"
        if len(one.text.split()) <= _FEW:
            yield "six_words_or_fewer"
        if not one.quote:
            yield "adds_nothing"


def _quotes(claims: list[dict[str, Any]], *, are_headlines: bool) -> set[str]:
    return {
        _plain(citation["quote"])
        for claim in claims
        for citation in claim["citations"]
        if citation["passage"].endswith(_HEADLINE) is are_headlines
    }


def _quoting(claims: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The claims with those of their citations that quote: not those with a notice, or a label."""
    for claim in claims:
        cited = [citation for citation in claim["citations"] if citation.get("quote")]
        yield claim | {"citations": cited}


def _cited_sentences(
    claims: Sequence[Mapping[str, Any]], passages: Mapping[str, str]
) -> Iterator[str]:
    """The sentences that citations rest on, or of long ones the words at their quotation."""
    for citation in (each for claim in claims for each in claim["citations"]):
        for sentence in map(_plain, sentences(passages.get(citation["passage"], ""))):
            quote = _plain(citation["quote"])
            if quote in sentence:
                yield sentence if len(sentence.split()) <= _LONG else quote


def _not_verbatim(
    claim: Mapping[str, Any], passages: Mapping[str, str], counts: Counter[str]
) -> Iterator[tuple[str, str]]:
    """The quotations of a claim that stand in no stored sentence. A claim that is one may begin
    with a capital of ours, and end with a full stop of ours, or an ellipsis where it is cut.
    """
    stored = [
        [text] if citation["passage"].endswith(_HEADLINE) else sentences(text)
        for citation in claim["citations"]
        for text in [passages.get(citation["passage"], "")]
    ]
    for citation, several in zip(claim["citations"], stored, strict=True):
        counts["citations"] += 1
        if not _stands(citation["quote"], several):
            yield "citations_not_verbatim", citation["quote"]
    if claim["kind"] == "extracted":
        counts["quotations"] += 1
        if not any(_stands(_own_words(claim["text"]), several) for several in stored):
            yield "quotations_not_verbatim", claim["text"]


def _stands(quote: str, several: Sequence[str]) -> bool:
    return bool(quote) and any(quote in sentence for sentence in several)


def _own_words(text: str) -> str:
    return text[1:].removesuffix(".").removesuffix(f" {_CUT}")


def _plain(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
