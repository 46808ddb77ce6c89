"""The JSON of an edition, from the record of its page."""

from __future__ import annotations

import json
from datetime import date
from operator import attrgetter

from aggregator.domain.publishing.period import PeriodKind
from aggregator.site.edition.records import EditionPage
from aggregator.site.story.json_export import claim_shape, moment
from aggregator.templating.shape import Json, shape


def edition_json_text(page: EditionPage) -> str:
    """The text of `index.json`."""
    return json.dumps(edition_json(page), ensure_ascii=False) + "\n"


def _numbers(page: EditionPage) -> dict[str, Json]:
    days: dict[str, Json] = {"days": [bar.stories for bar in page.bars]}
    return {figure.key: figure.number for figure in page.figures} | days


def _sections(page: EditionPage) -> list[Json]:
    story = shape(
        "id url=. headline lane source reach update=is_update why hook figures? changes matters",
        url=page.address,
        hook=_claim,
        figures=_claim,
        changes=_claim,
        matters=_claim,
    )
    return [*map(shape("name=key stories", stories=story), page.sections)]


def _watch(page: EditionPage) -> list[Json]:
    plan = shape(
        "day url=path claim", day=date.isoformat, url=lambda path: page.home + path, claim=_claim
    )
    return [*map(plan, page.edition.watch)]


_claim = claim_shape("number passage quote? notice? source url")
_role, _topic = shape("role stories"), shape("name stories")
# the edition as plain JSON values
edition_json = shape(
    "image=head.card? day=line? week=line.week number=line.number url title=line.title"
    " published=line.published updated=changed digest minutes=edition.minutes quiet"
    " engine=edition.engine opening=edition.opening themes=edition.themes minute sections=."
    " watch=. facts numbers=. topics left_out=edition.left_out corrections",
    image=attrgetter("url"),
    day=lambda line: line.period if line.kind is PeriodKind.DAY else None,
    published=moment,
    updated=moment,
    quiet=bool,
    opening=_claim,
    themes=_topic,
    minute=lambda named: _role(named[1]),
    sections=_sections,
    watch=_watch,
    numbers=_numbers,
    topics=lambda linked: _topic(linked[0]),
    left_out=shape("reason stories"),
    corrections=shape("at text", at=moment),
)
