"""`explain`, `why-not`: why a story is as it is, and why an address is not published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import NOW, Printed, moment, pass_settings
from aggregator.cli.story.show import unknown_story
from aggregator.domain.web.address import Address
from aggregator.domain.web.urls import fetchable_url
from aggregator.domain.wording import counted

if TYPE_CHECKING:
    from aggregator.domain.operation.override import Overrides
    from aggregator.domain.settings import Settings
    from aggregator.plugins.evaluation.explain import StoryExplanation
    from aggregator.plugins.evaluation.why_not import AddressExplanation
    from aggregator.store.database import Connection


@click.command()
@click.argument("story_id", metavar="STORY")
@NOW
@pass_settings
def explain(settings: Settings, story_id: str, now: datetime | None) -> Printed:
    """Explain why a story was chosen, merged, ranked or cut. STORY: its URL, or the last part of
    it.
    """
    from aggregator.domain.ids import id_in
    from aggregator.plugins.evaluation.explain import story_explanation

    with _reading(settings) as given:
        found = story_explanation(*given, id_in(story_id), moment(now))
    if found is None:
        raise unknown_story(story_id, "STORY")
    return asdict(found), "\n".join(_explained(found))


@click.command("why-not")
@click.argument("url", metavar="URL")
@NOW
@pass_settings
def why_not(settings: Settings, url: str, now: datetime | None) -> Printed:
    """Explain why a URL is not on the site, and what to do."""
    from aggregator.plugins.evaluation.why_not import address_explanation

    url = Address(url)
    if fetchable_url(url) is None:
        what = f"{url!r} is not a URL such as https://lab.example/news/1"
        raise click.BadParameter(f"{what}; for a story use `aggregator explain`", param_hint="URL")
    with _reading(settings) as given:
        found = address_explanation(*given, url, moment(now))
    return asdict(found), "\n".join(_address_explained(found))


@contextmanager
def _reading(settings: Settings) -> Iterator[tuple[Connection, Settings, Overrides]]:
    """What an explanation is made from. Raises DatabaseError."""
    from aggregator.bootstrap import open_reading
    from aggregator.config.overrides_file import load_overrides

    overrides = load_overrides(Path(settings.cluster.overrides))
    with open_reading(settings.database) as connection:
        yield connection, settings, overrides


def _explained(story: StoryExplanation) -> Iterator[str]:
    from aggregator.cluster.rank import DAYS_PER_POINT

    yield story.headline
    yield story.url
    yield f"{story.standing}{f' ({story.told_in})' if story.told_in else ''}"
    if story.overrides:
        yield from ("", "By overrides.toml")
        yield from (f"  {override}" for override in story.overrides)
    sources = f" ({story.sources_counted})" if story.members else ""
    yield from ("", f"Articles: {len(story.members)}{sources}")
    for member in story.members:
        yield f"  {member.published:%Y-%m-%d %H:%M}  {member.source}: {member.title}"
        alike = f" ({member.similarity:.2f})" if member.similarity else ""
        because = (
            f"copy of {member.copy_of}"
            if member.copy_of
            else f"{member.because or 'no reason recorded'}{alike}"
        )
        own = "; announcement" if member.primary else ""
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
            f" each {DAYS_PER_POINT:g} days since its newest article ({newest:%Y-%m-%d}); of those"
            " close to number 1, the one with the most content leads"
        )
    yield from ("", "Editions")
    yield from (f"  {edition}" for edition in story.editions or ("none",))
    if story.telling:
        analysis = story.telling
        gates = ", ".join(f"{gate.value} {count}" for gate, count in analysis.rejected)
        rejected = sum(count for _, count in analysis.rejected)
        model = f" ({analysis.model})" if analysis.model else ""
        yield from (
            "",
            f"Analysed on {analysis.analysed:%Y-%m-%d %H:%M} UTC, engine: {analysis.engine}{model}",
        )
        by_gate = f" (by gate: {gates})" if gates else ""
        yield f"  {counted(analysis.kept, 'claim')} kept, {rejected} rejected{by_gate}"
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


def _address_explained(found: AddressExplanation) -> Iterator[str]:
    yield found.url
    yield from (f"  {number}. {step}" for number, step in enumerate(found.steps, start=1))
    yield f"What to do: {found.remedy}"
    if found.story:
        yield ""
        yield from _explained(found.story)
