"""What a look at one thing says: how bad it is, what is so, and in one line what to do where it
should be otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. Whatever is not ok has a remedy."""

    level: Literal["ok", "warning", "error"]
    what: str
    remedy: str = ""


def ok(what: str) -> Finding:
    """All is well."""
    return Finding(level="ok", what=what)


def warning(what: str, remedy: str) -> Finding:
    """It works, and will be regretted."""
    return Finding(level="warning", what=what, remedy=remedy)


def error(what: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(level="error", what=what, remedy=remedy)
