"""The layers of the settings: config.toml, config.local.toml beside it, and the environment, each
a table as written, and all in one.

Tables are merged key by key, `[[sources]]` source by source. What a value may be is asked later.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aggregator.config.keys import PLUGINS, Table, leaves, rows, source_key
from aggregator.config.plugin_tables import plugin_leaves
from aggregator.config.validators import did_you_mean
from aggregator.domain.settings import SourcesFrom
from aggregator.domain.web.urls import canonical_url
from aggregator.errors import ConfigError
from aggregator.resources import DEFAULT_CONFIG

LOCAL_NAME = "config.local.toml"
ENVIRONMENT_PREFIX = "AGGREGATOR_"
ENVIRONMENT = "environment"

_Removed = tuple[Any, str]  # the value that is still accepted, as it changes nothing; what to do
REMOVED: Mapping[str, _Removed] = {
    "analysis.max_stories_per_run": (
        None,
        "use analysis.in_depth and analysis.in_brief, which count by day",
    ),
    "analysis.token_budget": (
        None,
        "use analysis.in_depth, analysis.in_brief and analysis.time_budget_s",
    ),
    "metrics.status_page": (
        False,
        "use `aggregator doctor`, /healthz and the metrics, and delete status/ in the site folder",
    ),
    "email.most_age_hours": (96, "editions older than 96 hours are sent by `digest send --old`"),
    "alerts.least_pause_minutes": (60, "alerts are an hour apart"),
    "alerts.source_days": (7, "a source counts as dead after failing for 7 days"),
}


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a file. Raises `ConfigError` with the one reason why there are none."""
    return toml_of(text_of(file), file)


def text_of(file: Path) -> str:
    """The text of a file. Raises `ConfigError` where it cannot be read."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(str(file), (f"is not UTF-8: byte {error.start}",)) from error
    except OSError as error:
        raise ConfigError(str(file), (f"cannot be read: {error.strerror}",)) from error


def toml_of(text: str, file: Path) -> dict[str, Any]:
    """The tables of a text that stands in a file, or is about to. Raises `ConfigError`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(file), (f"is not TOML: {error}",)) from error


def file_layers(path: Path, local_text: str | None) -> tuple[dict[str, Table], list[str]]:
    """The tables of the two files by name, and why a file could not be read."""
    if not path.exists():
        return {}, [
            f"no such file: {path}; run `aggregator init` to create it, or name"
            " another with --config"
        ]
    if path.is_dir():
        return {}, [
            f"{path} is a folder; give the file with --config, such as {path / 'config.toml'}"
        ]
    layers: dict[str, Table] = {}
    problems = []
    local = path.with_name(LOCAL_NAME)
    has_local = local_text is not None or local.exists()
    for file in (path, local) if has_local and local != path else (path,):
        try:
            is_given = file == local and local_text is not None
            layers[file.name] = toml_of(local_text or "", file) if is_given else read_toml(file)
        except ConfigError as error:
            problems += [f"{file.name} {reason}" for reason in error.problems]
    return layers, problems


def environment_layer(
    environ: Mapping[str, str], files: Iterable[Table] = ()
) -> tuple[Table, list[str]]:
    """The table that the environment sets, and the variables that are meant for us but name no key.
    Those of plugins that `files` leave on are asked for only where a variable names one.

    A variable without `__` is left alone unless one underscore is all it lacks: service managers
    and container links set names such as AGGREGATOR_PORT of their own.
    """
    known = {_variable(leaf.key): leaf for leaf in leaves()}
    if any(name.startswith(f"{_variable(PLUGINS)}__") for name in environ):
        tables = merged(files).get(PLUGINS)
        known |= {_variable(leaf.key): leaf for leaf in plugin_leaves(tables)}
    removed = {_variable(key): key for key in REMOVED}
    blurred = {re.sub("_+", "_", name): name for name in known}
    table: Table = {}
    problems = []
    for name in sorted(name for name in environ if name.startswith(ENVIRONMENT_PREFIX)):
        if leaf := known.get(name):
            table = laid_over(
                table, _nested(leaf.key, _environment_value(environ[name], leaf.hint))
            )
        elif key := removed.get(name):
            table = laid_over(table, _nested(key, _environment_value(environ[name], None)))
        elif meant := blurred.get(re.sub("_+", "_", name)):
            problems.append(f"{name}: unknown setting in the environment; did you mean {meant}?")
        elif "__" in name:
            problems.append(
                f"{name}: unknown setting in the environment{did_you_mean(name, known)}"
            )
    return table, problems


