"""The JSON and the Markdown twin of an edition, from the record of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from aggregator.compose.cited import PageClaim
from aggregator.compose.edition_page import EditionPage, EditionPageStory
from aggregator.compose.markdown import cited, link, notes, plain
from aggregator.compose.twin import Json, moment
from aggregator.domain.wording import day_name


def edition_json(page: EditionPage) -> dict[str, Json]:
    """The edition as plain JSON values."""
    return {
        "week": page.line.week,
        "number": page.line.number,
        "url": page.url,
        "title": page.line.title,
        "published": moment(page.line.published),
        "updated": moment(page.changed),
        "digest": page.digest,
        "minutes": page.minutes,
        "quiet": bool(page.quiet),
        "engine": page.engine,
        "opening": [_claim(each) for each in page.opening],
        "themes": [{"name": each.name, "stories": list(each.ids)} for each in page.themes],
        "sections": [{"name": section.key, "stories": [_story(each) for each in section.stories]} for section in page.sections],
        "numbers": {each.key: each.number for each in page.figures} | {"days": [bar.stories for bar in page.bars]},
        "topics": [{"name": each.name, "stories": each.stories} for each in page.topics],
        "left_out": [{"reason": each.reason, "stories": each.stories} for each in page.left_out],
        "corrections": [{"at": moment(each.at), "text": each.text} for each in page.corrections],
    }


def edition_json_text(page: EditionPage) -> str:
    """The twin as it is written to `index.json`."""
    return json.dumps(edition_json(page), ensure_ascii=False) + "\n"


def edition_markdown(page: EditionPage) -> str:
    """The edition as CommonMark, citations as numbered notes at the end."""
    blocks = [f"# {plain(page.line.title)}", *_opening(page), *_sections(page), *_closing(page), *notes(page.citations)]
    return "\n\n".join(blocks) + "\n"


def _opening(page: EditionPage) -> Iterator[str]:
    published = day_name(page.line.published.date())
    yield f"Edition {page.line.number} · {page.line.name} · {page.reading} · published {published} · <{page.url}>"
    if page.quiet:
        yield page.quiet
    yield from (cited(each) for each in page.opening)
    if page.themes:
        yield "\n".join(
            f"- **{plain(each.name)}**: {'; '.join(plain(story.name) for story in each.stories)}" for each in page.themes
        )


def _sections(page: EditionPage) -> Iterator[str]:
    for section in page.sections:
        yield f"## {section.name}"
        for story in section.stories:
            yield f"### {'Update: ' if story.is_update else ''}{link(story.headline, story.url)}"
            yield from (cited(each) for each in (story.hook, *story.changes) if each)
            yield f"{plain(story.source)} · {story.reach}"


def _closing(page: EditionPage) -> Iterator[str]:
    yield "## The week in numbers"
    yield "\n".join(f"- {each.name}: {each.number:,}" for each in page.figures) + f"\n- {page.chart}"
    if page.topics:
        yield "## Topics of the week"
        yield "\n".join(f"- {plain(each.name)}: {each.stories:,}" for each in page.topics)
    if page.left_out:
        yield "## Left out"
        yield page.coverage
        yield "\n".join(f"- {each.stories:,}: {each.reason}" for each in page.left_out)
    if page.taken_out:
        yield page.taken_out
    if page.corrections:
        yield "## Corrections"
        yield "\n".join(f"- {day_name(each.at.date())}: {plain(each.text)}" for each in page.corrections)
    yield "All content rights belong to the original publishers."


def _story(story: EditionPageStory) -> dict[str, Json]:
    return {
        "id": story.id,
        "url": story.url,
        "headline": story.headline,
        "lane": story.lane,
        "source": story.source,
        "reach": story.reach,
        "update": story.is_update,
        "hook": _claim(story.hook) if story.hook else None,
        "changes": [_claim(each) for each in story.changes],
    }


def _claim(claim: PageClaim) -> dict[str, Json]:
    return {
        "text": claim.text,
        "kind": claim.kind.value,
        "verdict": "supported",  # the gates keep no other
        "citations": [
            {"number": each.number, "passage": each.passage, "quote": each.quote, "source": each.source, "url": each.url}
            for each in claim.citations
        ],
    }
