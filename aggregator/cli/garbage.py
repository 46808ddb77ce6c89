"""How often Python looks for garbage: a run makes millions of small records, nearly all without
cycles.
"""

from __future__ import annotations

import gc

_THRESHOLDS = (
    50_000,
    20,
    50,
)  # objects; then collections of the younger generation. Python's own are 700 (2,000), 10, 10


def collect_rarely() -> None:
    """Collects cycles seldom, which takes a fifth off the CPU of clustering; what has no cycles is
    freed at once as ever.
    """
    gc.set_threshold(*_THRESHOLDS)
