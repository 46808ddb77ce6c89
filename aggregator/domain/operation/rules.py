"""How stories are written: the versions of the rules, what a stored result names of them, and how
much of a story a model writes.

They stand apart from the rules themselves: a run without news only compares versions, and imports
nothing that applies them.
"""

from __future__ import annotations

from enum import StrEnum

from aggregator.domain.publishing.newsroom import newsroom
from aggregator.domain.settings import AnalysisSettings

# Each goes into what is stored: one that is raised has every story, or article, looked at again.
EXTRACTIVE = "extractive-54"
ADMISSION = "admission-2"
RANKING = "ranking-2"


def extractive_rules(settings: AnalysisSettings) -> str:
    """What an analysis by the extractive engine rests on besides its articles."""
    return (
        f"{EXTRACTIVE} {ADMISSION} {settings.language} {settings.quote_words} {settings.hook_words}"
        f" {newsroom().digest}"
    ).rstrip()


class Depth(StrEnum):
    """In depth: facts and the whole page. In brief: hook and what changed, over the openings of
    the articles.
    """

    IN_DEPTH = "in_depth"
    IN_BRIEF = "in_brief"
