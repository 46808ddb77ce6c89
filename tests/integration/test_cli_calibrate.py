"""`model calibrate` on the shipped set, and what `doctor` and `model probe` show of the judge
afterwards, against the tests' own model server.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aggregator.config.calibration_file import load_labelled
from aggregator.domain.operation.calibration import WrittenDraft
from aggregator.store.database import Database
from aggregator.store.writing.drafts import keep_drafts
from aggregator.store.writing.models import keep_calibration, newest_calibration
from aggregator.verify.judge.premise import basis_digest, statements
from aggregator.verify.judge.slices import slices
from tests.acceptance.house import House
from tests.integration.test_cli import result_of
from tests.ollama_models import Schema, extractive_writer
from tests.ollama_server import OllamaServer

LABELLED = load_labelled()
TRUE = {
    statement for claim in LABELLED.claims if claim.is_true for statement in statements(claim.text)
}
SOURCE = '[[sources]]\nkey = "daily"\nname = "The Daily"\nurl = "http://127.77.9.1:8099/feed"\n'


def knowing(system: str, prompt: str, schema: Schema | None) -> str:
    """A model that knows which claims of the set are true; asked for JSON it writes."""
    if schema:
        return extractive_writer(system, prompt, schema)
    claim = prompt.partition("SENTENCE\n")[2].partition("\nEND OF SENTENCE")[0]
    return "Yes" if claim in TRUE else "No"


def house(folder: Path, server: OllamaServer, more: str = "") -> House:
    """An installation whose model the server has."""
    settings = f'[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost = "{server.url}"\n{more}'
    return House(folder, settings + SOURCE)


def printed(of: House, *arguments: str, code: int = 0) -> dict[str, Any]:
    found, out, err = result_of(of, "--json", *arguments)
    assert found == code, err
    result: dict[str, Any] = json.loads(out)
    return result


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaServer]:
    with OllamaServer(knowing) as running:
        yield running


@pytest.fixture(scope="module")
def calibrated(
    server: OllamaServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[House, dict[str, Any], str]:
    """An installation whose judge was calibrated, with what the command printed: its object, and
    standard error.
    """
    made = house(tmp_path_factory.mktemp("house"), server)
    code, out, err = result_of(made, "--json", "model", "calibrate")
    assert code == 0, err
    return made, json.loads(out), err


def test_a_judge_that_knows_gets_a_threshold_and_its_rates(
    calibrated: tuple[House, dict[str, Any], str],
) -> None:
    _, found, _ = calibrated

    assert (found["judge"]["model"], found["set"]) == ("qwen3:4b-instruct", basis_digest(LABELLED))
    first = next(slices(LABELLED))  # of a judge that is never wrong
    assert (found["claims"], found["prior"]) == (
        len(first),
        {"share": 0.07, "audited": 0, "is_raised": False},
    )
    assert (found["threshold"], found["inferred"]) == (pytest.approx(0.9), pytest.approx(0.9))
    assert found["found"]["false_passed"]["value"] == 0.0
    assert found["found"]["true_kept"]["value"] > 0.8


def test_how_long_it_takes_is_said_beforehand(
    calibrated: tuple[House, dict[str, Any], str],
) -> None:
    _, _, err = calibrated

    assert ("for the remaining 4" in err, "stop at any time" in err) == (True, True)


def test_a_second_calibration_asks_nothing_and_shows_the_curve_to_people(
    calibrated: tuple[House, dict[str, Any], str], server: OllamaServer
) -> None:
    made, _, _ = calibrated
    asked = len(server.calls)
    code, out, err = result_of(made, "model", "calibrate")

    assert (code, len(server.calls) - asked) == (0, 0), err
    assert "0.9 ←" in out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("Threshold")] == ["0.9"]
    assert [
        share
        for share in ("3%", "7.0% of the drafts false, assumed", "0% (0% to 9%)")
        if share not in out
    ] == []


def test_the_probe_shows_threshold_and_rates(
    calibrated: tuple[House, dict[str, Any], str],
) -> None:
    made, found, _ = calibrated
    judge = printed(made, "model", "probe")["judge"]

    refused = 1 - found["found"]["true_kept"]["value"]
    assert (judge["model"], judge["threshold"], judge["false_passed"], judge["true_refused"]) == (
        "qwen3:4b-instruct",
        found["threshold"],
        0.0,
        round(refused, 3),
    )


def test_the_doctor_shows_threshold_and_rates(
    calibrated: tuple[House, dict[str, Any], str],
) -> None:
    made, _, _ = calibrated
    _, out, _ = result_of(made, "doctor")

    (line,) = (line for line in out.splitlines() if "judge: qwen3:4b-instruct" in line)
    assert [named for named in ("e55aed6fe643", " 0.9: ", " 0%") if named not in line] == []


def test_a_judge_that_was_never_calibrated_is_said_to_be_so(
    server: OllamaServer, tmp_path: Path
) -> None:
    made = house(tmp_path, server)
    _, out, _ = result_of(made, "doctor")

    assert "(digest e55aed6fe643) is not calibrated" in out
    assert printed(made, "model", "probe")["judge"]["threshold"] is None


def copy_of(made: House, tmp_path: Path) -> House:
    """A house of one's own, as the calibrated one is shared."""
    shutil.copytree(made.folder, tmp_path / "copy")
    return House.in_folder(tmp_path / "copy")


def test_the_doctor_says_how_far_a_calibration_is(
    calibrated: tuple[House, dict[str, Any], str], tmp_path: Path
) -> None:
    copy = copy_of(calibrated[0], tmp_path)
    with Database(copy.database) as database, database.writing() as connection:
        whole = newest_calibration(connection)
        assert whole is not None
        keep_calibration(
            connection, replace(whole, outcomes=whole.outcomes[:100], left=400, pace=160)
        )
    _, out, _ = result_of(copy, "doctor")

    assert "judge: qwen3:4b-instruct is being calibrated (20% done, at most 3 more runs)" in out


def test_the_doctor_warns_of_a_writer_whose_drafts_are_rejected_too_often(
    calibrated: tuple[House, dict[str, Any], str], tmp_path: Path
) -> None:
    copy = copy_of(calibrated[0], tmp_path)
    with Database(copy.database) as database, database.writing() as connection:
        whole = newest_calibration(connection)
        assert whole is not None
        rejected = [
            WrittenDraft(story_id=f"{n}", text="", cited=(), is_inferred=False, score=0.1)
            for n in range(45)
        ]
        keep_drafts(connection, "w", "good:4b", whole.key, rejected, whole.made)
    _, out, _ = result_of(copy, "doctor")

    assert "30% are taken to be false, so fewer sentences are printed" in out


def test_without_a_judge_there_is_nothing_to_calibrate(
    server: OllamaServer, tmp_path: Path
) -> None:
    made = house(tmp_path, server, '[analysis.judge]\nmodel = ""\n')
    code, _, err = result_of(made, "model", "calibrate")

    assert (code, "set analysis.judge.model" in err) == (1, True)
    assert printed(made, "model", "probe")["judge"] is None
