"""Bytes of a page to text."""

from __future__ import annotations

import pytest

from aggregator.extract.charset import decoded

META = '<meta charset="{}"><p>'


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param("é".encode("utf-8-sig"), "text/html; charset=latin-1", "é", id="byte-order-mark-first"),
        pytest.param("\ufeffé".encode("utf-16-le"), "", "é", id="utf-16-mark"),
        pytest.param("é€".encode("cp1252"), "text/html; charset=iso-8859-1", "é€", id="latin-1-means-windows-1252"),
        pytest.param("é".encode(), 'text/html; charset="ISO-8859-1"', "é", id="valid-utf-8-overrules-http"),
        pytest.param("Привет".encode("koi8-r"), "text/html; charset=KOI8-R", "Привет", id="http"),
        pytest.param("日本".encode("cp932"), "text/html;charset=Shift_JIS", "日本", id="shift-jis"),
        pytest.param("中文".encode("gb18030"), "text/html; charset=gb2312", "中文", id="gb2312-means-gb18030"),
        pytest.param(b"plain", "text/html", "plain", id="ascii"),
        pytest.param(b"\xe9\xff", "text/html", None, id="nothing-declared"),
        pytest.param(b"\xe9\xff", "text/html; charset=nonsense", None, id="unknown-label"),
        pytest.param(b"+ADw-script+AD4-", "text/html; charset=utf-7", "+ADw-script+AD4-", id="utf-7-is-never-read"),
        pytest.param(b"\xe9", "text/html; charset=rot13", None, id="not-a-charset"),
    ],
)
def test_a_page_is_decoded(body: bytes, content_type: str, expected: str | None) -> None:
    assert decoded(body, content_type) == expected


@pytest.mark.parametrize("padding", [0, 5_000])
def test_the_declaration_of_the_page_is_found_behind_long_scripts(padding: int) -> None:
    body = ("x" * padding + META.format("windows-1251") + "Привет").encode("cp1251")

    assert (decoded(body, "text/html") or "").endswith("Привет")


def test_http_comes_before_the_page() -> None:
    body = (META.format("koi8-r") + "Привет").encode("cp1251")

    assert (decoded(body, "text/html; charset=windows-1251") or "").endswith("Привет")
