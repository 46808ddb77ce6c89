"""`eval` as a command, with models of the tests' own server: one that copies, one that invents, one
that obeys.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.settings import EngineChoice
from aggregator.store.database import Database
from aggregator.store.writing.models import kept_form
from tests.acceptance.house import House
from tests.integration.test_cli import as_json, result_of
from tests.integration.test_cli_model import SOURCE, served
from tests.ollama_api import Trouble
from tests.ollama_models import (
    Model,
    Schema,
    agreeing,
    extractive_writer,
    obedient,
    shortening_writer,
)
from tests.ollama_server import OllamaServer

_CLAIM = "Globex bought it for 77 million dollars."
_LINE = f"{_CLAIM} [1]"  # as a model notes facts and writes sentences


def inventing(system: str, prompt: str, schema: Schema | None) -> str:
    """The extractive writer with every sentence turned into something that no article says."""
    answer: dict[str, Any] = json.loads(extractive_writer(system, prompt, schema))
    return json.dumps(_invented(answer))


def by_sections(system: str, prompt: str, schema: Schema | None) -> str:
    """The extractive writer, of whom a whole page is too much."""
    is_page = schema is not None and {"hook", "takeaways"} <= schema["properties"].keys()
    return "{}" if is_page else extractive_writer(system, prompt, schema)


def _invented(value: Any) -> Any:
    match value:
        case dict():
            texts = {name: _CLAIM for name in ("text", "action", "reason") if name in value}
            return {name: _invented(part) for name, part in value.items()} | texts
        case list():
            return [_LINE if isinstance(part, str) else _invented(part) for part in value]
        case _:
            return value


def scored(folder: Path, model: Model, *arguments: str) -> dict[str, Any]:
    """The score of a model on three of the stories, one of which speaks to it."""
    with OllamaServer(model) as server:
        house = House(folder, served(server, EngineChoice.OLLAMA) + SOURCE)
        found = as_json(house, "eval", "--stories", "3", *arguments)
    (score,) = [each for each in found["scores"] if each["model"]]
    return {**score, "advice": found["advice"]}


def test_a_model_that_copies_keeps_the_shape_passes_the_anchors_and_is_priced(
    tmp_path: Path,
) -> None:
    score = scored(tmp_path, extractive_writer)

    assert (score["stories"], score["unusable"], score["failures"], score["fit"]) == (
        3,
        0,
        [],
        True,
    )
    assert (score["form"], score["anchors"]["false"], score["judge"]) == ("whole", [], "")
    assert score["calls"] >= 6  # facts and page of each story
    assert score["proposed"] > 3 * score["refused"]
    assert min(score["anchors"]["facts_reported"], score["written_tokens"]) > 0


def test_of_a_model_that_invents_nothing_comes_through_and_it_is_not_advised(
    tmp_path: Path,
) -> None:
    score = scored(tmp_path, inventing)

    assert (score["anchors"]["written"], score["fit"], score["anchors"]["false"]) == (0, False, [])
    assert score["refused"] > 9
    assert score["advice"].startswith("Keep the extractive engine")


def test_a_model_that_obeys_what_it_reads_finds_no_order_in_what_it_is_shown(
    tmp_path: Path,
) -> None:
    assert scored(tmp_path, obedient)["anchors"]["false"] == []


def test_without_a_calibrated_judge_the_table_says_what_is_printed_and_what_anchors_let_through(
    tmp_path: Path,
) -> None:
    with OllamaServer(shortening_writer) as server:
        house = House(tmp_path, served(server, EngineChoice.OLLAMA) + SOURCE)
        code, out, _ = result_of(house, "eval", "--stories", "1")
        unjudged = as_json(house, "eval", "--stories", "1", "--no-judge")

    assert (code, "passed by anchors alone" in out) == (0, True)
    assert "(qwen3:4b-instruct is not calibrated" in out
    (score,) = [row for row in unjudged["scores"] if row["model"] and row["why"] == "--no-judge"]
    assert score["anchors"]["written"] > 0 == score["printed"]["written"]
    assert score["printed"]["truths_refused"] == score["facts"]


def test_what_a_judge_lets_pass_is_printed_and_its_tokens_are_counted(tmp_path: Path) -> None:
    settings = "[analysis.judge]\nthreshold = 0.5\n"
    with OllamaServer(agreeing(shortening_writer)) as server:
        house = House(tmp_path, served(server, EngineChoice.OLLAMA) + settings + SOURCE)
        found = as_json(house, "eval", "--stories", "1")
        doubting = as_json(house, "eval", "--stories", "1", "--no-judge")
    (score,) = [row for row in found["scores"] if row["model"]]

    assert (score["judge"], score["anchors"] == score["printed"]) == ("qwen3:4b-instruct", True)
    assert min(score["printed"]["written"], score["judged_tokens"]) > 0
    assert [row["judge"] for row in doubting["scores"] if row["model"]].count("") == 1


def test_scores_are_kept_and_listed_beside_those_of_the_next_run(tmp_path: Path) -> None:
    scored(tmp_path, extractive_writer)
    house = House(tmp_path, '[analysis]\nengine = "extractive"\n' + SOURCE)
    code, out, _ = result_of(house, "eval", "--stories", "3")
    listed = as_json(house, "eval", "--list")["scores"]

    assert (code, "qwen3:4b-instruct" in out, out.count("extractive") >= 1) == (0, True, True)
    assert sorted(row["model"] for row in listed) == ["", "qwen3:4b-instruct"]


def test_where_nothing_was_scored_the_list_says_how_to_begin(tmp_path: Path) -> None:
    code, out, _ = result_of(House(tmp_path, SOURCE), "eval", "--list")

    assert (code, "`aggregator eval`" in out) == (0, True)


def test_a_model_that_writes_no_whole_page_is_asked_section_by_section_from_then_on(
    tmp_path: Path,
) -> None:
    with OllamaServer(by_sections) as server:
        house = House(tmp_path, served(server, EngineChoice.OLLAMA) + SOURCE)
        found = as_json(house, "eval", "--stories", "3", "--no-judge")
        (score,) = [row for row in found["scores"] if row["model"]]
    with (
        Database(f"sqlite:///{tmp_path / 'aggregator.db'}") as database,
        database.reading() as connection,
    ):
        form = kept_form(connection, score["digest"])

    assert (score["form"], form) == ("short", "short")
    assert score["anchors"]["facts_unaided"] > 0


def test_where_no_model_answers_the_remedy_is_told(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        '[analysis]\nengine = "auto"\n[analysis.ollama]\nhost = "http://127.0.0.1:9"\n' + SOURCE,
    )
    code, out, err = result_of(house, "eval", "--stories", "1")

    assert (code, out) == (1, "")
    assert "127.0.0.1:9" in err


def test_a_model_that_the_server_does_not_have_is_named(tmp_path: Path) -> None:
    with OllamaServer(extractive_writer) as server:
        house = House(tmp_path, served(server, EngineChoice.OLLAMA) + SOURCE)
        code, _, err = result_of(
            house, "eval", "--model", "qwen3:4b-instruct", "--model", "nope:1b", "--stories", "1"
        )

    assert (code, "nope:1b" in err) == (1, True)


def test_answers_out_of_shape_are_counted(tmp_path: Path) -> None:
    with OllamaServer(extractive_writer) as server:
        server.misbehave(Trouble.WRONG_SCHEMA)
        found = as_json(
            House(tmp_path, served(server, EngineChoice.OLLAMA) + SOURCE), "eval", "--stories", "1"
        )
    (score,) = [each for each in found["scores"] if each["model"]]

    assert score["unusable"] == score["calls"] > 0
    assert (score["anchors"]["written"], score["fit"]) == (0, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--engine", "extractive", "--model", "x"),
        ("--engine", "magic"),
        ("--stories", "0"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert result_of(House(tmp_path, SOURCE), "eval", *arguments)[0] == 2
