"""Corrections: what a source changed or withdrew after we published it, and our own mistakes in
editions.

A correction of a story is an entry of its history in which an article contradicts its own earlier
version; what another article adds or contradicts is news, and is among the story's updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from itertools import chain

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import HistoryEntry, HistoryKind, Member, PublishedStory, by_article
from aggregator.domain.wording import N_, inner_quotation, tied
from aggregator.site.edition.records import EditionPage
from aggregator.site.head import Head, Link, absolute, contact_link
from aggregator.site.paths import story_path
from aggregator.site.story.cited import Citations
from aggregator.site.story.origins import headline_language
from aggregator.site.story.updates import is_correction, publisher_notes
from aggregator.templating.translation import translations

MOST_ERRATA = 200  # on the page, newest first: some 100 KB of HTML
PATH = "errata/"


class ErratumKind(StrEnum):
    """What happened to a published statement."""

    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    EDITION = "edition"


_NAMES: dict[ErratumKind, str] = {
    ErratumKind.CHANGED: N_("changed by its source"),
    ErratumKind.WITHDRAWN: N_("withdrawn by its source"),
    ErratumKind.EDITION: N_("correction"),
}
_CORRECTED = N_("corrected by its source")


@frozen
class SourceSentence:
    """A sentence of a source, with the link to its article."""

    text: str
    source: str
    url: str
    lang: str

    @property
    def shown(self) -> str:
        """The text for use between quotation marks."""
        return tied(inner_quotation(self.text))


@frozen
class Erratum:
    """A correction. `before` was printed, `now` is what its source says instead; `text` is our own.

    `path` leads to the story or edition that it corrects, `url` to its own place on the page of
    corrections; `lang` is that of the title, where it is not the page's.
    """

    id: str
    at: datetime
    kind: ErratumKind
    name: str
    title: str
    path: str
    url: str
    before: SourceSentence | None
    now: SourceSentence | None
    text: str
    lang: str = ""


@frozen
class ErrataPage:
    """The newest corrections, newest first."""

    head: Head
    errata: tuple[Erratum, ...]
    report: str


def errata(
    of_stories: Iterable[Erratum], editions: Iterable[EditionPage], site: SiteSettings
) -> tuple[Erratum, ...]:
    """The newest corrections of stories and editions, newest first, from any order."""
    return newest_errata(
        chain(of_stories, (erratum for page in editions for erratum in _of_edition(page, site)))
    )


def newest_errata(found: Iterable[Erratum]) -> tuple[Erratum, ...]:
    """As many as the page has, newest first."""
    return tuple(
        nsmallest(MOST_ERRATA, found, key=lambda erratum: (-erratum.at.timestamp(), erratum.id))
    )


def errata_page(found: tuple[Erratum, ...], site: SiteSettings) -> ErrataPage:
    """The page of corrections."""
    words = translations(site.language)
    head = Head(
        title=words("Corrections"),
        description=words("What this site has corrected, and what its sources have withdrawn."),
        url=absolute(site, PATH),
        feeds=Link(name=words("Corrections"), url=PATH),
    )
    report = contact_link(
        site.contact,
        subject=words("Correction: %(title)s", title=site.title),
        body=f"{site.base_url}\n\n",
    )
    return ErrataPage(head=head, errata=found, report=report)


def story_errata(published: PublishedStory, site: SiteSettings) -> Iterator[Erratum]:
    """The corrections of a story, in the order of its history."""
    story = published.story
    facts = {fact.n: fact for fact in story.history}
    members = by_article(story.members)
    notes = publisher_notes(story.history)
    explained = {note.n for note in notes.values()}
    for fact in story.history:
        pair = _pair(fact, facts.get(fact.replaces or 0))
        if pair is None or fact.n in explained:
            continue
        note = notes.get(fact.n, fact)
        if note is not fact:
            pair = pair[0], note
        was, now = (
            _source_sentence(version, members, site) if version else None for version in pair
        )
        key, kind = (
            stable_id("erratum", story.id, fact.kind, fact.passage, fact.text),
            ErratumKind(fact.kind.value),
        )
        yield Erratum(
            id=key,
            at=fact.at,
            kind=kind,
            name=translations(site.language)(_name(note)),
            title=published.headline.text,
            path=story_path(story),
            url=_place(key, site),
            before=was,
            now=now,
            text="",
            lang=headline_language(published, site.language),
        )


def _pair(
    fact: HistoryEntry, before: HistoryEntry | None
) -> tuple[HistoryEntry | None, HistoryEntry | None] | None:
    """What was printed, and what its source says instead; None where the entry corrects nothing."""
    if fact.kind is HistoryKind.WITHDRAWN:
        return (
            (before, None) if before else (None, fact)
        )  # without one: the publisher's words that it corrects itself
    if fact.kind is HistoryKind.CHANGED and before and before.article_id == fact.article_id:
        return before, fact
    return None


def _name(fact: HistoryEntry) -> str:
    """The name of a correction: a publisher's own note is a correction unless it withdraws
    something.
    """
    return _CORRECTED if is_correction(fact) else _NAMES[ErratumKind(fact.kind.value)]


def _of_edition(page: EditionPage, site: SiteSettings) -> Iterator[Erratum]:
    words = translations(site.language)
    for n, correction in enumerate(page.corrections, start=1):
        key = stable_id("correction", page.line.period, str(n))
        yield Erratum(
            id=key,
            at=correction.at,
            kind=ErratumKind.EDITION,
            name=words(_NAMES[ErratumKind.EDITION]),
            title=words(
                "Edition %(number)s, %(name)s", number=page.line.number, name=page.line.name
            ),
            path=page.line.path,
            url=_place(key, site),
            before=None,
            now=None,
            text=correction.text,
        )


def _place(key: str, site: SiteSettings) -> str:
    return absolute(site, f"{PATH}#{key}")


def _source_sentence(
    fact: HistoryEntry, members: Mapping[str, Member], site: SiteSettings
) -> SourceSentence:
    notes = Citations([fact.claim], members, site.language).all()
    return SourceSentence(
        text=fact.text,
        source=notes[0].citation.source if notes else "",
        url=notes[0].citation.url if notes else "",
        lang=notes[0].lang if notes else "",
    )
