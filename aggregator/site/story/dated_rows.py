"""The rows of a timeline as pages show them, with the outcomes of what was planned."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.domain.claim import Implication, TimelineRow
from aggregator.domain.dates import floor_day, machine_date
from aggregator.domain.prediction import SCORED
from aggregator.memory.timeline import StoryRow
from aggregator.site.head import Link
from aggregator.site.paths import story_path
from aggregator.site.story.cited import Citations
from aggregator.site.story.implications import OUTCOME_NAMES
from aggregator.site.story.records import PageDate
from aggregator.templating.translation import Translations


def is_expected(row: TimelineRow, implications: Iterable[Implication]) -> bool:
    """Whether a planned row is among what a page expects, where its outcome stands too."""
    return row.planned and any(_is_cited(row, implication) for implication in implications)


def page_date(
    row: StoryRow, cited: Citations, words: Translations, *, is_own: bool = False
) -> PageDate:
    """A row of a timeline; it `is_own` where it comes from the story of the page itself."""
    date, story = row.row, row.published.story
    settled = next(
        (
            prediction
            for prediction in story.predictions
            if prediction.outcome in SCORED and _foresees(prediction.implication, date)
        ),
        None,
    )
    return PageDate(
        day=date.day.isoformat(),
        name=words.date(date.day, date.precision),
        machine=machine_date(date.day, date.precision),
        precision=date.precision,
        planned=date.planned,
        this_event=date.this_event,
        claim=cited.claim(date.claim),
        other_story=None
        if is_own or not row.published.has_page
        else Link(name=row.published.headline.text, url=story_path(story)),
        planned_on=cited.newest(date.claim) if date.planned else None,
        outcome=words(OUTCOME_NAMES[settled.outcome]) if settled else "",
        evidence=settled.decision.url if settled and settled.decision else "",
    )


def _foresees(implication: Implication, row: TimelineRow) -> bool:
    """Whether a prediction is that of a row: of a passage it cites, for the same day."""
    is_same_day = floor_day(implication.horizon, row.precision) == floor_day(row.day, row.precision)
    return is_same_day and _is_cited(row, implication)


def _is_cited(row: TimelineRow, implication: Implication) -> bool:
    passages = {citation.passage for citation in row.claim.citations}
    return any(citation.passage in passages for citation in implication.claim.citations)
