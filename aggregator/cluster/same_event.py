"""The question whether two articles report one event.

Asked about pairs that their words leave undecided. An article's author could order the reader to
say yes, so orders and text that addresses a machine are not shown; the worst that is left of such
an attempt is that two stories are joined.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool, ValidationError

from aggregator.domain.dates import report_day
from aggregator.english.speech_acts import is_order, is_safe_label
from aggregator.extract.statements import is_text_in, statements
from aggregator.ports import FinishReason, Prompt, Reply
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import plain_renderer

MOST_WORDS = 60  # of the beginning of an article: who did what stands there
_MOST_TITLE_WORDS = 30
_ANSWER_TOKENS = 24  # {"same_event": false}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"same_event": {"type": "boolean"}},
    "required": ["same_event"],
    "additionalProperties": False,
}

_TEMPLATES = ("system.txt", "reports.txt", "task.txt")
_FOLDER = TEMPLATES / "prompts" / "same_event"
_render = plain_renderer(_FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article as the model sees it."""

    title: str
    day: str
    text: str

    @property
    def digest(self) -> str:
        """Twelve hex digits that change when the shown text does."""
        return hashlib.sha256(
            f"{self.title}\n{self.day}\n{self.text}".encode("utf-8", "surrogatepass")
        ).hexdigest()[:12]


def question_digest() -> str:
    """A short digest of the question's templates and limits."""
    texts = [(_FOLDER / name).read_text("utf-8") for name in _TEMPLATES]
    return hashlib.sha256("\n".join([*texts, str(MOST_WORDS)]).encode()).hexdigest()[:8]


def shown_article(title: str, published: datetime, lead: str, language: str) -> ShownArticle | None:
    """An article as it may be shown; None where its headline gives orders, addresses a machine or
    is in another language.
    """
    headline = " ".join(title.split()[:_MOST_TITLE_WORDS])
    if (
        not is_safe_label(headline)
        or is_order(headline)
        or not is_text_in(f"{headline}. {lead}", language)
    ):
        return None
    day = report_day(published)
    return ShownArticle(
        title=headline,
        day=f"{day.day} {day:%B %Y}",
        text=" ".join(statements(lead, language).split()[:MOST_WORDS]),
    )


def same_event_prompt(one: ShownArticle, other: ShownArticle) -> Prompt:
    """The question about two articles, the earlier first."""
    return Prompt(
        system=_render("system.txt"),
        prefix=_render("reports.txt", one=one, other=other),
        task=_render("task.txt"),
        schema=_SCHEMA,
        most_tokens=_ANSWER_TOKENS,
    )


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    same_event: StrictBool


def says_same(reply: Reply) -> bool:
    """Whether a model says that two articles report one event; False for a malformed answer."""
    if reply.finish is FinishReason.LENGTH:
        return False
    try:
        return _Answer.model_validate_json(reply.text.strip() or "null").same_event
    except ValidationError:
        return False
