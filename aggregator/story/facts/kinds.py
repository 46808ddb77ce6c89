"""What kind a fact is and on which day, where its own words show it; what they do not show is left
as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from aggregator.domain.dates import DateMention, Precision, date_mentions, machine_date
from aggregator.domain.fact import FactKind
from aggregator.english.speech_acts import QUOTED
from aggregator.story.rules.choosing import says_why
from aggregator.story.rules.commitment import looks_ahead

_FIGURE = re.compile(r"\d")
_HAPPENED = (FactKind.EVENT, FactKind.CHANGE)


def evident_kind(given: FactKind, text: str, day: date | None, reported: date) -> FactKind:
    """The kind of a fact that was given as another: what is still to come is a plan, what stands in
    quotation marks a quotation, what has no figure no figure. `reported` is the day of its report.
    """
    is_ahead = looks_ahead(text) and (day is None or day > reported)
    if given in _HAPPENED and is_ahead and day is not None:
        return FactKind.PLAN
    if given is FactKind.PLAN and not is_ahead:
        return FactKind.EVENT
    if given in (FactKind.CONTEXT, FactKind.FIGURE) and QUOTED.search(text):
        return FactKind.QUOTE
    if given is FactKind.FIGURE and not _FIGURE.search(text):
        return FactKind.EFFECT if says_why(text) else FactKind.CONTEXT
    return given


def kind_of_sentence(text: str, day: date | None, reported: date, *, is_lead: bool) -> FactKind:
    """The kind of a sentence of a report, of which nobody said one."""
    if looks_ahead(text) and day is not None and day > reported:
        return FactKind.PLAN
    if QUOTED.search(text):
        return FactKind.QUOTE
    if says_why(text):
        return FactKind.EFFECT
    if is_lead:
        return FactKind.EVENT
    return FactKind.FIGURE if _FIGURE.search(text) else FactKind.CONTEXT


def evident_day(
    text: str, cited: Sequence[tuple[str, date]], given: str = ""
) -> tuple[date, Precision] | None:
    """The day of a fact as its own words state it; else the one that was given, if a passage states
    that; else none.

    `cited` are its passages, each with the day of its report; `given` is YYYY-MM-DD or YYYY-MM.
    """
    reported = max((day for _, day in cited), default=date.max)
    own = _first(date_mentions(text, reported))
    if own or not given:
        return own
    for passage, day in cited:
        for mention in date_mentions(passage, day):
            if machine_date(mention.day, mention.precision) == given.strip():
                return mention.day, mention.precision
    return None


def _first(mentions: Sequence[DateMention]) -> tuple[date, Precision] | None:
    return next(((each.day, each.precision) for each in mentions), None)
