"""Versions: where a text has them, and that they match exactly."""

from __future__ import annotations

import pytest

from aggregator.verify.versions import missing_versions, version_spans


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("GPX-5.2 beats Claudius Opus 4.5", ["GPX-5.2", "Opus 4.5"]),
        ("v0.5.1 and 0.5.2", ["v0.5.1", "0.5.2"]),
        ("Mixtura 8x7B on H100s", ["8x7B", "H100s"]),
        ("o3-mini and 4o", ["o3-mini", "4o"]),
        ("Python 3.14", ["Python 3.14"]),
        ("Installing 2.4.0 was enough; Lanternfish 2.4.1 helps", ["2.4.0", "Lanternfish 2.4.1"]),
        ("DeepSea v3", ["DeepSea v3"]),
        ("a GPX-5-powered, pre-GPX-4 world", ["GPX-5", "GPX-4"]),
        ("iPhone 17 and Gemma 3 Pro", ["iPhone 17", "Gemma 3"]),
        ("Nearly 40 labs, top-10, mid-2025", []),
        ("Norvik 5 times; Vexel 40 percent; July 4", []),
        ("a fine of USD40 for a shop with a turnover of Rs500", []),
        ("a 7B-parameter model with 80GB in 10ms", []),
        ("Meta Hires Fifty From Rivals, Adds 40 Chips", []),
    ],
)
def test_versions_are_told_from_figures(text: str, versions: list[str]) -> None:
    assert [text[start:end] for start, end in version_spans(text)] == versions


@pytest.mark.parametrize(
    ("claim", "evidence", "supported"),
    [
        pytest.param(
            "GPX-5.2",
            "GPX-5 came after 5.2 months of work",
            False,
            id="not put together from parts",
        ),
        pytest.param("GPX-5.2", "GPX-5", False, id="not a finer one"),
        pytest.param("GPX-5", "GPX-5.2", False, id="not a coarser one"),
        pytest.param("Fennec 3.1", "Lynx 3.1", False, id="not another product's"),
        pytest.param("Fennec 3.1", "Fennec-3.1-8B", True, id="within a longer name"),
        pytest.param("GPX 5.2", "gpx-5.2", True, id="hyphen and case"),
        pytest.param("Claudius 3.5 Sonnet", "claudius-3-5-sonnet", True, id="a slug"),
        pytest.param("Claudius 3", "claudius-3-5-sonnet", False, id="the first half of a slug"),
        pytest.param("version 0.5.1", "vServe v0.5.1", True, id="marks of versions"),
        pytest.param("DeepSea V3", "DeepSea-V3", True, id="a capital mark"),
        pytest.param("an H100", "256 H100s", True, id="plural"),
    ],
)
def test_a_version_matches_word_for_word_and_digit_for_digit(
    claim: str, evidence: str, supported: bool
) -> None:
    assert (missing_versions(claim, [evidence]) == ()) is supported
