"""Facts: atomic statements of a story with the passages they rest on, noted before a page is
written; and attributes: what articles state of products and companies.
"""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum

from aggregator.domain.article import article_of
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of


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
        return sha256_of(content)[:12]

    @property
    def articles(self) -> frozenset[str]:
        """The ids of the articles that it rests on."""
        return frozenset(citation.article_id for citation in self.citations)


class Attribute(StrEnum):
    """What may be compared: the closed list, in the order of tables."""

    RELEASED = "released"
    WEIGHTS = "weights"
    LICENCE = "licence"
    PARAMETERS = "parameters"
    ACTIVE_PARAMETERS = "active_parameters"
    CONTEXT = "context"
    TRAINING_TOKENS = "training_tokens"
    BASE_MODEL = "base_model"
    LANGUAGES = "languages"
    BENCHMARK = "benchmark"
    SPEED = "speed"
    MEMORY = "memory"
    PRICE = "price"
    DEPLOYMENT = "deployment"
    CUSTOMER_DATA = "customer_data"
    USERS = "users"
    REVENUE = "revenue"
    VALUATION = "valuation"


class SubjectKind(StrEnum):
    """Who may have attributes."""

    MODEL = "model"
    PRODUCT = "product"
    COMPANY = "company"


@frozen
class AttributeFact:
    """One attribute of a product or company as a passage states it.

    `subject` and `name` are the key and the name of whom it is said, `qualifier` tells apart what
    one attribute has several of (a benchmark, the tokens a price is for). `value` is the same for
    the same value however it is worded ("46.7 billion" and "46.7B"), and empty for what only words
    can tell; `text` are the words. `as_of` is the day on which it was reported.
    """

    subject: str
    name: str
    kind: SubjectKind
    attribute: Attribute
    qualifier: str
    value: str
    text: str
    as_of: date
    passage: str
    quote: str

    @property
    def article_id(self) -> str:
        """The article that states it."""
        return article_of(self.passage)

    @property
    def claim(self) -> Claim:
        """The fact as it stands in a cell, with its citation."""
        citation = Citation(passage=self.passage, quote=self.quote)
        return Claim(text=self.text, kind=ClaimKind.EXTRACTED, citations=(citation,))
