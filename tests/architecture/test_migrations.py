"""The migrations are one line: two branches that each add the next number would leave a database that nobody can make."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from aggregator.store.schema import REVISION

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
_NAMED = re.compile(r'^(down_revision|revision) = (?:"(\d{4})"|None)$', re.MULTILINE)


def test_each_migration_follows_the_one_before_it() -> None:
    files = sorted(VERSIONS.glob("0*.py"))
    named = [dict(_NAMED.findall(path.read_text("utf-8"))) for path in files]

    assert [each["revision"] for each in named] == [path.name[:4] for path in files]
    assert [other["down_revision"] for other in named[1:]] == [one["revision"] for one, _ in pairwise(named)]
    assert named[-1]["revision"] == REVISION
