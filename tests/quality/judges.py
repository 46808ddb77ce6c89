"""Judges of the pairs that words leave in doubt, and where the product puts articles if it may ask
one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.adapters.judge import openai_judge
from aggregator.cluster.assign import assignments, undecided_pairs
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.same_event import CLAIM, both_reports, shown_article, tells_same
from aggregator.domain.article import Judgement
from aggregator.domain.settings import ClusterSettings, OpenAiSettings

Judge = Callable[[ClusterItem, ClusterItem], bool]
"""Whether two articles report one event."""


def gold_judge(event_of: Mapping[str, str]) -> Judge:
    """The labels themselves: what the best of judges could do."""
    return lambda one, other: event_of[one.article_id] == event_of[other.article_id]


def always(answer: bool) -> Judge:
    """A judge that looks at nothing."""
    return lambda one, other: answer


def once(judge: Judge) -> Judge:
    """The judge, who is asked about a pair once however often it comes up."""
    said: dict[frozenset[str], bool] = {}

    def judged(one: ClusterItem, other: ClusterItem) -> bool:
        pair = frozenset((one.article_id, other.article_id))
        if pair not in said:
            said[pair] = judge(one, other)
        return said[pair]

    return judged


def model_judge(address: str) -> Judge:
    """The first model behind an address of OpenAI's API, asked as the product asks."""
    runner = asyncio.Runner()
    asked = openai_judge(OpenAiSettings(base_url=address), "auto")
    runner.run(asked.facts())

    def judge(one: ClusterItem, other: ClusterItem) -> bool:
        pair = sorted((one, other), key=lambda item: (item.published, item.article_id))
        first, second = (
            shown_article(item.title, item.published, item.lead, "en") for item in pair
        )
        return (
            first is not None
            and second is not None
            and tells_same(runner.run(asked.supports(both_reports(first, second), CLAIM)))
        )

    return judge


@dataclass(slots=True)
class Asked:
    """A judge with what it was asked and said."""

    judge: Judge
    most_a_run: int
    judgements: list[Judgement] = field(default_factory=list)

    def placed(self, batches: Iterable[Sequence[ClusterItem]]) -> dict[str, ClusterItem]:
        """Where the product puts each article if they come in so many runs, each of which may ask
        so often.
        """
        here: dict[str, ClusterItem] = {}
        for batch in batches:
            self._ask(batch, here)
            decided = assignments(
                batch, tuple(here.values()), ClusterSettings(), None, self.judgements
            )
            here |= {item.article_id: item for item in batch}
            for assignment in decided:
                spot = here[assignment.article_id]
                here[assignment.article_id] = replace(
                    spot,
                    story_id=assignment.story_id,
                    storyline=assignment.storyline,
                    copy_of=assignment.copy_of,
                )
        return here

    def _ask(self, batch: Sequence[ClusterItem], here: Mapping[str, ClusterItem]) -> None:
        items = {item.article_id: item for item in (*here.values(), *batch)}
        left = self.most_a_run
        while some := undecided_pairs(
            batch, tuple(here.values()), ClusterSettings(), self.judgements
        )[:left]:
            for doubt in some:
                same = self.judge(items[doubt.one], items[doubt.other])
                self.judgements.append(
                    Judgement(one=doubt.one, other=doubt.other, same=same, by="a judge")
                )
            left -= len(some)
