"""The sections of a story, ours and those of the plugins that are on."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from aggregator.domain.claim import SECTIONS, page_order
from aggregator.domain.sections import Section
from aggregator.hooks.plugins import Plugins, plugins

_HOOK = "sections"
_KEY = re.compile(r"[a-z]+(?:_[a-z]+)*")


def all_sections() -> tuple[Section, ...]:
    """All sections, in the order of the page."""
    return page_order(row.section for row in added_sections())


def added_sections() -> tuple[Any, ...]:
    """The `StorySection` records of plugins, each section with the name of its plugin."""
    return _added(plugins())


@lru_cache(maxsize=1)
def _added(chosen: Plugins) -> tuple[Any, ...]:
    found: list[Any] = []
    taken = ["headline", *(section.key for section in SECTIONS)]
    for plugin, row in chosen.keyed(_HOOK, "key", taken).values():
        if row.section.is_plain and _KEY.fullmatch(row.key):
            found.append(replace(row, section=replace(row.section, plugin=plugin)))
        else:
            wanted = (
                "must have small letters alone, hold plain claims, and stand at POINTS or DEPTH"
            )
            chosen.record(plugin, _HOOK, f"{row.key!r} {wanted}")
    return tuple(found)
