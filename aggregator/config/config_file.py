"""Writes config files: the config.toml of `init` with the JSON Schema by which editors
complete it, and config.local.toml, the part of the configuration that commands may change.
[tomlkit]

Comments, order and layout of the file stay as they are. A text is written only after it was read as
configuration, and by renaming a finished file into place: there is never half a file, nor one that
the next command refuses.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from tomlkit.items import AoT, Table

from aggregator.config.configuration import load, settings_table, toml_value
from aggregator.config.keys import PLUGINS, source_key
from aggregator.config.layers import LOCAL_NAME
from aggregator.config.plugin_tables import plugin_records
from aggregator.domain import settings, source
from aggregator.domain.settings import Settings
from aggregator.domain.web.address import Address
from aggregator.errors import ConfigError
from aggregator.hooks.plugins import Plugins

SCHEMA_NAME = "config.schema.json"
CHANGED_MOST = (  # what people change besides the answers of `init`, in the order of the file
    "site.contact",
    "site.language",
    "site.timezone",
    "edition.period",
    "email.from",
    "email.smtp_host",
    "email.smtp_security",
    "email.smtp_user",
    "schedule.digest",
    "alerts.to",
)
_NEW_HEAD = f"""\
#:schema ./{SCHEMA_NAME}
# Your settings. All others keep their defaults: `aggregator config show --all` lists them, and
# `aggregator config check` reports all mistakes. Paths are relative to this file.
"""
_HEAD = (
    "# Overrides config.toml key by key, and its sources one by one. `aggregator sources`"
    " writes here, and you can too.\n"
)


class _WithoutTitles(GenerateJsonSchema):
    """Editors show the title of a key above its description; made from the key, it adds nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """False for all."""
        return False


def config_schema() -> dict[str, Any]:
    """The JSON Schema of config.toml: its keys, their types, defaults and sentences of help. What a
    well-typed value may be, such as a range, only `config check` knows.
    """
    schema = TypeAdapter(Settings).json_schema(schema_generator=_WithoutTitles)
    schema |= {"title": "config.toml", "description": "Settings of aggregator."}
    records = (*vars(settings).values(), *vars(source).values())
    for record in records:
        if isinstance(record, type) and dataclasses.is_dataclass(record):
            table = schema if record is Settings else schema["$defs"].get(record.__name__, {})
            _describe(table, record)
    schema["properties"][PLUGINS]["properties"] = {
        name: _plugin_schema(name, records) for name, records in plugin_records({}).items()
    }
    kinds = Plugins().keyed("source_kinds", "kind")
    schema["$defs"]["SourceKind"]["enum"] += kinds
    del schema["$defs"]["Listing"]["required"]  # a plugin's kind says the format itself
    return schema


def _plugin_schema(name: str, records: Iterable[type]) -> dict[str, Any]:
    """The schema of the table of a plugin, with what its records have."""
    place = f"#/properties/{PLUGINS}/properties/{name}/$defs/{{model}}"
    found: dict[str, Any] = {"type": "object"}
    for record in records:
        table = TypeAdapter(record).json_schema(schema_generator=_WithoutTitles, ref_template=place)
        _describe(table, record)
        for part in ("properties", "$defs"):
            if part in table:
                found[part] = found.get(part, {}) | table[part]
    return found


def _describe(table: dict[str, Any], record: type) -> None:
    """Gives the table its first sentence, and each key its help."""
    if "description" in table:
        table["description"] = table["description"].partition("\n\n")[0].replace("\n", " ")
    for field in dataclasses.fields(record):
        found = table.get("properties", {}).get(field.name.rstrip("_"))
        if found is not None and "help" in field.metadata:
            rarely = " (rarely changed)" if field.metadata.get("rare") else ""
            found["description"] = field.metadata["help"] + rarely


def schema_text() -> str:
    """The schema as it is written to a file."""
    return json.dumps(config_schema(), ensure_ascii=False, indent=1) + "\n"


