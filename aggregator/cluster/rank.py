"""The importance of a story, as a sum of few addends with their evidence, and its place on the
front page.

Importance knows no clock and no freshness. The front page goes by `score`: importance and
freshness, an addend without a clock as in the "hot" rankings of news boards, days since 2020 over a
time constant. All stories lose the same with each day that passes, so a newer story overtakes an
older one, and no score has to be computed again as time goes by.

The prominence of a story's subjects is measured by the weeks before its own, so that what comes
later changes no old page, and in whole doublings, since a count that grows by one should not write
pages again. What headlines and ledes say of importance are a story's signals: its kind of event,
who is in its headlines, the largest amount, and how much of it is about the subject.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from math import log2, log10
from pathlib import Path

from aggregator.domain.article import Article, Read
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import subject
from aggregator.domain.story import (
    Entity,
    Member,
    RankReason,
    Reason,
    Signals,
    voices,
    without_copies,
)
from aggregator.english.amounts import PEOPLE, dollars, sums, value
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.text import sentences

WEIGHTS = Path(__file__).with_name("importance.toml")
DAYS_PER_POINT = 1.5  # a story of the day before must be so much more important to stay above
_ERA = datetime(2020, 1, 1, tzinfo=UTC)
_SMALLEST_AMOUNT = 1e6  # dollars
_MOST_TENFOLD = 6.0
_READS = (Read.FULL, Read.EXCERPT, Read.HEADLINE)

Weights = Mapping[str, Mapping[str, float]]

REACH = timedelta(days=180)  # older coverage has faded
WIDE = 2  # independent origins of a widely covered story
MOST = 6  # doublings: about sixty stories in half a year


@frozen
class Ranking:
    """What a story is worth: the sum of its reasons, and the same with freshness."""

    importance: float
    score: float
    reasons: tuple[RankReason, ...]


@frozen
class Standing:
    """What importance needs to know besides a story's members and signals: how prominent its best
    subject is and what that is called, and how many newsletters carry it, or led with it.
    """

    level: int = 0
    actor: str = ""
    newsletters: int = 0
    led: int = 0


@cache
def shipped_weights() -> Weights:
    """The weights that `python -m tools.importance` fitted, and those that are set."""
    return tomllib.loads(WEIGHTS.read_text("utf-8"))


def ranking(
    members: Sequence[Member], signals: Signals, standing: Standing, weights: Weights
) -> Ranking:
    """The importance and score of a story, with the addends; those of zero points are left out."""
    originals = without_copies(members) or list(members)
    addends = (
        _event(signals, weights["event"]),
        RankReason(
            name=Reason.ACTOR,
            points=standing.level * weights["actor"]["doubling"],
            value=standing.actor,
            count=standing.level,
        ),
        _magnitude(signals, weights["magnitude"]["tenfold"]),
        RankReason(name=Reason.SUBJECT, points=signals.about * weights["subject"]["doubling"]),
        _origins(voices(originals, signals.subjects), weights["origins"]["doubling"]),
        _newsletters(standing, weights["newsletters"]["doubling"]),
        _community(signals, weights["community"]["tenfold"]),
        _weight(originals, weights["source"]["doubling"]),
        _read(members, weights["read"]),
        _announcement(originals, weights["announcement"]),
    )
    reasons = tuple(
        RankReason(name=one.name, points=round(one.points, 3), value=one.value, count=one.count)
        for one in addends
        if round(one.points, 3)
    )
    importance = round(sum(reason.points for reason in reasons), 3)
    score = round(importance + _freshness(originals), 3)
    return Ranking(importance=importance, score=score, reasons=reasons)


def features(
    members: Sequence[Member], signals: Signals, standing: Standing
) -> dict[tuple[str, str], float]:
    """What each fitted weight is multiplied with, by its table and key in the file of weights."""
    originals = without_copies(members) or list(members)
    return {
        **{("event", kind.value): share for kind, share in signals.kinds},
        ("actor", "doubling"): float(standing.level),
        ("magnitude", "tenfold"): _tenfold(signals.amount),
        ("subject", "doubling"): signals.about,
        ("origins", "doubling"): log2(voices(originals, signals.subjects)),
    }


def _event(signals: Signals, weights: Mapping[str, float]) -> RankReason:
    """Each kind counts as far as it is probable; the most probable one is named, with its
    percentage.
    """
    points = sum(share * weights[kind] for kind, share in signals.kinds)
    kind, share = signals.kinds[0] if signals.kinds else ("", 0.0)
    return RankReason(name=Reason.EVENT, points=points, value=str(kind), count=round(share * 100))


def _magnitude(signals: Signals, weight: float) -> RankReason:
    return RankReason(
        name=Reason.MAGNITUDE, points=_tenfold(signals.amount) * weight, value=signals.stated
    )


def _tenfold(amount: float) -> float:
    if amount < _SMALLEST_AMOUNT:
        return 0.0
    return min(_MOST_TENFOLD, log10(amount / _SMALLEST_AMOUNT))


def _origins(count: int, weight: float) -> RankReason:
    return RankReason(name=Reason.ORIGINS, points=log2(count) * weight, count=count)


def _newsletters(standing: Standing, weight: float) -> RankReason:
    """A newsletter that led with a story counts twice; the value is how many did, if any."""
    points = log2(1 + standing.newsletters + standing.led) * weight
    return RankReason(
        name=Reason.NEWSLETTERS,
        points=points,
        value=str(standing.led or ""),
        count=standing.newsletters,
    )


def _community(signals: Signals, weight: float) -> RankReason:
    return RankReason(
        name=Reason.COMMUNITY, points=log10(1 + signals.votes) * weight, count=signals.votes
    )


def _weight(originals: Sequence[Member], weight: float) -> RankReason:
    best = max(originals, key=lambda member: (member.weight, member.source_name))
    return RankReason(
        name=Reason.SOURCE, points=log2(max(best.weight, 0.01)) * weight, value=best.source_name
    )


def _read(members: Sequence[Member], weights: Mapping[str, float]) -> RankReason:
    """The best-read member counts, copies too: their text can be cited."""
    best = min((member.article.read for member in members), key=_READS.index)
    return RankReason(name=Reason.READ, points=weights.get(best.value, 0.0), value=best.value)


def _announcement(originals: Sequence[Member], weights: Mapping[str, float]) -> RankReason:
    if not any(member.primary for member in originals):
        return RankReason(name=Reason.ANNOUNCEMENT, points=0.0)
    key = "alone" if all(member.primary for member in originals) else "covered"
    return RankReason(name=Reason.ANNOUNCEMENT, points=weights[key], value=key)


def _freshness(originals: Sequence[Member]) -> float:
    """By the newest original, so that a story rises again when somebody adds to it, and not when it
    is copied.
    """
    newest = max(member.article.published.at for member in originals)
    return (newest - _ERA) / timedelta(days=DAYS_PER_POINT)


class Prominence:
    """How often each entity was the subject of widely covered stories, by time; `seeds` are the
    stories that the registry counts at the start of an archive.
    """

    def __init__(self, seeds: Mapping[str, int]) -> None:
        self._seeds = seeds
        self._covered: defaultdict[str, list[datetime]] = defaultdict(list)

    def add(self, subjects: Iterable[str], published: datetime, origins: int) -> None:
        """Counts a story if it was widely covered."""
        if origins >= WIDE:
            for key in subjects:
                insort(self._covered[key], published)

    def best(self, subjects: Iterable[str], published: datetime) -> tuple[int, str]:
        """The highest level among the subjects of a story, and whose it is; 0 and nobody for a
        story without one.
        """
        before = week_start(published)
        levels = [(self._level(key, before), key) for key in subjects]
        return min(levels, key=lambda pair: (-pair[0], pair[1]), default=(0, ""))

    def _level(self, key: str, before: datetime) -> int:
        covered = self._covered.get(key, [])
        count = bisect_left(covered, before) - bisect_left(covered, before - REACH)
        return min(MOST, int(log2(1 + count + self._seed(key))))

    def _seed(self, key: str) -> int:
        """A version of a model has the seed of its line: `gpt-5.1` that of `gpt`."""
        while key not in self._seeds and "-" in key:
            key = key.rpartition("-")[0]
        return self._seeds.get(key, 0)


def week_start(moment: datetime) -> datetime:
    """The beginning of a moment's ISO week, in UTC."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


