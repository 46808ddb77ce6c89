"""Facts: atomic statements of a story with the passages they rest on, noted before a page is
written.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from enum import StrEnum

from aggregator.domain.claim import Citation
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen


class FactKind(StrEnum):
    """What a fact is to its story: a closed list."""

    EVENT = "event"
    CHANGE = "change"
    FIGURE = "figure"
    CAUSE = "cause"
    EFFECT = "effect"
    QUOTE = "quote"
    PLAN = "plan"
    LIMIT = "limit"
    CONTEXT = "context"
    REACTION = "reaction"
    ATTRIBUTE = "attribute"
    UNKNOWN = "unknown"


@frozen
class Fact:
    """One statement that can be checked alone, each citation with a verbatim quote of its passage.

    `day` is when it happened or is to happen, as far as `precision` reaches. Only an attribute has
    `product`, `attribute` and `value`, empty where nothing states them.
    """

    kind: FactKind
    text: str
    citations: tuple[Citation, ...]
    day: date | None = None
    precision: Precision | None = None
    product: str = ""
    attribute: str = ""
    value: str = ""

    @property
    def id(self) -> str:
        """Twelve figures that stay the same while the kind, the text and the passages do."""
        passages = [citation.passage for citation in self.citations]
        content = json.dumps([self.kind, self.text, passages])
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def articles(self) -> frozenset[str]:
        """The ids of the articles that it rests on."""
        return frozenset(citation.article_id for citation in self.citations)
