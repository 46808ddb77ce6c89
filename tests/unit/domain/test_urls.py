"""Addresses: what is asked for, and under which address an article is known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.layers import json_lines
from aggregator.domain.web.urls import canonical_url, fetchable_url, host, is_public_name, origin

WHATWG = Path(__file__).parents[4] / "shared" / "corpus" / "hostile" / "url" / "urltestdata.json"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "HTTPS://Example.COM/Path/Page",
            "https://example.com/Path/Page",
            id="host-lower-path-case-kept",
        ),
        pytest.param(
            "http://example.com:80/a", "https://example.com/a", id="http-is-the-same-article"
        ),
        pytest.param("https://example.com:443/a", "https://example.com/a", id="default-port"),
        pytest.param(
            "http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a", id="own-port-keeps-its-scheme"
        ),
        pytest.param("https://example.com/a#comments", "https://example.com/a", id="fragment"),
        pytest.param("https://example.com/a?", "https://example.com/a", id="empty-query"),
        pytest.param("https://u:p@example.com/a", "https://example.com/a", id="credentials"),
        pytest.param(
            "https://example.com/a?utm_source=rss&UTM_Medium=x&id=7",
            "https://example.com/a?id=7",
            id="utm",
        ),
        pytest.param(
            "https://example.com/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4",
            "https://example.com/a",
            id="click-ids",
        ),
        pytest.param(
            "https://example.com/a?%75tm_source=x",
            "https://example.com/a",
            id="percent-encoded-tracker",
        ),
        pytest.param(
            "https://example.com/a?b=2&a=1&q=x%20y+z",
            "https://example.com/a?b=2&a=1&q=x%20y+z",
            id="rest-verbatim",
        ),
        pytest.param(
            "https://example.com/item?id=1&&",
            "https://example.com/item?id=1",
            id="stray-ampersands",
        ),
        pytest.param(
            "https://example.com/a/../b/./c", "https://example.com/b/c", id="dot-segments"
        ),
        pytest.param(
            "https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC", id="international"
        ),
        pytest.param(
            " https://example.com/\n a",
            "https://example.com/%20a",
            id="white-space-as-browsers-read-it",
        ),
        pytest.param("javascript:alert(1)", None, id="javascript"),
        pytest.param("ftp://example.com/a", None, id="ftp"),
        pytest.param("data:text/html,x", None, id="data"),
        pytest.param("/relative", None, id="relative-without-base"),
        pytest.param("https://", None, id="no-host"),
        pytest.param("http://a.xn--pokxncvks/", None, id="no-punycode"),
        pytest.param("", None, id="empty"),
        pytest.param("https://exa\ud800mple.com/", None, id="lone-surrogate"),
        pytest.param("https://example.com/" + "a" * 5_000, None, id="absurdly-long"),
    ],
)
def test_an_article_is_known_by_one_address(url: str, expected: str | None) -> None:
    assert canonical_url(url) == expected


def test_a_relative_link_is_resolved_against_its_base() -> None:
    assert (
        canonical_url("../b?x=1", "http://Example.com/feeds/a.xml") == "https://example.com/b?x=1"
    )


def test_a_canonical_address_is_its_own_canonical_address() -> None:
    once = canonical_url("http://Example.com:80/A?utm_x=1&b=%7E#f")

    assert once is not None
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "http://u@Example.com/a?utm_source=rss#f",
            "http://example.com/a?utm_source=rss",
            id="scheme-and-query-kept",
        ),
        pytest.param("mailto:a@example.com", None, id="not-http"),
    ],
)
def test_the_address_we_ask_keeps_what_the_publisher_wrote(url: str, expected: str | None) -> None:
    assert fetchable_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://WWW.Example.com:8443/a", "example.com"),
        ("http://news.example.com./", "news.example.com"),
        ("not a url", ""),
    ],
)
def test_hosts_of_one_publisher_compare_equal(url: str, expected: str) -> None:
    assert host(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Example.com:443/a?b", "https://example.com"),
        ("http://example.com:81/", "http://example.com:81"),
        ("x:y", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin(url) == expected


def test_the_whatwg_suite_is_read_as_its_authors_read_it() -> None:
    if not WHATWG.is_file():
        pytest.skip("the WHATWG URL cases are not beside this checkout")
    cases = [case for case in json.loads(WHATWG.read_text("utf-8")) if isinstance(case, dict)]
    read = [(fetchable_url(case["input"], case.get("base")), _asked(case)) for case in cases]

    assert [
        case for case, (found, expected) in zip(cases, read, strict=True) if found != expected
    ] == []


def test_addresses_that_attack_keep_the_host_that_browsers_see() -> None:
    cases = WHATWG.with_name("ssrf_and_canonical.jsonl")
    if not cases.is_file():
        pytest.skip("the hostile addresses are not beside this checkout")
    attacks = [row["url"] for row in json_lines(cases.read_text("utf-8"))]

    assert {host(url) for url in attacks if is_public_name(url)} == {
        "example.org",
        "xn--80ak6aa92e.com",
    }


def _asked(case: dict[str, str]) -> str | None:
    """The expected address without credentials and fragment; None for what is no address of the
    web.
    """
    if case.get("failure") or case["protocol"] not in ("http:", "https:"):
        return None
    return re.sub(r"^(https?:)//[^/@]*@", r"\1//", case["href"].partition("#")[0])


@given(st.text(alphabet="abxnZ09.-/:@?&=%+~_,;é", max_size=24))
def test_an_address_that_needs_no_parsing_reads_as_if_it_were_parsed(rest: str) -> None:
    url = f"http://a.example/{rest}"
    parsed = f"{url}#fragment"  # none with a fragment is taken as it stands

    assert (fetchable_url(url), canonical_url(url)) == (
        fetchable_url(parsed),
        canonical_url(parsed),
    )


@given(st.text(alphabet="ab0-.:xn@%", max_size=16))
def test_a_host_that_needs_no_parsing_reads_as_if_it_were_parsed(rest: str) -> None:
    url = f"https://{rest}/page"

    assert fetchable_url(url) == fetchable_url(f"{url}#fragment")