_LEAST_SHARE = 0.02  # a kind less probable than this is not kept
_MOST_SUBJECTS = 6
_TOPICS_COUNTED = 3
_PRICED = (EventKind.FUNDING, EventKind.ACQUISITION)
_PERSON = 10.0  # dollars: a million users weigh as much as ten million dollars


def story_signals(
    articles: Sequence[Article],
    subjects: Iterable[Sequence[Entity]],
    topics: Sequence[Mapping[str, float]],
) -> Signals:
    """The signals of a story from its original articles; `subjects` are the entities of each
    headline, `topics` the points of each article's topics. None of a story that lost its articles.
    """
    if not articles:
        return Signals()
    ledes = [" ".join(article.text.split()[:LEDE_WORDS]) for article in articles]
    kinds = _kinds(
        [
            event_kinds(article.headline, lede, article.url)
            for article, lede in zip(articles, ledes, strict=True)
        ]
    )
    has_price = kinds[0][0] in _PRICED
    amount, stated = max(
        _amount(article.headline, lede, has_price=has_price)
        for article, lede in zip(articles, ledes, strict=True)
    )
    return Signals(
        kinds=kinds,
        subjects=tuple(
            sorted({entity.key for entity in chain.from_iterable(subjects)})[:_MOST_SUBJECTS]
        ),
        amount=amount,
        stated=stated,
        about=round(
            max(
                _about(f"{article.headline} {lede}", points)
                for article, lede, points in zip(articles, ledes, topics, strict=True)
            ),
            2,
        ),
    )


def _kinds(found: Sequence[Mapping[EventKind, float]]) -> tuple[tuple[EventKind, float], ...]:
    """The mean share of each kind over the articles, the highest first."""
    means = {kind: round(sum(one[kind] for one in found) / len(found), 3) for kind in EventKind}
    kept = [(kind, share) for kind, share in means.items() if share >= _LEAST_SHARE]
    return tuple(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def _amount(headline: str, lede: str, *, has_price: bool) -> tuple[float, str]:
    """The largest sum of money or number of people in a headline, in dollars, as it is written. Of
    an event that has a price its first sentence may say it; what else a lede counts is background.
    """
    found = [(dollars(one), one[0].strip()) for one in sums(headline)]
    found += [(value(one) * _PERSON, one[0].strip()) for one in PEOPLE.finditer(headline)]
    if has_price and not found:
        first = next(iter(sentences(lede)), "")
        found = [(dollars(one), one[0].strip()) for one in sums(first)]
    return max(found, default=(0.0, ""))


def _about(text: str, points: Mapping[str, float]) -> float:
    """How much of a report is about the subject: its best topics' points and its terms, in
    doublings from 0 up to about 4.
    """
    best = sorted(points.values(), reverse=True)[:_TOPICS_COUNTED]
    return log2(1.0 + sum(best) + subject().mentions(text))
