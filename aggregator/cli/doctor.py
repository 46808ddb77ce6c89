"""`doctor`: each finding with its remedy."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, PrintedExit, flag, moment, pass_invocation
from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.ops.doctor.finding import Finding

_MARKS = {"error": "ERROR  ", "warning": "warning", "ok": "ok     "}  # what to do stands first


@click.command()
@flag("--quick", help="Skip the network and the site's pages, for health checks.")
@pass_invocation
def doctor(invocation: Invocation, quick: bool) -> PrintedExit:
    """Check the installation and say how to fix problems.

    Checks configuration, database, disk, clock, sources, model, site and email. Exit codes: 0 no
    errors, 1 errors found, 2 the configuration cannot be used.
    """
    from aggregator.ops.doctor.checks import findings
    from aggregator.ops.doctor.configuration import config_findings

    try:
        settings = invocation.settings()
    except ConfigError as error:
        return _printed(config_findings(error), error.exit_code)
    found = findings(settings, moment(), quick=quick)
    return _printed(found, int(any(finding.level == "error" for finding in found)))


def _printed(found: tuple[Finding, ...], exit_code: int) -> PrintedExit:
    lines = [
        f"{_MARKS[finding.level]}  {finding.what}"
        + (f"\n         → {finding.remedy}" if finding.remedy else "")
        for finding in sorted(found, key=lambda finding: list(_MARKS).index(finding.level))
    ]
    return {"findings": [*map(asdict, found)]}, "\n".join(lines), exit_code
