"""Puts a short note beside each story, and counts them in a file of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from aggregator.domain.frozen import config_table
from aggregator.hooks.specifications import hook


@config_table
class Settings:
    """`[plugins.example]`."""

    greeting: str = field(default="Hello", metadata={"help": "how the note begins"})


@hook
def settings_table() -> list[type]:
    """The keys of `[plugins.example]`."""
    return [Settings]


@hook
def story_files(story: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """`note.txt` beside each story."""
    yield "note.txt", f"{story['headline']['text']}\n{story['url']}\n"


@hook
def site_files() -> Iterator[tuple[str, str]]:
    """`example.txt` in the site's folder."""
    yield "example.txt", "made with a plugin\n"
