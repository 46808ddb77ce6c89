"""What a piece of work costs: wall and CPU seconds, its worker processes included, and peak memory.
Linux only (/proc).
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Of one piece of work; memory is the peak of a process since its start."""

    wall_s: float
    cpu_s: float
    main_mb: int
    workers_mb: tuple[int, ...] = ()


class Meter:
    """Runs from its making to `read`; `workers` tells the processes that work along, those that
    were replaced count too.
    """

    def __init__(self, workers: Callable[[], Collection[int]] = tuple) -> None:
        self._workers = workers
        self._cpu_s, self._began_s = self._used_s(), time.perf_counter()

    def read(self) -> Costs:
        """The costs so far."""
        wall_s = time.perf_counter() - self._began_s
        return Costs(
            wall_s=wall_s,
            cpu_s=self._used_s() - self._cpu_s,
            main_mb=_peak_mb("self"),
            workers_mb=tuple(_peak_mb(str(worker)) for worker in self._workers()),
        )

    def _used_s(self) -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        living = sum(_ticks(worker) for worker in self._workers()) / _TICKS_PER_S
        return time.process_time() + ended.ru_utime + ended.ru_stime + living


def _ticks(process: int) -> int:
    """User and system time of a process (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _peak_mb(process: str) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return (
        next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        // 1024
    )