def new_config(answers: Mapping[str, Any]) -> str:
    """The text of a new config.toml: the answers by key, and what people change most, each with its
    help.
    """
    lines, table = [_NEW_HEAD], ""
    for row in settings_table():
        name, _, key = row.key.rpartition(".")
        if row.key in answers or row.key in CHANGED_MOST:
            if name != table:
                lines.append(f"\n[{name}]\n")
                table = name
            value = toml_value(answers[row.key]) if row.key in answers else row.value
            lines.append(f"{key} = {value}  # {row.help}\n")
    return "".join(lines)


def add_sources(
    path: Path, environ: Mapping[str, str], tables: Iterable[Mapping[str, Any]]
) -> Path:
    """Adds `[[sources]]` tables beside the config.toml at `path`, and gives the file written.
    Raises ConfigError.
    """
    document = _document(path, environ)
    sources = _sources(document, path)
    for table in tables:
        sources.append(_table(table))
    return _write(document, path, environ)


def set_enabled(
    path: Path, environ: Mapping[str, str], keys: Iterable[str], *, enabled: bool
) -> Path:
    """Switches sources on or off beside the config.toml at `path`, and gives the file written.
    Raises ConfigError.
    """
    document = _document(path, environ)
    sources = _sources(document, path)
    for key in keys:
        number = next(
            (number for number, source in enumerate(sources) if source_key(source) == key), None
        )
        if number is None:
            sources.append(_table({"key": key, "enabled": enabled}))
        elif "enabled" in sources[number]:
            sources[number]["enabled"] = enabled
        else:
            sources[number] = _switched(sources[number], enabled=enabled)
    return _write(document, path, environ)


def _document(path: Path, environ: Mapping[str, str]) -> tomlkit.TOMLDocument:
    load(path, environ)  # what is wrong already is reported, not overwritten
    local = path.with_name(LOCAL_NAME)
    return tomlkit.parse(local.read_text("utf-8-sig") if local.exists() else _HEAD)


def _sources(document: tomlkit.TOMLDocument, path: Path) -> AoT:
    sources = document.get("sources")
    if sources is None:
        document["sources"] = sources = tomlkit.aot()
    if not isinstance(sources, AoT):
        where = str(path.with_name(LOCAL_NAME))
        raise ConfigError(where, ["sources: is an inline list; write [[sources]] tables instead"])
    return sources


def _table(stated: Mapping[str, Any]) -> Table:
    """A `[[sources]]` table; what is a table of our own words below a key stands in one line."""
    table = tomlkit.table()
    for key, value in stated.items():
        if isinstance(value, Mapping) and key == "opml":
            inline = tomlkit.inline_table()
            inline.update(value)
            table[key] = inline
        elif isinstance(value, Mapping):
            table[key] = _table(value)
        elif isinstance(value, Address):
            table[key] = value.unmasked()
        else:
            table[key] = list(value) if isinstance(value, tuple) else value
    return table


def _switched(table: Table, *, enabled: bool) -> Table:
    """The table with `enabled` behind its key: behind its last line there may be a comment that
    belongs to what follows.
    """
    made = tomlkit.table()
    for key, item in table.value.body:
        made.append(key, item)
        if key is not None and key.key == "key":
            made.append("enabled", enabled)
    return made


def _write(document: tomlkit.TOMLDocument, path: Path, environ: Mapping[str, str]) -> Path:
    """Writes the text beside and renames it into place, if it is a sound configuration."""
    text = tomlkit.dumps(document)
    load(path, environ, local=text)
    local = path.with_name(LOCAL_NAME)
    target = local.resolve()  # a link stays a link
    beside = target.with_name(f".{LOCAL_NAME}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        raise ConfigError(str(local), [f"cannot be written: {error.strerror}"]) from error
    finally:
        beside.unlink(missing_ok=True)
    return local
