"""The extractive engine as the pipeline takes it. The rules it writes by are imported by its first
draft: a run without news asks only which they are.
"""

from __future__ import annotations

from aggregator.domain.claim import Draft
from aggregator.domain.operation.rules import extractive_rules
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.story import Story
from aggregator.ports import Engine


def extractive_engine(settings: AnalysisSettings) -> Engine:
    """The engine of these settings, which are part of its rules."""

    def drafted(story: Story) -> Draft | None:
        from aggregator.story.rules.extractive import page_by_rules  # noqa: PLC0415

        return page_by_rules(story, language=settings.language, quote_words=settings.quote_words)

    return Engine(name="extractive", model=None, rules=extractive_rules(settings), draft=drafted)
