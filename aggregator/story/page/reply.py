"""From a model's answer to sentences of a page: a pure reader that trusts nothing.

A sentence cites the passages of the facts that it names. One that is a sentence of an article word
for word becomes the quotation that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.domain.claim import BANDS, Citation, Claim, ClaimKind, Likelihood
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.sections import Content
from aggregator.english.lexical import carrying, content_words, overlap, stems
from aggregator.english.text import words
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim
from aggregator.ports import Reply
from aggregator.story.answers import Unusable, apart, parsed, phrase_of, sentence_of
from aggregator.story.page.question import repair_key
from aggregator.story.page.sentences import HEADLINE, Sentence, content_of, kind_in
from aggregator.story.rules.commitment import most_likely
from aggregator.story.sections import writing_of

READING = "page-8"  # how answers are read: part of the digest of every analysis by a model

_MOST_FACTS = 4  # of one sentence
_MOST_CITATIONS = 3  # a statement that needs four passages is two statements
_NEAR = 0.5  # share of content words from which on a sentence that names no fact rests on one
_SAME = 0.85  # from which on it says what a fact says that it does not name
# what stands beside a fact in the question, copied with it: "(event; 5 July 2026; The Daily)"
_BESIDE = re.compile(rf"\s*\((?:{'|'.join(FactKind)})(?:;[^()]*)?\)(?=[.!]?\s*$)")
_EFFORTS = frozenset({"hours", "days", "weeks"})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str = ""
    action: str = ""
    reason: str = ""
    trigger: str = ""
    effort: str = ""
    role: str | None = None
    by: str = ""
    likelihood: Likelihood | None = None
    sign: str = ""
    facts: list[int] = Field(default_factory=list, max_length=50)

    @property
    def statement(self) -> str:
        """What it says, whatever its section calls it."""
        return self.text or self.action or self.reason


@frozen
class Sources:
    """What an answer is read against: the facts as they were numbered from 1, and every headline
    and sentence of the articles by its words.
    """

    facts: tuple[Fact, ...]
    sentences: Mapping[tuple[str, ...], QuotableSentence | None]
    quote_words: int


def written(reply: Reply, sources: Sources, sections: Sequence[str]) -> list[Sentence] | Unusable:
    """The sentences of an answer in the order of the page; none is an answer, too."""
    answer = parsed(reply.text)
    if isinstance(answer, Unusable):
        return answer
    if not any(section in answer for section in sections):
        return Unusable(reason="the answer has none of the keys that were asked for")
    found: list[Sentence] = []
    for section in sections:
        for entry in _entries(answer.get(section))[: writing_of()[section].most]:
            sentence = _sentence(section, entry, sources)
            if sentence and not _is_double(found, sentence):
                found.append(sentence)
    return found


def rewritten(
    reply: Reply, before: Sequence[Sentence], sources: Sources
) -> tuple[Sentence | None, ...]:
    """Sentences as they were written again, in their order; None for one of which the answer has
    nothing new.
    """
    answer = parsed(reply.text)
    if isinstance(answer, Unusable):
        return (None,) * len(before)
    return tuple(
        _again(_entries(answer.get(repair_key(place))), sentence, sources)
        for place, sentence in enumerate(before, 1)
    )


def _again(entries: Sequence[_Entry], before: Sentence, sources: Sources) -> Sentence | None:
    made = _sentence(before.section, entries[0], sources, before) if entries else None
    return made if made and made.claim.text != before.claim.text else None


def _is_double(found: Sequence[Sentence], sentence: Sentence) -> bool:
    """Whether it speaks to an audience that has a sentence already."""
    is_audience = sentence.content is Content.AUDIENCES
    return is_audience and any(
        each.section == sentence.section and each.role == sentence.role for each in found
    )


def _entries(value: Any) -> list[_Entry]:
    """The entries of a section, whether it is a list of them or one; without those out of shape."""
    return list(_valid(value if isinstance(value, list) else [value]))


def _valid(listed: Sequence[Any]) -> Iterator[_Entry]:
    for each in listed:
        try:
            yield _Entry.model_validate({"text": each} if isinstance(each, str) else each)
        except ValidationError:
            continue


def _sentence(
    section: str, entry: _Entry, sources: Sources, before: Sentence | None = None
) -> Sentence | None:
    """The sentence of an entry; `before` is the one in whose place it stands, and whose role and
    day it keeps.
    """
    read = phrase_of if section == HEADLINE else sentence_of
    statement, numbers = apart(entry.statement)
    text = read(_BESIDE.sub("", statement))
    if not text:
        return None
    named = _named(text, entry.facts or numbers, sources.facts)
    kind = _kind(section, text, named)
    # a premise may share no word with what follows from it
    facts = (named if kind is ClaimKind.INFERRED else _carrying(text, named))[:_MOST_FACTS]
    claim = _claim(text, kind, facts)
    if before:
        return replace(before, claim=quoted(claim, sources), facts=facts)
    content = content_of(section)
    needs_role = content in (Content.ACTIONS, Content.AUDIENCES)
    is_ahead = content is Content.IMPLICATIONS
    if needs_role and entry.role not in all_roles():
        return None
    sign = sentence_of(entry.sign)
    if is_ahead and not (entry.likelihood and sign):
        return None
    trigger = phrase_of(entry.trigger)
    return Sentence(
        section=section,
        # how likely it is, the model says: what is to come is nobody's words
        claim=claim if is_ahead else quoted(claim, sources),
        facts=facts,
        role=entry.role if needs_role else None,
        trigger=_claim(trigger, ClaimKind.INFERRED, facts) if trigger else None,
        effort=entry.effort if entry.effort in _EFFORTS else "",
        likelihood=_borne_out(entry.likelihood, facts) if is_ahead else None,
        horizon=_day(entry.by),
        sign=sign,
    )


def _named(text: str, numbers: Sequence[int], facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of these numbers; first, or where none is one, the fact that says the same."""
    own = content_words(text)
    named = [facts[each - 1] for each in dict.fromkeys(numbers) if 1 <= each <= len(facts)]
    near = max(facts, key=lambda each: overlap(own, content_words(each.text)), default=None)
    nearness = overlap(own, content_words(near.text)) if near else 0.0
    if near and near not in named and nearness >= (_SAME if named else _NEAR):
        named.insert(0, near)
    return tuple(named)


