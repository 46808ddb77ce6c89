"""How things stand: of each kind of event the newest that the stories of a listing tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.wording import N_
from aggregator.english.amounts import sums_of_money
from aggregator.english.event_kind import EventKind
from aggregator.site.lists.leads import RECENT, STALE
from aggregator.site.lists.lines import StoryLine, by_score
from aggregator.templating.translation import Translations

_LASTING = timedelta(days=365)  # what is large stays so for longer: a round of last autumn
# kinds of events that are one row, those of the first group before those of the second
MONEY_KINDS = frozenset({EventKind.FUNDING, EventKind.ACQUISITION})
_LATEST: dict[str, tuple[frozenset[EventKind], ...]] = {
    N_("Product news"): (
        frozenset({EventKind.MODEL_RELEASE}),
        frozenset({EventKind.PRODUCT}),
    ),
    N_("Money"): (MONEY_KINDS,),
    N_("Law and disputes"): (frozenset({EventKind.LAW}),),
    N_("Incident"): (frozenset({EventKind.INCIDENT, EventKind.OUTAGE}),),
    N_("People"): (frozenset({EventKind.PEOPLE}),),
}


@frozen
class LatestRow:
    """The newest of one kind that is known of an entity: what it is, in words of its source, and
    since when. `path` leads to a story of ours, `url` to the source; `story` is its id, if any.
    """

    name: str
    text: str
    lang: str
    path: str
    url: str
    source: str
    day: str
    machine: str
    story: str = ""


def latest_events(
    lines: Iterable[StoryLine],
    newest: datetime,
    zone: tzinfo,
    words: Translations,
    lasting: frozenset[EventKind] = frozenset(),
) -> tuple[LatestRow, ...]:
    """Of each kind of event the last story that surely is of that kind, if it is of the months
    before `newest`, the last story of the page; of `lasting` kinds that of a year with the largest
    sum of money.
    """
    sure = [line for line in lines if line.is_kind_sure and newest - line.published <= _LASTING]
    of_months = [line for line in sure if newest - line.published <= STALE]
    rows = (
        (words(name), _largest(sure, kinds[0]) if kinds[0] <= lasting else _last(of_months, kinds))
        for name, kinds in _LATEST.items()
    )
    return tuple(
        LatestRow(
            name=name,
            text=line.headline,
            lang=line.lang,
            path="" if line.url else line.path,
            url=line.url,
            source=line.source,
            day=words.day(local_day(line.published, zone)),
            machine=local_day(line.published, zone).isoformat(),
            story=line.id,
        )
        for name, line in rows
        if line
    )


def _last(lines: Iterable[StoryLine], kinds: Sequence[Collection[EventKind]]) -> StoryLine | None:
    """Of the newest month that has any of these kinds, one of the first group that it has: the most
    important and fresh.
    """
    of_kind = [line for line in lines if any(line.kind in group for group in kinds)]
    newest = max((line.published for line in of_kind), default=None)
    recent = [line for line in of_kind if newest and newest - line.published <= RECENT]
    ranked = by_score(recent)
    return next((line for group in kinds for line in ranked if line.kind in group), None)


def _largest(lines: Iterable[StoryLine], kinds: Collection[EventKind]) -> StoryLine | None:
    """Of these kinds the one with the largest sum in its headline; equals as by score."""
    of_kind = by_score(line for line in lines if line.kind in kinds)
    return max(
        of_kind, key=lambda line: min(sums_of_money(line.headline), default=0.0), default=None
    )
