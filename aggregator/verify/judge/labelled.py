"""A labelled set as the anchors and the judge see it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import LabelledClaim, LabelledSet, LabelledStory
from aggregator.verify.anchors.check import objections
from aggregator.verify.anchors.index import Report, StoryIndex, story_index
from aggregator.verify.judge.premise import Cited, premise
from aggregator.verify.wording import Casing, casing_of

_VERIFY = Path(__file__).parents[1]
_CODE = (
    *sorted(_VERIFY.glob("*.py")),
    *sorted((_VERIFY / "anchors").glob("*.py")),
    *(Path(__file__).with_name(name) for name in ("labelled.py", "premise.py")),
)


@frozen
class Case:
    """A labelled claim with the premise that the judge gets; None where the anchors refuse it."""

    claim: LabelledClaim
    for_fit: bool
    premise: str | None


def basis_digest(labelled: LabelledSet, code: Iterable[Path] = _CODE) -> str:
    """Sixteen figures that change with all that the outcomes of a judge depend on besides itself:
    the set, and the code that checks claims and shows premises.
    """
    digest = hashlib.sha256(labelled.digest.encode())
    for file in code:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cases(labelled: LabelledSet) -> Iterator[Case]:
    """The claims in the order of the set, as a page would have them checked: the archive whose
    casing the anchors read is all stories of the set.
    """
    archive = casing_of(
        text
        for story in labelled.stories.values()
        for article in story.articles
        for text in article.passages.values()
    )
    indexes = {name: _index(story, archive) for name, story in labelled.stories.items()}
    for claim in labelled.claims:
        story = labelled.stories[claim.story]
        is_refused = bool(objections(claim.text, indexes[claim.story]))
        yield Case(
            claim=claim,
            for_fit=story.for_fit,
            premise=None if is_refused else _premise(story, claim),
        )


def _index(story: LabelledStory, archive: Casing) -> StoryIndex:
    reports = [
        Report(
            source=article.source,
            day=article.day,
            title=article.passages[0],
            paragraphs=tuple(text for n, text in article.passages.items() if n > 0),
        )
        for article in story.articles
    ]
    return story_index(reports, story.headline, archive)


def _premise(story: LabelledStory, claim: LabelledClaim) -> str:
    articles = {
        str(place): Cited(source=article.source, day=article.day, passages=article.passages)
        for place, article in enumerate(story.articles)
    }
    return premise(articles, [(str(place), n) for place, n in claim.cited])
