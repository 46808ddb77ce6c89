"""Whose word a claim is, wherever it is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.digest.edition.sentences import CitationNumbers
from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.insight import NOT_STATED
from aggregator.site.lists.lines import story_line
from aggregator.site.story.cited import Citations
from tests import builders

PAPER = builders.article("Vexel ships a chip", key="paper")
REPORT = builders.member(PAPER, name="The Paper")
HEARSAY = "According to Reuters, the chip halves the bill for power."


@pytest.mark.parametrize(
    ("quote", "language", "name"),
    [
        (HEARSAY, "en", "The Paper, citing Reuters"),
        (HEARSAY, "de", "The Paper unter Berufung auf Reuters"),
        ("According to The Paper, the chip halves the bill.", "en", "The Paper"),
        ("The chip halves the bill for power.", "en", "The Paper"),
    ],
)
def test_hearsay_is_told_as_such_on_pages_lists_and_in_editions(
    quote: str, language: str, name: str
) -> None:
    claim = builders.claim(quote, PAPER)
    published = builders.published_story(builders.story([REPORT]))
    draft = replace(published.analysis.kept, hook=claim)
    published = replace(published, analysis=replace(published.analysis, kept=draft))

    line = story_line(published, language)

    assert Citations([claim], {PAPER.id: REPORT}, language).claim(claim).attribution == name
    assert line.hook is not None
    assert line.hook.attribution == name
    assert [
        citation.source
        for citation in CitationNumbers({"s": published}, language).claim("s", claim).citations
    ] == [name]


def test_what_no_source_states_is_said_in_the_language_of_the_page() -> None:
    absent = Claim(text=NOT_STATED, kind=ClaimKind.ABSENT, citations=())

    said = [Citations([absent], {}, language).claim(absent) for language in ("en", "de")]

    assert [(one.text, one.ours) for one in said] == [
        ("not stated", True),
        ("nicht angegeben", True),
    ]


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        pytest.param("The chip halves the", "The chip halves the\u00a0…", id="cut-after"),
        pytest.param("halves the bill.", "… halves the bill.", id="cut-before"),
        pytest.param("The chip halves the bill.", "The chip halves the bill.", id="whole"),
    ],
)
def test_a_quote_that_is_cut_says_so_where_it_stands_alone(quote: str, shown: str) -> None:
    cited = Citations([builders.claim(quote, PAPER)], {PAPER.id: REPORT}, "en").all()

    assert [note.citation.excerpt for note in cited] == [shown]


def test_a_label_in_place_of_a_headline_is_printed_as_our_words_and_quotes_nothing() -> None:
    labelled = replace(PAPER, title="A report by The Paper", is_labelled=True)
    label = builders.headline(labelled)
    citations = Citations([label], {PAPER.id: replace(REPORT, article=labelled)}, "en")
    printed = citations.claim(label)

    assert (printed.shown, printed.ours, printed.quoted) == ("A report by The Paper", True, False)
    assert [note.citation.quote for note in citations.all()] == [""]
