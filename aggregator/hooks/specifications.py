"""The hooks: what a plugin may add to the program. A plugin implements those that it needs as
functions marked with `hook`, in a module that an entry point of the group `aggregator` names.

Every hook returns an iterable, or None for nothing. A plugin takes by name those of a hook's
arguments that it needs. Plugins are asked in the order of their names, the bundled ones first.
One that raises is named in the run's report; the run goes on without what it would have added.
`VERSION` rises when a hook changes in a way that a plugin can notice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pluggy

PROJECT = "aggregator"
VERSION = 1
AddedContent = str | bytes | Callable[[], str | bytes]

hook = pluggy.HookimplMarker(PROJECT)
_specification = pluggy.HookspecMarker(PROJECT)


@_specification
def commands() -> Iterable[Any] | None:
    """Commands of the command line: `click.Command` objects, by their names."""


@_specification
def subcommands(group: str) -> Iterable[Any] | None:
    """Commands of a group of ours, such as `runs`; `cls=ExtensibleGroup` says which take any."""


@_specification
def settings_table() -> Iterable[type] | None:
    """The record of the table `[plugins.NAME]` of config.toml, made with `config_table`; each
    field has a default and its sentence of help. Every plugin may be switched off there with
    `enabled = false`.
    """


@_specification
def stages() -> Iterable[Any] | None:
    """Rows of the table of stages: `aggregator.pipeline.Stage` records that say which stage they
    come `after`.
    """


@_specification
def gates() -> Iterable[Any] | None:
    """Gates: `aggregator.verify.gates.Gate` records. They are asked after ours, so they can only
    reject more. Where one raises, the story keeps the page that it had.
    """


@_specification
def sections() -> Iterable[Any] | None:
    """Sections of a story: `aggregator.story.sections.StorySection` records. What rules or a model
    put there are claims that pass the gates and the judge as all do.
    """


@_specification
def source_kinds() -> Iterable[Any] | None:
    """Kinds of sources: `aggregator.domain.source.SourceReader` records, for `kind` in a table of
    `[[sources]]`. They read a document that was fetched as that of any source is.
    """


@_specification
def records_read(
    connection: Any, services: Any, source: Any, records: Iterable[Any]
) -> Iterable[str] | None:
    """Called as a source is stored whose `SourceReader` has a `mapping`, in the same transaction,
    with what that read; gives sentences for the report of the run.
    """


@_specification
def page_items(body: Any, url: str, title: str) -> Iterable[Any] | None:
    """What a page lists, as `aggregator.domain.article.NewsletterItem` records; `body` is its
    element of lxml. Called in the process that reads pages.
    """


@_specification
def issue_items(article: Any, lane: Any, markup: str, items: Iterable[Any]) -> Iterable[Any] | None:
    """What an `Article` lists if it is an issue that reports many events: then it is in no story.
    `items` are those that its page lists, `markup` is what its feed has of it.
    """


@_specification
def articles_placed(connection: Any, first: datetime, last: datetime) -> Iterable[None] | None:
    """Called as articles of these days are put into stories, in the same transaction."""


@_specification
def stories_written(
    connection: Any, services: Any, noted: Mapping[str, Iterable[Any]]
) -> Iterable[None] | None:
    """Called as stories are written, in the same transaction; `noted` are the `Fact` records that
    were noted of each, by its id.
    """


@_specification
def story_tables(connection: Any, story_ids: Iterable[str]) -> Iterable[Any] | None:
    """Comparisons and specifications on the pages of stories: pairs of a story's id and its
    `aggregator.domain.insight.Insight`.
    """


@_specification
def standing(
    connection: Any, services: Any, without: Iterable[str]
) -> Iterable[tuple[str, Any]] | None:
    """How things stand, for the pages of names in the news: pairs of an entity's key and an
    `aggregator.site.lists.standing.LatestRow`, none by articles of the stories `without`.
    """


@_specification
def site_pages() -> Iterable[Any] | None:
    """Pages of the site: `aggregator.domain.publishing.page.AddedPage` records."""


@_specification
def page_parts(place: str, shown: Any, site: Any) -> Iterable[Any] | None:
    """Parts of our pages: `aggregator.domain.publishing.page.PagePart` records. `shown` is what
    stands at the place: at `origins` the origins of a story, at `comparison` its comparison, at
    `listing` the `ListingDays` of a list, at `topics` the number of stories by week and topic.
    `site` is `SiteSettings`.
    """


@_specification
def stored_parts(
    connection: Any, services: Any, place: str, keys: Mapping[str, str], named: Mapping[str, str]
) -> Iterable[Any] | None:
    """Parts of our pages that are made from what a plugin stored: pairs of a key and an
    `aggregator.domain.publishing.page.PagePart` record. `keys` have what they stand for: at the
    place `entity` the names that have a page, at `period` the weeks (2026-W47) and days
    (2026-11-20) that have one, at `list` the paths of topics and names ("topic/law"), at `story`
    the ids of stories, at `front` one empty key; `named` are the names that have a page.
    """


@_specification
def listed_facts(connection: Any, services: Any, text: str) -> Iterable[Any] | None:
    """What lists that are read as data say to a question, or for and against a sentence:
    `aggregator.domain.publishing.listed_fact.ListedFact` records.
    """


@_specification
def dated_facts(connection: Any, services: Any, named: Collection[str]) -> Iterable[Any] | None:
    """What is to happen on a day, besides what stories state:
    `aggregator.domain.publishing.dated_fact.DatedFact` records. `named` are the keys of the names
    that stories speak of.
    """


@_specification
def templates() -> Iterable[Path] | None:
    """Folders with templates. Those of ours are taken first; what lies in a folder `site`, `serve`
    or `email` there replaces ours of that path, unless the theme does.
    """


@_specification
def catalogues(language: str) -> Iterable[Path] | None:
    """Catalogues of gettext (`.po`) with the messages of a plugin in a language, such as `de`. What
    ours translate stays.
    """


@_specification
def story_files(
    story: Mapping[str, Any], page: Any, site: Any
) -> Iterable[tuple[str, AddedContent]] | None:
    """Files beside a story's page, each a name and what is in it, or a function that returns this,
    which is called where the file is written. `story` is what its `index.json` has, `page` the
    record of its page, `site` is `SiteSettings`.
    """


@_specification
def edition_files(
    edition: Mapping[str, Any], page: Any, site: Any
) -> Iterable[tuple[str, AddedContent]] | None:
    """Files beside an edition's page, as those of stories; `edition` is what its `index.json` has,
    `page` an `aggregator.site.edition.records.EditionPage`.
    """


@_specification
def edition_forms(site: Any) -> Iterable[Any] | None:
    """Further forms of an edition that its page, the list of editions and the mail link to:
    `aggregator.site.head.Link` records, their addresses from its folder.
    """


@_specification
def site_files(
    site: Any, editions: Iterable[Any], connection: Any, lists: Mapping[str, str]
) -> Iterable[tuple[str, AddedContent]] | None:
    """Files of the site as a whole, by their path in its folder, as those of stories; `site` is
    `SiteSettings`, `editions` are the `EditionPage` records of all editions, `lists` the names of
    topics, and those that have a page, by the paths of their lists.
    """


@_specification
def notifiers(settings: Any) -> Iterable[Any] | None:
    """Receivers of notifications: objects of the port `Notifier`, each with a name of its own."""


@_specification
def after_run(settings: Any, now: datetime) -> Iterable[None] | None:
    """Called when a refresh or a scheduled job has ended, also with a failure."""


@_specification
def jobs(settings: Any) -> Iterable[Any] | None:
    """What `aggregator run` does besides: `aggregator.schedule.ScheduledTask` records."""


@_specification
def routes(settings: Any, database: Any) -> Iterable[Any] | None:
    """Routes of `aggregator serve`: `starlette.routing.Route` objects, tried before the site's
    files. Their answers get the site's headers.
    """


@_specification
def doctor_checks(settings: Any, now: datetime) -> Iterable[Any] | None:
    """Findings of `aggregator doctor`: `aggregator.ops.doctor.finding.Finding` records."""


@_specification
def forget_stored(connection: Any) -> Iterable[int] | None:
    """Deletes what a bundled plugin keeps in tables of its own, for `plugins forget`, also where it
    is off; gives how many rows there were.
    """


@_specification
def enqueue_refresh(settings: Any, now: datetime | None, everything: bool) -> Iterable[bool] | None:
    """Hands a refresh to workers, for `refresh --enqueue`: True where it began, False where one is
    under way. What it raises ends the command.
    """


@_specification
def card_renderers() -> Iterable[Any] | None:
    """What draws the cards of pages: `aggregator.domain.publishing.page.CardRenderer` records. The
    first is used; without any the site has no cards.
    """
