"""The two APIs of the tests' Ollama: a request as it came, an answer as a real server gives it. No
sockets here.

Ollama's own is that of a real 0.23 on a CPU; OpenAI's that of llama.cpp's server. Nothing depends
on the time of day.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.ollama_runner import DEFAULT_CONTEXT, STOPPED, Call, Object, Runner, grammar_error

CERTAINTY = 0.9  # of a yes or a no
SMALL_CONTEXT = 256  # of Trouble.SMALL_CONTEXT, whatever is asked
CREATED = "2026-11-24T14:45:34.23451751Z"
TOKEN_NS = 1_000_000


class Trouble(StrEnum):
    """How the server misbehaves. All but OLD_VERSION concern only questions to the model."""

    DROPPED = "the connection is closed without a word"
    HUNG = "no answer, the connection stays open"
    DRIP = "headers, then a byte now and then"
    SERVER_ERROR = "500, the runner has stopped"
    BUSY = "503, the queue is full"
    CUT = "the beginning of a body, then the end"
    GARBAGE = "200 with something that is not JSON"
    OTHER_SHAPE = "200 with JSON of another API"
    HUGE = "200 with a body of 3 MB"
    WRONG_SCHEMA = "the model answers JSON of another shape than asked"
    EMPTY = "the model answers nothing, it only thinks"
    LOADING = "done_reason load without counts; llama.cpp says 503"
    OLD_VERSION = "a version with known holes"
    SMALL_CONTEXT = "less context than asked, without a word"
    NO_LOGPROBS = "log-probabilities are left out; OpenAI's API refuses them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_question(self) -> bool:
        """Whether it is for the model."""
        return self.path in ("/api/chat", "/api/embed", "/v1/chat/completions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer: a text, JSON, or the lines of a stream."""

    status: int = 200
    body: Any = None
    lines: tuple[Object, ...] = ()
    content_type: str = "application/json; charset=utf-8"


EVENTS = "text/event-stream"
NOT_FOUND = Answer(status=404, body="404 page not found", content_type="text/plain")
_TROUBLED = {
    Trouble.SERVER_ERROR: Answer(status=500, body={"error": STOPPED}),
    Trouble.BUSY: Answer(
        status=503,
        body={"error": "server busy, please try again.  maximum pending requests exceeded"},
    ),
    Trouble.GARBAGE: Answer(body="<html>It works!</html>", content_type="text/html"),
    Trouble.OTHER_SHAPE: Answer(body=[1, 2, 3]),
    Trouble.HUGE: Answer(body={"padding": "x" * 3_000_000}),
}


