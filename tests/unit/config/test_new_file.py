"""What `init` writes: a short file with the default sources, and a schema for editors."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aggregator.config.config_file import (
    CHANGED_MOST,
    SCHEMA_NAME,
    config_schema,
    new_config,
    schema_text,
)
from aggregator.config.configuration import load
from aggregator.config.keys import all_leaves
from aggregator.resources import DEFAULT_CONFIG
from tests.architecture.tree import ROOT

FILES = (DEFAULT_CONFIG, ROOT / "deploy" / "config.local.toml")


@cache
def validator() -> Any:
    """Importing jsonschema compiles the grammar of addresses: a sixth of the time that collecting
    all tests took.
    """
    import jsonschema

    return jsonschema.Draft202012Validator(config_schema())


def mistakes(text: str) -> list[str]:
    """What an editor underlines in a config.toml of this text."""
    return [error.message for error in validator().iter_errors(tomllib.loads(text))]


def test_the_schema_in_the_repository_is_that_of_the_settings() -> None:
    written = (ROOT / SCHEMA_NAME).read_text("utf-8")

    assert written == schema_text(), f"run: aggregator config schema > {SCHEMA_NAME}"


def test_the_help_of_a_choice_names_all_that_can_be_chosen() -> None:
    tables = config_schema()["$defs"]
    choices = {name: table["enum"] for name, table in tables.items() if "enum" in table}
    helps = [
        (values, value["description"])
        for table in tables.values()
        for value in table.get("properties", {}).values()
        for name, values in choices.items()
        if f'"#/$defs/{name}"' in json.dumps(value)
    ]

    assert len(helps) > 8
    assert [(value, help) for values, help in helps for value in values if value not in help] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_configurations_are_valid_by_the_schema(path: Path) -> None:
    assert mistakes(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("[fetch]\nper_hots = 1\n", "per_hots", id="a key"),
        pytest.param("[fetsh]\nper_host = 1\n", "fetsh", id="a table"),
        pytest.param('[analysis]\nengine = "olama"\n', "olama", id="a choice"),
        pytest.param('[fetch]\nper_host = "two"\n', "integer", id="a type"),
        pytest.param('[[sources]]\nkey = "a"\nname = "A"\n', "url", id="a source without address"),
    ],
)
def test_a_typing_mistake_is_underlined(text: str, word: str) -> None:
    (mistake,) = mistakes(text)

    assert word in mistake


def test_every_key_has_its_help_in_the_schema() -> None:
    tables = (config_schema(), *config_schema()["$defs"].values())
    shown = {
        key.get("description") for table in tables for key in table.get("properties", {}).values()
    }

    described = {
        leaf.help + " (rarely changed)" * leaf.is_rare for leaf in all_leaves() if leaf.help
    }
    assert described - shown == set()


def test_a_new_file_has_the_answers_and_what_people_change_in_40_lines(tmp_path: Path) -> None:
    answers = {"sources_from": "package", "site.title": 'The "Ward"', "analysis.engine": "auto"}
    text = new_config(answers)
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    settings = load(path, {})

    assert settings.sources == load(DEFAULT_CONFIG, {}).sources
    assert settings.site.title == 'The "Ward"'
    assert [line for line in text.splitlines() if " = " in line and "  # " not in line] == []
    assert text.count(" = ") - text.count("enabled = ") >= len(answers) + len(CHANGED_MOST)
    assert len(CHANGED_MOST) == 10
    assert len(text.splitlines()) <= 40
    assert mistakes(text) == []
    for each in (text, DEFAULT_CONFIG.read_text("utf-8")):
        assert each.startswith(f"#:schema ./{SCHEMA_NAME}\n")
