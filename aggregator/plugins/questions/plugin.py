"""The hooks of `questions`: its commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`search` and `ask`."""
    from aggregator.plugins.questions.command import ask, search

    return (search, ask)