def _carrying(text: str, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts without those of which a sentence has nothing."""
    parts = {place: content_words(fact.text) for place, fact in enumerate(facts)}
    return tuple(facts[place] for place in carrying(content_words(text), parts)) or tuple(facts)


def _kind(section: str, text: str, facts: Sequence[Fact]) -> ClaimKind:
    """What a sentence is: whom news concerns is often stated, and is written where its facts have
    nearly all of it. Its judge is then asked whether its sources state it, not what they suggest.
    """
    own, stated = stems(text), frozenset[str]().union(*(stems(each.text) for each in facts))
    may_state = bool(own) and content_of(section) is Content.AUDIENCES
    if may_state and len(own & stated) >= _SAME * len(own):
        return ClaimKind.WRITTEN
    return kind_in(section)


def _claim(text: str, kind: ClaimKind, facts: Sequence[Fact]) -> Claim:
    return Claim(text=text, kind=kind, citations=cited(facts))


def cited(facts: Sequence[Fact]) -> tuple[Citation, ...]:
    """The passages of some facts, the first of each before the second of any, each passage once."""
    found: dict[str, Citation] = {}
    for turn in range(max((len(each.citations) for each in facts), default=0)):
        for fact in facts:
            for citation in fact.citations[turn : turn + 1]:
                found.setdefault(citation.passage, citation)
    return tuple(found.values())[:_MOST_CITATIONS]


def quoted(claim: Claim, sources: Sources) -> Claim:
    """The claim as the quotation that it is, where it is a headline or a sentence word for word."""
    source = sources.sentences.get(words(claim.text))
    if source is None:
        return claim
    whole = Citation(passage=source.passage.key, quote=source.sentence)
    too_long = replace(claim, kind=ClaimKind.EXTRACTED, citations=(whole,))  # a check says so
    return extracted_claim(source, sources.quote_words) or too_long


def may_stand(text: str, sources: Sources) -> bool:
    """Whether a text is no sentence of an article, or one that can be quoted."""
    own = words(text)
    source = sources.sentences.get(own)
    if source is None:
        return own not in sources.sentences
    return extracted_claim(source, sources.quote_words) is not None


def _borne_out(likelihood: Likelihood | None, premise: Sequence[Fact]) -> Likelihood | None:
    """The likelihood that a model gives, or the highest that the premise bears out."""
    most = most_likely([fact.text for fact in premise])
    if likelihood in BANDS and BANDS[likelihood] > BANDS[most]:
        return most
    return likelihood


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return date.max
