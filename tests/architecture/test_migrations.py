"""The migrations are one line: two branches that each add the next number would leave a database
that nobody can make.
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from pathlib import Path

from aggregator.store.schema import REVISION

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
_NAMED = re.compile(r'^(down_revision|revision) = (?:"(\d{4})"|None)$', re.MULTILINE)

# A migration on the main branch is never edited. 0006 was, and databases made before that could not
# be upgraded.
ON_THE_MAIN_BRANCH = {
    "0001_create_all_tables": "fe0b1dc023575fcf",
    "0002_keep_answers": "a28fdc764164ed1e",
    "0003_editions_and_subscribers": "52ada3b05865ab68",
    "0004_rhythm_health_and_rights": "6499326ee28d9cbb",
    "0005_memory_of_stories": "221bd3589236503f",
    "0006_lines_and_lists": "e8dfc51b21eecac8",
    "0007_forgotten_sources": "b596e2ff32ba8f5c",
    "0008_vectors_of_headlines": "1a059e2aa12481a1",
    "0009_kinds_of_runs": "aacffd1c94752af8",
    "0010_attributes_of_products": "d9bba0324c269de1",
    "0011_alerts": "59ac7f6c388dadb1",
    "0012_judgements": "2b6a9e1f6629a928",
    "0013_predictions": "157a5a997cd0d69a",
    "0014_open_questions": "ae3d004b99da1c2b",
    "0015_portions_of_workers": "beee3862f38ea33b",
    "0016_kept_corrections": "a07fba9c5c9e211f",
    "0017_pending_entries_of_an_article": "9c218263f1f8a762",
    "0018_wishes": "6ec512bb71283f9b",
    "0019_validators_of_robots": "c680ca4d502d1594",
    "0020_mailboxes": "5ee51b089b79a043",
    "0021_entries_left_out": "9f38d22299686225",
}


def test_each_migration_follows_the_one_before_it() -> None:
    files = sorted(VERSIONS.glob("0*.py"))
    named = [dict(_NAMED.findall(path.read_text("utf-8"))) for path in files]

    assert [each["revision"] for each in named] == [path.name[:4] for path in files]
    assert [other["down_revision"] for other in named[1:]] == [
        one["revision"] for one, _ in pairwise(named)
    ]
    assert named[-1]["revision"] == REVISION


def test_a_migration_that_others_may_have_run_is_as_it_was() -> None:
    found = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in VERSIONS.glob("0*.py")
    }

    assert found == ON_THE_MAIN_BRANCH  # else write a new migration
