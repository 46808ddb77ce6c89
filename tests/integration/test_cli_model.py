"""`model list|pull|probe` and the price of a refresh, against the tests' own model server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aggregator.domain.settings import EngineChoice
from aggregator.ops.probe import (
    WantedContext,
    context_check,
    schema_check,
    thinking_check,
    token_speed,
)
from aggregator.ports import FinishReason, ModelFacts, Reply
from tests.acceptance.house import SEED, House
from tests.integration.test_cli import as_json, result_of
from tests.ollama_api import Trouble
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer
from tests.servers import MiniWeb

SOURCE = '[[sources]]\nkey = "daily"\nname = "The Daily"\nurl = "http://127.77.9.1:8099/feed"\n'
DIGEST = "e55aed6fe643f9368b2f48f8aaa56ec787b75765da69f794c0a0c23bfe7c64b2"
Asking = Callable[..., House]


@pytest.fixture
def asking(tmp_path: Path, server: OllamaServer) -> Asking:
    """Makes a house that asks the server."""

    def made(
        engine: EngineChoice = EngineChoice.AUTO,
        model: str = "qwen3:4b-instruct",
        more: str = "",
        sources: str = SOURCE,
    ) -> House:
        return House(tmp_path, served(server, engine, model, more) + sources)

    return made


def served(
    server: OllamaServer, engine: EngineChoice, model: str = "qwen3:4b-instruct", more: str = ""
) -> str:
    """The settings of a house that asks the server."""
    return (
        f'[analysis]\nengine = "{engine}"\n'
        f'[analysis.ollama]\nhost = "{server.url}"\nmodel = "{model}"\n{more}'
        f'[analysis.openai]\nbase_url = "{server.openai_url}"\n'
    )


def failed(of: House) -> dict[str, str]:
    """The checks of a probe that failed, each with its remedy."""
    (probe,) = as_json(of, "model", "probe", code=1)["probes"]
    return {check["check"]: check["remedy"] for check in probe["checks"] if not check["ok"]}


# List


def test_the_list_has_size_and_digest_and_marks_the_model_of_the_settings(asking: Asking) -> None:
    assert as_json(asking(), "model", "list") == {
        "engine": "auto",
        "configured": "qwen3:4b-instruct",
        "models": [
            {
                "name": "qwen3:4b-instruct",
                "size_bytes": 2_497_293_931,
                "digest": DIGEST,
                "configured": True,
            }
        ],
    }


def test_a_person_is_told_how_to_get_the_model_that_is_missing(asking: Asking) -> None:
    code, out, _ = result_of(asking(model="llama3.2:3b"), "model", "list")

    assert (code, "2.5 GB" in out, "`aggregator model pull llama3.2:3b`" in out) == (0, True, True)


def test_a_server_of_the_other_kind_lists_what_it_serves(asking: Asking) -> None:
    (found,) = as_json(asking(EngineChoice.OPENAI), "model", "list")["models"]

    assert (found["name"], found["size_bytes"], found["configured"]) == (
        "qwen3:4b-instruct",
        None,
        True,
    )


# Pull


def test_a_download_is_told_a_line_a_status_on_standard_error(
    asking: Asking, server: OllamaServer
) -> None:
    code, out, err = result_of(asking(), "model", "pull")

    assert (code, out) == (0, f"qwen3:4b-instruct is on {server.url}.\n")
    assert err.splitlines() == [
        f"{server.url}: {status}"
        for status in (
            "pulling manifest",
            "pulling 3e4cb1417446",
            "verifying sha256 digest",
            "success",
        )
    ]


def test_a_model_that_exists_nowhere_ends_with_1_and_a_remedy(asking: Asking) -> None:
    code, out, err = result_of(asking(), "model", "pull", "nonsense")

    assert (code, out, "file does not exist" in err, "check the model's name" in err) == (
        1,
        "",
        True,
        True,
    )


def test_a_server_of_the_other_kind_has_no_pull(asking: Asking) -> None:
    code, out, err = result_of(asking(EngineChoice.OPENAI), "model", "pull")

    assert (code, out, "models cannot be pulled" in err, "analysis.engine" in err) == (
        1,
        "",
        True,
        True,
    )


# Probe


@pytest.mark.parametrize("engine", [EngineChoice.AUTO, EngineChoice.OPENAI])
def test_a_model_that_is_well_passes_every_check(asking: Asking, engine: EngineChoice) -> None:
    (probe,) = as_json(asking(engine), "model", "probe")["probes"]

    assert [check["check"] for check in probe["checks"] if check["ok"]] == [
        "server", "model", "schema", "thinking", "context", "speed",
    ]  # fmt: skip
    assert min(probe["prompt_tokens_per_s"], probe["answer_tokens_per_s"]) > 0


@pytest.mark.parametrize(
    ("trouble", "check", "remedy"),
    [
        pytest.param(
            Trouble.OLD_VERSION, "server", "upgrade it to 0.17.1", id="a version with holes"
        ),
        pytest.param(
            Trouble.WRONG_SCHEMA, "schema", "JSON schema", id="an answer of another shape"
        ),
        pytest.param(Trouble.EMPTY, "schema", "without reasoning", id="nothing but a thought"),
        pytest.param(Trouble.SERVER_ERROR, "schema", "smaller model", id="a runner that crashes"),
        pytest.param(
            Trouble.SMALL_CONTEXT,
            "context",
            "analysis.ollama.num_ctx",
            id="a context cut without a word",
        ),
    ],
)
def test_what_fails_is_told_with_its_remedy(
    asking: Asking, server: OllamaServer, trouble: Trouble, check: str, remedy: str
) -> None:
    server.misbehave(trouble)
    found = failed(asking())

    assert (list(found), remedy in found[check]) == ([check], True)


def test_a_model_with_less_context_than_the_settings_ask_for_fails(asking: Asking) -> None:
    found = failed(asking(more="num_ctx = 100000\n"))

    assert list(found) == ["context"]
    assert "analysis.ollama.num_ctx to 40960" in found["context"]


def test_each_of_several_servers_is_probed(tmp_path: Path, server: OllamaServer) -> None:
    with OllamaServer(extractive_writer, name="other:1b") as second:
        hosts = f'host = ["{server.url}", "{second.url}"]\n'
        probes = as_json(
            House(tmp_path, f"[analysis.ollama]\n{hosts}{SOURCE}"), "model", "probe", code=1
        )["probes"]

    assert [all(check["ok"] for check in probe["checks"]) for probe in probes] == [True, False]


def reply(
    text: str,
    *,
    prompt_tokens: int = 1000,
    completion_tokens: int = 20,
    seconds: float = 1.0,
    cached: int = 0,
) -> Reply:
    return Reply(
        text=text,
        finish=FinishReason.STOP,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        seconds=seconds,
        cached_tokens=cached,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"text": "Lab One released it.", "passages": [1]}', True, id="as asked"),
        pytest.param('{"text": "Lab One released it."}', False, id="a key is missing"),
        pytest.param('{"text": "x", "passages": [1], "more": 2}', False, id="a key too many"),
        pytest.param('{"text": "x", "passages": ["1"]}', False, id="a text for a number"),
        pytest.param('{"text": "x", "pass', False, id="cut"),
        pytest.param("[" * 100_000, False, id="a tower of brackets"),
    ],
)
def test_the_canary_takes_no_other_shape(text: str, *, expected: bool) -> None:
    assert schema_check(reply(text)).is_ok is expected


@pytest.mark.parametrize(
    ("text", "tokens", "expected"),
    [
        pytest.param('{"text": "Lab One released it."}', 20, True, id="no thought"),
        pytest.param('<think>Hm.</think>{"text": "x"}', 20, False, id="a thought in the text"),
        pytest.param(
            '{"text": "Lab One released it."}', 400, False, id="a thought that only the count shows"
        ),
    ],
)
def test_thinking_shows_in_the_text_or_in_the_count(
    text: str, tokens: int, *, expected: bool
) -> None:
    assert thinking_check(reply(text, completion_tokens=tokens)).is_ok is expected


def test_more_context_than_wanted_is_well() -> None:
    facts = ModelFacts(model="m", digest="d", context=8192, server="s", version="1")

    assert [
        context_check(facts, WantedContext(context=n, key="k"), reply("x")).is_ok
        for n in (8192, 8193)
    ] == [True, False]


def test_the_speed_of_a_prompt_counts_neither_the_cache_nor_the_answer() -> None:
    reading = reply("x", prompt_tokens=1200, cached=200, completion_tokens=16, seconds=12.0)
    writing = reply("x", completion_tokens=128, seconds=16.0)
    speed = token_speed(reading, writing)

    assert (speed.answer, speed.prompt) == (8.0, 100.0)


# The price of a refresh


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, OllamaServer]]:
    """A house that was told by rules, and then got a model; a test that changes it takes a copy."""
    with MiniWeb(SEED) as web, OllamaServer(extractive_writer) as server:
        folder = tmp_path_factory.mktemp("priced")
        House(folder, '[analysis]\nengine = "extractive"\n' + web.sources_toml()).refreshed("--all")
        yield House(folder, served(server, EngineChoice.AUTO) + web.sources_toml()), server


def test_a_dry_run_prices_what_a_model_would_tell_anew_and_asks_it_nothing(
    priced: tuple[House, OllamaServer],
) -> None:
    house, server = priced
    asked = len(server.calls)
    plan = as_json(house, "refresh", "--dry-run")

    assert (plan["model"], server.calls[asked:]) == ("ollama (qwen3:4b-instruct)", [])
    assert plan["judge"] == "qwen3:4b-instruct is not calibrated; the next run begins with it"
    assert 0 < plan["stories_for_model"] <= plan["stories_to_analyse"]
    assert 500 < plan["prompt_tokens"] / plan["stories_for_model"] < 5 * 5000
    assert {plan["completion_tokens"], plan["judge_tokens"], plan["minutes"]} == {
        "not measured yet"
    }


def test_a_dry_run_says_how_often_a_model_may_be_asked_what_words_leave_in_doubt(
    priced: tuple[House, OllamaServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = priced
    before = as_json(house, "refresh", "--dry-run")["doubts_for_model"]
    monkeypatch.setenv("AGGREGATOR_CLUSTER__JUDGE_QUESTIONS", "12")
    with_model, without = (
        as_json(house, "refresh", "--dry-run", *more) for more in ((), ("--no-analysis",))
    )

    assert (before, with_model["doubts_for_model"], without["doubts_for_model"]) == (0, 12, 0)


def test_without_analysis_there_is_no_price(priced: tuple[House, OllamaServer]) -> None:
    plan = as_json(priced[0], "refresh", "--dry-run", "--no-analysis")

    assert (plan["model"], plan["stories_for_model"], plan["prompt_tokens"]) == ("none", 0, 0)


def test_the_price_is_near_what_the_run_then_costs_and_afterwards_nothing(
    priced: tuple[House, OllamaServer], tmp_path: Path
) -> None:
    before, server = priced
    shutil.copytree(before.folder, tmp_path / "house")
    house = House.in_folder(tmp_path / "house")
    asked = len(server.calls)
    plan = as_json(house, "refresh", "--dry-run")
    result_of(house, "refresh", "--now", "2026-07-06T07:00Z")
    first = [call for call in server.calls[asked:] if "refused" not in call.prompt]
    spent = sum(call.prompt_tokens for call in first)
    after = as_json(house, "refresh", "--dry-run")

    assert 0 < plan["stories_for_model"] <= len(first) <= 5 * plan["stories_for_model"]
    assert 0.7 < plan["prompt_tokens"] / spent < 1.5
    assert (after["stories_to_analyse"], after["stories_for_model"], after["prompt_tokens"]) == (
        0,
        0,
        0,
    )
