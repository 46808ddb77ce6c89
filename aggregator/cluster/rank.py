"""The score of a story: points with their reasons in words.

Freshness is an addend without a clock, as in the "hot" rankings of news boards: days since 2020
over a time constant. All stories lose the same with each day that passes, so a newer story
overtakes an older one and no score must ever be computed anew because time went by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import log2

from aggregator.domain.article import Read
from aggregator.domain.source import Lane
from aggregator.domain.story import Member, RankReason

DAYS_PER_POINT = (
    2.0  # two days of age weigh one point: as much as a second origin, or twice the source weight
)
_ERA = datetime(2020, 1, 1, tzinfo=UTC)
_LANE_POINTS = {
    Lane.NEWS: 0.0,
    Lane.LAB: 0.0,
    Lane.LETTER: -0.5,
    Lane.COMMUNITY: -1.0,
    Lane.RELEASE: -1.5,
    Lane.PAPER: -1.5,
}
_LANE_NAMES = {
    Lane.LETTER: "told by letters only",
    Lane.COMMUNITY: "told by communities only",
    Lane.RELEASE: "a release, not news of one",
    Lane.PAPER: "a paper, not news of one",
}
_READ_POINTS = {
    Read.FULL: (0.0, "read in full"),
    Read.EXCERPT: (-1.0, "excerpts only"),
    Read.HEADLINE: (-2.5, "headlines only"),
}
_ANNOUNCED_AND_COVERED = 0.5
_ANNOUNCED_ONLY = -0.5


def ranking(members: Sequence[Member]) -> tuple[float, tuple[RankReason, ...]]:
    """The score of a story with these members, and its addends; those of zero points are left
    out.
    """
    originals = [member for member in members if member.copy_of is None] or list(members)
    addends = (
        _origins(originals),
        _weight(originals),
        _lane(originals),
        _read(members),
        _announcement(originals),
        _freshness(originals),
    )
    reasons = tuple(reason for reason in addends if reason.points)
    return round(sum(reason.points for reason in reasons), 3), reasons


def _origins(originals: Sequence[Member]) -> RankReason:
    """The second origin gives a point, and so does each doubling after it."""
    count = len({member.family for member in originals})
    what = "1 origin" if count == 1 else f"{count} independent origins"
    return RankReason(what=what, points=round(log2(count), 3))


def _weight(originals: Sequence[Member]) -> RankReason:
    """Each doubling of the best source's weight gives a point."""
    best = max(originals, key=lambda member: (member.weight, member.source_name))
    return RankReason(
        what=f"weight of {best.source_name}", points=round(log2(max(best.weight, 0.01)), 3)
    )


def _lane(originals: Sequence[Member]) -> RankReason:
    best = max((member.lane for member in originals), key=lambda lane: (_LANE_POINTS[lane], lane))
    return RankReason(what=_LANE_NAMES.get(best, best), points=_LANE_POINTS[best])


def _read(members: Sequence[Member]) -> RankReason:
    """The best-read member counts, copies too: their text can be cited."""
    points, what = max(_READ_POINTS[member.article.read] for member in members)
    return RankReason(what=what, points=points)


def _announcement(originals: Sequence[Member]) -> RankReason:
    announced, covered = (
        any(member.primary for member in originals),
        not all(member.primary for member in originals),
    )
    if announced and covered:
        return RankReason(
            what="announced by the vendor and covered by others", points=_ANNOUNCED_AND_COVERED
        )
    return RankReason(
        what="the vendor's own announcement only", points=_ANNOUNCED_ONLY if announced else 0.0
    )


def _freshness(originals: Sequence[Member]) -> RankReason:
    """By the newest original, so that a story rises again when somebody adds to it, and not when it
    is copied.
    """
    newest = max(member.article.published.at for member in originals)
    points = (newest - _ERA) / timedelta(days=DAYS_PER_POINT)
    return RankReason(what=f"published {newest.day} {newest:%B %Y}", points=round(points, 3))
