"""What a story may cost: the tokens of the questions that a model is asked about it, in proportion
to what there is to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.domain.tokens import estimated_tokens
from aggregator.ports import Prompt
from aggregator.story.model.evidence import Evidence
from aggregator.story.model.prompt import Section, prompt

_TURN_TOKENS = 12  # the marks of a chat template around a question


class TokenBudget:
    """The tokens that may still be spent on questions about one story: the more its own articles
    hold, the more.

    The evidence is no part of it: a server evaluates that once, and of a repair only what its
    question did not have.
    """

    def __init__(self, found: Evidence, share: float) -> None:
        self._left = share * estimated_tokens(
            prompt(Section.BRIEF, replace(found, archive=())).prefix
        )

    def pays(
        self, question: Prompt, before: Prompt | None = None, after: Sequence[Prompt] = ()
    ) -> bool:
        """Whether there is enough for a question, which is then paid; `before` is the question that
        it begins with.

        For one that can wait there must be enough for those `after` it too.
        """
        known = estimated_tokens(before.task) if before else 0
        cost = estimated_tokens(question.task) - known + _TURN_TOKENS
        if cost + sum(estimated_tokens(each.task) + _TURN_TOKENS for each in after) > self._left:
            return False
        self._left -= cost
        return True
