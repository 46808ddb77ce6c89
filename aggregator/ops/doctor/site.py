"""The site folder: whether it can be written, has room, and holds what was published."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aggregator.bootstrap import open_database, open_reading
from aggregator.domain.settings import Settings
from aggregator.domain.wording import counted
from aggregator.errors import DatabaseError
from aggregator.ops.doctor.database import LEAST_FREE_BYTES
from aggregator.ops.doctor.finding import Environment, Finding, error, existing, ok, warning
from aggregator.site.publish.folder import read_file
from aggregator.store.publishing import pages


def site_findings(
    settings: Settings, environment: Environment, *, quick: bool = False
) -> Iterator[Finding]:
    """What is so of the site; with `quick` its pages are not read through."""
    output = Path(settings.site.output)
    nearest = existing(output)
    if not nearest.is_dir():
        yield error(
            f"{nearest} is a file, so {output} cannot be the site folder",
            "move it away, or change site.output",
        )
        return
    if not _is_writable(nearest):
        yield error(
            f"the site folder {output} cannot be written", "change its owner, or site.output"
        )
    beside = open_database(settings.database).path
    yield from _room(nearest, beside.parent if beside else None, environment)
    if not (output / "index.html").is_file():
        yield warning(f"no site yet in {output}", "run `aggregator refresh` or `aggregator build`")
        return
    whole = () if quick else tuple(_manifest(settings, output))
    yield from whole or (ok(f"the site is in {output}"),)


def _is_writable(folder: Path) -> bool:
    """Whether a file can be made there. It has no name, and nothing is left of it."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return os.access(folder, os.W_OK)
    except OSError:
        return False


def _room(site: Path, beside: Path | None, environment: Environment) -> Iterator[Finding]:
    """Checked only if site and database lie on different disks."""
    if beside and beside.exists() and site.stat().st_dev == beside.stat().st_dev:
        return
    free = environment.free_bytes(site)
    if free < LEAST_FREE_BYTES:
        yield error(f"{free // 1_000_000} MB free on the site's disk", "free some disk space")


def _manifest(settings: Settings, output: Path) -> Iterator[Finding]:
    """Whether the folder holds the files that were published, byte for byte."""
    try:
        with open_reading(settings.database) as connection:
            is_known = pages.fingerprint(connection, settings.site.output) is not None
            missing, altered, first = _differing(output, pages.digests(connection))
    except DatabaseError:
        return  # reported by the check of the database
    if not is_known:
        yield warning(
            f"there is no record of the site in {output}",
            "run `aggregator build --full`, or fix site.output",
        )
    elif missing or altered:
        yield error(
            f"{counted(missing, 'site file')} missing and {altered} changed, such as {first}",
            "run `aggregator build --full`",
        )


def _differing(output: Path, known: Iterator[tuple[str, str]]) -> tuple[int, int, str]:
    missing, altered, first = 0, 0, ""
    for path, digest in known:
        body = read_file(output / path)
        if body is None:
            missing += 1
        elif hashlib.sha256(body).hexdigest() != digest:
            altered += 1
        else:
            continue
        first = first or path
    return missing, altered, first
