"""The site folder: its files, atomic writes beside the target, and removals that stay inside."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path, PurePosixPath

from aggregator.errors import PublishError

_PARTIAL = ".aggregator-partial"  # ends the hidden name that a file has while it is written

WELL_KNOWN = ".well-known"  # RFC 8615: hidden by name, ours all the same


def is_inside(path: str) -> bool:
    """Whether a recorded path is a plain relative one, so that no record leads out of the
    folder.
    """
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and ".." not in parts
        and "\\" not in path
        and "\x00" not in path
    )


def open_folder(output: Path) -> None:
    """Creates the folder if there is none. Raises `PublishError`."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(output, error) from error


def walked(output: Path) -> Iterator[tuple[str, int]]:
    """Every file by its path in the folder, in the order of paths, with its size. Raises
    `PublishError`.

    Files that a killed run left half written are removed on the way.
    """
    start = len(str(output)) + 1
    for entry in _files(output):
        if entry.name.startswith(".") and entry.name.endswith(_PARTIAL):
            remove_file(Path(entry.path))
        else:
            yield entry.path[start:].replace(os.sep, "/"), entry.stat(follow_symlinks=False).st_size


def is_whole(output: Path, published: Iterable[tuple[str, int]]) -> bool:
    """Whether every published file is in the folder with its size; other files are not checked."""
    root = f"{output}/"
    try:
        return all(os.lstat(root + path).st_size == size for path, size in published)
    except OSError:
        return False


def own_folder(output: Path, folder: str) -> None:
    """Removes the links that stand in place of a folder of the site or of one above it: what they
    lead to is not ours to write. The site folder itself may be a link. Raises `PublishError`.
    """
    parts = PurePosixPath(folder).parts
    for depth in range(1, len(parts) + 1):
        if (parent := output.joinpath(*parts[:depth])).is_symlink():
            remove_file(parent)


def write_file(target: Path, body: bytes) -> None:
    """Writes beside the target and renames it: a reader gets the old file or the new. Raises
    `PublishError`.
    """
    write_beside(target, body)
    put_in_place(target)


def write_beside(target: Path, body: bytes) -> None:
    """Writes a file under the hidden name that it has until `put_in_place`. Raises
    `PublishError`.
    """
    beside = _beside(target)
    try:
        try:
            beside.write_bytes(body)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(body)
    except OSError as error:
        raise _refused(target, error) from error


def put_in_place(target: Path) -> None:
    """Renames the file written beside a target to its name. Raises `PublishError`."""
    try:
        _beside(target).replace(target)
    except OSError as error:
        raise _refused(target, error) from error


def read_file(target: Path) -> bytes | None:
    """The bytes of a file, None where there is none that can be read."""
    try:
        return target.read_bytes()
    except OSError:
        return None


def remove_file(target: Path) -> None:
    """Removes a file if it is there. Raises `PublishError`."""
    try:
        target.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise _refused(target, error) from error


def remove_pages(output: Path, paths: Iterable[str]) -> int:
    """Removes files of the site and the folders they leave empty; how many were there. Links that
    lead out are not followed.
    """
    removed, root = 0, output.resolve()
    for parent, names in groupby(sorted(filter(is_inside, paths)), key=posixpath.dirname):
        here = [name for name in names if os.path.lexists(output / name)]
        if not here or not (output / parent).resolve().is_relative_to(root):
            continue
        for name in here:
            remove_file(output / name)
        with suppress(OSError):  # one that still has files is left
            for folder in PurePosixPath(here[0]).parents[:-1]:
                (output / folder).rmdir()
        removed += len(here)
    return removed


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}{_PARTIAL}")


def _files(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    """Every file below in the order of paths, without hidden folders, which are not ours. Our own
    stack is faster.
    """
    waiting = [_entries(folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif not entry.is_dir(follow_symlinks=False):
            yield entry
        elif not entry.name.startswith(".") or entry.name == WELL_KNOWN:
            waiting.append(_entries(entry.path))


def _entries(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    """The entries of a folder, as the paths below sort: `a.b` is before the files of `a`."""
    try:
        with os.scandir(folder) as found:
            return iter(
                sorted(
                    found,
                    key=lambda entry: (
                        entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name
                    ),
                )
            )
    except OSError as error:
        raise _refused(Path(folder), error) from error


def _refused(path: Path, error: OSError) -> PublishError:
    reason = error.strerror or type(error).__name__
    match error:
        case FileExistsError() | NotADirectoryError():
            remedy = (
                "a file stands where a folder should be; move it away, or name another folder in"
                " site.output"
            )
        case IsADirectoryError():
            remedy = (
                "a folder stands where a page should be; move it away, or name another folder in"
                " site.output"
            )
        case PermissionError():
            remedy = "make the folder writable for this user, or name another folder in site.output"
        case _:
            remedy = "check the disk, or name another folder in site.output"
    return PublishError(f"site cannot be written: {path}: {reason}; {remedy}")
