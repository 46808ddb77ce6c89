"""The edges of the program as the core sees them. Real implementations stand in `adapters/`, fakes
in `tests/fakes.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import judge_key
from aggregator.domain.operation.rules import Depth
from aggregator.domain.web.address import hide
from aggregator.domain.web.urls import fetchable_url

if TYPE_CHECKING:  # what they take and give, which not every command needs
    from aggregator.domain.article import PageText
    from aggregator.domain.claim import Draft
    from aggregator.domain.entry import Feed, FeedLink, SitemapIndex, Unreadable
    from aggregator.domain.operation.notification import Notification
    from aggregator.domain.page_template import Template
    from aggregator.domain.source import Listing
    from aggregator.domain.story import Story


@frozen
class Request:
    """One GET, or where there is a `form` a POST of it. Validators go out exactly as they came in
    (RFC 9110 §13.1).

    `spacing_s`: the seconds that its host wants between two requests, if more than our own.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    spacing_s: float = 0.0
    form: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        hide(self, "url")


@frozen
class Hop:
    """One redirect that was followed: the address that answered, and its status."""

    url: str
    status: int

    def __post_init__(self) -> None:
        hide(self, "url")


@frozen
class Response:
    """A complete answer, body decoded and bounded. `url` is the address that gave it, after
    `hops`.
    """

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[Hop, ...] = ()

    def __post_init__(self) -> None:
        hide(self, "url")

    @property
    def content_type(self) -> str:
        """The Content-Type header as received, or nothing."""
        return self.headers.get("content-type", "")

    @property
    def location(self) -> str:
        """Its Content-Location (RFC 9110 §8.7), absolute; empty where it has none."""
        location = self.headers.get("content-location", "")
        return (fetchable_url(location, self.url) if location else None) or ""

    @property
    def base_url(self) -> str:
        """What links in the body are relative to: its Content-Location, or its address."""
        return self.location or self.url


class Web(Protocol):
    """GET and POST over HTTP, polite and bounded: spacing per registrable domain, total timeout,
    size limit, public networks only.
    """

    async def fetch(self, request: Request) -> Response:
        """The answer, whatever its status. Raises `WebError` where there is none, `RefusedError`
        where we do not ask.
        """


class Parsers(Protocol):
    """Reads documents from outside, each within bounded time and memory."""

    async def feed(
        self, body: bytes, *, url: str, content_type: str, source_key: str, location: str = ""
    ) -> Feed | Unreadable:
        """The entries of a feed; its links are relative to `location`, its Content-Location."""

    async def listing(
        self, body: bytes, *, url: str, content_type: str, source_key: str, listing: Listing
    ) -> Feed | SitemapIndex | Unreadable:
        """The entries of a page that lists articles, or of a sitemap."""

    async def outline(self, body: bytes, *, content_type: str) -> str | Unreadable:
        """The elements of a page, short enough to show a model."""

    async def feed_links(
        self, body: bytes, *, url: str, content_type: str
    ) -> tuple[FeedLink, ...] | Unreadable:
        """The feeds that a page says it has."""

    async def page(
        self, body: bytes, *, url: str, content_type: str, template: Template | None = None
    ) -> PageText | Unreadable:
        """The text and the metadata of an article's page."""


class FinishReason(StrEnum):
    """Why a model stopped: of its own accord, or cut at the token limit."""

    STOP = "stop"
    LENGTH = "length"


@frozen
class Prompt:
    """One question to a model. `prefix` is the same for all sections of a story, so that a server's
    prompt cache serves it.

    `schema` is the JSON schema of the answer, in the keywords every server takes; `most_tokens`
    bounds the answer. Where `stop_when` is given, the answer is read as it is written, and ends,
    as one that was cut, where that says so of what is there.
    """

    system: str
    prefix: str
    task: str
    schema: dict[str, Any]
    most_tokens: int
    stop_when: Callable[[str], bool] | None = field(default=None, compare=False)


@frozen
class Token:
    """A token of an answer, and the likeliest ones at its place with the natural logarithms of
    their probabilities, itself among them; none where the server gives none.
    """

    text: str
    likeliest: tuple[tuple[str, float], ...] = ()


@frozen
class Reply:
    """A model's answer as text, whatever it holds, with what it cost. `cached_tokens` of the prompt
    were not evaluated again. `tokens` are those of a question's answer, none where the server gives
    no log-probabilities.
    """

    text: str
    finish: FinishReason
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cached_tokens: int = 0
    tokens: tuple[Token, ...] = ()


@frozen
class ModelFacts:
    """The model as its server describes it: the digest sets one build apart from the next;
    `context` is in tokens.
    """

    model: str
    digest: str
    context: int
    server: str
    version: str


class Llm(Protocol):
    """A language model behind a server: bounded in time, its errors ours."""

    async def facts(self) -> ModelFacts:
        """What answers. Raises `LlmError` with a remedy where nothing, or the wrong thing, does."""

    async def answer(self, prompt: Prompt) -> Reply:
        """The answer, cut or whole. Raises `LlmError`, also where the prompt would not fit the
        context.
        """


