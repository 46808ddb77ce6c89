"""What stories know of each other: their outlines, and which a reader of one may want next."""

from __future__ import annotations

from datetime import date, datetime

from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity


@frozen
class OutlineDate:
    """A dated row of a story's timeline as other stories see it.

    `words` are hashes of the words of its claim but for the date, sorted, four bytes each: a set
    takes fifteen times as much.
    """

    day: date
    precision: Precision
    this_event: bool
    words: bytes


@frozen
class Outline:
    """What other stories need to know of a story to be related to it, or to draw on its dates:
    small, and without its text.

    `subjects` are the keys of the entities that its headline names, `dates` the dated rows of its
    timeline; `names` are words that its headlines write as names and the registry need not know.
    """

    id: str
    slug: str
    published: datetime
    first_seen: datetime
    lane: Lane
    affairs: tuple[str, ...]
    independent_origins: int
    topics: tuple[str, ...]
    entities: tuple[Entity, ...]
    subjects: tuple[str, ...] = ()
    dates: tuple[OutlineDate, ...] = ()
    names: tuple[str, ...] = ()


@frozen
class Relation:
    """A story that a reader of another may want next, and why. `about` names what both speak of;
    empty for a step of the same affair.
    """

    story_id: str
    reason: str
    about: str = ""
