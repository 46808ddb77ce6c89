"""What the doctor sees outside the program: names in the DNS, and room on disks. Tests pass
their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.bootstrap import open_dns
from aggregator.ports import DnsLookup


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The DNS, and the bytes that are free where a folder lies."""

    names: Callable[[], DnsLookup] = field(default=open_dns)
    free_bytes: Callable[[Path], int] = field(default=_free_bytes)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
