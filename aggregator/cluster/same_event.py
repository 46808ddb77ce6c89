"""The question whether two articles report one event, put to a judge as a claim on both: which
pairs of stories it is asked about, and what a yes adds to their similarity.

In a band below the threshold, words alone cannot tell two events from two reports of one. A model
is asked about the two most similar articles of two such stories. A yes adds to their similarity, a
no changes nothing: a model that always denies, or is never asked, changes no story.

Only admitted text is shown; the worst that an order in it can do is that two stories are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.lexicon import Ints
from aggregator.cluster.similarity.linkage import cluster_similarities
from aggregator.cluster.similarity.vectors import Pairs
from aggregator.domain.article import Judgement
from aggregator.domain.dates import report_day
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.extract.admission import is_text_in
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import plain_renderer

MOST_WORDS = 60  # of the beginning of an article: who did what stands there
_MOST_TITLE_WORDS = 30
_LEAST_PROBABILITY = 0.5
CLAIM = "Report 1 and report 2 report the same announcement, decision, release or incident."

_FOLDER = TEMPLATES / "prompts" / "same_event"
_render = plain_renderer(_FOLDER)

LEAST_SIMILARITY = 0.03  # mean value of two stories; at 0.02 a judge that knows finds 2 % more
YES_WEIGHT = 1.0  # value of a pair that is of one event for certain


@frozen
class ShownArticle:
    """An article as the model sees it."""

    title: str
    day: str
    text: str

    @property
    def digest(self) -> str:
        """Twelve hex digits that change when the shown text does."""
        return sha256_of(f"{self.title}\n{self.day}\n{self.text}")[:12]


def question_digest() -> str:
    """A short digest of what a judge is asked, and of how much it is shown."""
    reports = (_FOLDER / "reports.txt").read_text("utf-8")
    return sha256_of(f"{reports}\n{CLAIM}\n{MOST_WORDS}")[:8]


def shown_article(title: str, published: datetime, lead: str, language: str) -> ShownArticle | None:
    """An article as the model sees it, from admitted text; None where it is in another
    language.
    """
    headline = " ".join(title.split()[:_MOST_TITLE_WORDS])
    if not is_text_in(f"{headline}. {lead}", language):
        return None
    day = report_day(published)
    return ShownArticle(
        title=headline,
        day=f"{day.day} {day:%B %Y}",
        text=" ".join(lead.split()[:MOST_WORDS]),
    )


def both_reports(one: ShownArticle, other: ShownArticle) -> str:
    """What a judge is shown of two articles, the earlier first."""
    return _render("reports.txt", one=one, other=other)


def tells_same(probability: float) -> bool:
    """Whether two articles report one event, by the probability that a judge gives to `CLAIM`."""
    return probability >= _LEAST_PROBABILITY


@frozen
class BorderlinePair:
    """Two articles, `one` the smaller id, of two stories that may be one, and the similarity of
    these stories.
    """

    one: str
    other: str
    similarity: float


def borderline_pairs(
    items: Sequence[ClusterItem], stories: Sequence[str], pairs: Pairs
) -> tuple[BorderlinePair, ...]:
    """The borderline pairs of stories, the most similar first; none that a veto keeps apart."""
    number: dict[str, int] = {}
    story = np.array([number.setdefault(story, len(number)) for story in stories], dtype=np.int64)
    near = {
        (one, other): score
        for one, other, score in cluster_similarities(pairs, story, LEAST_SIMILARITY)
    }
    found = {}
    for later, earlier in _by_value(pairs):
        between = story[later], story[earlier]
        where = min(between), max(between)
        if where in near and where not in found:
            one, other = sorted((items[later].article_id, items[earlier].article_id))
            found[where] = BorderlinePair(one=one, other=other, similarity=near[where])
    return tuple(sorted(found.values(), key=lambda pair: (-pair.similarity, pair.one, pair.other)))


def with_judgements(
    pairs: Pairs, items: Sequence[ClusterItem], judgements: Sequence[Judgement]
) -> Pairs:
    """The pairs, and once more those that a model said are of one event."""
    row = {item.article_id: number for number, item in enumerate(items)}
    joined = [
        (row[judgement.one], row[judgement.other])
        for judgement in judgements
        if judgement.same and judgement.one in row and judgement.other in row
    ]
    if not joined:
        return pairs
    rows = np.sort(np.array(joined, dtype=np.int64), axis=1)
    return Pairs(
        later=np.concatenate((pairs.later, rows[:, 1])),
        earlier=np.concatenate((pairs.earlier, rows[:, 0])),
        values=np.concatenate((pairs.values, np.full(len(rows), YES_WEIGHT))),
    )


def _by_value(pairs: Pairs) -> list[tuple[int, int]]:
    """The pairs as rows, the most similar first."""
    order: Ints = np.lexsort((pairs.earlier, pairs.later, -pairs.values))
    return list(zip(pairs.later[order].tolist(), pairs.earlier[order].tolist(), strict=True))
