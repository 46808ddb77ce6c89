"""What `init` writes: a short config.toml, and the JSON Schema by which editors complete it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from aggregator.config.configuration import settings_table
from aggregator.domain import settings, source
from aggregator.domain.settings import Settings
from aggregator.resources import DEFAULT_CONFIG

SCHEMA_NAME = "config.schema.json"
SHORT_LIST = (  # in the order of the file: first what every site has of its own
    "site.title",
    "site.base_url",
    "site.contact",
    "site.language",
    "site.timezone",
    "analysis.engine",
    "analysis.ollama.model",
    "email.from",
    "email.smtp_host",
    "alerts.to",
)
_SOURCES = "# The sources: one [[sources]] table each.\n"  # where they begin in the default file
_HEAD = f"""\
#:schema ./{SCHEMA_NAME}
# The settings that matter most; first set title, base_url and contact. All others keep their
# defaults: `aggregator config show` lists them, `aggregator config check` reports all mistakes.
# Paths are relative to this file. config.local.toml beside it overrides it key by key.
"""


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
    return schema


def _describe(table: dict[str, Any], record: type) -> None:
    """Gives the table its first sentence, and each key its help."""
    if "description" in table:
        table["description"] = table["description"].partition("\n\n")[0].replace("\n", " ")
    for field in dataclasses.fields(record):
        found = table.get("properties", {}).get(field.name.rstrip("_"))
        if found is not None and "help" in field.metadata:
            found["description"] = field.metadata["help"]


def schema_text() -> str:
    """The schema as it is written to a file."""
    return json.dumps(config_schema(), ensure_ascii=False, indent=1) + "\n"


def new_config() -> str:
    """The text of a new config.toml: the settings that matter, then the default sources."""
    rows = {row.key: row for row in settings_table()}
    lines, table = [_HEAD], ""
    for key in SHORT_LIST:
        name = key.rpartition(".")[0]
        if name != table:
            lines.append(f"\n[{name}]\n")
            table = name
        lines.append(f"{key.rpartition('.')[2]} = {rows[key].value}  # {rows[key].help}\n")
    default = DEFAULT_CONFIG.read_text("utf-8")
    return "".join(lines) + "\n" + default[default.index(_SOURCES) :]
