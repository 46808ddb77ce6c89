"""How well are catalogues read? `python -m tests.quality.catalogues --data FOLDER --json`.

FOLDER has `catalogues/litellm` and `catalogues/deprecations`, several readings each; extracts of
two others are in tests/corpus. `unexplained` counts records that are neither read nor held
back with a reason; `differ` the values that are not what the record has, computed here by another
way; `contradicted` the retirements that the provider's own words in the record do not have. `cpu_s`
is for a catalogue of 5,000 models, `year_mb` what a year of daily readings adds, each with 1 % of
the models changed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import re
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from aggregator.bootstrap import open_services
from aggregator.domain.settings import AnalysisSettings, DatabaseSettings, Settings, SiteSettings
from aggregator.domain.source import Source
from aggregator.plugins.catalogues.names import known_names
from aggregator.plugins.catalogues.reading import read_catalogue
from aggregator.plugins.catalogues.records import CatalogueReading
from aggregator.plugins.catalogues.stage import take_reading
from aggregator.store.rows import count
from aggregator.store.schema import catalogue_values

ROOT = Path(__file__).parents[2]
_SAMPLE, _MODELS, _DAYS = 200, 5_000, 20
_MONTHS = "January February March April May June July August September October November December"
_MILLION = Decimal(1_000_000)


def measured(data: Path) -> dict[str, Any]:
    """All that is measured on a folder."""
    readings = list(_readings(data / "catalogues"))
    held = [sum(not each.kind for each in reading.held) for _, _, reading in readings]
    totals = [reading.total for _, _, reading in readings]
    read = [len(reading.records) for _, _, reading in readings]
    return {
        "readings": len(readings),
        "records": {
            "total": sum(totals),
            "read": sum(read),
            "held": sum(held),
            "unexplained": sum(totals) - sum(read) - sum(held),
        },
        "values": _values(readings),
        "retirements": _retirements(readings),
        **asyncio.run(_costs()),
    }


def _mapping(key: str) -> dict[str, Any]:
    sources = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))["sources"]
    return next(dict(each["listing"]["mapping"]) for each in sources if each["key"] == key)


def _readings(folder: Path) -> Iterator[tuple[str, Any, CatalogueReading]]:
    """Each reading with its catalogue and its JSON."""
    files = [(path.parent.name, gzip.decompress(path.read_bytes())) for path in _packed(folder)]
    extracts = ROOT / "tests" / "corpus" / "catalogues"
    files += [
        (key, (extracts / f"{key}.json").read_bytes()) for key in ("models-dev", "openrouter")
    ]
    for key, document in files:
        (reading,) = read_catalogue(document, "https://catalogue.example/", _mapping(key))
        yield key, json.loads(document, parse_float=Decimal), reading


def _packed(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.json.gz"))


def _values(readings: list[tuple[str, Any, CatalogueReading]]) -> dict[str, int]:
    """A sample of prices and counts of LiteLLM's list, computed from its JSON."""
    keys = {
        "input_price": "input_cost_per_token",
        "output_price": "output_cost_per_token",
        "cached_price": "cache_read_input_token_cost",
        "context": "max_input_tokens",
        "output_limit": "max_output_tokens",
        "retirement": "deprecation_date",
    }
    found = [
        (each.kind.value, each.value, raw[record.key][keys[each.kind.value]])
        for key, raw, reading in readings
        if key == "litellm"
        for record in reading.records
        for each in record.values
    ]
    sample = random.Random(48).sample(found, min(_SAMPLE, len(found)))
    return {
        "compared": len(sample),
        "differ": sum(not _is_same(kind, value, raw) for kind, value, raw in sample),
    }


def _is_same(kind: str, value: str, raw: Any) -> bool:
    if kind == "retirement":
        return bool(value == raw)
    if kind.endswith("price"):
        return Decimal(value.removeprefix("USD ")) == Decimal(str(raw)) * _MILLION
    return int(value) == int(raw)


def _retirements(readings: list[tuple[str, Any, CatalogueReading]]) -> dict[str, int]:
    """The retirements that would be printed, and those that the record's own words contradict."""
    from aggregator.config.registry_file import load_registry

    names = known_names(load_registry(ROOT / "registry.toml"))
    printed = contradicted = 0
    for key, raw, reading in readings:
        if key != "deprecations":
            continue
        items = raw if isinstance(raw, list) else raw["deprecations"]
        words = {_id(item): _words(item) for item in items}
        for record in reading.records:
            for each in record.values:
                if each.kind == "retirement" and names.knows(record.key):
                    printed += 1
                    days = set(_days(words.get(record.key, "")))
                    contradicted += bool(days) and each.value not in days
    return {"printed": printed, "contradicted": contradicted}


def _id(item: Mapping[str, Any]) -> str:
    provider = item.get("provider", "")
    key = item.get("model_id") or item.get("model") or item.get("title") or ""
    return " ".join(str(key).split()) if provider else ""


def _words(item: Mapping[str, Any]) -> str:
    return str(item.get("deprecation_context") or item.get("content") or item.get("notes") or "")


def _days(words: str) -> Iterator[str]:
    yield from re.findall(r"(?<![\d-])20\d\d-\d\d-\d\d(?![\d-])", words)
    long = re.finditer(r"([A-Z][a-z]{2})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?, (20\d\d)", words)
    short = [month[:3] for month in _MONTHS.split()]
    for found in long:
        if found[1] in short:
            yield f"{found[3]}-{short.index(found[1]) + 1:02}-{int(found[2]):02}"


def _made_up(changed: int) -> bytes:
    """A catalogue of 5,000 models, of which some cost another price than at the start."""
    return json.dumps(
        [
            {"id": f"claude-opus-{n}", "by": "lab", "in": 10 + (n < changed), "window": 200_000}
            for n in range(_MODELS)
        ]
    ).encode()


def _bytes(folder: str) -> int:
    return Path(folder, "list.db").stat().st_size


async def _costs() -> dict[str, Any]:
    mapping = {
        "records": "*",
        "key": "id",
        "provider": "by",
        "values": {"input_price": {"path": "in"}, "context": {"path": "window"}},
    }
    source = Source(key="list", name="List", url="https://catalogue.example/")
    start = datetime(2026, 6, 1, tzinfo=UTC)
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            site=SiteSettings(output=f"{folder}/site"),
            database=DatabaseSettings(url=f"sqlite:///{folder}/list.db"),
            analysis=AnalysisSettings(),
        )
        for day in range(_DAYS):
            async with open_services(settings, start + timedelta(days=day)) as services:
                services.database.upgrade(services.clock.now())
                changed = 0 if day < 2 else 50 * (day - 1)
                began = time.process_time()
                (reading,) = read_catalogue(_made_up(changed), source.url, mapping)
                with services.database.writing() as connection:
                    list(take_reading(connection, services, source, reading))
                    rows = count(connection, catalogue_values)
                seconds.append(time.process_time() - began)
                if day == 1:
                    first, size = rows, _bytes(folder)
        grown = _bytes(folder) - size
    return {
        "cpu_s": {"unchanged": round(seconds[1], 3), "one_percent": round(seconds[2], 3)},
        "values_added": rows - first,
        "year_mb": round(grown / (_DAYS - 2) * 365 / 1_000_000, 1),
    }


def main() -> None:
    """Prints the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    print(json.dumps(measured(parser.parse_args().data), indent=2))


if __name__ == "__main__":
    main()
