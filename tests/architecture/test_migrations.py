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

# A migration on the main branch is never edited. One was before the release, and databases made
# before that could not be upgraded.
ON_THE_MAIN_BRANCH = {
    "0100_create_all_tables": "cd9626e5d1c688a2",
    "0101_verdicts_and_calibrations": "cc18fad86a6d8938",
    "0102_facts_of_stories": "b4fece28e8f628ab",
    "0103_judges_of_analyses": "4a647122be16a676",
    "0104_evaluations": "cc50211d33e751d4",
    "0105_canaries_of_models": "35508e9fe032ef19",
    "0106_importance_of_stories": "378b087e3e0c97d4",
    "0107_newsletter_items": "75f11fbe1f0f803c",
    "0108_pages_of_stories": "a655a9bee2be7ddd",
    "0109_places_of_a_day": "764071b0a9e6d345",
    "0110_pages_of_merged_stories": "257d880028bf2625",
    "0111_votes_of_entries": "e9c32b8f2be50a83",
    "0112_signs_of_stated_predictions": "6080a937bc07f015",
    "0113_routes_of_sources": "eb05ee60e75401a9",
    "0114_repairs_of_listings": "84b27590173b5547",
    "0115_editions_of_days": "73524fa403351e86",
    "0116_choices_of_subscribers": "61e7467f384fd6dd",
    "0117_notifications": "90f3232ecbaf465f",
    "0118_follows_and_announced_feeds": "e52720bc13b45e45",
    "0119_terms_of_articles": "9e70714e9857016d",
    "0120_published_addresses": "295f6d746d57c43e",
    "0121_values_of_plugins": "623f239086cff2fb",
    "0122_one_digest_of_a_list": "a329eb06e6373d6e",
    "0123_verdicts_of_sentences": "e9804cf3f31c4197",
    "0124_addends_of_importance": "d7c385c05f1967af",
    "0125_drafts_of_writers": "a4cad5ce27f9de30",
    "0126_attributes_never_judged": "97a6a114759ef6ed",
    "0131_calibrations_under_way": "7e98f05831fea6d4",
    "0137_catalogues_of_models": "f8f76ee22c67e2c3",
    "0140_likelihoods_of_articles": "c524bc80d9e281f1",
    "0141_affairs_of_stories": "c98550c57c87cf24",
    "0145_open_questions": "f80dfa725b7fca0b",
    "0149_sentences_judged_again": "084755dfce303ec6",
    "0150_one_digest_of_an_owner": "28a5f9d84ebe620e",
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
