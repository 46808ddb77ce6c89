"""The JSON and Markdown of an edition, from the record of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import tzinfo

from aggregator.domain.dates import local_day
from aggregator.domain.publishing.edition import EditionStory
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.edition.records import EditionPage
from aggregator.site.story.json_export import Json, claim_json, moment
from aggregator.site.story.markdown import cited, link, notes, plain
from aggregator.templating.translation import Translations


def edition_json(page: EditionPage) -> dict[str, Json]:
    """The edition as plain JSON values."""
    image: dict[str, Json] = {"image": page.head.card.url} if page.head.card else {}
    is_day = page.line.kind is PeriodKind.DAY
    day: dict[str, Json] = {"day": page.line.period} if is_day else {}
    return (
        image
        | day
        | {
            "week": page.line.week,
            "number": page.line.number,
            "url": page.url,
            "title": page.line.title,
            "published": moment(page.line.published),
            "updated": moment(page.changed),
            "digest": page.digest,
            "minutes": page.edition.minutes,
            "quiet": bool(page.quiet),
            "engine": page.edition.engine,
            "opening": [_claim(claim) for claim in page.edition.opening],
            "themes": [
                {"name": theme.name, "stories": list(theme.stories)}
                for theme in page.edition.themes
            ],
            "minute": [{"role": top.role, "stories": list(top.stories)} for _, top in page.minute],
            "sections": [
                {
                    "name": section.key,
                    "stories": [_story(story, page) for story in section.stories],
                }
                for section in page.sections
            ],
            "watch": [
                {
                    "day": plan.day.isoformat(),
                    "url": page.home + plan.path,
                    "claim": _claim(plan.claim),
                }
                for plan in page.edition.watch
            ],
            "facts": list(page.facts),
            "numbers": {figure.key: figure.number for figure in page.figures}
            | {"days": [bar.stories for bar in page.bars]},
            "topics": [{"name": topic.name, "stories": topic.stories} for topic, _ in page.topics],
            "left_out": [
                {"reason": out.reason, "stories": out.stories} for out in page.edition.left_out
            ],
            "corrections": [
                {"at": moment(correction.at), "text": correction.text}
                for correction in page.corrections
            ],
        }
    )


def edition_json_text(page: EditionPage) -> str:
    """The text of `index.json`."""
    return json.dumps(edition_json(page), ensure_ascii=False) + "\n"


def edition_markdown(page: EditionPage, words: Translations, zone: tzinfo) -> str:
    """The edition as CommonMark, citations as numbered notes at the end, days those of `zone`."""
    blocks = [
        f"# {plain(page.line.title)}",
        *_opening(page, words, zone),
        *_sections(page, words),
        *_closing(page, words, zone),
        *notes(page.footnotes, words),
    ]
    return "\n\n".join(blocks) + "\n"


def _opening(page: EditionPage, words: Translations, zone: tzinfo) -> Iterator[str]:
    number = words("Edition %(number)s", number=page.line.number)
    published = words("published %(day)s", day=words.day(local_day(page.line.published, zone)))
    yield f"{number} · {page.line.name} · {page.reading} · {published} · <{page.url}>"
    if page.quiet:
        yield page.quiet
    yield from (cited(claim, words) for claim in page.edition.opening)
    if page.edition.themes:
        yield "\n".join(
            f"- **{plain(theme.name)}**:"
            f" {'; '.join(plain(story.headline) for story in page.stories_of(theme.stories))}"
            for theme in page.edition.themes
        )
    if page.minute:
        yield f"## {words('By role')}"
        for name, top in page.minute:
            headlines = (f"- {plain(story.headline)}" for story in page.first_of(top))
            yield "\n".join((f"**{name}**\n", *headlines))


def _sections(page: EditionPage, words: Translations) -> Iterator[str]:
    for section in page.sections:
        yield f"## {section.name}"
        for story in section.stories:
            update = f"{words('Update:')} " if story.is_update else ""
            yield f"### {update}{link(story.headline, page.address(story))}"
            yield from (cited(claim, words) for claim in story.claims)
            yield f"{plain(story.source)} · {story.reach}"


def _closing(page: EditionPage, words: Translations, zone: tzinfo) -> Iterator[str]:
    if page.edition.watch:
        yield f"## {words('What to watch')}"
        for plan in page.edition.watch:
            story = link(plan.headline, page.home + plan.path)
            yield f"- **{words.day(plan.day)}** ({story}): {cited(plan.claim, words)}"
    is_week = page.line.kind is PeriodKind.WEEK
    yield f"## {words('The week in numbers') if is_week else words('The day in numbers')}"
    if page.facts:
        yield "\n".join(f"- {fact}" for fact in page.facts)
    figures = [
        f"{figure.name}: {words.number(figure.number)}" for figure in page.figures if figure.number
    ]
    yield "\n".join(f"- {line}" for line in (*figures, page.chart) if line)
    if page.topics:
        yield f"## {words('Topics of the week')}"
        yield "\n".join(
            f"- {plain(topic.name)}: {words.number(topic.stories)}" for topic, _ in page.topics
        )
    if page.edition.left_out:
        yield f"## {words('Left out')}"
        yield page.coverage
        yield "\n".join(
            f"- {words.number(out.stories)}: {out.reason}" for out in page.edition.left_out
        )
    if page.taken_out:
        yield page.taken_out
    if page.corrections:
        yield f"## {words('Corrections')}"
        yield "\n".join(
            f"- {words.day(local_day(correction.at, zone))}: {plain(correction.text)}"
            for correction in page.corrections
        )
    yield words("All content rights belong to the original publishers.")


def _story(story: EditionStory, page: EditionPage) -> dict[str, Json]:
    return {
        "id": story.id,
        "url": page.address(story),
        "headline": story.headline,
        "lane": story.lane,
        "source": story.source,
        "reach": story.reach,
        "update": story.is_update,
        "why": story.why,
        "hook": _claim(story.hook) if story.hook else None,
        "changes": [_claim(change) for change in story.changes],
        "matters": _claim(story.matters) if story.matters else None,
    }


def _claim(claim: PrintedClaim) -> dict[str, Json]:
    return claim_json(claim) | {"citations": [asdict(cited) for cited in claim.citations]}
