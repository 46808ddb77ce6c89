"""Judges of the pairs that words leave in doubt, and where the product puts articles if it may ask one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.cluster.assign import assigned, doubtful
from aggregator.cluster.item import ClusterItem
from aggregator.domain.judgement import Judgement
from aggregator.domain.settings import ClusterSettings

Judge = Callable[[ClusterItem, ClusterItem], bool]
"""Whether two articles report one event."""


def gold_judge(event_of: Mapping[str, str]) -> Judge:
    """The labels themselves: what the best of judges could do."""
    return lambda one, other: event_of[one.article_id] == event_of[other.article_id]


def always(answer: bool) -> Judge:
    """A judge that looks at nothing."""
    return lambda one, other: answer


@dataclass(slots=True)
class Asked:
    """A judge with what it was asked and said."""

    judge: Judge
    most_a_run: int
    judgements: list[Judgement] = field(default_factory=list)

    def placed(self, batches: Iterable[Sequence[ClusterItem]]) -> dict[str, ClusterItem]:
        """Where the product puts each article if they come in so many runs, each of which may ask so often."""
        here: dict[str, ClusterItem] = {}
        for batch in batches:
            self._ask(batch, here)
            decided = assigned(batch, tuple(here.values()), ClusterSettings(), None, self.judgements)
            here |= {item.article_id: item for item in batch}
            for each in decided:
                spot = here[each.article_id]
                here[each.article_id] = replace(spot, story_id=each.story_id, storyline=each.storyline, copy_of=each.copy_of)
        return here

    def _ask(self, batch: Sequence[ClusterItem], here: Mapping[str, ClusterItem]) -> None:
        items = {item.article_id: item for item in (*here.values(), *batch)}
        left = self.most_a_run
        while some := doubtful(batch, tuple(here.values()), ClusterSettings(), self.judgements)[:left]:
            for each in some:
                same = self.judge(items[each.one], items[each.other])
                self.judgements.append(Judgement(one=each.one, other=each.other, same=same, by="a judge"))
            left -= len(some)
