"""What was said of two articles when somebody was asked whether they report one event."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer about two articles, `one` the smaller id: whether they report one event, and who
    said so.
    """

    one: str
    other: str
    same: bool
    by: str
