"""From a model's opening of an edition to claims: a pure reader that looks up in the passages what
each sentence names; and the quote that shows a statement in a passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.english.lexical import content_words
from aggregator.english.text import sentences
from aggregator.english.trimming import trimmed
from aggregator.ports import Reply
from aggregator.story.answers import Unusable, parsed, sentence_of

_MOST_CITATIONS = 2  # a statement that needs three passages is three statements


class _Statement(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


def opening_claims(
    reply: Reply, passages: Mapping[int, Passage], quote_words: int
) -> tuple[Claim, ...] | Unusable:
    """The sentences of an edition's opening, each with the passages it may rest on."""
    answer = parsed(reply.text)
    if isinstance(answer, Unusable):
        return answer
    found = (
        _claim(statement, passages, quote_words)
        for statement in _statements(answer.value.get("opening"))
    )
    return tuple(claim for claim in found if claim)


def _statements(listed: Any) -> Iterator[_Statement]:
    for item in listed if isinstance(listed, list) else []:
        try:
            yield _Statement.model_validate(item)
        except ValidationError:
            continue


def _claim(
    statement: _Statement, passages: Mapping[int, Passage], quote_words: int
) -> Claim | None:
    """A statement with the passages that it names, and the one that shares most words with it:
    small models name the neighbour of the passage they mean.
    """
    text = sentence_of(statement.text)
    if not text:
        return None
    own = content_words(text)
    cited = [
        passages[number] for number in dict.fromkeys(statement.passages) if number in passages
    ][:_MOST_CITATIONS]
    best = max(
        passages.values(), key=lambda passage: len(own & content_words(passage.text)), default=None
    )
    if best and best not in cited and own & content_words(best.text):
        cited.append(best)
    return Claim(
        text=text,
        kind=ClaimKind.WRITTEN,
        citations=tuple(
            Citation(passage=passage.key, quote=quote_for(text, passage.text, quote_words))
            for passage in cited
        ),
    )


def quote_for(text: str, passage: str, most_words: int) -> str:
    """The sentence of a passage that shares most words with a statement, verbatim; of a long one
    the best stretch.
    """
    own = content_words(text)
    best = max(sentences(passage) or (passage,), key=lambda each: len(own & content_words(each)))
    whole = trimmed(best, most_words)
    if whole is not None:
        return whole
    starts = [found.start() for found in re.finditer(r"\S+", best)]
    ends = [found.end() for found in re.finditer(r"\S+", best)]
    windows = [
        best[starts[at] : ends[at + most_words - 1]] for at in range(len(starts) - most_words + 1)
    ]
    return max(windows, key=lambda each: len(own & content_words(each)))
