"""Scores a mail with SpamAssassin, if installed, by its local rules only and without a network."""

from __future__ import annotations

import re
import shutil
import subprocess

_PROGRAM = "spamassassin"
_MOST_S = 30.0  # it starts in two to four seconds; a busy machine takes several times as long
_POINTS = re.compile(r"Content analysis details:\s+\((-?[\d.]+) points")
_RULE = re.compile(r"^\s*(-?\d+\.\d) (\w+)", re.MULTILINE)


def is_installed() -> bool:
    """Whether SpamAssassin can be run."""
    return shutil.which(_PROGRAM) is not None


def spam_points(content: bytes) -> tuple[float, tuple[str, ...]] | None:
    """The points of a message and the rules that contributed; None if SpamAssassin gives no result
    in time.
    """
    try:
        done = subprocess.run(
            [_PROGRAM, "-L", "-t"], input=content, check=True, capture_output=True, timeout=_MOST_S
        )
    except (OSError, subprocess.SubprocessError):
        return None
    output = done.stdout.decode("utf-8", "replace")
    points = _POINTS.search(output)
    if points is None:
        return None
    rules = _RULE.findall(output, points.end())
    return float(points[1]), tuple(f"{name} {value}" for value, name in rules if float(value))
