"""The tests' own Ollama, asked by the official client: it behaves as a real one was seen to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest

from tests.ollama_api import Trouble
from tests.ollama_models import scripted
from tests.ollama_server import OllamaServer

ANSWER = '{"headline": "Lab One released Model A"}'
ASK = [
    {"role": "system", "content": "You write."},
    {"role": "user", "content": "Write a headline."},
]


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(scripted([ANSWER])) as running:
        yield running


@pytest.fixture
def client(server: OllamaServer) -> Iterator[ollama.Client]:
    with ollama.Client(server.url, timeout=10, trust_env=False) as asking:
        yield asking


def test_an_answer_has_the_fields_counts_and_nanoseconds(client: ollama.Client) -> None:
    answer = client.chat("qwen3:4b-instruct", ASK)

    assert (answer.message.content, answer.done, answer.done_reason) == (ANSWER, True, "stop")
    assert answer.created_at == "2026-11-24T14:45:34.23451751Z"
    assert (answer.prompt_eval_count, answer.eval_count, answer.eval_duration) == (
        18,
        15,
        15_000_000,
    )


def test_a_streamed_answer_is_the_same_word_by_word(client: ollama.Client) -> None:
    parts = list(client.chat("qwen3:4b-instruct", ASK, stream=True))

    assert "".join(part.message.content or "" for part in parts) == ANSWER
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


def test_a_prompt_beyond_the_default_context_loses_its_beginning_without_a_word(
    server: OllamaServer, client: ollama.Client
) -> None:
    answer = client.chat(
        "qwen3:4b-instruct", [{"role": "user", "content": "Once " + "upon a time " * 3000 + "end"}]
    )

    assert (answer.prompt_eval_count, answer.done_reason) == (4096, "stop")
    assert (server.calls[0].prompt[:4] == "Once", server.calls[0].prompt.endswith("end")) == (
        False,
        True,
    )


def test_truncation_can_be_forbidden_in_the_raw_fields(server: OllamaServer) -> None:
    long = {
        "model": "qwen3:4b-instruct",
        "truncate": False,
        "messages": [{"role": "user", "content": "word " * 5000}],
    }

    answer = httpx.post(f"{server.url}/api/chat", json=long, trust_env=False)

    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "the input length exceeds the context length"},
    )


def test_an_answer_at_the_limit_is_broken_json(client: ollama.Client) -> None:
    answer = client.chat("qwen3:4b-instruct", ASK, options={"num_predict": 5})

    assert (answer.done_reason, answer.eval_count) == ("length", 5)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(answer.message.content or "")


@pytest.mark.parametrize(
    ("asked", "status", "message"),
    [
        pytest.param({"model": "nope:1b"}, 404, "model 'nope:1b' not found", id="unknown model"),
        pytest.param(
            {"format": {"type": "string", "pattern": "[a-z]+"}},
            500,
            "pattern must start with",
            id="open pattern",
        ),
        pytest.param(
            {"format": {"type": "string", "pattern": r"^\d$"}},
            500,
            "unexpectedly stopped",
            id="pattern with \\d",
        ),
        pytest.param({"format": "yaml"}, 500, "invalid format", id="format that is no schema"),
        pytest.param(
            {"options": {"num_ctx": "many"}},
            500,
            "must be of type integer",
            id="option of another type",
        ),
        pytest.param(
            {"keep_alive": "soon"}, 400, "invalid duration", id="keep_alive that is no time"
        ),
    ],
)
def test_a_bad_question_is_refused(
    server: OllamaServer, asked: dict[str, Any], status: int, message: str
) -> None:
    answer = httpx.post(
        f"{server.url}/api/chat",
        json={"model": "qwen3:4b-instruct", "messages": ASK, **asked},
        trust_env=False,
    )

    assert (answer.status_code, message in answer.json()["error"]) == (status, True)


def test_a_closed_pattern_and_an_unknown_option_are_taken(server: OllamaServer) -> None:
    fine = {
        "format": {"type": "string", "pattern": "^[0-9]{4}$"},
        "options": {"unheard_of": "x"},
        "stream": False,
    }

    answer = httpx.post(
        f"{server.url}/api/chat",
        json={"model": "qwen3:4b-instruct", "messages": ASK, **fine},
        trust_env=False,
    )

    assert answer.status_code == 200


def test_a_question_that_is_not_json_is_refused(server: OllamaServer) -> None:
    assert httpx.post(f"{server.url}/api/chat", content=b"xyz", trust_env=False).status_code == 400


def test_no_messages_load_and_unload_the_model_without_counts(client: ollama.Client) -> None:
    loaded, unloaded = (
        client.chat("qwen3:4b-instruct", []),
        client.chat("qwen3:4b-instruct", [], keep_alive=0),
    )

    assert (loaded.done_reason, unloaded.done_reason, loaded.prompt_eval_count) == (
        "load",
        "unload",
        None,
    )


def test_a_download_without_an_upstream_fails_within_a_good_answer(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="file does not exist") as caught:
        list(client.pull("nope", stream=True))

    assert caught.value.status_code == -1


def test_embeddings_are_one_a_text_and_refused_beyond_512_tokens(client: ollama.Client) -> None:
    assert (
        len(client.embed("qwen3:4b-instruct", ["a", "bc"]).embeddings),
        client.embed("qwen3:4b-instruct", []).embeddings,
    ) == (2, [])
    with pytest.raises(ollama.ResponseError, match="exceeds the context length"):
        client.embed("qwen3:4b-instruct", "word " * 600, truncate=False)


def test_the_lists_name_the_model(server: OllamaServer, client: ollama.Client) -> None:
    before = client.ps().models
    client.chat("qwen3:4b-instruct", ASK, options={"num_ctx": 2048})

    assert (before, client.list().models[0].model, client.ps().models[0].context_length) == (
        [],
        "qwen3:4b-instruct",
        2048,
    )
    assert (client.show("qwen3:4b-instruct").modelinfo or {})["qwen3.context_length"] == 40960
    assert httpx.get(server.url, trust_env=False).text == "Ollama is running"


def test_the_prompt_cache_serves_what_begins_alike(
    server: OllamaServer, client: ollama.Client
) -> None:
    for task in ("Write a headline.", "Write a summary."):
        client.chat(
            "qwen3:4b-instruct", [{"role": "user", "content": f"{'evidence ' * 100}{task}"}]
        )

    first, second = server.calls
    assert (first.cached_tokens, second.evaluated_tokens < 10, second.prompt_tokens > 200) == (
        0,
        True,
        True,
    )


def test_a_held_question_is_answered_on_release(
    server: OllamaServer, client: ollama.Client
) -> None:
    server.hold()
    with (
        pytest.raises(httpx.ReadTimeout),
        ollama.Client(server.url, timeout=0.2, trust_env=False) as hasty,
    ):
        hasty.chat("qwen3:4b-instruct", ASK)
    server.release()

    assert client.chat("qwen3:4b-instruct", ASK).done_reason == "stop"


def test_trouble_ends_after_its_times(server: OllamaServer, client: ollama.Client) -> None:
    server.misbehave(Trouble.SERVER_ERROR, times=1)
    with pytest.raises(ollama.ResponseError, match="unexpectedly stopped"):
        client.chat("qwen3:4b-instruct", ASK)

    assert client.chat("qwen3:4b-instruct", ASK).done_reason == "stop"
