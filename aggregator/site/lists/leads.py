"""Which stories a listing opens with: the freshest of the best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from aggregator.domain.frozen import frozen
from aggregator.domain.source import SIDE_LANES
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.site.lists.lines import StoryLine, by_time, summarised_first, varied, without

STALE = timedelta(days=120)  # before the newest story: the last release then is no news
RECENT = timedelta(days=30)  # a launch is not past because a lesser one followed
_NEW = timedelta(days=7)  # what is going on: it leads over greater news of the weeks before
_LEADS = 4
EDITION_LEADS = 5
_PER_SOURCE, _PER_TOPIC = 2, 3  # of the leads of an edition


def edition_leads(lines: Iterable[StoryLine], most: int = EDITION_LEADS) -> tuple[StoryLine, ...]:
    """The stories that lead an edition, and its draft before it: the first `most` that may lead,
    few of one source alone or of one topic. What somebody thinks leads no edition.
    """
    news = (
        line for line in lines if line.leads and (line.pinned or line.kind is not EventKind.OPINION)
    )
    return varied(news, most, _PER_SOURCE, per_topic=_PER_TOPIC)


@frozen
class _Order:
    """How stories stand to the newest one of a listing; `passing` are the ids of those that are
    about something else. What the operator pinned is as new as it.
    """

    newest: datetime
    passing: Collection[str]

    def age(self, line: StoryLine) -> timedelta:
        """How much older than the newest."""
        return timedelta() if line.pinned else self.newest - line.published

    def span(self, line: StoryLine) -> tuple[bool, ...]:
        """Of which months it is, those about something else behind the others."""
        age = self.age(line)
        return age > STALE, line.id in self.passing and not line.pinned, age > RECENT

    def place(self, line: StoryLine) -> tuple[bool, ...]:
        """Within these, the last week goes before the rest of the month."""
        return *self.span(line), self.age(line) > _NEW

    def fitness(self, line: StoryLine) -> tuple[bool, ...]:
        """Its place as the first lead: of the month's one with a summary; of the last week or,
        without one, of two.
        """
        age = self.age(line)
        return *self.span(line), line.hook is None, age > _NEW, age > 2 * _NEW

    def sorted(self, lines: Iterable[StoryLine]) -> list[StoryLine]:
        """Those of the last week, then those of the last month and of the months before, then
        those about something else, then older ones; each in the order given, with those that have
        a summary before the others near them.
        """
        spans = groupby(sorted(lines, key=self.place), key=self.place)
        return [line for _, span in spans for line in summarised_first(list(span), _LEADS)]


def listing_leads(
    ranked: Sequence[StoryLine], standing: Collection[str], passing: Collection[str]
) -> tuple[StoryLine, ...]:
    """The stories that lead a listing: the best of the last week, then those of the month and of
    the months before, and none that stands at a glance (by its id) or, beside those, an older one;
    where they are few, papers and releases with a sentence follow them. The fittest comes first,
    the others by date.
    """
    order = _Order(newest=last_published(ranked), passing=passing)
    may_lead = [line for line in ranked if line.leads] or [line for line in ranked if line.hook]
    fresh = order.sorted([line for line in may_lead if line.id not in standing] or may_lead)
    various = varied(fresh, _LEADS)
    papers = [
        line
        for line in without(ranked, fresh)
        if line.hook and line.lane in SIDE_LANES and line.kind not in NO_NEWS
    ]
    beside = order.sorted(line for line in papers if line.id not in standing)
    chosen = (*various, *without(fresh, various), *beside)[:_LEADS]
    of_months = [line for line in chosen if order.age(line) <= STALE]
    first = sorted(of_months or chosen, key=order.fitness)[:1]
    return (*first, *by_time(without(of_months or chosen, first)))


def freshest_first(
    lines: Sequence[StoryLine], newest: datetime, passing: Collection[str] = ()
) -> list[StoryLine]:
    """The lines by their span of time, those of the last week first."""
    return _Order(newest=newest, passing=passing).sorted(lines)


def last_published(lines: Iterable[StoryLine]) -> datetime:
    """When the newest of some stories was published; the first of all days without any."""
    return max((line.published for line in lines), default=datetime.min.replace(tzinfo=UTC))
