"""Reads config.toml, config.local.toml and the environment into frozen settings, and reports every
problem at once.

Order: default, config.toml, config.local.toml beside it, environment `AGGREGATOR_SECTION__KEY`; the
later wins (`config/layers.py`). Types are pydantic's, from the records of `domain/settings.py`;
which keys there are stands in `config/keys.py`, what a well-typed value may be in
`config/validators.py`.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import UnionType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from aggregator.config.keys import (
    PLUGINS,
    Leaf,
    Location,
    Table,
    all_leaves,
    leaf_location,
    leaves,
    place,
    record_at,
    source_key,
    value_of,
    values,
)
from aggregator.config.layers import ENVIRONMENT, REMOVED, environment_layer, file_layers, merged
from aggregator.config.plugin_tables import (
    mapping_mistakes,
    plugin_leaves,
    plugin_mistakes,
    with_plugin_kinds,
)
from aggregator.config.source_rules import source_mistakes
from aggregator.config.validators import RULES, did_you_mean
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import DESCRIPTION, TITLE, Settings
from aggregator.domain.source import Source
from aggregator.domain.web.address import Address, masked
from aggregator.errors import ConfigError
from aggregator.templating.translation import translations

SECRETS = ("AGGREGATOR_SMTP_PASSWORD", "AGGREGATOR_OPENAI_API_KEY", "OLLAMA_API_KEY")
DEFAULT = "default"
SQLITE = "sqlite:///"

_SHOWN_CHARACTERS = 60  # of a wrong value, in a message
_SECRET = re.compile(r"password|passwd|secret|api_?key", re.IGNORECASE)


@frozen
class SettingRow:
    """One key as the reference and `config show` print it.

    `value` is written as in TOML and `typed` is the same in JSON's types, both with passwords
    masked. `is_changed`: a file or the environment sets something else than the default.
    """

    key: str
    value: str
    help: str
    is_rare: bool
    origin: str = DEFAULT
    typed: Any = None
    is_changed: bool = False


def load(path: Path, environ: Mapping[str, str], *, local: str | None = None) -> Settings:
    """The settings, with an absolute site folder and database address. Raises `ConfigError` with
    all problems.

    `local` stands for the text of config.local.toml, where that is about to be written.
    """
    settings, _, problems = _read(path, environ, local)
    if problems:
        raise ConfigError(str(path), problems)
    return settings


def examined(path: Path, environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """The settings, those that have a mistake at their defaults, and all problems. Raises
    `ConfigError` where a file cannot be read.
    """
    settings, _, problems = _read(path, environ)
    return settings, problems


def shown(path: Path, environ: Mapping[str, str]) -> tuple[SettingRow, ...]:
    """Every key with its value and where that was set; the sources are counted only. Raises
    `ConfigError`.
    """
    settings, origins, problems = _read(path, environ)
    if problems:
        raise ConfigError(str(path), problems)
    defaults, _ = _settings({}, path.absolute().parent)
    known = (*leaves(), *plugin_leaves(settings.plugins))
    return tuple(_shown(leaf, settings, defaults, origins) for leaf in known if leaf.key != PLUGINS)


def settings_table() -> tuple[SettingRow, ...]:
    """Every key with its default and help, in the order of the file; the keys of `[[sources]]`
    last.
    """
    return tuple(_documented(leaf, leaf.default) for leaf in all_leaves() if leaf.key != "sources")


def _shown(
    leaf: Leaf, settings: Settings, defaults: Settings, origins: Mapping[str, str]
) -> SettingRow:
    value, origin = value_of(settings, leaf), origins.get(leaf.key, DEFAULT)
    is_changed = origin != DEFAULT and value != value_of(defaults, leaf)
    if leaf.key != "sources":
        row = _documented(leaf, _typed(value))
    else:
        on = sum(source.enabled for source in settings.sources)
        counted = {"on": on, "off": len(settings.sources) - on}
        text = ", ".join(f"{count} {what}" for what, count in counted.items())
        row = replace(_documented(leaf, counted), value=text)
    return replace(row, origin=origin, is_changed=is_changed)


def _documented(leaf: Leaf, typed: Any) -> SettingRow:
    value = "required" if typed is dataclasses.MISSING else toml_value(typed)
    return SettingRow(key=leaf.key, value=value, help=leaf.help, is_rare=leaf.is_rare, typed=typed)


def _read(
    path: Path, environ: Mapping[str, str], local: str | None = None
) -> tuple[Settings, dict[str, str], list[str]]:
    """The settings, for each key that is not at its default the file that set it, or
    `environment`, and all problems.
    """
    layers, unreadable = file_layers(path, local)
    from_environment, problems = environment_layer(environ, layers.values())
    if unreadable:
        raise ConfigError(str(path), (*unreadable, *problems))
    layers[ENVIRONMENT] = from_environment
    table = with_plugin_kinds(merged(layers.values()))
    origins = {key: origin for origin, layer in layers.items() for key, _, _ in values(layer)}
    settings, mistakes = _settings(table, path.absolute().parent)
    mistakes |= _secret_mistakes(settings, origins)
    problems += [
        _problem_line(key, mistake, table, path.name, origins) for key, mistake in mistakes.items()
    ]
    set_by = {
        "sources" if key.startswith("sources[") else key: origin for key, origin in origins.items()
    }
    return settings, set_by, problems


@functools.cache
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def _settings(table: Table, folder: Path) -> tuple[Settings, dict[str, str]]:
    """The settings, those that have a mistake at their defaults; and what is wrong, by key."""
    mistakes: dict[str, str] = {}
    settings = None
    try:
        # As JSON: pydantic is strict there about what TOML distinguishes, and takes an array for a
        # tuple.
        settings = _adapter().validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            key, leaf = place(found["loc"])
            mistakes.setdefault(
                key, _mistake(found["type"], found["loc"], found["input"], leaf, table)
            )
    for key, name, value in values(table):
        if key not in mistakes and name in RULES and (problem := RULES[name](value)):
            mistakes[key] = _without_secrets(problem, value)
    mistakes |= {key: problem for key, problem in _source_mistakes(table) if key not in mistakes}
    mistakes |= dict(plugin_mistakes(table.get("plugins", {})))
    mistakes |= {key: problem for key, problem in mapping_mistakes(table) if key not in mistakes}
    if settings is None or mistakes:
        settings = _without(table, mistakes)
    settings = _worded(_placed(settings, folder))
    mistakes |= {
        key: problem
        for key, problem in _folder_mistakes(settings, folder).items()
        if key not in mistakes
    }
    return settings, mistakes


def _without(table: Table, mistakes: Collection[str]) -> Settings:
    """The settings, without sources, that have no mistake of their own: what they must agree on can
    be checked while others are wrong.
    """
    sound = {
        name: {
            key: value
            for key, value in section.items()
            if not any(f"{wrong}.".startswith(f"{name}.{key}.") for wrong in mistakes)
        }
        for name, section in table.items()
        if isinstance(section, dict) and name not in mistakes
    }
    return _adapter().validate_json(json.dumps(sound, default=str), strict=True)


def _without_secrets(problem: str, value: Any) -> str:
    """The problem with a value, quoted with its secrets masked."""
    for text in value if isinstance(value, list) else [value]:
        problem = (
            problem.replace(text, Address(text)) if isinstance(text, str) and text else problem
        )
    return problem


def _worded(settings: Settings) -> Settings:
    """The settings with title and description of the subject, where nobody wrote others."""
    site, words = settings.site, translations(settings.site.language)
    title, line = TITLE, words(DESCRIPTION)
    if (registry := Path(settings.cluster.registry)).is_file():
        from aggregator.config.registry_file import subject_of  # noqa: PLC0415 - seldom there

        if own := subject_of(registry):
            title = f"{own.name[:1].upper()}{own.name[1:]} news, checked"
            line = own.description or words(
                "What happened %(within)s, every sentence with its source.", **own.worded(words)
            )
    title = title if site.title == TITLE else site.title
    line = line if site.description == DESCRIPTION else site.description
    return replace(settings, site=replace(site, title=title, description=line))


def _mistake(kind: str, location: Location, found: Any, leaf: Leaf | None, table: Table) -> str:
    """What is wrong with one value, from its type alone; `kind` is pydantic's word for it."""
    match kind:
        case "unexpected_keyword_argument":
            return _unknown(location, isinstance(found, dict))
        case "missing":
            return "is missing"
        case "dataclass_type":
            return f"must be a table, not {_quoted(found)}"
        case "enum" if leaf:
            one_of = (*typing.get_args(leaf.hint), leaf.hint)[0]
            choices = [member.value for member in one_of]
            return (
                f"{_quoted(found)} is not one of {', '.join(choices)}{did_you_mean(found, choices)}"
            )
    whole = functools.reduce(
        lambda value, part: value[part], leaf_location(location), typing.cast(Any, table)
    )
    return f"must be {_expected(leaf.hint if leaf else None)}, not {_quoted(whole)}"


