"""Asks the judge about pairs of articles that their words leave undecided, at most as often a run
as the settings allow.

Each answer is stored, so a run that was killed asks nothing twice, and the stories stay what they
are while the judge is away. A judge that fails is reported, and the run goes on without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from aggregator.cluster.assign import undecided_pairs
from aggregator.cluster.cluster_item import ClusterItem
from aggregator.cluster.same_event import (
    CLAIM,
    ShownArticle,
    both_reports,
    question_digest,
    shown_article,
    tells_same,
)
from aggregator.domain.article import Judgement
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure
from aggregator.errors import LlmError
from aggregator.ports import JudgeSeat
from aggregator.services import Services, Tally, Watch
from aggregator.store.news.similarity import StoredJudgement, save_judgement, stored_judgements


@frozen
class UnsettledArticles:
    """The articles of a run. `closed` are those that their publishers close to models."""

    pending: Sequence[ClusterItem]
    placed: Sequence[ClusterItem]
    closed: Collection[str]


async def same_event_answers(
    services: Services, of: UnsettledArticles, watch: Watch, tally: Tally, *, may_ask: bool
) -> tuple[Judgement, ...]:
    """The stored answers about these articles, and the judge's new ones if it may be asked and
    answers.
    """
    questions = _PairQuestions(services, of)
    left = services.settings.cluster.judge_questions if may_ask else 0
    asked = list(islice(questions.pairs(), left)) if left else []
    if not asked:
        return tuple(questions.answers)
    seat = await services.find_judge()
    if not isinstance(seat, JudgeSeat):  # where one is required, the analysis reports it missing
        return tuple(questions.answers)
    watch.stage("doubts", left)
    while asked:
        for one, other in asked:
            try:
                await questions.ask(seat, one, other, tally)
            except LlmError as error:
                tally.failures.append(
                    Failure(source=seat.model, stage="judging", reason=str(error))
                )
                return tuple(questions.answers)
            watch.step(questions.title(one))
        left -= len(asked)
        asked = list(islice(questions.pairs(), left))
    return tuple(questions.answers)


class _PairQuestions:
    """The answers so far, and the articles as the model may see them."""

    def __init__(self, services: Services, of: UnsettledArticles) -> None:
        self._services, self._of = services, of
        self._items = {item.article_id: item for item in (*of.placed, *of.pending)}
        self._articles: dict[str, ShownArticle | None] = {}
        dates = [item.published for item in self._items.values()]
        with services.database.reading() as connection:
            kept = stored_judgements(connection, min(dates), max(dates)) if dates else ()
        self.answers = [answer.judgement for answer in kept if self._is_current(answer)]

    def title(self, article_id: str) -> str:
        """The headline of an article."""
        return self._items[article_id].title

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The undecided pairs that may be shown, the earlier article first."""
        for pair in undecided_pairs(
            self._of.pending, self._of.placed, self._services.settings.cluster, self.answers
        ):
            one, other = sorted(
                (pair.one, pair.other), key=lambda key: (self._items[key].published, key)
            )
            if self._article(one) and self._article(other):
                yield one, other

    async def ask(self, seat: JudgeSeat, one: str, other: str, tally: Tally) -> None:
        """Asks the judge about a pair and stores its answer. Raises LlmError."""
        first, second = self._article(one), self._article(other)
        if first is None or second is None:
            return
        before = seat.judge.spent_tokens
        probability = await seat.judge.supports(both_reports(first, second), CLAIM)
        tally.counts["tokens_judged"] += seat.judge.spent_tokens - before
        smaller, larger = sorted((one, other))
        judgement = Judgement(
            one=smaller, other=larger, same=tells_same(probability), by=seat.model
        )
        kept = StoredJudgement(
            judgement=judgement,
            shown=self._shown(judgement),
            prompts=question_digest(),
            asked=self._services.clock.now(),
        )
        with self._services.database.writing() as connection:
            save_judgement(connection, kept)
        self.answers.append(judgement)

    def _is_current(self, kept: StoredJudgement) -> bool:
        pair = kept.judgement
        return (
            pair.one in self._items
            and pair.other in self._items
            and kept.shown == self._shown(pair)
        )

    def _shown(self, pair: Judgement) -> tuple[str, str]:
        one, other = (
            article.digest if article else ""
            for article in (self._article(pair.one), self._article(pair.other))
        )
        return one, other

    def _article(self, article_id: str) -> ShownArticle | None:
        if article_id not in self._articles:
            item, language = self._items[article_id], self._services.settings.analysis.language
            is_closed = article_id in self._of.closed
            self._articles[article_id] = (
                None
                if is_closed
                else shown_article(item.title, item.published, item.lead, language)
            )
        return self._articles[article_id]
