"""Whether two articles report one event, as a model or a person judged it."""

from __future__ import annotations

from aggregator.domain.frozen import frozen


@frozen
class Judgement:
    """A judgement on two articles, `one` the smaller id: whether they report one event, and who
    judged.
    """

    one: str
    other: str
    same: bool
    by: str
