"""Which sentences of the archive share most with a question, which state what it asks for, and
which say or contradict a claim word for word.

Whether the archive knows an answer is decided here, by code: whom and what a question names, its
figures and its days must be stated, most of its other words too, and the form of what is asked for
must be there and not in the question already. What only resembles the question is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import sqrt

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.frozen import grouped
from aggregator.english.lexical import overlap
from aggregator.english.text import folded
from aggregator.english.trimming import may_be_cut
from aggregator.extract.admission import evidence_sentences
from aggregator.plugins.questions.matching import acts, has_form, is_compared, is_named, names_all
from aggregator.plugins.questions.question import Evidence, FoundPassage, Question, stems_of
from aggregator.verify.figures import Figure, figures

_AROUND = 0.6  # of what a word of the sentence itself counts
_FORM = 0.35  # of the whole, for what the question asks for
_NAMED = 0.5  # likewise for its names
_ALIKE = 0.8  # of two sentences' words: they say the same
LEAST_SAME = 0.8  # of a claim's words, figures left out, that a sentence has that contradicts it
_MOST_COMPARED = 10  # sentences, with a claim
LEAST_STATED = 0.7  # of a question's words by weight, in the sentence and its passage
LEAST_OWN = 0.4  # likewise in the sentence itself
LEAST_MATCHED = 0.25  # of the words that are searched for
_NEARLY = 0.7  # of those that the best sentence has
_ELSEWHERE = 0.5  # of a word's weight, where only another passage of the article has it
_UNREAL = re.compile(r"\b(?:would|could|might|if|unless)\b", re.IGNORECASE)


def ranked(
    question: Question, found: Sequence[FoundPassage], rarity: Mapping[str, float], language: str
) -> tuple[Evidence, ...]:
    """The sentences of these passages that state something, best first, of equals the newest; of
    those that say the same only the best. `rarity` weighs the words of the question.
    """
    articles = grouped(
        (passage.article_id, passage.text)
        for passage in sorted((one.passage for one in found), key=lambda passage: passage.n)
    )
    made = [
        replace(evidence, score=_score(question, evidence, rarity))
        for passage in found
        for evidence in _sentences_of(
            passage, " ".join(articles[passage.passage.article_id]), language
        )
    ]
    made.sort(key=lambda evidence: (evidence.found.passage.key, evidence.text))
    made.sort(key=lambda evidence: (evidence.score, evidence.found.published), reverse=True)
    kept: list[Evidence] = []
    for evidence in made:
        if evidence.score > 0 and not any(_is_alike(evidence, other) for other in kept[:20]):
            kept.append(evidence)
    return tuple(kept)


def answers(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> bool:
    """Whether a sentence states what is asked."""
    return (
        names_all(question, evidence)
        and _has_anchors(question, evidence)
        and has_form(question, evidence)
        and _is_covered(question, evidence, rarity)
        and _is_prose(evidence)
        and acts(question, evidence)
        and not is_compared(question, evidence)
        and (bool(_UNREAL.search(question.text)) or not _UNREAL.search(evidence.text))
    )


def _sentences_of(found: FoundPassage, article: str, language: str) -> Iterator[Evidence]:
    several = evidence_sentences(found.passage, language)
    for place, text in enumerate(several):
        yield Evidence(text=text, before=several[:place], found=found, article=article)


def _score(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> float:
    own = sum(weight for word, weight in rarity.items() if word in evidence.stems)
    shared = own / (sum(rarity.values()) or 1.0) + _AROUND * _share(evidence, rarity)
    named = sum(is_named(name, question, evidence) for name in question.names)
    form = _FORM * has_form(question, evidence)
    return shared + _NAMED * named / (len(question.names) or 1) + form if shared else 0.0


def _is_alike(one: Evidence, other: Evidence) -> bool:
    return overlap(one.stems, other.stems) >= _ALIKE and {
        figure.value for figure in figures(one.text)
    } <= {figure.value for figure in figures(other.text)}


def _is_prose(evidence: Evidence) -> bool:
    text = evidence.text
    return evidence.is_title or (not text[0].islower() and text[-1] in '.!?"”’)')


def _has_anchors(question: Question, evidence: Evidence) -> bool:
    """Whether the figures, days and ordinals of the question are stated."""
    context = " ".join((*evidence.before, evidence.text))
    stated = {figure.value for figure in figures(context)}
    dates = date_mentions(context, evidence.day)
    lowered = context.lower()
    return (
        all(figure.value in stated for figure in question.figures)
        and all(
            any(date.states(asked.day, asked.precision) for date in dates)
            or (asked.precision.value == "year" and asked.day.year == evidence.day.year)
            for asked in question.days
        )
        and all(ordinal in lowered for ordinal in question.ordinals)
    )


def _is_covered(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> bool:
    """Whether a sentence and what is around it have most of the question's words; those that ask
    for a form need not be there, but count where they are. What somebody does, or what is done to
    them, is said in the passage.
    """
    asked = {word: sqrt(rarity.get(word, 1.0)) for word in question.stems}
    usual = sum(asked.values()) / (len(asked) or 1)
    asked |= dict.fromkeys(question.form_words & evidence.stems, usual)
    whole = sum(asked.values())
    own = sum(weight for word, weight in asked.items() if word in evidence.stems)
    if not whole:
        return bool(question.names)
    if question.done and question.done not in evidence.stems | evidence.stems_around:
        return False
    return own >= LEAST_OWN * whole and _share(evidence, asked) >= LEAST_STATED


def _share(evidence: Evidence, asked: Mapping[str, float]) -> float:
    """How much of some weighed words is in a sentence and what is around it."""
    around = evidence.stems | evidence.stems_around
    elsewhere = stems_of(evidence.article)
    return sum(
        weight * (1.0 if word in around else _ELSEWHERE if word in elsewhere else 0.0)
        for word, weight in asked.items()
    ) / (sum(asked.values()) or 1.0)


def matching(found: Sequence[Evidence], rarity: Mapping[str, float]) -> tuple[Evidence, ...]:
    """The sentences that match what is searched for: with nearly as many of the words, by weight,
    as the best has, and not too few.
    """
    shares = [_share(evidence, rarity) for evidence in found]
    least = max(LEAST_MATCHED, _NEARLY * max(shares, default=0.0))
    return tuple(one for one, matched in zip(found, shares, strict=True) if matched >= least)


def stated_in(claim: Question, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that says a claim word for word, alone or before a clause that takes nothing
    back; None where none does.
    """
    return next((item for item in evidence[:_MOST_COMPARED] if _says(item.text, claim.text)), None)


