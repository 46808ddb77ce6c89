"""`eval` as a command, with models of the tests' own server: one that copies, one that invents, one
that obeys.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.settings import EngineChoice
from tests.acceptance.house import House
from tests.integration.test_cli import result_of
from tests.integration.test_cli_model import SOURCE, as_json, served
from tests.ollama_api import Trouble
from tests.ollama_models import Model, Schema, extractive_writer, obedient
from tests.ollama_server import OllamaServer


def inventing(system: str, prompt: str, schema: Schema | None) -> str:
    """The extractive writer with every sentence turned into something that no article says."""
    answer: dict[str, Any] = json.loads(extractive_writer(system, prompt, schema))
    return json.dumps(_invented(answer))


def _invented(value: Any) -> Any:
    match value:
        case dict():
            texts = {
                name: "Globex bought it for 77 million dollars."
                for name in ("text", "action", "reason")
                if name in value
            }
            return {name: _invented(each) for name, each in value.items()} | texts
        case list():
            return [_invented(each) for each in value]
        case _:
            return value


def scored(folder: Path, model: Model, *arguments: str) -> dict[str, Any]:
    """The score of a model on three of the stories, one of which speaks to it."""
    with OllamaServer(model) as server:
        house = House(folder, served(server, EngineChoice.OLLAMA) + SOURCE)
        found = as_json(house, "eval", "--stories", "3", *arguments)
    (score,) = [each for each in found["scores"] if each["model"]]
    return {**score, "advice": found["advice"]}


def test_a_model_that_copies_keeps_the_shape_passes_the_gates_and_is_priced(tmp_path: Path) -> None:
    score = scored(tmp_path, extractive_writer)

    assert (
        score["stories"],
        score["unusable"],
        score["sprung"],
        score["failures"],
        score["fit"],
    ) == (3, 0, [], [], True)
    assert score["calls"] >= 6  # facts and page of each story
    assert score["proposed"] > 3 * score["refused"]
    assert min(score["facts_told"], score["read_tokens"], score["written_tokens"]) > 0


def test_of_a_model_that_invents_nothing_comes_through_and_it_is_not_advised(
    tmp_path: Path,
) -> None:
    score = scored(tmp_path, inventing)

    assert (score["own"], score["fit"], score["sprung"]) == (0, False, [])
    assert score["refused"] > 9
    assert score["advice"].startswith("Stay with the extractive engine")


def test_a_model_that_obeys_what_it_reads_finds_no_order_in_what_it_is_shown(
    tmp_path: Path,
) -> None:
    assert scored(tmp_path, obedient)["sprung"] == []


def test_the_rules_stand_beside_the_models_and_a_file_keeps_all_for_the_next_time(
    tmp_path: Path,
) -> None:
    scored(tmp_path, extractive_writer, "--save", str(tmp_path / "scores.json"))
    house = House(tmp_path, '[analysis]\nengine = "extractive"\n' + SOURCE)
    code, out, _ = result_of(
        house, "eval", "--stories", "3", "--save", str(tmp_path / "scores.json")
    )

    assert (code, "qwen3:4b-instruct" in out, out.count("extractive") >= 1) == (0, True, True)
    assert len(json.loads((tmp_path / "scores.json").read_text("utf-8"))["scores"]) == 2


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("[1, 2]", "utf-8")
    code, _, err = result_of(
        House(tmp_path, SOURCE),
        "eval",
        "--engine",
        "extractive",
        "--save",
        str(tmp_path / "notes.json"),
    )

    assert (code, "holds no scores" in err) == (2, True)
    assert (tmp_path / "notes.json").read_text("utf-8") == "[1, 2]"


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_scored(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        '[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost = "http://127.0.0.1:9"\n' + SOURCE,
    )
    code, out, err = result_of(house, "eval", "--save", str(tmp_path / "nowhere" / "scores.json"))

    assert (
        code,
        out,
        f"there is no folder {tmp_path / 'nowhere'}" in err,
        "127.0.0.1:9" in err,
    ) == (2, "", True, False)


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

    assert (score["unusable"] == score["calls"] > 0, score["own"], score["fit"]) == (True, 0, False)


@pytest.mark.parametrize(
    "arguments",
    [("--engine", "extractive", "--model", "x"), ("--engine", "magic"), ("--stories", "0")],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert result_of(House(tmp_path, SOURCE), "eval", *arguments)[0] == 2