@frozen
class Question:
    """One question to which a word is the answer. `messages` are role and text, in order; a model
    for one task wants roles of its own. `most_tokens` bounds the answer.

    Questions with one `premise` are asked of one server, whose prompt cache then has it.
    """

    messages: tuple[tuple[str, str], ...]
    premise: str
    most_tokens: int


class Judge(Protocol):
    """What says whether a text states a claim: bounded in time, its errors ours."""

    @property
    def spent_tokens(self) -> int:
        """Tokens of all questions and answers so far."""

    async def facts(self) -> ModelFacts:
        """What judges. Raises `LlmError` with a remedy where nothing, or the wrong thing, does."""

    async def supports(self, premise: str, claim: str, *, is_inferred: bool = False) -> float:
        """The probability, from 0 to 1, that the premise states all of the claim; of an inferred
        one, that it is likely by the premise and nothing there speaks against it. Raises
        `LlmError`, also where both would not fit the context.
        """


@frozen
class JudgeSeat:
    """A judge that answered: which model, which build of it, the version of its question, how many
    questions it takes at once, and the version of its server.
    """

    model: str
    digest: str
    prompts: str
    judge: Judge
    concurrency: int = 1
    version: str = ""

    @property
    def key(self) -> str:
        """The build of the judge and the version of its question."""
        return judge_key(self.digest, self.prompts)


Vector = bytes
"""A text as numbers: little-endian half floats (IEEE 754 binary16), of unit length, or all zeros
where a text says nothing.
"""


@frozen
class WritingOptions:
    """How a model is to write a story: its language, the longest quotation and the longest quoted
    hook in words, the room for evidence in tokens.

    A story with less evidence than `fewest_tokens` is shown by rules: the questions would be longer
    than the news.
    """

    language: str
    quote_words: int
    evidence_tokens: int
    hook_words: int = 45
    fewest_tokens: int = 250


@frozen
class Engine:
    """What proposes claims. `rules` names the version of its rules or prompts: part of an
    analysis's digest.
    """

    name: str
    model: str | None
    rules: str
    draft: Callable[[Story], Draft | None]


@frozen
class ModelEngine:
    """A model that answered: its server, its build, the versions of the prompts and of how answers
    are read, and the options; `version` is the server's.
    """

    name: str
    model: str
    digest: str
    prompts: str
    llm: Llm
    options: WritingOptions
    concurrency: int = 1
    judge: str = ""
    version: str = ""
    depth: Depth = Depth.IN_DEPTH

    @property
    def writer(self) -> str:
        """The build of the model and the prompts: whose drafts are alike."""
        return f"{self.digest} {self.prompts}"

    @property
    def rules(self) -> str:
        """The build of the model, the prompts, how answers are read, the options, the judge of its
        sentences and how deep it writes, if not in depth: part of an analysis's digest.
        """
        chosen = self.options
        options = (
            f"{chosen.language} {chosen.quote_words} {chosen.hook_words} {chosen.evidence_tokens}"
        )
        depth = self.depth if self.depth is Depth.IN_BRIEF else ""
        return f"{self.digest[:12]} {self.prompts} {options} {self.judge} {depth}".rstrip()


class Embedder(Protocol):
    """What turns short texts into vectors that are near each other where the texts mean the
    same.
    """

    async def model(self) -> str:
        """Which model, and after an @ which build of it: vectors of two are never compared. Raises
        `LlmError`.
        """

    async def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """A vector for each text, all of one length. Raises `LlmError`."""


@frozen
class Letter:
    """One finished message with its envelope. `content` is RFC 5322 bytes with CRLF line ends,
    signed if it is to be.
    """

    envelope_from: str
    envelope_to: str
    content: bytes


@frozen
class Receipt:
    """What the mail server said to the final dot of a message that it took."""

    reply: str


class Mailer(Protocol):
    """A mail server. One message is one SMTP transaction; connections are kept between messages."""

    async def send(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        """Hands over a message. `before_dot` is called when all but the final dot is sent: what it
        commits is on disk then.

        Raises `MailError`: `is_certain` says that the message was certainly not taken.
        """


class Notifier(Protocol):
    """One receiver of notifications. `name` names it in logs and in the ledger, and holds no
    secret.
    """

    @property
    def name(self) -> str:
        """Its name, the same from run to run."""

    async def send(self, notification: Notification) -> None:
        """Hands over one message, once. Raises `NotifyError`: `is_certain` says that it certainly
        did not arrive.
        """


class DnsLookup(Protocol):
    """The DNS, as far as mail needs it."""

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, none where there are none. Raises `NamesError` where nobody
        answers.
        """


class Clock(Protocol):
    """The time of a run."""

    def now(self) -> datetime:
        """Aware, UTC. Frozen by `--now`."""

    def monotonic_s(self) -> float:
        """Seconds for durations; never frozen."""
