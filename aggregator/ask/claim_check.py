"""A sentence of anyone's against sentences of the archive: what code alone can say of it."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.ask.evidence import Evidence
from aggregator.ask.naming import names_all
from aggregator.ask.question import Question
from aggregator.english.text import folded
from aggregator.english.trimming import may_be_cut
from aggregator.verify.figures import Figure, figures

LEAST_SAME = 0.8  # of a claim's words, figures left out, that a sentence has that contradicts it
_MOST_COMPARED = 10


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


def is_on(claim: Question, evidence: Evidence) -> bool:
    """Whether a sentence may say anything on a claim: it names all that the claim names."""
    return names_all(claim, evidence)


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
    return bool(words) and shared >= LEAST_SAME * len(words) and is_on(claim, evidence)


def _amounts(text: str) -> tuple[Figure, ...]:
    found = figures(text)
    return tuple(figure for figure in found if not (figure.in_version or figure.in_date))


def _agrees(own: Sequence[Figure], stated: Sequence[Figure]) -> bool:
    return all(any(figure.rounds_to(other) for other in stated) for figure in own)


def _differs(own: Sequence[Figure], stated: Sequence[Figure]) -> bool:
    """Whether exactly one figure of a claim has only others of its unit beside it."""
    missing = [figure for figure in own if not any(figure.rounds_to(other) for other in stated)]
    return len(missing) == 1 and any(other.unit == missing[0].unit for other in stated)