class Api:
    """What a server with one model answers."""

    def __init__(
        self,
        runner: Runner,
        *,
        name: str,
        digest: str,
        trained_context: int,
        api_key: str | None,
        can_think: bool,
    ) -> None:
        self._thinks = ["thinking"] if can_think else []
        self.embedded: list[str] = []
        self._runner, self._name, self._digest, self._trained, self._api_key = (
            runner,
            name,
            digest,
            trained_context,
            api_key,
        )

    def answer(self, asked: Asked, trouble: Trouble | None) -> Answer:
        """The answer to any request."""
        if (
            self._api_key is not None
            and asked.headers.get("authorization") != f"Bearer {self._api_key}"
        ):
            return Answer(
                status=401,
                body={
                    "error": {
                        "code": 401,
                        "message": "Invalid API Key",
                        "type": "authentication_error",
                    }
                },
            )
        if asked.is_question and trouble in _TROUBLED:
            return _TROUBLED[trouble]
        if asked.method == "GET":
            return self._told(asked.path, trouble)
        try:
            body = json.loads(asked.body)
        except ValueError:
            return Answer(
                status=400, body={"error": "invalid character 'x' looking for beginning of value"}
            )
        return self._done(asked.path, body, trouble)

    def _told(self, path: str, trouble: Trouble | None) -> Answer:
        version = "0.6.8" if trouble is Trouble.OLD_VERSION else "0.23.0"
        answers: dict[str, Answer] = {
            "/": Answer(body="Ollama is running", content_type="text/plain; charset=utf-8"),
            "/api/version": Answer(body={"version": version}),
            "/api/tags": Answer(body={"models": [self._entry()]}),
            "/api/ps": Answer(body={"models": self._running()}),
            "/v1/models": Answer(body={"object": "list", "data": [self._openai_entry()]}),
        }
        return answers.get(path, NOT_FOUND)

    def _done(self, path: str, body: Object, trouble: Trouble | None) -> Answer:
        match path:
            case "/api/chat":
                return self._refused(body) or self._chat(body, trouble)
            case "/api/show":
                return self._refused({"model": body.get("model")}) or self._shown()
            case "/api/pull":
                return self._pulled(body)
            case "/api/embed":
                return self._refused({"model": body.get("model")}) or self._embedded(body)
            case "/v1/chat/completions":
                return self._openai_chat(body, trouble)
            case _:
                return NOT_FOUND

    def _refused(self, body: Object) -> Answer | None:
        """What is wrong with a question for Ollama, if anything is."""
        if body.get("model") not in (self._name, self._name.removesuffix(":latest")):
            return Answer(status=404, body={"error": f"model '{body.get('model')}' not found"})
        keep = body.get("keep_alive")
        if isinstance(keep, str) and not re.fullmatch(r"-?(\d+(\.\d+)?(ms|s|m|h))+|", keep):
            return Answer(status=400, body={"error": f'time: invalid duration "{keep}"'})
        for option, value in (body.get("options") or {}).items():
            if option in ("num_ctx", "num_predict", "seed", "temperature") and not isinstance(
                value, int | float
            ):
                return Answer(
                    status=500, body={"error": f'option "{option}" must be of type integer'}
                )
        error = grammar_error(body.get("format"))
        return Answer(status=500, body={"error": error}) if error else None

    def _chat(self, body: Object, trouble: Trouble | None) -> Answer:
        """POST /api/chat."""
        base = {
            "model": self._name,
            "created_at": CREATED,
            "done": True,
            "message": {"role": "assistant", "content": ""},
        }
        if trouble is Trouble.LOADING or not body.get("messages"):
            return Answer(
                body={**base, "done_reason": "unload" if body.get("keep_alive") == 0 else "load"}
            )
        options = body.get("options") or {}
        context = min(int(options.get("num_ctx", DEFAULT_CONTEXT)), self._trained)
        context = SMALL_CONTEXT if trouble is Trouble.SMALL_CONTEXT else context
        most, may_cut = int(options.get("num_predict", -1)), body.get("truncate") is not False
        call = self._runner.called(body, body.get("format") or None, context, most, may_cut=may_cut)
        if call is None:
            return Answer(status=400, body={"error": "the input length exceeds the context length"})
        end = {**base, "done_reason": call.finish, **_durations(call)}
        if body.get("stream", True):
            words = re.findall(r"\s*\S+|\s+\Z", call.answer)
            parts = [
                {**base, "done": False, "message": {"role": "assistant", "content": word}}
                for word in words
            ]
            return Answer(lines=(*parts, end))
        thought = {} if call.answer else {"thinking": "Let me think about this."}
        is_told = body.get("logprobs") and trouble is not Trouble.NO_LOGPROBS
        more = {"logprobs": self._logprobs(call.answer)} if is_told else {}
        message = {"role": "assistant", "content": call.answer, **thought}
        return Answer(body={**end, "message": message, **more})

    def _logprobs(self, answer: str) -> list[Object]:
        """The tokens of an answer with their likeliest ones: between yes and no the model is as
        certain as was asked for, of other tokens it is sure.
        """
        tokens = []
        for piece in self._runner.pieces(answer):
            others = {"yes": "No", "no": "Yes"}.get(piece.strip().lower())
            said = math.log(CERTAINTY) if others else 0.0
            likeliest = [{"token": piece, "logprob": said}]
            if others:
                likeliest.append({"token": others, "logprob": math.log(1 - CERTAINTY)})
            tokens.append({"token": piece, "logprob": said, "top_logprobs": likeliest})
        return tokens

    def _openai_chat(self, body: Object, trouble: Trouble | None) -> Answer:
        """POST /v1/chat/completions. A prompt that is too long is refused; SMALL_CONTEXT cuts it,
        as other servers do.
        """
        if trouble is Trouble.LOADING:
            return _openai_error(503, "Loading model", "unavailable_error")
        if body.get("logprobs") and trouble is Trouble.NO_LOGPROBS:
            message = "logprobs is not supported with this model"
            return _openai_error(400, message, "invalid_request_error")
        schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
        if error := grammar_error(schema):
            return _openai_error(400, error, "invalid_request_error")
        is_small = trouble is Trouble.SMALL_CONTEXT
        context = SMALL_CONTEXT if is_small else self._trained
        call = self._runner.called(
            body, schema, context, int(body.get("max_tokens") or -1), may_cut=is_small
        )
        if call is None:
            message = (
                f"request exceeds the available context size ({context} tokens), try increasing it"
            )
            return _openai_error(400, message, "exceed_context_size_error")
        completion = _completion(self._name, call)
        if body.get("logprobs"):
            completion["choices"][0]["logprobs"] = {"content": self._logprobs(call.answer)}
        if not body.get("stream"):
            return Answer(body=completion)
        parts = [
            {"choices": [{"delta": {"content": word}, "finish_reason": None}]}
            for word in re.findall(r"\s*\S+|\s+\Z", call.answer)
        ]
        end = {"choices": [{"delta": {}, "finish_reason": call.finish}]}
        return Answer(lines=(*parts, end, completion | {"choices": []}), content_type=EVENTS)

    def _entry(self) -> Object:
        return {
            "name": self._name,
            "model": self._name,
            "modified_at": CREATED,
            "size": 2_497_293_931,
            "digest": self._digest,
            "details": {
                "format": "gguf",
                "family": "qwen3",
                "parameter_size": "4.0B",
                "quantization_level": "Q4_K_M",
            },
        }

    def _running(self) -> list[Object]:
        context = self._runner.context
        return (
            []
            if context is None
            else [
                {**self._entry(), "expires_at": CREATED, "size_vram": 0, "context_length": context}
            ]
        )

    def _openai_entry(self) -> Object:
        """`created` is the time of the request in llama.cpp, so it changes; here it counts
        calls.
        """
        meta = {
            "n_vocab": 151936,
            "n_ctx": self._trained,
            "n_ctx_train": self._trained,
            "n_params": 4_022_468_096,
            "digest": self._digest,
        }
        created = 1_795_531_534 + len(self._runner.calls)
        return {
            "id": self._name,
            "object": "model",
            "created": created,
            "owned_by": "llamacpp",
            "meta": meta,
        }

    def _shown(self) -> Answer:
        info = {
            "general.architecture": "qwen3",
            "general.parameter_count": 4_022_468_096,
            "qwen3.context_length": self._trained,
        }
        said = {
            "license": "Apache License 2.0",
            "modelfile": f"FROM {self._name}",
            "template": "{{ .Prompt }}",
        }
        more = {
            "parameters": "temperature 0.6",
            "details": self._entry()["details"],
            "modified_at": CREATED,
        }
        return Answer(
            body={
                **said,
                **more,
                "model_info": info,
                "capabilities": ["completion", "tools", *self._thinks],
            }
        )

    def _pulled(self, body: Object) -> Answer:
        """POST /api/pull: only the model that is here exists anywhere. A streamed error comes with
        200.
        """
        is_streamed = body.get("stream", True)
        if body.get("model") != self._name:
            error = {"error": "pull model manifest: file does not exist"}
            return (
                Answer(lines=({"status": "pulling manifest"}, error))
                if is_streamed
                else Answer(status=500, body=error)
            )
        layer = {
            "status": "pulling 3e4cb1417446",
            "digest": f"sha256:{self._digest}",
            "total": 2_497_280_480,
        }
        progress = (
            layer,
            {**layer, "completed": 1_200_000_000},
            {**layer, "completed": 2_497_280_480},
        )
        lines = (
            {"status": "pulling manifest"},
            *progress,
            {"status": "verifying sha256 digest"},
            {"status": "success"},
        )
        return Answer(lines=lines) if is_streamed else Answer(body={"status": "success"})

    def _embedded(self, body: Object) -> Answer:
        """POST /api/embed: vectors of unit length; `[]` gives `[]`; beyond 512 tokens cut silently,
        or refused.
        """
        wanted = body.get("input", [])
        texts = [wanted] if isinstance(wanted, str) else list(wanted)
        self.embedded += texts
        counts = [len(self._runner.pieces(text)) for text in texts]
        if body.get("truncate") is False and any(count > 512 for count in counts):
            return Answer(status=400, body={"error": "the input length exceeds the context length"})
        vectors = [[1.0, 0.0] if len(text) % 2 else [0.0, 1.0] for text in texts]
        counted = {
            "total_duration": TOKEN_NS,
            "load_duration": 1,
            "prompt_eval_count": sum(min(512, count) for count in counts),
        }
        return Answer(body={"model": self._name, "embeddings": vectors, **counted})


def _durations(call: Call) -> Object:
    """Counts, and durations in nanoseconds. The prompt's count has the cached tokens in it."""
    read, written = call.evaluated_tokens * TOKEN_NS, call.completion_tokens * TOKEN_NS
    return {
        "total_duration": read + written + TOKEN_NS,
        "load_duration": TOKEN_NS,
        "prompt_eval_count": call.prompt_tokens,
        "prompt_eval_duration": read,
        "eval_count": call.completion_tokens,
        "eval_duration": written,
    }


def _completion(name: str, call: Call) -> Object:
    message = {"role": "assistant", "content": call.answer}
    usage = {
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "total_tokens": call.prompt_tokens + call.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": call.cached_tokens},
    }
    timings = {
        "cache_n": call.cached_tokens,
        "prompt_n": call.evaluated_tokens,
        "predicted_n": call.completion_tokens,
    }
    choices = [{"index": 0, "finish_reason": call.finish, "message": message}]
    head = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_531_534,
        "model": name,
    }
    return {**head, "choices": choices, "usage": usage, "timings": timings}


def _openai_error(status: int, message: str, kind: str) -> Answer:
    return Answer(status=status, body={"error": {"code": status, "message": message, "type": kind}})
