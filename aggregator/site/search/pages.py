"""The static search: stories as search documents, in volumes, and the pages and files that a
browser searches.

A volume is named by a digest of its documents, so its files never change, a reader between two
publications finds either the old volume or the new one, and an unchanged one need not be built.
Volumes end with a day: large ones once, smaller ones for the newest days, so that a new story
rebuilds some hundreds and not ten thousand.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from itertools import groupby
from operator import attrgetter

from aggregator.domain.claim import Draft
from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import role_name
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import EntityKind, PublishedStory
from aggregator.domain.wording import N_
from aggregator.site.head import Head, Link, absolute
from aggregator.site.lists.lines import StoryLine
from aggregator.site.search.index_volume import (
    RESULTS_PER_FILE,
    Label,
    SearchDocument,
    Volume,
    labels,
)
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

FORMAT = 1  # of the files; raise it where their bytes change for the same documents
# stories: a third of a second to make, and a hundred thousand stories are a dozen of them
LARGE = 8_192
_SMALLER = (2_048, 512)  # for what is left at the end
_MOST_COMPANIES = 150  # in the list that a reader chooses from; any other is found by its name
_WEEKS_SHOWN = 12  # to readers without JavaScript; the archive has all


@frozen
class VolumeFiles:
    """A volume of the search as published; its name is a digest of its documents."""

    name: str
    documents: int
    shards: int


@frozen
class Choice:
    """A label that results can be filtered by, and how many stories have it."""

    key: str
    name: str
    stories: int


@frozen
class Filter:
    """A filter of which a reader may choose one value."""

    key: str
    name: str
    choices: tuple[Choice, ...]


@frozen
class SearchPage:
    """The search page; `topics` and `weeks` are links for readers without JavaScript."""

    head: Head
    stories: str
    filters: tuple[Filter, ...]
    topics: tuple[Link, ...]
    weeks: tuple[Link, ...]


_FILTERS = (
    ("topic", N_("Topic")),
    ("role", N_("Role")),
    ("company", N_("Company")),
    ("week", N_("Week")),
)


def search_document(
    published: PublishedStory,
    line: StoryLine,
    topic_names: Mapping[str, str],
    zone: tzinfo,
    words: Translations = IN_ENGLISH,
) -> SearchDocument:
    """The search document of a story. It has the names of its topics and entities with its
    TL;DR.
    """
    story, draft = published.story, published.analysis.kept
    topics = tuple(
        Label(key=key, name=topic_names[key]) for key in story.topics if key in topic_names
    )
    names = (*(topic.name for topic in topics), *(entity.name for entity in story.entities))
    return SearchDocument(
        id=story.id,
        path=line.url or line.path,
        headline=line.headline,
        lang=line.lang,
        hook=line.hook.shown if line.hook else "",
        text="\n".join((*_tldr(draft), *names)),
        topics=topics,
        roles=tuple(Label(key=role, name=words(role_name(role))) for role in line.roles),
        companies=tuple(
            Label(key=entity.key, name=entity.name)
            for entity in story.entities
            if entity.kind is EntityKind.COMPANY
        ),
        week=story.week,
        day=local_day(story.published, zone),
        origins=story.independent_sources if story.independent_origins > 1 else 0,
    )


def search_pages(
    documents: Iterable[SearchDocument],
    site: SiteSettings,
    topic_paths: Mapping[str, str] | None = None,
) -> Iterator[Page]:
    """The files of the search and its page, for documents that come by week, the oldest first; one
    volume in memory.

    `topic_paths` leads to the pages of topics, where there are any. Raises `ValueError` for weeks
    out of order.
    """
    volumes: list[VolumeFiles] = []
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for volume_documents in _volumes(_days(documents)):
        of_each = [labels(document) for document in volume_documents]
        for own in of_each:
            counts.update(own.keys())
            names.update(own)
        volume = Volume(volume_documents)
        files = VolumeFiles(
            name=_digest(volume_documents, of_each),
            documents=len(volume_documents),
            shards=volume.shards,
        )
        volumes.append(files)
        yield _volume_page(volume, files)
    rows = [[volume.name, volume.documents, volume.shards] for volume in volumes]
    manifest = json.dumps(
        {"resultsPerFile": RESULTS_PER_FILE, "volumes": rows}, separators=(",", ":")
    )
    page = _search_page(counts, names, site, topic_paths or {})
    yield Page(
        record=manifest, files=(PageFile(path="search/manifest.json", text=lambda: manifest),)
    )
    yield Page(record=page, files=(PageFile(path="search/index.html", template="search.html"),))


def _tldr(draft: Draft) -> Iterator[str]:
    for some in (
        draft.what_changed,
        draft.why_it_matters,
        [action.claim for action in draft.what_to_do_next],
        [audience.claim for audience in draft.who_should_care],
    ):
        yield from (claim.text for claim in some)


def _days(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    """The documents of each day, the oldest first; an older story counts to its week."""
    before = ""
    for week, some in groupby(documents, key=attrgetter("week")):
        if week < before:
            raise ValueError(f"search documents must come by week: {week} after {before}")
        before = week
        for _, of_day in groupby(sorted(some, key=attrgetter("order")), key=attrgetter("day")):
            yield list(of_day)


def _volumes(days: Iterable[list[SearchDocument]]) -> Iterator[list[SearchDocument]]:
    """Days in volumes: large ones, then ever smaller ones. A function of the documents alone."""
    kept: list[list[SearchDocument]] = []
    for day in days:
        kept.append(day)
        if sum(map(len, kept)) >= LARGE:
            yield [document for some in kept for document in some]
            kept = []
    for size in _SMALLER:
        while sum(map(len, kept)) >= size:
            volume: list[SearchDocument] = []
            while len(volume) < size:
                volume += kept.pop(0)
            yield volume
    if kept:
        yield [document for some in kept for document in some]


def _volume_page(volume: Volume, files: VolumeFiles) -> Page:
    path = f"search/volume/{files.name}/"
    return Page(
        record=files,
        files=tuple(
            PageFile(path=f"{path}{name}", text=volume.body(name)) for name in volume.names
        ),
    )


def _digest(documents: Iterable[SearchDocument], of_each: Iterable[Mapping[str, str]]) -> str:
    """The name of a volume: a hash of everything in its files."""
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for document, own in zip(documents, of_each, strict=True):
        shown = (
            document.id,
            document.path,
            document.headline,
            document.lang,
            document.hook,
            document.text,
            document.day.isoformat(),
            document.origins,
        )
        digest.update(json.dumps((*shown, *own)).encode())
    return digest.hexdigest()[:16]


def _choices(
    kind: str, counts: Mapping[str, int], names: Mapping[str, str], words: Translations
) -> tuple[Choice, ...]:
    """The choices of a filter by name; the most frequent companies; the newest weeks first."""
    own = {label.partition(":")[2]: names[label] for label in names if label.startswith(f"{kind}:")}
    found = [
        Choice(
            key=key,
            name=words.week(key) if kind == "week" else name,
            stories=counts[f"{kind}:{key}"],
        )
        for key, name in own.items()
    ]
    if kind == "week":
        return tuple(sorted(found, key=lambda choice: choice.key, reverse=True))
    if kind == "company":
        found = sorted(found, key=lambda choice: (-choice.stories, choice.key))[:_MOST_COMPANIES]
    return tuple(sorted(found, key=lambda choice: (choice.name.casefold(), choice.key)))


def _search_page(
    counts: Mapping[str, int],
    names: Mapping[str, str],
    site: SiteSettings,
    topic_paths: Mapping[str, str],
) -> SearchPage:
    words = translations(site.language)
    choices = {kind: _choices(kind, counts, names, words) for kind, _ in _FILTERS}
    in_all = sum(choice.stories for choice in choices["week"])
    topics = (choice for choice in choices["topic"] if choice.key in topic_paths)
    return SearchPage(
        head=Head(
            title=words("Search"),
            description=words("Search all stories by words, topic, role, company and week."),
            url=absolute(site, "search/"),
            place="search",
        ),
        stories=words.counted(in_all, "%s story", "%s stories") if in_all else "",
        filters=tuple(
            Filter(key=kind, name=words(name), choices=choices[kind]) for kind, name in _FILTERS
        ),
        topics=tuple(Link(name=topic.name, url=topic_paths[topic.key]) for topic in topics),
        weeks=tuple(
            Link(name=choice.name, url=f"week/{choice.key}/")
            for choice in choices["week"][:_WEEKS_SHOWN]
        ),
    )
