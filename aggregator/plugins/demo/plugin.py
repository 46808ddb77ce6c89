"""The hooks of `demo`: its command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`demo`."""
    from aggregator.plugins.demo.command import demo

    return (demo,)
