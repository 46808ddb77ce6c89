"""An operator checks what a model wrote: drafts are kept as they come to the judge, shown beside
their passages, and what is found of them sets the prior.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from aggregator.domain.operation.calibration import LabelledSet, Prior, Sample, WrittenDraft
from aggregator.domain.settings import JudgeSettings
from aggregator.errors import LlmError
from aggregator.store.database import Database
from aggregator.store.schema import drafts as table
from aggregator.store.writing.drafts import (
    forget_drafts,
    keep_drafts,
    keep_truth,
    newest_writer,
    samples,
    strip_drafts,
    unchecked,
)
from aggregator.verify.stage import priors_for
from tests.acceptance.house import House
from tests.fakes import FakeJudge
from tests.integration.newsroom import Newsroom
from tests.integration.stored import NOW
from tests.integration.test_cli import result_of
from tests.integration.test_judged_pages import judged, written
from tests.ollama_models import shortening_writer
from tests.ollama_server import OllamaServer

NO_SET = LabelledSet(stories={}, claims=(), digest="s" * 16)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(shortening_writer) as serving:
        yield serving


def draft(number: int, *, is_inferred: bool = False, score: float | None = 0.5) -> WrittenDraft:
    return WrittenDraft(
        story_id="s" * 12,
        text=f"Sentence {number}.",
        cited=("a.1.1",),
        is_inferred=is_inferred,
        score=score,
    )


def kept(database: Database, *some: WrittenDraft, writer: str = "w", hours: int = 0) -> None:
    with database.writing() as connection:
        keep_drafts(connection, writer, "good:4b", "j", some, NOW + timedelta(hours=hours))


def test_what_a_person_found_of_a_draft_stays_when_it_is_judged_again(database: Database) -> None:
    kept(database, draft(1))
    with database.writing() as connection:
        ((key, _),) = unchecked(connection, "w", is_inferred=False)
        keep_truth(connection, key, is_true=False)
    kept(database, draft(1, score=0.9))

    with database.reading() as connection:
        assert samples(connection, "w") == (Sample(false=1, read=1), Sample())
        assert connection.scalar(select(table.score)) == 0.9


def test_statements_and_inferences_are_counted_apart_and_by_writer(database: Database) -> None:
    kept(database, draft(1), draft(2), draft(1, is_inferred=True))
    kept(database, draft(1), writer="other", hours=1)
    with database.writing() as connection:
        for writer, is_inferred in (("w", True), ("w", False), ("other", False)):
            key, _ = unchecked(connection, writer, is_inferred=is_inferred)[0]
            keep_truth(connection, key, is_true=True)

        assert samples(connection, "w") == (Sample(read=1), Sample(read=1))
        assert len(unchecked(connection, "w", is_inferred=False)) == 1
        assert newest_writer(connection) == ("other", "good:4b")


def test_an_audit_of_the_release_and_one_of_the_operator_are_one_sample(database: Database) -> None:
    kept(database, *(draft(number) for number in range(60)))
    with database.writing() as connection:
        for key, _ in unchecked(connection, "w", is_inferred=False):
            keep_truth(connection, key, is_true=True)
        shipped = replace(NO_SET, audits={"w": (Sample(false=0, read=60), Sample())})
        found = priors_for(connection, "w", shipped)

    assert (round(found.stated.share, 3), found.stated.audited) == (0.019, 120)
    assert found.inferred == Prior(share=0.1)


def test_of_a_removed_story_only_what_was_found_of_its_drafts_is_left(database: Database) -> None:
    kept(database, draft(1), draft(2))
    with database.writing() as connection:
        key, _ = unchecked(connection, "w", is_inferred=False)[0]
        keep_truth(connection, key, is_true=True)
        strip_drafts(connection, ["s" * 12])

        assert (unchecked(connection, "w", is_inferred=False), samples(connection, "w")[0]) == (
            (),
            Sample(read=1),
        )
        assert {*connection.scalars(select(table.text))} == {""}


def test_old_drafts_that_nobody_checked_are_forgotten(database: Database) -> None:
    kept(database, draft(1), draft(2))
    with database.writing() as connection:
        key, _ = unchecked(connection, "w", is_inferred=False)[0]
        keep_truth(connection, key, is_true=True)

        assert forget_drafts(connection, NOW) == 0
        assert forget_drafts(connection, NOW + timedelta(days=1)) == 1


def house(room: Newsroom) -> House:
    """The database of a newsroom as one with a config.toml beside it."""
    return House(
        room.folder,
        '[[sources]]\nkey = "x"\nname = "X"\nurl = "https://x.example/"\n',
        f"sqlite:///{room.path.name}",
    )


def audit(room: Newsroom, keys: str, *options: str) -> tuple[dict[str, Any], str]:
    """What the command prints for the answers of a person, and what it shows them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(keys))
        code, out, err = result_of(house(room), "--json", "model", "audit", *options)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found, err


def test_drafts_are_kept_as_the_judge_gets_them_and_shown_beside_their_passages(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.2)
    bare.refreshed(server.url, judged(judge), judge=JudgeSettings(threshold=0.5))
    assert written(bare) == set()

    found, shown = audit(bare, "tf x", "--most", "3")

    assert (found["statements"]["read"], found["statements"]["false"]) == (2, 1)
    assert found["inferences"] == {"read": 0, "false": 0, "prior": 0.1, "assumed": True}
    first = shown.partition("DRAFT: ")[2].partition("\n")[0]
    with bare.database.reading() as connection:
        assert first in {*connection.scalars(select(table.text))}
        assert {*connection.scalars(select(table.score))} == {0.2}
    assert "3 of 3" in shown


def test_an_audit_goes_on_where_it_was(bare: Newsroom, server: OllamaServer) -> None:
    bare.refreshed(server.url, judged(FakeJudge(lambda premise, claim: 0.9)))
    audit(bare, "tq")
    found, shown = audit(bare, "tq")

    assert found["statements"]["read"] == 2
    assert "1 of 77" in shown


def test_drafts_are_kept_before_there_is_a_threshold(bare: Newsroom, server: OllamaServer) -> None:
    broken = LlmError("the judge is away", remedy="start it")
    bare.refreshed(
        server.url, judged(FakeJudge(lambda premise, claim: broken)), judge=JudgeSettings()
    )

    with bare.database.reading() as connection:
        assert {*connection.scalars(select(table.score))} == {None}
    assert written(bare) == set()


def test_without_a_draft_the_command_says_what_to_do(bare: Newsroom) -> None:
    code, _, err = result_of(house(bare), "model", "audit")

    assert (code, "aggregator refresh" in err.replace("\n", " ")) == (1, True)
