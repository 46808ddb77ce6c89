"""From a model's text to claims: a pure reader that trusts nothing, and looks up in the passages
what it names.

A reply that is cut, or no JSON, or of another shape is `Unusable`. A statement is its first
sentence; numbers of passages that were never given are dropped; the quote of each citation is
chosen by code from the passage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.domain.article import Passage
from aggregator.domain.claim import (
    Action,
    Audience,
    Citation,
    Claim,
    ClaimKind,
    Implication,
    Likelihood,
    Role,
)
from aggregator.english.lexical import content_words
from aggregator.english.text import normalised, sentences
from aggregator.english.trimming import trimmed
from aggregator.ports import FinishReason, Reply
from aggregator.story.model.prompt import MOST_CHARACTERS, Section

READING = (
    "reading-3"  # how answers are read and taken: part of the digest of every analysis by a model
)

_MOST_HOOK_WORDS = 25
_MOST_CITATIONS = 2  # a statement that needs three passages is three statements
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_TRAILING_NUMBERS = re.compile(r"\s*(?:\[\s*\d+(?:\s*,\s*\d+)*\s*\]\s*)+(?=[.!]?$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A reply that is no answer."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The claims of one reply; only the fields of its section are filled."""

    hook: Claim | None = None
    what_changed: tuple[Claim, ...] = ()
    why_it_matters: tuple[Claim, ...] = ()
    what_to_do_next: tuple[Action, ...] = ()
    who_should_care: tuple[Audience, ...] = ()
    takeaways: tuple[Claim, ...] = ()
    implications: tuple[Implication, ...] = ()

    def mapped(self, made: Callable[[Claim], Claim]) -> Written:
        """The same with another claim in place of each."""
        return Written(
            hook=made(self.hook) if self.hook else None,
            what_changed=tuple(map(made, self.what_changed)),
            why_it_matters=tuple(map(made, self.why_it_matters)),
            what_to_do_next=tuple(
                replace(
                    action,
                    claim=made(action.claim),
                    trigger=made(action.trigger) if action.trigger else None,
                )
                for action in self.what_to_do_next
            ),
            who_should_care=tuple(
                replace(audience, claim=made(audience.claim)) for audience in self.who_should_care
            ),
            takeaways=tuple(map(made, self.takeaways)),
            implications=tuple(
                replace(implication, claim=made(implication.claim))
                for implication in self.implications
            ),
        )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore")


_Shape = TypeVar("_Shape", bound=_Strict)


class _Statement(_Strict):
    text: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


class _Action(_Strict):
    role: Role
    action: str = ""
    trigger: str = ""
    effort: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


class _Audience(_Strict):
    role: Role
    reason: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


class _Brief(_Strict):
    hook: _Statement
    what_changed: list[_Statement]


class _Why(_Strict):
    why_it_matters: list[_Statement]


class _Next(_Strict):
    what_to_do_next: list[_Action]


class _Care(_Strict):
    who_should_care: list[_Audience]


class _Takeaways(_Strict):
    takeaways: list[_Statement]


class _Vote(_Strict):
    stated: bool


class _Expected(_Strict):
    text: str = ""
    by: str = ""
    likelihood: Likelihood
    sign: str = ""
    passages: list[int] = Field(default_factory=list, max_length=50)


class _Foretold(_Strict):
    foretold: list[_Expected]


_SHAPES: dict[Section, type[_Strict]] = {
    Section.BRIEF: _Brief,
    Section.WHY: _Why,
    Section.NEXT: _Next,
    Section.CARE: _Care,
    Section.TAKEAWAYS: _Takeaways,
    Section.FORETOLD: _Foretold,
}


def written(
    section: Section,
    reply: Reply,
    passages: Mapping[int, Passage],
    quote_words: int,
    earlier: Collection[int] = (),
) -> Written | Unusable:
    """What a reply says in its section, each statement with the passages it may rest on; `earlier`
    are those of the archive.
    """
    answer = _read(_SHAPES[section], reply)
    return (
        answer
        if isinstance(answer, Unusable)
        else _Reader(passages, quote_words, earlier).read(answer)
    )


class _Opening(_Strict):
    opening: list[_Statement]


def opening_claims(
    reply: Reply, passages: Mapping[int, Passage], quote_words: int
) -> tuple[Claim, ...] | Unusable:
    """The sentences of an edition's opening, each with the passages it may rest on."""
    answer = _read(_Opening, reply)
    return (
        answer
        if isinstance(answer, Unusable)
        else _Reader(passages, quote_words).claims(answer.opening, ClaimKind.WRITTEN)
    )


def vote(reply: Reply) -> bool | Unusable:
    """Whether a model says that the passages state a statement."""
    answer = _read(_Vote, reply)
    return answer if isinstance(answer, Unusable) else answer.stated


def _read(shape: type[_Shape], reply: Reply) -> _Shape | Unusable:
    if reply.finish is FinishReason.LENGTH:
        return Unusable(reason="the answer was cut at the token limit")
    try:
        return shape.model_validate_json(reply.text.strip() or "null")
    except ValidationError as error:
        return Unusable(reason=f"the answer is not in the schema: {error.errors()[0]['msg']}"[:160])


