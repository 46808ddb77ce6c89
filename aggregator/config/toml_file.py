"""Reads a file of the operator, or says in our words why it cannot be read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from aggregator.errors import ConfigError


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
