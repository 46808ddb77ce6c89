"""The question whether two articles report one event, put to a judge as a claim on both.

Asked about pairs that their words leave undecided. An article's author could order the reader to
say yes, so orders and text that addresses a machine are not shown; the worst that is left of such
an attempt is that two stories are joined.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.dates import report_day
from aggregator.english.speech_acts import is_order, is_safe_label
from aggregator.extract.statements import is_text_in, statements
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import plain_renderer

MOST_WORDS = 60  # of the beginning of an article: who did what stands there
_MOST_TITLE_WORDS = 30
_LEAST_PROBABILITY = 0.5
CLAIM = "Report 1 and report 2 report the same announcement, decision, release or incident."

_FOLDER = TEMPLATES / "prompts" / "same_event"
_render = plain_renderer(_FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article as the model sees it."""

    title: str
    day: str
    text: str

    @property
    def digest(self) -> str:
        """Twelve hex digits that change when the shown text does."""
        return hashlib.sha256(
            f"{self.title}\n{self.day}\n{self.text}".encode("utf-8", "surrogatepass")
        ).hexdigest()[:12]


def question_digest() -> str:
    """A short digest of what a judge is asked, and of how much it is shown."""
    reports = (_FOLDER / "reports.txt").read_text("utf-8")
    return hashlib.sha256(f"{reports}\n{CLAIM}\n{MOST_WORDS}".encode()).hexdigest()[:8]


def shown_article(title: str, published: datetime, lead: str, language: str) -> ShownArticle | None:
    """An article as it may be shown; None where its headline gives orders, addresses a machine or
    is in another language.
    """
    headline = " ".join(title.split()[:_MOST_TITLE_WORDS])
    if (
        not is_safe_label(headline)
        or is_order(headline)
        or not is_text_in(f"{headline}. {lead}", language)
    ):
        return None
    day = report_day(published)
    return ShownArticle(
        title=headline,
        day=f"{day.day} {day:%B %Y}",
        text=" ".join(statements(lead, language).split()[:MOST_WORDS]),
    )


def both_reports(one: ShownArticle, other: ShownArticle) -> str:
    """What a judge is shown of two articles, the earlier first."""
    return _render("reports.txt", one=one, other=other)


def tells_same(probability: float) -> bool:
    """Whether two articles report one event, by the probability that a judge gives to `CLAIM`."""
    return probability >= _LEAST_PROBABILITY
