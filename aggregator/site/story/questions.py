"""The open questions of a story, as its page shows them: where reports differ, what is not known,
and what was answered since.
"""

from __future__ import annotations

from aggregator.domain.claim import Draft, difference_text
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.story.cited import Citations
from aggregator.templating.translation import Translations


@frozen
class PageDisagreement:
    """What the reports differ on, with the claims that differ."""

    question: str
    claims: tuple[PrintedClaim, ...]


@frozen
class PageAnswered:
    """A question that was answered: what the reports differed on (`question`) or did not know, and
    the answer.
    """

    question: str
    claims: tuple[PrintedClaim, ...]
    answer: PrintedClaim


def page_disagreements(
    draft: Draft, cited: Citations, words: Translations
) -> tuple[PageDisagreement, ...]:
    """The figures on which reports still differ."""
    still = (disagreement for disagreement in draft.disagreements if disagreement.answer is None)
    return tuple(
        PageDisagreement(
            question=difference_text(disagreement.question, words),
            claims=cited.claims(disagreement.claims),
        )
        for disagreement in still
    )


def page_answered(draft: Draft, cited: Citations, words: Translations) -> tuple[PageAnswered, ...]:
    """The questions that a later article answered."""
    differed = [
        (difference_text(disagreement.question, words), disagreement.claims, disagreement.answer)
        for disagreement in draft.disagreements
    ]
    unknown = [("", (unknown.claim,), unknown.answer) for unknown in draft.unknowns]
    return tuple(
        PageAnswered(question=question, claims=cited.claims(claims), answer=cited.claim(answer))
        for question, claims, answer in (*differed, *unknown)
        if answer
    )
