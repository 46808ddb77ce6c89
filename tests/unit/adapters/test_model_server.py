"""The bounds of a prompt, the names of a server, and how many tokens a text has."""

from __future__ import annotations

import pytest

from aggregator.adapters.model_bounds import (
    Stopping,
    brief,
    is_suspiciously_short,
    named,
    refuse_too_long,
    refuse_truncated,
)
from aggregator.adapters.model_client import is_exposed
from aggregator.adapters.ollama import base_url
from aggregator.adapters.openai import openai_client
from aggregator.domain.settings import OpenAiSettings
from aggregator.english.text import CHAT_TOKENS, estimated_tokens, fewest_tokens
from aggregator.errors import LlmError
from aggregator.ports import Prompt

PROMPT = Prompt(system="", prefix="one two three", task="four", schema={}, most_tokens=100)


def fits(context: int) -> bool:
    try:
        refuse_too_long(PROMPT, context, "shorten it")
    except LlmError:
        return False
    return True


def test_prompt_and_answer_together_must_fit_to_the_token() -> None:
    needed = estimated_tokens("one two three\n\nfour") + CHAT_TOKENS + 100

    assert (fits(needed - 1), fits(needed)) == (False, True)


def test_a_count_that_leaves_no_room_for_the_answer_means_truncation() -> None:
    refuse_truncated(PROMPT, 900, 1000, "more")

    with pytest.raises(LlmError, match="901 of 1000 tokens"):
        refuse_truncated(PROMPT, 901, 1000, "more")


@pytest.mark.parametrize(
    ("tokens", "expected"), [(3, True), (4, False)], ids=["fewer than words", "a token a word"]
)
def test_fewer_tokens_than_words_are_suspicious(tokens: int, *, expected: bool) -> None:
    assert is_suspiciously_short(PROMPT, tokens) is expected


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("the cat", 2, id="short words"),
        pytest.param("international", 4, id="a long word in fours"),
        pytest.param("2026", 4, id="each figure"),
        pytest.param("$3.50", 5, id="signs and figures"),
        pytest.param("“so” – it’s", 7, id="typographic signs one each"),
        pytest.param("模型", 4, id="foreign letters two each"),
        pytest.param("🚀", 4, id="beyond the basic plane four"),
        pytest.param("a\n\nb", 4, id="line ends"),
    ],
)
def test_a_text_is_estimated_by_its_pieces(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_no_text_has_fewer_tokens_than_words() -> None:
    assert fewest_tokens("Lab One  released\nModel A.") == 5


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("gpu.lan:8080", "http://gpu.lan:8080"),
        ("http://gpu.lan", "http://gpu.lan"),
        ("https://gpu.example/ollama/", "https://gpu.example/ollama"),
        ("[::1]", "http://[::1]:11434"),
    ],
)
def test_an_address_is_made_whole_as_ollama_reads_it(host: str, expected: str) -> None:
    assert base_url(host) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:11434", False),
        ("http://localhost:11434", False),
        ("http://[::1]:11434", False),
        ("https://gpu.example", False),
        ("http://192.168.1.5:11434", True),
        ("http://gpu.example", True),
    ],
)
def test_plain_http_to_another_machine_is_exposed(address: str, *, expected: bool) -> None:
    assert is_exposed(address) is expected


def test_messages_name_a_server_without_its_secrets() -> None:
    assert named("https://me:secret@gpu.example/v1/?key=1") == "https://gpu.example/v1"


def test_the_words_of_a_server_are_made_one_short_line() -> None:
    assert brief("a\x1b[31m\nb" + "c" * 500) == "a[31m b" + "c" * 153


def test_an_exposed_server_is_told_to_the_operator() -> None:
    warnings = openai_client(OpenAiSettings(base_url="http://me:secret@gpu.example/v1")).warnings()

    assert [("gpu.example" in warning, "secret" in warning) for warning in warnings] == [
        (True, False)
    ]


def test_an_answer_whose_time_is_over_ends_with_what_there_is_of_it() -> None:
    late = Stopping(lambda text: False, timeout_s=0)

    assert (late.takes(""), late.takes('{"facts"'), late.text) == (True, False, '{"facts"')
    assert Stopping(lambda text: False, timeout_s=600).takes('{"facts"')
