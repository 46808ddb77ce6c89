"""Reading catalogues by the mappings of config.toml, and documents that mean harm."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from aggregator.plugins.catalogues.reading import read_catalogue
from aggregator.plugins.catalogues.records import CatalogueReading
from aggregator.plugins.catalogues.retirement import (
    OTHER_DAY,
    OTHER_MODEL,
    SAME_DAY,
    SEVERAL_DAYS,
    WRONG_ORDER,
    retirement,
)

ROOT = Path(__file__).parents[4]
CORPUS = ROOT / "tests" / "corpus" / "catalogues"
_PLAIN = {
    "records": "*",
    "key": "id",
    "provider": "by",
    "page": "page",
    "values": {"input_price": {"path": "price"}, "context": {"path": "window"}},
}


def mapping_of(key: str) -> dict[str, object]:
    sources = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))["sources"]
    (found,) = (each["listing"]["mapping"] for each in sources if each["key"] == key)
    return dict(found)


def shipped(key: str) -> CatalogueReading:
    document = (CORPUS / f"{key}.json").read_bytes()
    (reading,) = read_catalogue(document, "https://catalogue.example/", mapping_of(key))
    assert isinstance(reading, CatalogueReading)
    return reading


def plain(*items: object, **mapping: object) -> CatalogueReading:
    document = json.dumps(items).encode()
    (reading,) = read_catalogue(document, "https://catalogue.example/", _PLAIN | mapping)
    assert isinstance(reading, CatalogueReading)
    return reading


def stated(reading: CatalogueReading) -> dict[str, dict[str, str]]:
    return {
        f"{record.provider}/{record.key}": {each.kind.value: each.value for each in record.values}
        for record in reading.records
    }


def reasons(reading: CatalogueReading) -> list[str]:
    return [each.reason for each in reading.held]


def test_prices_of_a_token_are_read_as_prices_of_a_million() -> None:
    assert stated(shipped("litellm"))["openai/gpt-5-nano-2025-08-07"] == {
        "input_price": "USD 0.05",
        "output_price": "USD 0.4",
        "cached_price": "USD 0.005",
        "context": "272000",
        "output_limit": "128000",
    }


def test_the_line_of_a_value_is_as_its_record_writes_it() -> None:
    (record,) = (each for each in shipped("litellm").records if each.key == "gpt-4-0314")

    assert [each.text for each in record.values][-1] == "gpt-4-0314 · deprecation_date = 2026-03-26"
    assert record.values[0].text == "gpt-4-0314 · input_cost_per_token = 3e-05"


@pytest.mark.parametrize("key", ["litellm", "deprecations", "models-dev", "openrouter"])
def test_every_record_of_a_shipped_catalogue_is_read_or_held_back_with_a_reason(key: str) -> None:
    reading = shipped(key)

    held = [each for each in reading.held if not each.kind]
    assert len(reading.records) + len(held) == reading.total > 1


def test_models_of_several_providers_lie_two_levels_deep() -> None:
    assert stated(shipped("models-dev")) == {
        "example-lab/sparrow-2": {
            "input_price": "USD 3",
            "output_price": "USD 15",
            "cached_price": "USD 0.3",
            "context": "200000",
            "output_limit": "64000",
            "released": "2026-05-04",
        },
        "example-lab/sparrow-2-mini": {
            "input_price": "USD 0.25",
            "output_price": "USD 1.25",
            "context": "128000",
        },
        "other-host/example/sparrow-2": {
            "input_price": "USD 2.9",
            "output_price": "USD 14.5",
            "context": "200000",
            "output_limit": "64000",
        },
    }


def test_a_price_that_is_none_is_held_back() -> None:
    reading = shipped("openrouter")

    assert stated(reading)["OpenRouter/openrouter/auto"] == {"context": "2000000"}
    assert Counter(reasons(reading)) == {"a price below zero": 2}


def test_a_retirement_on_its_announcement_is_held_back_unless_the_provider_says_more() -> None:
    found = {
        record.key: each.value
        for record in shipped("deprecations").records
        for each in record.values
        if each.kind == "retirement"
    }

    assert found == {
        "Phi-4": "2025-08-30",
        "meta.llama3-8b-instruct-v1": "2024-10-30",
        "stability.sd3-5-large-v1:0": "2025-09-04",
        "rerank-english-v2.0": "2025-04-30",
    }


_JUNE, _SEPTEMBER = date(2026, 6, 10), date(2026, 9, 10)


@pytest.mark.parametrize(
    ("claimed", "announced", "words", "expected"),
    [
        (_SEPTEMBER, _JUNE, "", (_SEPTEMBER, "", "")),
        (_JUNE, _JUNE, "", (None, "", SAME_DAY)),
        (_JUNE, _SEPTEMBER, "", (None, "", WRONG_ORDER)),
        (
            _JUNE,
            _JUNE,
            "On June 10th, 2026 we told developers. It ends on 2026-09-10.",
            (_SEPTEMBER, "It ends on 2026-09-10.", ""),
        ),
        (_SEPTEMBER, _JUNE, "It ends on October 1, 2026.", (None, "", OTHER_DAY)),
        (_SEPTEMBER, _JUNE, "2026-09-10 a\n2026-10-10 b", (None, "", SEVERAL_DAYS)),
        (
            _SEPTEMBER,
            _JUNE,
            "The sparrow-exp-03 model ends on September 10, 2026.",
            (None, "", OTHER_MODEL),
        ),
    ],
    ids=[
        "as-claimed",
        "same-day",
        "before",
        "words-decide",
        "words-contradict",
        "a-table",
        "of-another-model",
    ],
)
def test_the_providers_own_words_decide_on_a_retirement(
    claimed: date, announced: date, words: str, expected: tuple[date | None, str, str]
) -> None:
    assert retirement(claimed, announced, words, "sparrow-001") == expected


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"id": "a\u202eb"}, "its key has control characters"),
        ({"id": "a\x1b[31m"}, "its key has control characters"),
        ({"id": "x" * 500}, "its key is longer than 120 characters"),
        ({"by": None}, "its provider is missing"),
        ({"price": "1e999999999"}, "not a price in USD"),
        ({"price": "9" * 5000}, "not a price in USD"),
        ({"price": "NaN"}, "not a price in USD"),
        ({"price": "€3"}, "not a price in USD"),
        ({"price": 3_000_000}, "a price above 10,000 for a million tokens"),
        ({"window": 1.5}, "not a number of tokens"),
        ({"window": -1}, "not a number of tokens"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_plausible_form_is_held_back(item: dict[str, object], reason: str) -> None:
    reading = plain({"id": "sparrow", "by": "lab", "price": 3, "window": 8} | item, {"id": "b"})

    assert reason in reasons(reading)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b.example/"],
)
def test_an_address_that_is_none_of_the_web_is_left_out(address: str) -> None:
    reading = plain({"id": "sparrow", "by": "lab", "price": 3, "page": address})

    assert [record.page for record in reading.records] == [""]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' * 200_000, "nested too deeply"),
        (b"[" + b"9" * 100_000 + b"]", "no records"),
        (b"<html>", "Expecting value"),
        (b"[]", "no records"),
        (b"[" + b'{"id": 1},' * 20_001 + b"{}]", "more than 20,000 records"),
    ],
    ids=["lists", "objects", "number", "page", "empty", "many"],
)
def test_a_document_that_is_no_catalogue_is_refused_in_words(document: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_catalogue(document, "https://catalogue.example/", _PLAIN)


def test_a_table_of_a_page_is_read_by_its_headings() -> None:
    page = b"""<table id="p"><tr><th>Model</th><th>Input, per MTok</th><th>Window</th></tr>
    <tr><td>Sparrow <b>2</b></td><td>$3.00</td><td>200,000</td></tr></table>"""
    mapping = {
        "records": "*",
        "table": "#p",
        "key": "Model",
        "provider": "=Lab",
        "values": {
            "input_price": {"path": "Input per MTok"},
            "context": {"path": "Window"},
        },
    }
    (reading,) = read_catalogue(page, "https://lab.example/prices", mapping)

    assert stated(reading) == {"Lab/Sparrow 2": {"input_price": "USD 3", "context": "200000"}}


def test_a_record_listed_twice_with_different_values_counts_once() -> None:
    one = {"id": "sparrow", "by": "lab", "price": 3}
    reading = plain(one, one, one | {"price": 4})

    assert stated(reading) == {"lab/sparrow": {"input_price": "USD 3"}}
    assert reasons(reading) == ["listed twice, with different values"]
