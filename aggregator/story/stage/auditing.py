"""An audit: a person checks a random sample of what a model wrote, as it came to the judge, beside
the passages that it cites. What is found of each draft is kept at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import WrittenDraft
from aggregator.services import Services
from aggregator.store.news import stories
from aggregator.store.writing.drafts import keep_truth, unchecked
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import with_texts
from aggregator.verify.judge.premise import premise_of


@frozen
class ShownDraft:
    """A draft for a person to check, with what its story is headed and what the judge would see."""

    key: str
    text: str
    headline: str
    premise: str


def drafts_to_check(services: Services, writer: str, *, is_inferred: bool) -> Iterator[ShownDraft]:
    """The unchecked drafts of a writer in random order, as far as their passages are still kept."""
    with services.database.reading() as connection:
        waiting = unchecked(connection, writer, is_inferred=is_inferred)
    for key, draft in waiting:
        shown = _shown(services, key, draft)
        if shown:
            yield shown


def keep_finding(services: Services, shown: ShownDraft, *, is_true: bool) -> None:
    """Keeps what a person found of a draft."""
    with services.database.writing(durable=True) as connection:
        keep_truth(connection, shown.key, is_true=is_true)


def _shown(services: Services, key: str, draft: WrittenDraft) -> ShownDraft | None:
    with services.database.reading() as connection:
        bare = stories.stories_by_id(connection, [draft.story_id])
        story = next(iter(with_texts(connection, services, bare)), None)
        if story is None or not story.members:
            return None
        story = with_background(connection, services, story)
    cited = tuple(Citation(passage=passage, quote="") for passage in draft.cited)
    premise = premise_of(story, Claim(text=draft.text, kind=ClaimKind.WRITTEN, citations=cited))
    headline = story.members[0].article.title
    return (
        ShownDraft(key=key, text=draft.text, headline=headline, premise=premise)
        if premise
        else None
    )
