"""The JSON of a story, by the contract of the site folder; the key of an empty section is
absent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from aggregator.domain.insight import CellState
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.story.insight import PageAttribute, PageCell
from aggregator.site.story.origins import Origin
from aggregator.site.story.provenance import Provenance
from aggregator.site.story.records import PageSection, StoryPage
from aggregator.templating.shape import Json, shape

_encoded = json.JSONEncoder(ensure_ascii=False).encode


def moment(at: datetime) -> str:
    """A moment in JSON: UTC to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def story_json_text(page: StoryPage) -> str:
    """The text of `index.json`."""
    return _encoded(story_json(page)) + "\n"


def _insight(page: StoryPage) -> dict[str, Json]:
    tables, implications = _comparison(page), _implications(page)
    return _lists(page.points) | tables | _technical(page) | _lists(page.depth) | implications


def _lists(sections: Sequence[PageSection]) -> dict[str, Json]:
    """The sections of plain claims that have a key of their own."""
    return {
        section.section.key: list(map(claim_json, section.claims))
        for section in sections
        if not section.section.attribute and section.claims
    }


def _technical(page: StoryPage) -> dict[str, Json]:
    """The rows of the specification, and the claims of the sections that belong there."""
    rows: list[Json] = [*map(_specified, page.specification.rows if page.specification else ())]
    rows += (
        {"attribute": name, "state": CellState.STATED.value, "claim": claim_json(claim)}
        for section in page.depth
        if (name := section.section.attribute)
        for claim in section.claims
    )
    return {"technical": rows} if rows else {}


def _specified(row: PageAttribute) -> dict[str, Json]:
    """A row of the specification: the first of its claims is `claim`, as a list has one; others are
    `further`.

    A row that sources differ on is stated, too: its marks say so.
    """
    cell = _cell(row.cell)
    cell["state"] = (CellState.STATED if row.cell.as_of else CellState.NOT_STATED).value
    first, *further = cell.pop("claims")
    return _named_row(row) | cell | {"claim": first} | ({"further": further} if further else {})


def _later(cell: PageCell) -> dict[str, Json]:
    return _cell(cell)


def _sources(page: StoryPage) -> list[Json]:
    return [source for origin in page.origins for source in _sources_of(origin)]


def _sources_of(origin: Origin) -> list[Json]:
    source = shape(
        "name? url? published? origin=. read copy_of=.? primary",
        published=moment,
        origin=lambda _: origin.family,
        copy_of=lambda row: row.copy_of_url or row.copy_of,
    )
    return [*map(source, origin.rows)]


def _claim_counts(provenance: Provenance) -> dict[str, Json]:
    rejected: dict[str, Json] = {count.reason.value: count.number for count in provenance.rejected}
    return {"kept": provenance.kept, "rejected": rejected}


def _rounded(rate: float) -> float:
    return round(rate, 4)


def claim_shape(citation: str) -> Callable[[PrintedClaim], dict[str, Json]]:
    """The shape of a claim with the passages that it cites, of which these keys are given."""
    return shape(
        "text kind verdict=. citations",
        verdict=lambda _: "supported",  # the gates keep no other
        citations=shape(citation),
    )


claim_json = claim_shape("passage url quote? notice?")
_named_row = shape("attribute? qualifier? name?")
_cell = shape("state as_of? marks? claims later?", claims=claim_json, later=_later)
_comparison = shape(
    "comparison?",
    comparison=shape("products rows", rows=shape("attribute? qualifier? name? cells", cells=_cell)),
)
_implications = shape(
    "implications?",
    implications=shape(
        "id claim premise? horizon likelihood sign outcome", claim=claim_json, premise=claim_json
    ),
)
_brief = shape(
    "what_changed? why_it_matters? what_to_do_next? who_should_care?",
    what_changed=claim_json,
    why_it_matters=claim_json,
    what_to_do_next=shape("role name trigger? effort? by? claim", claim=claim_json),
    who_should_care=shape("role name claim", claim=claim_json),
)
_importance = shape("points=importance reasons", reasons=shape("name points text"))
_provenance = shape(
    "engine? model? prompts? judge? read=. claims=. extracted written inferred absent?",
    judge=shape(
        "model threshold false_passed true_refused prior? audited?",
        threshold=_rounded,
        false_passed=_rounded,
        true_refused=_rounded,
        prior=_rounded,
    ),
    read=lambda provenance: {count.read.value: count.number for count in provenance.read},
    claims=_claim_counts,
    absent=lambda number: number or None,
)
# the story as plain JSON values
story_json = shape(
    "id url image=head.card? headline headlines_as_published? published first_seen analysed updated"
    " hook? figures? gap? since=changes? brief=.? insight=.? timeline? disagreements? unknowns?"
    " updates? operator=.? related? importance=.? newsletters=carried? sources=.?"
    " labels? topics=tags.topics? entities=tags.entities? independent_origins week=recap.week?"
    " provenance",
    image=attrgetter("url"),
    headline=claim_json,
    headlines_as_published=shape("source text"),
    published=moment,
    first_seen=moment,
    analysed=moment,
    updated=moment,
    hook=claim_json,
    figures=claim_json,
    since=shape("product name value as_of"),
    brief=_brief,
    insight=_insight,
    timeline=shape("date=day precision planned this_event claim", claim=claim_json),
    disagreements=shape("question claims", claims=claim_json),
    unknowns=claim_json,
    updates=shape("at kind claim before?", at=moment, claim=claim_json, before=claim_json),
    operator=shape(
        "note? pinned? headline_as_published?",
        pinned=lambda is_pinned: is_pinned or None,
        headline_as_published=claim_json,
    ),
    related=shape("url headline reason"),
    importance=lambda page: _importance(page) if page.reasons else None,
    newsletters=shape("source=name url"),
    sources=_sources,
    entities=shape("key name kind"),
    provenance=_provenance,
)
