"""The hooks of `agents`: the command that serves them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`mcp`."""
    from aggregator.plugins.agents.command import mcp

    return (mcp,)
