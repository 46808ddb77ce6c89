"""What a command costs: wall seconds, CPU seconds and peak memory of it and of all processes it
starts. Linux only (/proc).
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_S = 0.02
# an installed program has its bytecode, so what is measured may keep it
_UNLIKE_INSTALLED = "PYTHONDONTWRITEBYTECODE"
# PR_SET_CHILD_SUBREAPER of prctl(2): what a command leaves behind becomes our child, and its time
# ours
_BECOME_REAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Of one command; memory is the greatest sum over its living processes, `printed` what it said
    on standard output.
    """

    wall_s: float
    cpu_s: float
    peak_mb: int
    printed: str


class CommandError(Exception):
    """A measured command failed: its cost says nothing."""


def spent(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None
) -> Spent:
    """Runs a command to the end of all its processes. Raises `CommandError` where it fails."""
    told = {
        key: value for key, value in (environment or os.environ).items() if key != _UNLIKE_INSTALLED
    }
    ctypes.CDLL(None).prctl(_BECOME_REAPER, 1, 0, 0, 0)
    before_s, began_s, peak_kb = _reaped_s(), time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [str(each) for each in command], cwd=folder, env=told, stdout=printed, stderr=said
        )
        while not has_ended(process):
            peak_kb = max(peak_kb, sum(resident_kb(pid) for pid in process_tree(process.pid)))
        wall_s = time.perf_counter() - began_s
        _reap_orphans()
        for file in (printed, said):
            file.seek(0)
        if process.returncode:
            raise CommandError(
                f"{' '.join(map(str, command))}: exit {process.returncode}: {said.read()[-2000:]}"
            )
        return Spent(
            wall_s=wall_s,
            cpu_s=_reaped_s() - before_s,
            peak_mb=peak_kb // 1024,
            printed=printed.read(),
        )


def _reaped_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Waits a moment for the end; whether it came."""
    try:
        process.wait(_SAMPLE_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reap_orphans() -> None:
    """Waits for what the command left behind, so that it is counted."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def process_tree(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    try:
        children = [
            child
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:  # it ended meanwhile
        return
    for child in children:
        yield from process_tree(int(child))


def resident_kb(pid: int) -> int:
    """The memory that a process holds, in kB; 0 where it ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0
    )
