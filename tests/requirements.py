"""The programs besides Python that some tests need, and the closing lines that say which are
missing.

`python -m tests.requirements` prints the missing Debian packages, one per line.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that tests start. `command` is its name, or a pattern for its path."""

    name: str
    package: str
    command: str

    @property
    def reason(self) -> str:
        """Why tests are skipped without it."""
        return f"{self.name} is not installed: apt-get install {self.package}"

    def path(self) -> Path | None:
        """Its path; of several versions the newest."""
        if "*" in self.command:
            versions = Path("/").glob(self.command.removeprefix("/"))
            return max(versions, key=lambda each: float(each.parts[-3]), default=None)
        found = shutil.which(self.command) or shutil.which(self.command, path="/usr/sbin")
        return Path(found) if found else None

    def needed(self) -> Path:
        """Its path; skips the test if it is not installed."""
        import pytest

        found = self.path()
        if found is None:
            pytest.skip(self.reason)
        return found


CHROMIUM = Program(name="Chromium", package="chromium", command="/usr/bin/chromium")
POSTGRESQL = Program(
    name="PostgreSQL", package="postgresql", command="/usr/lib/postgresql/*/bin/initdb"
)
NGINX = Program(name="nginx", package="nginx-light", command="nginx")
CADDY = Program(name="Caddy", package="caddy", command="caddy")
OPENSSL = Program(name="OpenSSL", package="openssl", command="openssl")
PDFTOTEXT = Program(name="pdftotext", package="poppler-utils", command="pdftotext")
STRACE = Program(name="strace", package="strace", command="strace")
W3M = Program(name="w3m", package="w3m", command="w3m")
FAKETIME = Program(name="faketime", package="faketime", command="faketime")
EPUBCHECK = Program(name="EPUBCheck", package="epubcheck", command="epubcheck")
SYSTEMD = Program(name="systemd-analyze", package="systemd", command="systemd-analyze")
PROGRAMS = (
    *(CHROMIUM, POSTGRESQL, NGINX, CADDY, OPENSSL, PDFTOTEXT, STRACE, W3M, FAKETIME, EPUBCHECK),
    SYSTEMD,
)


def closing_lines(reasons: Iterable[str]) -> Iterator[str]:
    """The number of tests skipped for each missing program, and the one command that installs them
    all.
    """
    skipped = Counter(each for reason in reasons for each in PROGRAMS if each.reason in reason)
    if skipped:
        told = ", ".join(f"{each.name} {skipped[each]}" for each in PROGRAMS if skipped[each])
        packages = " ".join(each.package for each in PROGRAMS if skipped[each])
        command = f"{'' if os.geteuid() == 0 else 'sudo '}apt-get install {packages}"
        yield f"Tests skipped because a program is missing: {skipped.total()} ({told})"
        yield f"To run all tests: {command}"


if __name__ == "__main__":
    for each in PROGRAMS:
        if each.path() is None:
            print(each.package)  # noqa: T201
