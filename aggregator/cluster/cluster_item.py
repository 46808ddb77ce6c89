"""What clustering needs to know of an article, and what it decides about it."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane


@frozen
class ClusterItem:
    """An article as clustering sees it. `story_id`, `storyline` and `copy_of` are set where an
    earlier run decided them.

    `lead` is the beginning of the text or the publisher's summary; `shingles` are the bytes of
    `sketch` of the whole text, empty where only an excerpt was had. `vector` is the headline's
    embedding (`ports.Embedder`), empty where there is none. `family` is who stands behind the
    source: two articles of one family are one voice.
    """

    article_id: str
    title: str
    lead: str
    published: datetime
    source_key: str
    family: str
    lane: Lane
    canonical_url: str
    shingles: bytes = b""
    vector: bytes = b""
    story_id: str | None = None
    storyline: str | None = None
    copy_of: str | None = None


@frozen
class Assignment:
    """The story an article belongs to, and why. `similarity` is 1 for a copy and 0 for the founder
    of a new story.

    `storyline` is the id of the story that opened the storyline of that story. `copy_of` is the
    article whose text it repeats, never itself a copy.
    """

    article_id: str
    story_id: str
    storyline: str
    similarity: float
    reason: str
    copy_of: str | None = None
