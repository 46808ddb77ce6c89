"""What a power cut leaves of the files that a traced process wrote: only what it had flushed to
disk.

`strace` records what the process writes, cuts and syncs, and each answer that it sends; `Disk`
replays the record.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.requirements import STRACE

_CALLS = "pwrite64,ftruncate,fsync,fdatasync,sendto,sendmsg,write,writev"
_MOST_BYTES = 70_000  # of one write: more than a page of the database, or an answer, has
_CALL = re.compile(r"(\d+) +(\w+)\(\d+<(.*?)>(?:, (.*?))?(\) += \d+| <unfinished \.\.\.>)$")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>.*= \d+$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def tracing(record: Path) -> list[str]:
    """The `strace` command to put before the command line of a process that is to be traced."""
    return [
        "strace",
        "-I2",
        "-f",
        "-y",
        "-xx",
        "-s",
        str(_MOST_BYTES),
        "-e",
        f"trace={_CALLS}",
        "-o",
        str(record),
        "--",
    ]


def missing() -> str:
    """Why nothing can be traced here; empty if it can."""
    if STRACE.path() is None:
        return STRACE.reason
    tried = subprocess.run(
        ["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


class Disk:
    """The files of a folder as they are on disk; everything from before the record began is on
    it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = {
            path: bytearray(path.read_bytes()) for path in folder.iterdir() if path.is_file()
        }
        self._synced = {path: bytes(content) for path, content in self._written.items()}

    def answers(self, record: Path) -> Iterator[str]:
        """Replays a record, and yields the status line of each answer at the point where it was
        sent.
        """
        begun: dict[
            str, tuple[str, Path, bytes, str]
        ] = {}  # by thread: others are recorded meanwhile
        for line in record.read_text("ascii").splitlines():
            if done := _RESUMED.match(line):
                if call := begun.pop(done[1], None):
                    self._apply(*call)
            elif called := _CALL.match(line):
                thread, name, path, rest, end = called.groups("")
                text = _TEXT.search(rest)
                content = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
                if content.startswith(b"HTTP/"):
                    yield content.partition(b"\r\n")[0].decode()
                elif (file := Path(_plain(path))).parent == self._folder:
                    begun[thread] = name, file, content, rest
                    if "unfinished" not in end:
                        self._apply(*begun.pop(thread))

    def _apply(self, name: str, path: Path, content: bytes, rest: str) -> None:
        file = self._written.setdefault(path, bytearray())
        if name == "pwrite64":
            at = int(rest.rpartition(", ")[2])
            file.extend(bytes(max(0, at - len(file))))
            file[at : at + len(content)] = content
        elif name == "ftruncate":
            size = int(rest)
            file.extend(bytes(max(0, size - len(file))))
            del file[size:]
        elif name in {"fsync", "fdatasync"}:
            self._synced[path] = bytes(file)

    def left_in(self, folder: Path) -> Path:
        """Writes what is on disk into a folder, and returns that."""
        folder.mkdir()
        for path, content in self._synced.items():
            (folder / path.name).write_bytes(content)
        return folder


def _plain(path: str) -> str:
    """A path as strace writes it with `-xx`."""
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path
