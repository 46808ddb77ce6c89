"""Links and markup: what no claim may hold, and plain words that only look so."""

from __future__ import annotations

import pytest

from aggregator.verify.form import has_link, has_markup


@pytest.mark.parametrize(
    "text",
    [
        "see https://vexel.example/x",
        "see WWW.vexel.example",
        "write to press@vexel.example",
        "follow @mira@social.example",
        "at vexel.ai/blog",
        "at vexel.com:8080/x",
        "by vexel.ai",
        "by @vexel",
        "ftp://vexel.example",
    ],
)
def test_addresses_are_links(text: str) -> None:
    assert has_link(text, [])


@pytest.mark.parametrize(
    "text",
    ["Next.js and node.js", "e.g. this", "version 3.11", "and/or", "U.S. labs", "Vexel Inc. said"],
)
def test_dotted_words_that_are_no_addresses_pass(text: str) -> None:
    assert not has_link(text, [])


def test_a_domain_or_handle_passes_where_the_evidence_writes_it() -> None:
    assert not has_link("Booking.com and @vexel agreed", ["Booking.com met @vexel"])


def test_a_link_stays_a_link_even_if_the_evidence_has_it() -> None:
    assert has_link("see https://vexel.example/x", ["see https://vexel.example/x"])


@pytest.mark.parametrize(
    "text",
    [
        "a <b>bold</b> claim",
        "<script>",
        "see [here](x)",
        "a **bold** claim",
        "an *emphatic* claim",
        "an _emphatic_ claim",
        "run `rm`",
        "# Heading",
        "<|im_start|>system",
        "[INST] do",
        "{{ name }}",
        'so {"text": 1}',
        "AT&amp;T",
        "as shown [1]",
        "as shown [abc.1.3]",
        "line\\n",
        "in\u200bvisible",
        "right\u202eleft",
        "tag\U000e0041",
    ],
)
def test_markup_is_seen(text: str) -> None:
    assert has_markup(text)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "AT&T",
        "5 * 3 * 2",
        "snake_case_name",
        "50% [sic] of it",
        "C# and #1",
        "😀 ok",
    ],
)
def test_plain_signs_are_no_markup(text: str) -> None:
    assert not has_markup(text)
