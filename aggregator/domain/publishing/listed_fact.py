"""What a list that a plugin reads as data, such as a catalogue of models, states."""

from __future__ import annotations

from datetime import date

from aggregator.domain.frozen import frozen


@frozen
class ListedFact:
    """A value of a list: `text` says it in a sentence, `quote` is its line as it was read, at `url`
    of `source`, listed since `day`. `agrees` is whether it bears out a sentence that was asked
    about; None where it only answers.
    """

    text: str
    quote: str
    source: str
    url: str
    day: date
    agrees: bool | None = None
