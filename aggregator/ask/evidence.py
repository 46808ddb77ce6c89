"""A sentence of the archive as evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from aggregator.ask.question import stems_of
from aggregator.domain.article import FoundPassage
from aggregator.domain.dates import report_day

_DID_SO = re.compile(r"\b(?:do|does|did) (?:it|so|that)\b")
_WITHOUT = re.compile(r"\bwithout\b[^,;:]*")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A sentence of the archive with the passage it stands in, and what it goes on from: the
    sentences before it there. `article` is the text of what was found of its article.
    """

    text: str
    before: tuple[str, ...]
    found: FoundPassage
    article: str = ""
    score: float = 0.0

    @property
    def is_title(self) -> bool:
        """Whether it is a headline."""
        return self.found.passage.n == 0

    @property
    def day(self) -> date:
        """The day on which it was written."""
        return report_day(self.found.published)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its own words with content and those that "did it" stands for, but what is missing."""
        meant = self.before[-1:] if _DID_SO.search(self.text) else ()
        return stems_of(" ".join((*meant, _WITHOUT.sub("", self.text))))

    @cached_property
    def stems_around(self) -> frozenset[str]:
        """Those of its passage and of its headline."""
        return stems_of(self.found.passage.text) | stems_of(self.found.title)