@dataclass(frozen=True, slots=True)
class _Reader:
    passages: Mapping[int, Passage]
    quote_words: int
    earlier: Collection[int] = ()

    def read(self, answer: _Strict) -> Written:
        """The claims of an answer, whichever section it answers."""
        match answer:
            case _Brief():
                hook = self.hook(answer.hook)
                found = Written(
                    hook=hook, what_changed=self.claims(answer.what_changed[:2], ClaimKind.WRITTEN)
                )
            case _Why():
                found = Written(
                    why_it_matters=self.claims(answer.why_it_matters[:2], ClaimKind.INFERRED)
                )
            case _Next():
                found = Written(what_to_do_next=self.actions(answer.what_to_do_next[:2]))
            case _Care():
                found = Written(who_should_care=self.audiences(answer.who_should_care[:3]))
            case _Takeaways():
                found = Written(takeaways=self.claims(answer.takeaways[:5], ClaimKind.WRITTEN))
            case _Foretold():
                found = Written(implications=self.implications(answer.foretold[:2]))
            case _:
                raise AssertionError(answer)
        return found

    def hook(self, statement: _Statement) -> Claim | None:
        """The one line under the headline, cut at a comma where it is too long; None where that
        fails.
        """
        claim = self.claim(statement.text, statement.passages, ClaimKind.WRITTEN)
        text = trimmed(claim.text, _MOST_HOOK_WORDS) if claim else None
        is_whole = (
            claim is not None and text is not None and not claim.text[len(text) :].startswith(" ")
        )
        return replace(claim, text=_punctuated(text)) if claim and text and is_whole else None

    def claims(self, statements: Sequence[_Statement], kind: ClaimKind) -> tuple[Claim, ...]:
        found = (self.claim(statement.text, statement.passages, kind) for statement in statements)
        return tuple(claim for claim in found if claim)

    def actions(self, actions: Sequence[_Action]) -> tuple[Action, ...]:
        found: list[Action] = []
        for action in actions:
            claim = self.claim(action.action, action.passages, ClaimKind.INFERRED)
            trigger = self.claim(
                action.trigger, action.passages, ClaimKind.INFERRED, is_sentence=False
            )
            if claim:
                effort = action.effort if action.effort in ("hours", "days", "weeks") else ""
                found.append(Action(role=action.role, claim=claim, trigger=trigger, effort=effort))
        return tuple(found)

    def audiences(self, audiences: Sequence[_Audience]) -> tuple[Audience, ...]:
        found: list[Audience] = []
        for each in audiences:
            claim = self.claim(each.reason, each.passages, ClaimKind.INFERRED)
            if claim and each.role not in {audience.role for audience in found}:
                found.append(Audience(role=each.role, claim=claim))
        return tuple(found)

    def implications(self, several: Sequence[_Expected]) -> tuple[Implication, ...]:
        """Those with a claim and a sign; `horizon` is the day as the model has it, and the last of
        days where it has none.
        """
        found: list[Implication] = []
        for expected in several:
            claim, sign = (
                self.claim(expected.text, expected.passages, ClaimKind.INFERRED),
                _punctuated(_trimmed(normalised(expected.sign))),
            )
            if claim and sign:
                found.append(
                    Implication(
                        claim=claim,
                        horizon=_day(expected.by),
                        likelihood=expected.likelihood,
                        sign=sign,
                    )
                )
        return tuple(found)

    def claim(
        self, text: str, numbers: Sequence[int], kind: ClaimKind, *, is_sentence: bool = True
    ) -> Claim | None:
        """The statement as a claim; None where there is no text. It may be without citations: a
        gate refuses it then.
        """
        plain = _trimmed(_TRAILING_NUMBERS.sub("", normalised(text)))
        plain = _punctuated(plain) if is_sentence else plain.rstrip(",;:–— ")
        if not plain:
            return None
        cited = [
            self.passages[number] for number in dict.fromkeys(numbers) if number in self.passages
        ][:_MOST_CITATIONS]
        best = self._best(plain, with_earlier=not {*numbers}.isdisjoint(self.earlier))
        if (
            best and best not in cited
        ):  # small models name the neighbour of the passage they mean; the gates decide
            cited.append(best)
        return Claim(
            text=plain,
            kind=kind,
            citations=tuple(self._citation(plain, passage) for passage in cited),
        )

    def _best(self, text: str, *, with_earlier: bool) -> Passage | None:
        """The passage that shares most words with a statement, of the archive only where the
        statement names one of it.
        """
        own = content_words(text)
        among = [
            each for each in self.passages.items() if with_earlier or each[0] not in self.earlier
        ]
        ranked = sorted(among, key=lambda each: (-len(own & content_words(each[1].text)), each[0]))
        return ranked[0][1] if ranked and own & content_words(ranked[0][1].text) else None

    def _citation(self, text: str, passage: Passage) -> Citation:
        return Citation(passage=passage.key, quote=quote_for(text, passage.text, self.quote_words))


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


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return date.max


def _trimmed(text: str) -> str:
    """The first sentence: each is judged by itself, as two that are judged together lend each other
    their support.

    A text as long as the grammar lets it be was cut in its last sentence; where that is the only
    one, nothing is left.
    """
    whole = sentences(text)
    is_cut = len(text) >= MOST_CHARACTERS and not _ENDED.search(text)
    return next(iter(whole[:-1] if is_cut else whole), "")


def _punctuated(text: str) -> str:
    """The text as a sentence, with a point at its end and a capital at its beginning; xAI and
    iPhone keep their own.
    """
    plain = text.rstrip(",;:–— ")
    if not plain:
        return ""
    first = plain.split()[0]
    begun = plain[0].upper() + plain[1:] if first.isalpha() and first.islower() else plain
    return begun if _ENDED.search(begun) else f"{begun}."
