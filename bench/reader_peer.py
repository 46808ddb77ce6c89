"""lemon24's `reader` as a contender of `bench.refresh`, run by the Python that it is installed for.

PYTHON -m bench.reader_peer FOLDER PORT FEEDS
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from reader import make_reader

from bench.costs import Meter
from bench.served import Served

WORKERS = 16


def visit(folder: Path, served: Served, feeds: int) -> dict[str, object]:
    """One visit to all feeds, those that are not due too."""
    reader = make_reader(str(folder / "reader.sqlite"))
    for number in range(feeds):
        reader.add_feed(served.url(number), exist_ok=True)
    before, meter = reader.get_entry_counts().total, Meter()
    reader.update_feeds(workers=WORKERS, scheduled=False)
    costs = meter.read()
    failed = [feed.url for feed in reader.get_feeds(broken=True)]
    if failed:
        raise RuntimeError(f"feeds failed: {failed[:3]}")
    return {**asdict(costs), "entries": reader.get_entry_counts().total - before}


if __name__ == "__main__":
    print(
        json.dumps(
            visit(Path(sys.argv[1]), Served(kind="", port=int(sys.argv[2])), int(sys.argv[3]))
        )
    )
