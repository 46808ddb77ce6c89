"""Which claims of the labelled set a judge is asked of, and when it was asked enough. Pure.

A calibration looks at its outcomes after 10, 20 and 32 stories, which are drawn by lot:
all their false claims, as a bound rests on these, and five true ones. It is over at the first look
where more claims could bring back few true sentences. Each look may be wrong by a share of its own,
which add up to what one look at the end could be wrong by (alpha spending), so that looking early
costs no safety.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import LabelledClaim, LabelledSet

LOOKS = (10, 20, 32)  # stories; all 48 would keep one to three true sentences in a hundred more
_TRUE_CLAIMS = 5  # of a story


def slices(labelled: LabelledSet) -> Iterator[tuple[LabelledClaim, ...]]:
    """The claims that are asked up to each look, those of the looks before it among them."""
    stories = sorted(labelled.stories, key=sha256_of)
    for look in LOOKS:
        if look < LOOKS[-1] and look >= len(stories):
            continue
        yield tuple(_asked(labelled, frozenset(stories[:look])))


def further(labelled: LabelledSet, asked: Collection[LabelledClaim]) -> tuple[LabelledClaim, ...]:
    """The true claims that were not asked: the alarm of a writer compares its drafts with them."""
    return tuple(claim for claim in labelled.claims if claim.is_true and claim not in asked)


def _asked(labelled: LabelledSet, stories: frozenset[str]) -> Iterator[LabelledClaim]:
    """The claims on these stories that are asked, in the order of the set."""
    true: dict[str, list[str]] = {story: [] for story in stories}
    for claim in labelled.claims:
        if claim.is_true and claim.story in stories:
            true[claim.story].append(claim.text)
    drawn = {(story, text) for story, texts in true.items() for text in _lot(texts)}
    for claim in labelled.claims:
        if claim.story in stories and (not claim.is_true or (claim.story, claim.text) in drawn):
            yield claim


def _lot(texts: list[str]) -> list[str]:
    return sorted(texts, key=sha256_of)[:_TRUE_CLAIMS]
