"""A labelled set as the anchors and the judge see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.domain.operation.calibration import LabelledClaim, LabelledSet, LabelledStory
from aggregator.verify.anchors.casing import Casing, casing_of
from aggregator.verify.anchors.check import objections
from aggregator.verify.anchors.index import Report, StoryIndex, story_index
from aggregator.verify.judge.premise import Cited, premise


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A labelled claim with the premise that the judge gets; None where the anchors refuse it."""

    claim: LabelledClaim
    for_fit: bool
    premise: str | None


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
