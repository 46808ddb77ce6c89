"""What `aggregator model probe` asks of a model: three small questions, and what their answers say
of it.

The model need not be right. Its answers must have the shape that was asked for, hold no reasoning,
and show by the server's own count that a prompt was read whole.
"""

from __future__ import annotations

from aggregator.domain.frozen import frozen
from aggregator.errors import LlmError
from aggregator.ports import Llm, ModelFacts, Prompt, Reply
from aggregator.story.stage.canary import (
    LINES,
    MOST_TOKENS,
    STATEMENT,
    has_shape,
    numbered_lines,
    question,
    thinks_aloud,
)

_BRIEF_TOKENS, _LONG_TOKENS = 16, 128  # of the answers that are timed; both may be cut
_SHORTEST_S = 1e-6
_TASK = "Say in one sentence what passage 1 says, and name its number."
_LONG_TASK = "Say in one sentence what each passage says, and name its number."
_STATEMENTS = {
    "type": "object",
    "properties": {"statements": {"type": "array", "items": STATEMENT, "maxItems": LINES}},
    "required": ["statements"],
    "additionalProperties": False,
}


@frozen
class WantedContext:
    """The context that the settings ask for, and where they say it."""

    context: int
    key: str


@frozen
class ProbeCheck:
    """One thing looked at, with what to do where it is not as it should be."""

    name: str
    is_ok: bool
    what: str
    remedy: str = ""


@frozen
class TokenSpeed:
    """Tokens a second, as measured: of a prompt that no cache had, and of an answer."""

    prompt: float
    answer: float


@frozen
class ProbeResult:
    """All that was found of one server; `facts` and `speed` are None where it did not come to
    them.
    """

    checks: tuple[ProbeCheck, ...]
    facts: ModelFacts | None = None
    speed: TokenSpeed | None = None

    @property
    def is_ok(self) -> bool:
        """Whether every check passed."""
        return all(check.is_ok for check in self.checks)


async def probe(llm: Llm, wanted: WantedContext, once: str) -> ProbeResult:
    """What the model's server says and what three answers show. `once` differs each time, so that
    no cache has the prompt.
    """
    try:
        facts = await llm.facts()
    except LlmError as error:
        return ProbeResult(checks=(_stopped("server", error),))
    known = (
        _passed("server", f"{facts.server} answers, version {facts.version}"),
        _passed("model", f"{facts.model}, digest {facts.digest.removeprefix('sha256:')[:12]}"),
    )
    try:
        canary = await llm.answer(
            question(f"[1] Lab One released Model A. ({once})", _TASK, STATEMENT, MOST_TOKENS)
        )
    except LlmError as error:
        return ProbeResult(checks=(*known, _stopped("schema", error)), facts=facts)
    answered = (*known, schema_check(canary), thinking_check(canary))
    try:
        reading, writing = (
            await llm.answer(_long(once, _BRIEF_TOKENS)),
            await llm.answer(_long(once, _LONG_TOKENS)),
        )
    except LlmError as error:
        return ProbeResult(checks=(*answered, _stopped("context", error)), facts=facts)
    speed = token_speed(reading, writing)
    measured = _passed(
        "speed",
        f"about {speed.prompt:.0f} tokens/s of a prompt, {speed.answer:.0f} tokens/s of an answer",
    )
    checks = (*answered, context_check(facts, wanted, reading), measured)
    return ProbeResult(checks=checks, facts=facts, speed=speed)


def schema_check(reply: Reply) -> ProbeCheck:
    """Whether an answer has the shape that was asked for."""
    if has_shape(reply):
        return _passed("schema", "the answer follows the schema")
    remedy = "upgrade the server, or use a model that follows a JSON schema"
    return _failed("schema", "the answer does not follow the schema", remedy)


def thinking_check(reply: Reply) -> ProbeCheck:
    """Whether an answer came without reasoning: none in its text, and no more tokens than the text
    accounts for.
    """
    if not thinks_aloud(reply):
        return _passed("thinking", "it answers without reasoning output")
    what = f"it reasons before answering ({reply.completion_tokens} tokens for a short sentence)"
    return _failed("thinking", what, "use a model without reasoning, or turn it off in the server")


def context_check(facts: ModelFacts, wanted: WantedContext, reading: Reply) -> ProbeCheck:
    """Whether the context is the one of the settings; a prompt that was cut is an `LlmError`
    before.
    """
    read = f"a prompt of {reading.prompt_tokens} was read completely"
    if facts.context >= wanted.context:
        return _passed("context", f"{facts.context} tokens; {read}")
    what = (
        f"the model has {facts.context} tokens, the configuration asks for {wanted.context}; {read}"
    )
    remedy = f"set {wanted.key} to {facts.context}, or use another model"
    return _failed("context", what, remedy)


def token_speed(reading: Reply, writing: Reply) -> TokenSpeed:
    """The speeds by two answers behind one prompt: a brief one that had to read it, a long one that
    found it in the cache.
    """
    answer = writing.completion_tokens / max(writing.seconds, _SHORTEST_S)
    written_s = reading.completion_tokens / answer if answer else 0.0
    read_tokens = reading.prompt_tokens - reading.cached_tokens
    return TokenSpeed(
        prompt=read_tokens / max(reading.seconds - written_s, reading.seconds / 10, _SHORTEST_S),
        answer=answer,
    )


def _long(once: str, most_tokens: int) -> Prompt:
    return question(numbered_lines(f"Trial {once}"), _LONG_TASK, _STATEMENTS, most_tokens)


def _passed(name: str, what: str) -> ProbeCheck:
    return ProbeCheck(name=name, is_ok=True, what=what)


def _failed(name: str, what: str, remedy: str) -> ProbeCheck:
    return ProbeCheck(name=name, is_ok=False, what=what, remedy=remedy)


def _stopped(name: str, error: LlmError) -> ProbeCheck:
    """The check at which the probe ended."""
    return _failed(name, error.reason, error.remedy)
