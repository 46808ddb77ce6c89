"""What a look at one thing says: how bad it is, what is so, and in one line what to do where it
should be otherwise; and what is looked at outside the program: names in the DNS, room on disks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Literal

from aggregator.bootstrap import open_dns
from aggregator.domain.frozen import frozen
from aggregator.ports import DnsLookup


@frozen
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


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@frozen
class Environment:
    """The DNS, and the bytes that are free where a folder lies."""

    names: Callable[[], DnsLookup] = field(default=open_dns)
    free_bytes: Callable[[Path], int] = field(default=_free_bytes)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