def contradicted_by(claim: Question, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that says the same with another figure of the same unit, None where none does,
    or where one has the claim's own.
    """
    own = _amounts(claim.text)
    near = [item for item in evidence[:_MOST_COMPARED] if _is_same_matter(claim, item)]
    if not own or any(_agrees(own, _amounts(item.text)) for item in near):
        return None
    return next((item for item in near if _differs(own, _amounts(item.text))), None)


def _says(stated: str, claim: str) -> bool:
    if folded(stated) == folded(claim):
        return True
    own = claim.rstrip(".")
    tail = stated[len(own) :]
    return stated.startswith(own) and tail.startswith(", ") and may_be_cut(tail)


def _is_same_matter(claim: Question, evidence: Evidence) -> bool:
    digits = {word for word in claim.stems if word[0].isdigit()}
    words = claim.stems - digits
    shared = len(words & evidence.stems)
    return bool(words) and shared >= LEAST_SAME * len(words) and names_all(claim, evidence)


def _amounts(text: str) -> tuple[Figure, ...]:
    found = figures(text)
    return tuple(figure for figure in found if not (figure.in_version or figure.in_date))


def _agrees(own: Sequence[Figure], stated: Sequence[Figure]) -> bool:
    return all(any(figure.rounds_to(other) for other in stated) for figure in own)


def _differs(own: Sequence[Figure], stated: Sequence[Figure]) -> bool:
    """Whether exactly one figure of a claim has only others of its unit beside it."""
    missing = [figure for figure in own if not any(figure.rounds_to(other) for other in stated)]
    return len(missing) == 1 and any(other.unit == missing[0].unit for other in stated)
