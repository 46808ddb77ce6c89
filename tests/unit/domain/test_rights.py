"""Words that close a text to AI systems, and words that do not."""

from __future__ import annotations

import pytest

from aggregator.domain.web.rights import closing_header

AGENT = "ai-news-aggregator/1.0 (+https://site.example)"


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        pytest.param({"x-robots-tag": "noai"}, "X-Robots-Tag: noai", id="noai"),
        pytest.param(
            {"x-robots-tag": "noindex, NoAI, noimageai"}, "X-Robots-Tag: noai", id="among others"
        ),
        pytest.param({"x-robots-tag": "nosnippet"}, "X-Robots-Tag: nosnippet", id="nosnippet"),
        pytest.param(
            {"x-robots-tag": "max-snippet: 0"},
            "X-Robots-Tag: max-snippet:0",
            id="a snippet of nothing",
        ),
        pytest.param({"x-robots-tag": "max-snippet:50"}, "", id="a snippet of something"),
        pytest.param(
            {"x-robots-tag": "noindex, none, noarchive, noimageai"},
            "",
            id="what is about lists, caches, pictures",
        ),
        pytest.param({"x-robots-tag": "otherbot: noai, nosnippet"}, "", id="said to another"),
        pytest.param(
            {"x-robots-tag": "otherbot: noindex, ai-news-aggregator: noai"},
            "X-Robots-Tag: noai",
            id="said to us",
        ),
        pytest.param(
            {"x-robots-tag": "unavailable_after: Saturday, 25-Jul-26 15:00:00 GMT, noai"},
            "X-Robots-Tag: noai",
            id="after a date",
        ),
        pytest.param({"tdm-reservation": "1"}, "tdm-reservation: 1", id="reserved by TDMRep"),
        pytest.param({"tdm-reservation": "0"}, "", id="not reserved"),
        pytest.param({}, "", id="nothing said"),
    ],
)
def test_a_header_closes_a_text_or_does_not(headers: dict[str, str], word: str) -> None:
    assert closing_header(headers, AGENT) == word
