"""The second writer of a page: rules that choose sentences and trim them, and never invent."""

from __future__ import annotations

from aggregator.domain.claim import Draft
from aggregator.domain.story import Story
from aggregator.story.rules.extractive import draft


def page_by_rules(story: Story, *, language: str, quote_words: int) -> Draft | None:
    """The draft of a story in its sources' words; None where it has no article in the language."""
    return draft(story, language=language, quote_words=quote_words)
