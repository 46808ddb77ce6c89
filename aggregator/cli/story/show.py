"""`extract`, `story show`: what the program sees and keeps."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Printed, aligned, awaited, pass_settings
from aggregator.domain.dates import Precision, machine_date
from aggregator.domain.web.address import Address
from aggregator.errors import AggregatorError, WebError
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.entry import Entry
    from aggregator.domain.settings import Settings


@click.command()
@click.argument("target", metavar="URL|FILE")
@pass_settings
def extract(settings: Settings, target: str) -> Printed:
    """Show what the extractor finds in a page or feed."""
    path, target = Path(target), Address(target)
    local = path.read_bytes() if path.is_file() else None
    if local is None and not target.startswith(("http://", "https://")):
        what = f"{target!r} cannot be read: no such file, and not an http:// or https:// URL"
        raise click.BadParameter(what, param_hint="URL|FILE")
    where = path.resolve().as_uri() if path.is_file() else target
    seen = awaited(_extract(settings, where, local))
    return seen, _extract_text(seen)


class _Story(click.Group):
    """`story ID` is `story show ID`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named, or `show` where a story is. Raises UsageError."""
        is_story = args[0] not in self.commands
        return super().resolve_command(ctx, ["show", *args] if is_story else args)


@click.group(cls=_Story, subcommand_metavar="ID | show ID")
def story() -> None:
    """Show a story: `story ID` or `story show ID`."""


@story.command("show")
@click.argument("story_id", metavar="ID")
@pass_settings
def show_story(settings: Settings, story_id: str) -> Printed:
    """Show a story and why it ranks where it does.

    ID: its URL, or the last part of it.
    """
    from aggregator.domain.ids import id_in

    shown = _story_object(settings, id_in(story_id))
    if shown is None:
        raise unknown_story(story_id, "ID")
    return shown, _story_text(shown)


def unknown_story(named: str, hint_for: str) -> click.BadParameter:
    """The usage error for what no story is named by."""
    what = f"no story has the id {named!r}; the id is the last part of a story's URL"
    return click.BadParameter(what, param_hint=hint_for)


async def _extract(settings: Settings, target: str, local: bytes | None) -> dict[str, Any]:
    from aggregator.bootstrap import open_services
    from aggregator.domain.entry import Unreadable, feed_without_secrets
    from aggregator.ports import Request, Response

    async with open_services(settings, None) as services:
        if local is None:
            try:
                response = await services.web.fetch(Request(url=target))
            except WebError as error:
                raise AggregatorError(f"{target} cannot be read: {error}") from error
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise AggregatorError(f"{target} cannot be read: http {response.status}")
        else:
            response = Response(url=target, status=HTTPStatus.OK, body=local)
        url, body, content_type = response.url, response.body, response.content_type
        feed = await services.parsers.feed(
            body,
            url=url,
            content_type=content_type,
            source_key="extract",
            location=response.location,
        )
        if not isinstance(feed, Unreadable):
            known = feed_without_secrets(feed, (target, response.base_url, url))
            return {"kind": "feed", "url": url} | _feed_object(known)
        page = await services.parsers.page(body, url=url, content_type=content_type)
    if isinstance(page, Unreadable):
        raise AggregatorError(
            f"{target} cannot be read: as a feed: {feed.reason}; as a page: {page.reason}"
        )
    return {"kind": "page", "url": url} | _page_object(page)


def _entry_object(entry: Entry) -> dict[str, Any]:
    from aggregator.extract.page.assemble import entry_text

    text = entry_text(entry)
    words = sum(len(paragraph.split()) for paragraph in text.paragraphs)
    return _listed_object(entry) | {"words": words, "full": text.full}


_listed_object = shape("title url published=published.at", published=datetime.isoformat)
_feed_object = shape(
    "title language warning count=. entries",
    count=lambda feed: len(feed.entries),
    entries=_entry_object,
)
_page_object = shape(
    "title byline published language canonical=canonical_url paragraphs",
    published=lambda date: f"{date.at.isoformat()} ({date.origin.value})",
    canonical=Address,
)


def _story_object(settings: Settings, story_id: str) -> dict[str, Any] | None:
    from aggregator.bootstrap import open_database
    from aggregator.hooks.plugins import plugins
    from aggregator.memory.timeline import outline
    from aggregator.memory.timeline_sources import timeline_sources
    from aggregator.site.cards import with_card
    from aggregator.site.story.json_export import story_json
    from aggregator.site.story.page import story_page
    from aggregator.store.publishing.pages import kept
    from aggregator.story.stage.stored import shown_stories

    with open_database(settings.database) as database:
        if database.known_revision() is None:
            return None
        with database.reading() as connection:
            published = shown_stories(connection, settings)
            published_before = kept(connection)
    known = {other.story.id: other for other in published}
    found = known.get(story_id)
    if found is None:
        return None
    others = [
        known[history]
        for history in timeline_sources(outline(other) for other in published)[story_id]
    ]
    page = story_page(found, settings.site, others)
    renderer = next(iter(plugins().all("card_renderers")), None)
    page, _ = with_card(page, found.story, settings.site, renderer, published_before)
    return story_json(page)


def _extract_text(seen: dict[str, Any]) -> str:
    is_listed = ("paragraphs", "entries")
    facts = [(name, value) for name, value in seen.items() if value and name not in is_listed]
    listed = [f"{number:>3}  {text}" for number, text in enumerate(seen.get("paragraphs", ()), 1)]
    listed += [
        f"{entry['published'] or 'undated':<25}  {entry['title']}\n{'':<27}{entry['url']}"
        for entry in seen.get("entries", ())
    ]
    return "\n\n".join((aligned(facts, 10), "\n".join(listed)))


def _timeline_date(row: dict[str, Any]) -> str:
    day = machine_date(date.fromisoformat(row["date"]), Precision(row["precision"]))
    return f"{day} (this event)" if row["this_event"] else day


def _story_text(shown: dict[str, Any]) -> str:
    from aggregator.hooks.sections import all_sections

    brief = shown.get("brief", {})
    lines = [shown["headline"]["text"], shown["url"], ""]
    lines += [f"  {shown['hook']['text']}"] if "hook" in shown else []
    lines += [f"  {figure['text']}" for figure in shown.get("figures", ())]
    for name in ("what_changed", "why_it_matters"):
        lines += [f"  {name.replace('_', ' ')}: {claim['text']}" for claim in brief.get(name, ())]
    lines += [
        f"  {item['name']}: {item['claim']['text']}" for item in brief.get("who_should_care", ())
    ]
    lines += [
        f"  · {claim['text']}"
        for section in all_sections()
        if section.is_plain and section.is_before_tables
        for claim in shown.get("insight", {}).get(section.key, ())
    ]
    lines += [
        f"  {_timeline_date(row)}: {row['claim']['text']}" for row in shown.get("timeline", ())
    ]
    lines += [
        "",
        *(f"  {item['name']} ({item['read']}): {item['url']}" for item in shown["sources"]),
    ]
    reasons = shown.get("importance", {}).get("reasons", ())
    lines += ["", *(f"  {reason['points']:+.2f}  {reason['text']}" for reason in reasons)]
    return "\n".join(lines)
