"""What a section of a story's analysis is: what it holds, where it stands, and by which rules it is
shown.

The sections themselves are the fields of `domain.claim.Draft`, in the order of the page; what fills
them stands in `story.sections`.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import frozen


class Content(StrEnum):
    """What a section holds: one claim or none, plain claims, or claims with facts of their own."""

    CLAIM = "claim"
    CLAIMS = "claims"
    ACTIONS = "actions"
    AUDIENCES = "audiences"
    IMPLICATIONS = "implications"
    TIMELINE = "timeline"
    DISAGREEMENTS = "disagreements"


class SectionPlace(StrEnum):
    """Where a section stands on the page, from top to bottom.

    Feeds have what stands before the tables. Of an article's share, brief and open questions take
    theirs first, then the tables, then the rest.
    """

    OPENING = "opening"
    BRIEF = "brief"
    POINTS = "points"  # after the brief, before the tables
    DEPTH = "depth"  # after the tables
    OPEN = "open"


class SourceNaming(StrEnum):
    """Which statements of a model name their origin where it is the only one."""

    NEVER = "never"
    FIGURES = "figures"
    ALWAYS = "always"


@frozen
class Section:
    """A section: `key` is its name in the store and in JSON.

    `heading` is a message, `heading_alone` the one on a page that nothing sums up, if it differs.
    `attribute` has its claims stand as rows of that name in the JSON of the
    specification. `recalls`: its claims may rest on earlier reports alone, and are then dated. One
    of which the share leaves fewer than `fewest` is left out; `is_ranked`: the first claim matters
    most. One of a plugin may have a `template`, which knows it as `shown`; whose it is, is filled
    in.
    """

    content: Content
    place: SectionPlace
    heading: str = ""
    heading_alone: str = ""
    key: str = ""
    naming: SourceNaming = SourceNaming.NEVER
    recalls: bool = False
    fewest: int = 1
    is_ranked: bool = False
    attribute: str = ""
    template: str = ""
    plugin: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is a list of claims that stands on the page under a heading of its own."""
        return self.content is Content.CLAIMS and self.place in (
            SectionPlace.POINTS,
            SectionPlace.DEPTH,
        )

    @property
    def is_key(self) -> bool:
        """Whether it states the news itself: who says so is named, a second origin added."""
        return self.naming is not SourceNaming.NEVER

    @property
    def is_before_tables(self) -> bool:
        """Whether feeds have it, too."""
        return self.place in (SectionPlace.BRIEF, SectionPlace.POINTS)

    @property
    def comes_first(self) -> bool:
        """Whether it takes of an article's share before the tables do."""
        return self.place in (SectionPlace.OPENING, SectionPlace.BRIEF, SectionPlace.OPEN)


def holding(section: Section) -> Any:
    """A field of a dataclass that holds the items of this section; none by default."""
    return field(default=(), metadata={"section": section})
