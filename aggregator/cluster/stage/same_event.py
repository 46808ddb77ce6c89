"""A part of stage three: what words leave in doubt is put before the model, so often a run as the
settings want.

Each answer is kept, so a run that was killed asks nothing twice, and the stories stay what they are
while the model is away. A model that fails is told and done without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.cluster.assign import doubtful
from aggregator.cluster.item import ClusterItem
from aggregator.cluster.same_event import Report, judge_digest, judge_prompt, report, says_same
from aggregator.domain.judgement import Judgement
from aggregator.domain.operation.report import Failure
from aggregator.errors import LlmError
from aggregator.ports import ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.news.judgements import Kept, keep_judgement, kept_judgements


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """The articles of a run. `closed` are those that their publishers close to models."""

    pending: Sequence[ClusterItem]
    placed: Sequence[ClusterItem]
    closed: Collection[str]


async def judgements(
    services: Services, of: Doubtful, watch: Watch, tally: Tally, *, may_ask: bool
) -> tuple[Judgement, ...]:
    """What was said of these articles before, and what the model says now if it may be asked and
    answers.
    """
    court = _Court(services, of)
    left = services.settings.cluster.judge_questions if may_ask else 0
    asked = list(islice(court.doubts(), left)) if left else []
    if not asked:
        return tuple(court.said)
    found = await services.find_model()
    if not isinstance(
        found, ModelEngine
    ):  # where one is demanded, the analysis tells that it is missing
        return tuple(court.said)
    watch.stage("doubts", left)
    while asked:
        for one, other in asked:
            try:
                await court.ask(found, one, other, tally)
            except LlmError as error:
                tally.failures.append(
                    Failure(source=found.name, stage="judging", reason=str(error))
                )
                return tuple(court.said)
            watch.step(court.title(one))
        left -= len(asked)
        asked = list(islice(court.doubts(), left))
    return tuple(court.said)


class _Court:
    """What was said so far, and the articles as the model may see them."""

    def __init__(self, services: Services, of: Doubtful) -> None:
        self._services, self._of = services, of
        self._items = {item.article_id: item for item in (*of.placed, *of.pending)}
        self._reports: dict[str, Report | None] = {}
        dates = [item.published for item in self._items.values()]
        with services.database.reading() as connection:
            kept = kept_judgements(connection, min(dates), max(dates)) if dates else ()
        self.said = [each.judgement for each in kept if self._stands(each)]

    def title(self, article_id: str) -> str:
        """The headline of an article."""
        return self._items[article_id].title

    def doubts(self) -> Iterator[tuple[str, str]]:
        """The pairs that are in doubt and may be shown, the earlier article first."""
        for doubt in doubtful(
            self._of.pending, self._of.placed, self._services.settings.cluster, self.said
        ):
            one, other = sorted(
                (doubt.one, doubt.other), key=lambda key: (self._items[key].published, key)
            )
            if self._report(one) and self._report(other):
                yield one, other

    async def ask(self, engine: ModelEngine, one: str, other: str, tally: Tally) -> None:
        """Has the model judge a pair, and keeps what it says. Raises LlmError."""
        first, second = self._report(one), self._report(other)
        if first is None or second is None:
            return
        reply = await engine.llm.answer(judge_prompt(first, second))
        tally.counts["tokens_prompt"] += reply.prompt_tokens
        tally.counts["tokens_completion"] += reply.completion_tokens
        smaller, larger = sorted((one, other))
        judgement = Judgement(one=smaller, other=larger, same=says_same(reply), by=engine.model)
        kept = Kept(
            judgement=judgement,
            shown=self._shown(judgement),
            prompts=judge_digest(),
            asked=self._services.clock.now(),
        )
        with self._services.database.writing() as connection:
            keep_judgement(connection, kept)
        self.said.append(judgement)

    def _stands(self, kept: Kept) -> bool:
        pair = kept.judgement
        return (
            pair.one in self._items
            and pair.other in self._items
            and kept.shown == self._shown(pair)
        )

    def _shown(self, pair: Judgement) -> tuple[str, str]:
        one, other = (
            each.digest if each else ""
            for each in (self._report(pair.one), self._report(pair.other))
        )
        return one, other

    def _report(self, article_id: str) -> Report | None:
        if article_id not in self._reports:
            item, language = self._items[article_id], self._services.settings.analysis.language
            is_closed = article_id in self._of.closed
            self._reports[article_id] = (
                None if is_closed else report(item.title, item.published, item.lead, language)
            )
        return self._reports[article_id]
