"""Related stories: earlier ones a reader may want next, each with its reason; only strong ones.

Only a step of the same affair is called what happened before or next. What else shares a thing is
more about that thing: first where it is rare and in both headlines. Names that the registry lacks
are learnt from the casing of headlines, and are a reason while they are rare.

A story looks back only: at the steps of its affair before it whose headlines have a name of its
own, and at stories known before it that name the same rare thing; a company, a person and what
is named all the time are a reason only on the same topic. The one exception is what happened next,
the next step of its affair. So a new story gives one older page a line at most, and the others stay
as they were written. How rare a name is counts the stories known before, never later ones.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import log

from aggregator.domain.frozen import grouped
from aggregator.domain.outline import Outline, Relation
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind
from aggregator.templating.translation import IN_ENGLISH, Translations

MOST_RELATED = 4
_EARLIER_STEPS = 2
_MOST_SAME = 2  # stories for the same reason: the latest two of a company say more than four
_LOOKED_AT = (
    12  # newest stories of a name: the cost of a story stays the same however large the archive is
)
_NAMES = 5  # of a story, most mentioned first; the others are mentioned in passing
_HALF_LIFE = timedelta(days=30)
_REACH = timedelta(days=180)
_ONLY_ON_TOPIC = frozenset({EntityKind.COMPANY, EntityKind.PERSON})
_RARE = (5, 0.02)  # a name is rare in so many of the stories before, or in that share of them
_CLOSE = 0.005  # the share of the stories before that names what makes two stories close
_STRONG = 2.0  # a thing that one of fifteen stories names, a month ago
_WORTH = {
    EntityKind.MODEL: 1.5,
    EntityKind.PRODUCT: 1.5,
    EntityKind.REGULATION: 1.5,
    EntityKind.PERSON: 1.0,
    EntityKind.COMPANY: 1.0,
    EntityKind.DATASET: 1.0,
    EntityKind.VENUE: 0.0,
}
_WORTH_LEARNT = 0.8


def related_stories(
    outlines: Iterable[Outline], words: Translations = IN_ENGLISH
) -> dict[str, tuple[Relation, ...]]:
    """The stories related to each story, by its id: steps of its affair first, then by
    strength.
    """
    ordered = sorted(
        outlines, key=lambda outline: (outline.first_seen, outline.published, outline.id)
    )
    akin = _akin(ordered)
    known = _Known(words)
    found: dict[str, tuple[Relation, ...]] = {}
    for story in ordered:
        before = _steps(story, akin[story.id], words)
        others = known.related(story, {relation.story_id for relation in before})
        found[story.id] = (*before, *others)[:MOST_RELATED]
        known.add(story)
    return found


def _akin(stories: Sequence[Outline]) -> dict[str, list[Outline]]:
    """Of each story the others of its affair whose headlines have a name of its own, the oldest
    first.
    """
    marked = grouped((mark, story) for story in stories for mark in story.affairs)
    found: dict[str, list[Outline]] = {}
    for story in stories:
        others = {other.id: other for mark in story.affairs for other in marked[mark]}
        steps = [other for other in others.values() if other != story and _is_step(other, story)]
        found[story.id] = sorted(steps, key=_by_date)
    return found


def _steps(story: Outline, akin: Sequence[Outline], words: Translations) -> tuple[Relation, ...]:
    """The next step and the last steps before."""
    earlier = [other for other in akin if not _is_later(other, story)]
    following = next((other for other in akin if _is_later(other, story)), None)
    return (
        *(() if following is None else (_following(following, words),)),
        *(_earlier(other, words) for other in reversed(earlier[-_EARLIER_STEPS:])),
    )


def _is_later(other: Outline, story: Outline) -> bool:
    return _by_date(other) > _by_date(story)


def _by_date(story: Outline) -> tuple[datetime, str]:
    return story.published, story.id


def _is_step(one: Outline, other: Outline) -> bool:
    """Whether the headlines of two stories of an affair have a name in common: with less, one is
    not known to follow from the other.
    """
    return not {*one.subjects, *one.names}.isdisjoint({*other.subjects, *other.names})


def _following(story: Outline, words: Translations) -> Relation:
    day = words.day(story.published.date())
    return Relation(story_id=story.id, reason=words("what happened next, %(day)s", day=day))


def _earlier(story: Outline, words: Translations) -> Relation:
    day = words.day(story.published.date())
    return Relation(story_id=story.id, reason=words("what happened before, %(day)s", day=day))


class _Known:
    """The stories so far, by what they speak of. Releases keep to themselves: there is one every
    day.
    """

    def __init__(self, words: Translations) -> None:
        self._words = words
        self._count = 0
        self._naming: dict[tuple[str, bool], int] = {}
        self._newest: dict[tuple[str, bool], deque[Outline]] = {}

    def add(self, story: Outline) -> None:
        """Has later stories look at this one."""
        self._count += 1
        for name in _names(story):
            key = _key(name, story)
            self._naming[key] = self._naming.get(key, 0) + 1
            self._newest.setdefault(key, deque(maxlen=_LOOKED_AT)).append(story)

    def related(self, story: Outline, but: set[str]) -> tuple[Relation, ...]:
        """The strongest of the stories so far that speak of the same, without those named
        already.
        """
        points: dict[str, float] = {}
        named: dict[str, list[str]] = {}
        shared: dict[str, tuple[bool, float, str]] = {}
        published: dict[str, datetime] = {}
        for name in _names(story):
            key = _key(name, story)
            naming = self._naming.get(key, 0)
            is_close = naming <= max(1, _CLOSE * self._count)
            is_rare = self._is_rare(name, naming) or (is_close and isinstance(name, str))
            if isinstance(name, str) and not is_close:
                continue
            rarity = log((self._count + 1) / (naming + 1))
            written = name if isinstance(name, str) else name.name
            for other in self._newest.get(key, ()):
                worth = rarity * _worth(name) * _nearness(story, other)
                if (
                    other.id in but
                    or other.slug == story.slug
                    or not worth
                    or not (is_rare or _share_topic(story, other))
                ):
                    continue
                points[other.id] = points.get(other.id, 0.0) + worth
                named.setdefault(other.id, []).append(written)
                published[other.id] = other.published
                are_close = is_close and _is_subject(name, story) and _is_subject(name, other)
                if not are_close and not _is_subject(name, other):
                    continue
                found = are_close, worth, written
                if other.id not in shared or found[:2] > shared[other.id][:2]:
                    shared[other.id] = found
        ranked = sorted(points, key=lambda story_id: (-round(points[story_id], 6), story_id))
        strong = [
            story_id for story_id in ranked if points[story_id] >= _STRONG and story_id in shared
        ]
        chosen = _varied(
            sorted(strong, key=lambda story_id: not shared[story_id][0]),
            lambda story_id: tuple(named[story_id][:2]),
        )
        return tuple(
            Relation(
                story_id=story_id,
                reason=_reason(
                    [name for name in named[story_id] if name != shared[story_id][2]],
                    published[story_id],
                    self._words,
                ),
                about=shared[story_id][2],
            )
            for story_id in chosen
        )

    def _is_rare(self, name: Entity | str, naming: int) -> bool:
        """Whether few stories so far speak of a thing; a company and a person do many things."""
        return (
            isinstance(name, Entity)
            and naming <= max(_RARE[0], _RARE[1] * self._count)
            and name.kind not in _ONLY_ON_TOPIC
        )


def _is_subject(name: Entity | str, story: Outline) -> bool:
    """Whether the headline of a story has a name."""
    return isinstance(name, str) or name.key in story.subjects


def _names(story: Outline) -> tuple[Entity | str, ...]:
    return (*story.entities[:_NAMES], *story.names)


def _key(name: Entity | str, story: Outline) -> tuple[str, bool]:
    """What a name is counted under; that of an entity is no learnt one."""
    key = f"'{name.lower()}" if isinstance(name, str) else name.key
    return key, story.lane is Lane.RELEASE


def _worth(name: Entity | str) -> float:
    return _WORTH_LEARNT if isinstance(name, str) else _WORTH[name.kind]


def _nearness(story: Outline, other: Outline) -> float:
    apart = abs(story.published - other.published)
    return 0.5 ** (apart / _HALF_LIFE) if apart <= _REACH else 0.0


def _share_topic(story: Outline, other: Outline) -> bool:
    """Whether two stories have a topic in common."""
    return not set(story.topics).isdisjoint(other.topics)


def _reason(names: Sequence[str], published: datetime, words: Translations) -> str:
    """The first two things that both speak of and the day of the other; the day alone where they
    speak of nothing but what its heading names.
    """
    day = words.day(published.date())
    if not names:
        return day
    one, *more = names
    return (
        words("also mentions %(name)s and %(other)s, %(day)s", name=one, other=more[0], day=day)
        if more
        else words("also mentions %(name)s, %(day)s", name=one, day=day)
    )


def _varied(stories: Iterable[str], reason: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The first ones, of which not too many have the same reason."""
    reasons = Counter[tuple[str, ...]]()
    chosen = []
    for story in stories:
        reasons[reason(story)] += 1
        if reasons[reason(story)] <= _MOST_SAME:
            chosen.append(story)
    return tuple(chosen[:MOST_RELATED])
