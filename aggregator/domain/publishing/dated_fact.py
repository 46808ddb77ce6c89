"""What is to happen on a day, as a source or a catalogue states it."""

from __future__ import annotations

from datetime import date

from aggregator.domain.frozen import frozen


@frozen
class DatedFact:
    """Something that is to happen on a day. `key` stays while its day and its words change; `quote`
    are the words of `source` that state it, which stand at `url`. It concerns the story
    `story_id`, or what is called by one of `names`.
    """

    key: str
    day: date
    title: str
    quote: str
    source: str
    url: str
    story_id: str = ""
    names: tuple[str, ...] = ()
