"""`explain` and `why-not`: why a story is as it is, and why an address is not published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.arguments import NOW
from aggregator.cli.context import Invocation, moment, pass_invocation
from aggregator.cli.story.show import unknown_story
from aggregator.domain.web.address import Address

if TYPE_CHECKING:
    from aggregator.domain.operation.override import Overrides
    from aggregator.domain.settings import Settings
    from aggregator.ops.explain import AddressExplanation, StoryExplanation


@click.command()
@click.argument("story", metavar="STORY")
@NOW
@pass_invocation
def explain(invocation: Invocation, story: str, now: datetime | None) -> None:
    """Explain why a story was chosen, merged, ranked or cut. STORY: its URL, or the last part of
    it.
    """
    from aggregator.domain.ids import id_in
    from aggregator.ops.explain import story_explanation

    found = _ask_database(
        invocation,
        lambda *given: story_explanation(given[0], given[1], given[2], id_in(story), moment(now)),
    )
    if found is None:
        raise unknown_story(story, "STORY")
    invocation.result(asdict(found), "\n".join(_story_text(found)))


@click.command("why-not")
@click.argument("url", metavar="URL")
@NOW
@pass_invocation
def why_not(invocation: Invocation, url: str, now: datetime | None) -> None:
    """Explain why a URL is not on the site, and what to do."""
    from aggregator.domain.web.urls import fetchable_url
    from aggregator.ops.explain import address_explanation

    url = Address(url)
    if fetchable_url(url) is None:
        what = f"{url!r} is not a URL such as https://lab.example/news/1"
        raise click.BadParameter(f"{what}; for a story use `aggregator explain`", param_hint="URL")
    found = _ask_database(
        invocation,
        lambda *given: address_explanation(given[0], given[1], given[2], url, moment(now)),
    )
    invocation.result(asdict(found), "\n".join(_address_text(found)))


def _ask_database(invocation: Invocation, ask: Any) -> Any:
    """What the database answers. Raises DatabaseError."""
    from pathlib import Path

    from aggregator.bootstrap import open_reading
    from aggregator.config.overrides_file import load_overrides

    settings: Settings = invocation.settings()
    overrides: Overrides = load_overrides(Path(settings.cluster.overrides))
    with open_reading(settings.database) as connection:
        return ask(connection, settings, overrides)


def _story_text(story: StoryExplanation) -> Iterator[str]:
    from aggregator.cluster.rank import DAYS_PER_POINT

    yield story.headline
    yield story.url
    yield f"{story.standing}{f' ({story.told_in})' if story.told_in else ''}"
    if story.overrides:
        yield from ("", "By overrides.toml")
        yield from (f"  {override}" for override in story.overrides)
    origins = (
        f"{story.independent_origins} independent"
        f" source{'s' if story.independent_origins != 1 else ''}"
    )
    yield from ("", f"Articles: {len(story.members)} from {origins}")
    for member in story.members:
        yield f"  {member.published:%Y-%m-%d %H:%M}  {member.source}: {member.title}"
        alike = f" ({member.similarity:.2f})" if member.similarity else ""
        because = (
            f"copy of {member.copy_of}"
            if member.copy_of
            else f"{member.because or 'no reason recorded'}{alike}"
        )
        own = "; own announcement" if member.primary else ""
        moved = (
            f"; moved here from {member.moved_from} by overrides.toml" if member.moved_from else ""
        )
        yield f"    {because}; read: {member.read}{own}{moved}"
        yield f"    {member.url}"
    if story.storyline:
        yield from ("", "Other stories of its storyline")
        yield from (f"  {url}" for url in story.storyline)
    yield from ("", f"Importance {story.importance:.2f}")
    yield from (
        f"  {reason.points:+.2f}  {reason.name:<12} {reason.text}" for reason in story.reasons
    )
    if story.place:
        newest = max(member.published for member in story.members if not member.copy_of)
        yield (
            f"Front page: number {story.place} of {story.places} by importance, less 1 point for"
            f" each {DAYS_PER_POINT:g} days since its newest article ({newest:%Y-%m-%d})"
        )
    yield from ("", "Editions")
    yield from (f"  {edition}" for edition in story.editions or ("none",))
    if story.telling:
        analysis = story.telling
        turned = (
            ", ".join(f"{count} {reason.value}" for reason, count in analysis.rejected) or "none"
        )
        model = f" ({analysis.model})" if analysis.model else ""
        yield from (
            "",
            f"Written by {analysis.engine}{model} on {analysis.analysed:%Y-%m-%d %H:%M} UTC",
        )
        yield f"  {analysis.kept} claims kept, rejected: {turned}"
    if story.sections:
        yield from ("", "Sections")
        yield from (
            f"  {'+' if section.given else '-'} {section.section:<16} {section.because}"
            for section in story.sections
        )
    if story.facts:
        yield from ("", "What each version added")
        yield from (
            f"  {fact.at:%Y-%m-%d}  {fact.kind.value:<9}  {fact.text}" for fact in story.facts
        )


def _address_text(found: AddressExplanation) -> Iterator[str]:
    yield found.url
    yield from (f"  {number}. {step}" for number, step in enumerate(found.steps, start=1))
    yield f"What to do: {found.remedy}"
    if found.story:
        yield ""
        yield from _story_text(found.story)