def _unknown(location: Location, is_table: bool) -> str:
    word = str(location[-1])
    if _SECRET.search(word):
        return f"unknown key; secrets come from the environment: {', '.join(SECRETS)}"
    if removed := REMOVED.get(".".join(map(str, location))):
        return f"no longer a setting: {removed[1]}"
    choices = [field.name.rstrip("_") for field in dataclasses.fields(record_at(location[:-1]))]
    meant = did_you_mean(word, choices)
    table = str(location[0])
    elsewhere = [leaf.key for leaf in all_leaves() if leaf.key.endswith(f".{word}")]
    elsewhere.sort(key=lambda key: not key.startswith(f"{table}."))
    if not meant and elsewhere:
        meant = f"; did you mean {elsewhere[0]}?"
    return f"unknown {'table' if is_table else 'key'}{meant}"


def _expected(hint: Any) -> str:
    """What a value of this type looks like in TOML."""
    if isinstance(hint, UnionType):
        return " or ".join(_expected(arg) for arg in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return (
            "[[sources]] tables"
            if Source in typing.get_args(hint)
            else 'a list of strings such as ["…"]'
        )
    if typing.get_origin(hint) is not None:
        return 'a table of strings such as { word = "…" }'
    words = {bool: "true or false", int: "a whole number", float: "a number"}
    return words.get(hint, "a string in quotes")


def _source_mistakes(table: Table) -> Iterator[tuple[str, str]]:
    """What only shows when sources are looked at together, or one as a whole."""
    seen: dict[str, int] = {}
    sources = table.get("sources")
    for number, source in enumerate(sources if isinstance(sources, list) else ()):
        key = source_key(source)
        if key is not None and seen.setdefault(key, number) != number:
            yield (
                f"sources[{number}].key",
                f"{_quoted(key)} is already the key of sources[{seen[key]}]",
            )
        if isinstance(source, dict):
            yield from (
                (f"sources[{number}].{name}", problem) for name, problem in source_mistakes(source)
            )


def _placed(settings: Settings, folder: Path) -> Settings:
    """The settings with the paths that are relative to the file made absolute."""

    def placed(record: Any, *names: str) -> Any:
        paths = {name: getattr(record, name) for name in names}
        return replace(record, **{name: str(folder / path) for name, path in paths.items() if path})

    url = settings.database.url
    if url.startswith(SQLITE):
        url = f"{SQLITE}{folder / url.removeprefix(SQLITE)}"
    return replace(
        settings,
        site=placed(settings.site, "output", "theme"),
        database=replace(settings.database, url=url),
        cluster=placed(settings.cluster, "overrides", "registry"),
        email=placed(settings.email, "credentials"),
        metrics=placed(settings.metrics, "textfile"),
        retention=placed(settings.retention, "folder"),
    )


def _folder_mistakes(settings: Settings, folder: Path) -> dict[str, str]:
    """Publishing removes pages that are no longer made, so nothing of ours may lie in the folder of
    the site.
    """
    output = Path(settings.site.output).resolve()
    url = settings.database.url
    database = Path(url.removeprefix(SQLITE)).resolve() if url.startswith(SQLITE) else None
    if folder.resolve().is_relative_to(output):
        return {
            "site.output": (
                "contains the configuration; choose a folder used only for the site, such as site"
            )
        }
    if database and database.is_relative_to(output):
        return {"database.url": "is inside the site folder, where anyone could download it"}
    return {}


def _secret_mistakes(settings: Settings, origins: Mapping[str, str]) -> dict[str, str]:
    """A password in a file is copied, committed and shown with it."""
    is_secret = Address(settings.database.url).has_secrets
    if not is_secret or origins.get("database.url") == ENVIRONMENT:
        return {}
    remedy = (
        "remove it and set PGPASSWORD, write ~/.pgpass, or set AGGREGATOR_DATABASE__URL"
        " in the environment"
    )
    return {"database.url": f"holds a password: {remedy}"}


def _problem_line(
    key: str, mistake: str, table: Table, file: str, origins: Mapping[str, str]
) -> str:
    """The line of one problem: key, what is wrong, and where to look if that is not config.toml."""
    origin = origins.get(key, file)
    note = "" if origin == file else f" (from {origin})"
    if match := re.match(r"sources\[(\d+)\]\.(?!key\b)", key):
        name = source_key(table["sources"][int(match[1])])
        note = f' (source "{name}")' if name else ""
    return masked(f"{key}: {mistake}{note}")


# Values as they are shown


def _typed(value: Any) -> Any:
    match value:
        case str():
            return masked(str(value))
        case tuple():
            return [_typed(inner) for inner in value]
    return value


def toml_value(value: Any) -> str:
    """The value in TOML, which has what a setting may be written as JSON has it."""
    return json.dumps(value, ensure_ascii=False)


def _quoted(value: Any) -> str:
    # before cutting: a password is recognised by its @
    text = masked(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
