"""The hooks of `evaluation`: its commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`eval`, `explain` and `why-not`."""
    from aggregator.plugins.evaluation.command import evaluate
    from aggregator.plugins.evaluation.explain_commands import explain, why_not

    return (evaluate, explain, why_not)


@hook
def subcommands(group: str) -> Iterable[Any]:
    """`runs replay`."""
    from aggregator.plugins.evaluation.replay_command import replay

    return (replay,) if group == "runs" else ()
