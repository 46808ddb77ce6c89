"""`doctor`: each finding with its remedy."""

from __future__ import annotations

import sys

import click

from aggregator.cli.context import Invocation, pass_invocation

_MARKS = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}


@click.command()
@pass_invocation
def doctor(invocation: Invocation) -> None:
    """Check configuration, database, disk, clock and sources, and say what to do."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.doctor import findings

    settings = invocation.settings()
    found = findings(settings, SystemClock().now())
    as_object = {"findings": [{"level": each.level, "what": each.what, "remedy": each.remedy} for each in found]}
    lines = [f"{_MARKS[each.level]}  {each.what}" + (f"\n         → {each.remedy}" if each.remedy else "") for each in found]
    invocation.result(as_object, "\n".join(lines))
    if any(each.level == "error" for each in found):
        sys.exit(1)
