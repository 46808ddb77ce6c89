"""The question for the opening of an edition, and what all questions about passages share."""

from __future__ import annotations

from aggregator.ports import Prompt
from aggregator.resources import TEMPLATES
from aggregator.story.model.evidence import Evidence
from aggregator.story.schemas import NUMBERS, TEXT, record, several
from aggregator.templating.environment import plain_renderer

MOST_OPENING = 4  # sentences of an edition's opening
_MOST_WORDS = 30  # of a statement: what a reader takes in at once
_ANSWER_TOKENS = 700  # MODELS.md: 600 or more, or answers are cut

_render = plain_renderer(TEMPLATES / "prompts")


def opening_prompt(leads: Evidence) -> Prompt:
    """The question for the opening of an edition; what is written of a story does not depend on its
    words.
    """
    return Prompt(
        system=_render("system.txt", most_words=_MOST_WORDS),
        prefix=_render("evidence.txt", sources=leads.sources, archive=leads.archive),
        task=_render("edition/opening.txt"),
        schema=record(opening=several(record(text=TEXT, passages=NUMBERS), MOST_OPENING)),
        most_tokens=_ANSWER_TOKENS,
    )
