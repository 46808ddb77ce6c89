"""Which other stories' dates belong in a story's timeline, decided by their outlines.

They are of its affair, or on a dated fact it looks back at; what they state is not looked at here.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import nsmallest

from aggregator.domain.dates import Precision, machine_date
from aggregator.domain.frozen import grouped
from aggregator.domain.outline import Outline, OutlineDate
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.lexical import content_words, overlap
from aggregator.memory.timeline import OF_ALL_NEWS, SAME, is_within, packed_words

_MOST_OTHERS = 8  # stories of each kind that a timeline draws on: more rows than it can show
_LATEST = 30  # stories of one entity and one date that a fact is looked for in
# of all stories, and at least so many: a word in more of their events says nothing of the matter
_COMMON, _FEWEST_COMMON = 0.01, 30


def timeline_sources(outlines: Iterable[Outline]) -> dict[str, tuple[str, ...]]:
    """For each story, by id, the ids of the others whose dates belong in its timeline.

    They are the most reported stories of its affair that name an entity of its own and are of
    the same matter, and the earlier stories whose event is in a row of its own. What else those
    did whom it names is no step of it.
    """
    found: dict[str, tuple[str, ...]] = {}
    ordered = sorted(outlines, key=lambda story: (story.published, story.id))
    archive = _Archive(ordered)
    marked = grouped((mark, story) for story in ordered for mark in story.affairs)
    for story in ordered:
        others = (
            *archive.of_affair(story, [o for mark in story.affairs for o in marked[mark]]),
            *archive.referred(story),
        )
        found[story.id] = tuple(dict.fromkeys(other.id for other in others))
        archive.add(story)
    return found


class _Archive:
    """The stories before one, by the date of their event; which words are common counts all
    `stories`.
    """

    def __init__(self, stories: Sequence[Outline]) -> None:
        words = Counter(word for story in stories for word in _matter(story))
        most = max(_FEWEST_COMMON, _COMMON * len(stories))
        self._common = _NEWS | {word for word, count in words.items() if count > most}
        self._dated: dict[tuple[str, str], list[Outline]] = defaultdict(list)

    def add(self, story: Outline) -> None:
        """Has later stories find this one by its day."""
        for event in _events(story):
            for key in (entity.key for entity in story.entities):
                for precision in Precision:
                    self._dated[key, machine_date(event.day, precision)].append(story)

    def of_affair(self, story: Outline, affair: Sequence[Outline]) -> Sequence[Outline]:
        """The most reported others of its affair that are of the same matter."""
        akin = (o for o in affair if _is_akin(o, story) and self._is_on_matter(o, story))
        return nsmallest(_MOST_OTHERS, akin, key=_fame)

    def referred(self, story: Outline) -> Iterator[Outline]:
        """Those whose event is what a row of this one tells."""
        for row in story.dates:
            for key in (entity.key for entity in story.entities if not row.this_event):
                for other in self._dated.get((key, machine_date(row.day, row.precision)), ())[
                    -_LATEST:
                ]:
                    if any(
                        is_within(event, row) and _is_same(event, row, other)
                        for event in _events(other)
                    ):
                        yield other

    def _is_on_matter(self, other: Outline, story: Outline) -> bool:
        """Whether two events share a word that is neither the name of an entity in them nor common
        in the archive or in all news.
        """
        return not self._own_matter(other).isdisjoint(self._own_matter(story))

    def _own_matter(self, story: Outline) -> frozenset[int]:
        return _matter(story) - _named(story.entities) - self._common


def _named(entities: Iterable[Entity]) -> frozenset[int]:
    return _hashes(packed_words(word for entity in entities for word in content_words(entity.name)))


def _matter(story: Outline) -> frozenset[int]:
    return frozenset().union(*(_hashes(event.words) for event in _events(story)))


def _is_akin(other: Outline, story: Outline) -> bool:
    mine = {entity.key for entity in story.entities}
    return other is not story and any(entity.key in mine for entity in other.entities)


def _events(story: Outline) -> Iterator[OutlineDate]:
    return (row for row in story.dates if row.this_event)


def _fame(story: Outline) -> tuple[int, float, str]:
    return (-story.independent_origins, -story.published.timestamp(), story.id)


def _is_same(event: OutlineDate, row: OutlineDate, other: Outline) -> bool:
    """Whether a row tells the event of another story: half of the shorter's words, and more than
    who is in it.

    Names are enough where the event is told with nothing else, but those of companies.
    """
    mentioned, common = _hashes(event.words), _hashes(event.words) & _hashes(row.words)
    names = mentioned - _named(
        entity for entity in other.entities if entity.kind is EntityKind.COMPANY
    )
    is_more = bool(common - _named(other.entities)) or bool(names and names <= common)
    return is_more and overlap(mentioned, _hashes(row.words)) >= SAME


@lru_cache(maxsize=1_024)
def _hashes(packed: bytes) -> frozenset[int]:
    found = array("I")
    found.frombytes(packed)
    return frozenset(found)


_NEWS = _hashes(packed_words(OF_ALL_NEWS))
