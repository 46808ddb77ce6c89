"""The evidence of a story as a model sees it: numbered passages of its articles and of earlier
reports, fenced as data.

All of it together is within the model's context.
"""

from __future__ import annotations

import re

from aggregator.domain.article import Passage
from aggregator.domain.frozen import frozen

# Chat-template marks that a page may carry; DeepSeek's have full-width bars:
# <｜begin▁of▁sentence｜>.
_CONTROL = re.compile(
    r"<[|｜][^<>]{1,40}[|｜]>|<\|?/?\w+\|?>|\[/?INST\]|<<?/?SYS>?>", re.IGNORECASE
)


@frozen
class Numbered:
    """A passage and the number under which the model may name it; `text` is what the model reads,
    marks removed.
    """

    number: int
    passage: Passage
    text: str


@frozen
class EvidenceSource:
    """The chosen passages of one article."""

    name: str
    day: str
    passages: tuple[Numbered, ...]


@frozen
class Evidence:
    """All that a model sees of a story: its own articles, then what the archive has, numbered
    on.
    """

    sources: tuple[EvidenceSource, ...]
    archive: tuple[EvidenceSource, ...] = ()

    def numbered(self) -> dict[int, Passage]:
        """The passages by number."""
        return {
            passage.number: passage.passage
            for source in (*self.sources, *self.archive)
            for passage in source.passages
        }

    def earlier(self) -> frozenset[int]:
        """The numbers of the passages of the archive."""
        return frozenset(passage.number for source in self.archive for passage in source.passages)


def plain_text(text: str) -> str:
    """A passage without the marks by which chat templates tell who speaks."""
    return _CONTROL.sub(" ", text)