@functools.cache
def package_sources() -> tuple[Table, ...]:
    """The `[[sources]]` tables that come with the program, on and off."""
    return tuple(read_toml(DEFAULT_CONFIG)["sources"])


def _package_layer(stated: Table) -> Table:
    """The sources of the package, where the files ask for them: all but those whose address a
    source of another key has, so that nothing is read twice.
    """
    if stated.get("sources_from") != SourcesFrom.PACKAGE:
        return {}
    taken = {
        address: source_key(row) for row in rows(stated, "sources") for address in _addresses(row)
    }
    return {
        "sources": [
            row
            for row in package_sources()
            if all(taken.get(address, row["key"]) == row["key"] for address in _addresses(row))
        ]
    }


def _addresses(source: Table) -> Iterator[str]:
    for way in (source, *rows(source, "routes")):
        if isinstance(url := way.get("url"), str):
            yield canonical_url(url) or url


def json_lines(text: str) -> Iterator[Any]:
    """The values of a text with one in JSON on each line. Only a line feed ends a line: JSON may
    hold the other characters that end one for Unicode.
    """
    return (json.loads(line) for line in text.split("\n") if line.strip())


def merged(tables: Iterable[Table]) -> Table:
    """The tables in one, the later over the earlier, in the words of this version, with the sources
    of the package below them where they ask for these.
    """
    stated = _in_present_words(functools.reduce(laid_over, tables, {}))
    return laid_over(_package_layer(stated), stated)


def _variable(key: str) -> str:
    return ENVIRONMENT_PREFIX + key.upper().replace(".", "__")


def _nested(key: str, value: Any) -> Table:
    head, _, rest = key.partition(".")
    return {head: _nested(rest, value) if rest else value}


def _environment_value(text: str, hint: Any) -> Any:
    """The value as TOML reads it, or the text itself where TOML cannot or the key takes text."""
    try:
        value = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    takes_text = isinstance(hint, type) and issubclass(hint, str)
    return (
        text
        if len(value) > 1 or (takes_text and not isinstance(value["value"], str))
        else value["value"]
    )


def laid_over(below: Table, above: Table) -> Table:
    """Both tables in one; where they disagree, the upper one, save for a table, which is never
    hidden by its keys.
    """
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if isinstance(value, dict) and key in below:
            merged[key] = laid_over(under, value) if isinstance(under, dict) else under
        elif key == "sources" and isinstance(value, list) and isinstance(under, list):
            merged[key] = _sources_laid_over(under, value)
        else:
            merged[key] = value
    return merged


def _sources_laid_over(below: list[Any], above: list[Any]) -> list[Any]:
    """The lower sources, each with what an upper one of its key says otherwise; then the upper ones
    that are new.
    """
    changes = {source["key"]: source for source in above if source_key(source) is not None}
    changed = [
        source | changes.get(source_key(source), {}) if isinstance(source, dict) else source
        for source in below
    ]
    old = {source_key(source) for source in below}
    return changed + [
        source for source in above if source_key(source) is None or source_key(source) not in old
    ]


def _in_present_words(table: Table) -> Table:
    """The table without the kind `api`, which once stood beside `listing` and now is one, and
    without removed settings whose value is what the program does anyway.
    """
    for key, (kept, _) in REMOVED.items():
        table = _without(table, key, kept)
    sources = table.get("sources")
    if not isinstance(sources, list):
        return table
    old = {"kind": "listing"}
    return table | {
        "sources": [
            source | old if isinstance(source, dict) and source.get("kind") == "api" else source
            for source in sources
        ]
    }


def _without(table: Table, key: str, value: Any) -> Table:
    """The tables without a key of one of them, if that has this value."""
    name, _, word = key.partition(".")
    found = table.get(name)
    if not isinstance(found, dict) or word not in found or found[word] != value:
        return table
    return table | {name: {kept: found[kept] for kept in found if kept != word}}
