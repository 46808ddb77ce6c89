"""The updates of a story as its page shows them: a publisher's own note stands with the sentence
that it takes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from aggregator.domain.story import HistoryEntry, HistoryKind, Story
from aggregator.domain.wording import N_
from aggregator.site.labels import FACT_NAMES
from aggregator.site.story.cited import Citations
from aggregator.site.story.records import PageUpdate
from aggregator.templating.translation import Translations

_MOST_UPDATES = 12
_TAKES_BACK = re.compile(r"\b(?:retract|withdr[ae]w)", re.IGNORECASE)

ShownUpdate = tuple[HistoryEntry, HistoryEntry | None]


def publisher_notes(history: Iterable[HistoryEntry]) -> Mapping[int, HistoryEntry]:
    """The publisher's own note on what it withdrew, by the number of the withdrawal: that of the
    same version of the same article.
    """
    withdrawn = [fact for fact in history if fact.kind is HistoryKind.WITHDRAWN]
    notes = {(fact.article_id, fact.at): fact for fact in withdrawn if fact.replaces is None}
    return {
        fact.n: note
        for fact in withdrawn
        if fact.replaces is not None and (note := notes.get((fact.article_id, fact.at)))
    }


def is_correction(fact: HistoryEntry) -> bool:
    """Whether an entry is a publisher's own note that corrects, and withdraws nothing."""
    is_note = fact.kind is HistoryKind.WITHDRAWN and fact.replaces is None
    return is_note and not _TAKES_BACK.search(fact.text)


def updates_shown(story: Story) -> tuple[ShownUpdate, ...]:
    """The newest updates, each with the sentence that it changed or took back, where that says more
    than the update itself.
    """
    facts, notes = {fact.n: fact for fact in story.history}, publisher_notes(story.history)
    explained = {note.n for note in notes.values()}
    shown: list[ShownUpdate] = []
    for fact in story.updates:
        note = notes.get(fact.n)
        if note and note.n in explained:  # with the first sentence that it takes back
            explained.remove(note.n)
            shown.append((note, fact))
        elif note or fact not in notes.values():
            is_change = fact.kind is HistoryKind.CHANGED
            shown.append((fact, facts.get(fact.replaces or 0) if is_change else None))
    return tuple(shown[:_MOST_UPDATES])


def page_update(update: ShownUpdate, cited: Citations, words: Translations) -> PageUpdate:
    """An update with its citations numbered."""
    fact, before = update
    return PageUpdate(
        at=fact.at,
        kind=fact.kind,
        name=words(N_("corrected")) if is_correction(fact) else words(FACT_NAMES[fact.kind]),
        claim=cited.claim(fact.claim),
        before=cited.claim(before.claim) if before else None,
    )
