"""What a page may not leave out that ours has."""

from __future__ import annotations

import pytest

from aggregator.templating.kept import missing

CLAIM = '<div class="cited"><q class="claim">Heron 4 is out.</q>'
CITE = (
    '<span class="cite">&nbsp;<button popovertarget="p3" aria-label="Passage 3">3</button></span>'
)
LABEL = ' <span class="mark">inference</span>'
NOTE = '<ol><li id="p3" popover><blockquote>It is out.</blockquote></li></ol>'
REPORT = '<p><a href="mailto:desk@example.org" data-report>Report an error</a></p>'
CREDIT = '<p class="note credit">All rights belong to The Lab.</p>'
OURS = f"<main><h1>Heron 4</h1>{CLAIM}{LABEL}{CITE}</div>{NOTE}{REPORT}{CREDIT}</main>"


@pytest.mark.parametrize(
    ("page", "lacks"),
    [
        pytest.param(OURS, [], id="ours"),
        pytest.param(
            OURS.replace(CLAIM, "<p>So it is: <b>Heron 4 is out.</b>").replace("</div>", "</p>"),
            [],
            id="other elements",
        ),
        pytest.param(f"<h1>Heron 4</h1>{NOTE}{REPORT}{CREDIT}", [], id="the sentence is left out"),
        pytest.param(
            OURS.replace(CITE, ""), ["“…Heron4isout.” is shown without “citation 3”"], id="uncited"
        ),
        pytest.param(
            OURS.replace(LABEL, ""),
            ["“…Heron4isout.” is shown without “inference”"],
            id="an inference that is not said to be one",
        ),
        pytest.param(OURS.replace("It is out.", "It"), ["“Itisout.” is missing"], id="no passage"),
        pytest.param(
            OURS.replace("data-report", "").replace("mailto:desk@example.org", "#"),
            ["“mailto:desk@example.org” is missing"],
            id="no report",
        ),
        pytest.param(
            OURS.replace("The Lab", "us"),
            ["“AllrightsbelongtoTheLab.” is missing"],
            id="no credit",
        ),
        pytest.param(
            OURS + '<link rel="stylesheet" href="https://fonts.example/a.css">',
            ["https://fonts.example/a.css is loaded from elsewhere: put it into static/"],
            id="a style sheet from elsewhere",
        ),
        pytest.param(
            OURS
            + '<a href="https://example.org">x</a><script type="application/ld+json">{}</script>',
            [],
            id="links and data",
        ),
    ],
)
def test_a_page_has_with_its_words_what_belongs_to_them(page: str, lacks: list[str]) -> None:
    assert [*missing(page, OURS)] == lacks
