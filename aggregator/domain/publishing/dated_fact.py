"""What is to happen on a day, as a story or a catalogue states it."""

from __future__ import annotations

from datetime import date

from aggregator.domain.frozen import frozen


@frozen
class DatedFact:
    """Something that is to happen on a day. `key` tells it from other facts, `about` is what it is
    about: of the same, one that is stated with another day has moved. `stated` are the words that
    state it, with their source; `url` is the page of ours, or its path, empty for that of its
    subject, and `origin` that of the source. `article` is the id of the article that states it,
    empty for a catalogue. `subjects` are the paths of the lists that it belongs to: "topic/law",
    "entity/openai".
    """

    key: str
    about: str
    day: date
    title: str
    stated: str
    url: str
    origin: str = ""
    article: str = ""
    subjects: tuple[str, ...] = ()
