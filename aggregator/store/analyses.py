"""What survived the gates for each story: claims by section, each citation tied to a stored passage
by foreign key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from aggregator.domain.claim import (
    Action,
    Analysis,
    Audience,
    Citation,
    Claim,
    ClaimKind,
    Disagreement,
    Draft,
    Implication,
    Likelihood,
    Rejection,
    Role,
    TimelineRow,
    Unknown,
)
from aggregator.domain.dates import Precision
from aggregator.store.schema import analyses, citations, claims

_MOST_BOUND = 500


class _Section(StrEnum):
    HEADLINE = "headline"
    HOOK = "hook"
    WHAT_CHANGED = "what_changed"
    WHY_IT_MATTERS = "why_it_matters"
    WHAT_TO_DO_NEXT = "what_to_do_next"
    TRIGGER = "what_to_do_next_trigger"  # of the action in the same position
    WHO_SHOULD_CARE = "who_should_care"
    TAKEAWAYS = "takeaways"
    MECHANISM = "mechanism"
    IMPLICATIONS = "implications"
    TIMELINE = "timeline"
    DISAGREEMENTS = "disagreements"
    UNKNOWNS = "unknowns"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A claim where it stands: the shape of a row, whatever its section."""

    section: _Section
    position: int
    claim: Claim
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """By what a stored analysis was made, and from what."""

    engine: str
    model: str | None
    rules: str
    inputs: str


def made(connection: Connection, only: Sequence[str] | None = None) -> dict[str, Made]:
    """How each stored analysis was made, by story; or those of some stories only."""
    chosen = select(
        analyses.c.story_id,
        analyses.c.engine,
        analyses.c.model,
        analyses.c.rules,
        analyses.c.inputs,
    )
    several = [chosen]
    if only is not None:
        portions = (only[start : start + _MOST_BOUND] for start in range(0, len(only), _MOST_BOUND))
        several = [chosen.where(analyses.c.story_id.in_(some)) for some in portions]
    return {
        row.story_id: Made(engine=row.engine, model=row.model, rules=row.rules, inputs=row.inputs)
        for each in several
        for row in connection.execute(each)
    }


def save_analysis(connection: Connection, analysis: Analysis, rules: str) -> None:
    """Replaces the analysis of a story. Fails where a citation names a passage that is not
    stored.
    """
    drop_analysis(connection, analysis.story_id)
    connection.execute(
        insert(analyses).values(
            story_id=analysis.story_id,
            engine=analysis.engine,
            model=analysis.model,
            rules=rules,
            analysed=analysis.analysed_at,
            inputs=analysis.inputs,
            rejected=[[reason, count] for reason, count in analysis.rejected],
            is_open=analysis.kept.is_open,
            is_weighed=False,
        )
    )
    placed = tuple(_placed(analysis.kept))
    connection.execute(insert(claims), [_claim_row(analysis.story_id, each) for each in placed])
    cited = [row for each in placed for row in _citation_rows(analysis.story_id, each)]
    if cited:
        connection.execute(insert(citations), cited)


def answer_questions(connection: Connection, analysis: Analysis) -> None:
    """Replaces what a stored analysis leaves open by what this one does, and the time at which it
    was told.
    """
    questions = (_Section.DISAGREEMENTS, _Section.UNKNOWNS)
    for table in (citations, claims):
        connection.execute(
            delete(table).where(
                table.c.story_id == analysis.story_id, table.c.section.in_(questions)
            )
        )
    placed = [each for each in _placed(analysis.kept) if each.section in questions]
    connection.execute(insert(claims), [_claim_row(analysis.story_id, each) for each in placed])
    if cited := [row for each in placed for row in _citation_rows(analysis.story_id, each)]:
        connection.execute(insert(citations), cited)
    values = {"analysed": analysis.analysed_at, "is_open": analysis.kept.is_open}
    connection.execute(
        update(analyses).where(analyses.c.story_id == analysis.story_id).values(values)
    )


def unweighed(connection: Connection) -> frozenset[str]:
    """The stories whose telling was not looked through for answers to the questions of others."""
    return frozenset(connection.scalars(select(analyses.c.story_id).where(~analyses.c.is_weighed)))


def with_questions(connection: Connection) -> tuple[str, ...]:
    """The stories that have a question without an answer, by id."""
    return tuple(
        connection.scalars(
            select(analyses.c.story_id).where(analyses.c.is_open).order_by(analyses.c.story_id)
        )
    )


def mark_weighed(connection: Connection, story_ids: Sequence[str]) -> None:
    """Records that these were looked through."""
    for start in range(0, len(story_ids), _MOST_BOUND):
        some = story_ids[start : start + _MOST_BOUND]
        connection.execute(
            update(analyses).where(analyses.c.story_id.in_(some)).values(is_weighed=True)
        )


def drop_analysis(connection: Connection, story_id: str) -> None:
    """Removes the analysis of a story, if there is one."""
    for table in (citations, claims, analyses):
        connection.execute(delete(table).where(table.c.story_id == story_id))


def told_between(connection: Connection, first: datetime, last: datetime) -> tuple[str, ...]:
    """The stories whose analysis was made in this time, by id."""
    within = analyses.c.analysed.between(first, last)
    return tuple(
        connection.scalars(select(analyses.c.story_id).where(within).order_by(analyses.c.story_id))
    )


def forget_inputs(connection: Connection, story_ids: Sequence[str]) -> None:
    """Lets no analysis of these stories count as made from what there is, so that each is made
    again.
    """
    for start in range(0, len(story_ids), _MOST_BOUND):
        these = analyses.c.story_id.in_(story_ids[start : start + _MOST_BOUND])
        connection.execute(update(analyses).where(these).values(inputs=""))


def date_analysis(connection: Connection, story_id: str, at: datetime) -> None:
    """Records when an analysis was made."""
    connection.execute(update(analyses).where(analyses.c.story_id == story_id).values(analysed=at))


def analyses_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, Analysis]:
    """The analyses of these stories, by story."""
    found: dict[str, Analysis] = {}
    for start in range(0, len(story_ids), _MOST_BOUND):
        some = story_ids[start : start + _MOST_BOUND]
        placed = _placed_of(connection, some)
        for row in connection.execute(select(analyses).where(analyses.c.story_id.in_(some))):
            found[row.story_id] = _analysis(row, placed[row.story_id])
    return found


def _placed(draft: Draft) -> Iterator[_Placed]:
    yield _Placed(section=_Section.HEADLINE, position=0, claim=draft.headline, detail={})
    if draft.hook:
        yield _Placed(section=_Section.HOOK, position=0, claim=draft.hook, detail={})
    plain = (
        (_Section.WHAT_CHANGED, draft.what_changed),
        (_Section.WHY_IT_MATTERS, draft.why_it_matters),
    )
    for section, several in (
        *plain,
        (_Section.TAKEAWAYS, draft.takeaways),
        (_Section.MECHANISM, draft.mechanism),
    ):
        for position, claim in enumerate(several):
            yield _Placed(section=section, position=position, claim=claim, detail={})
    for position, action in enumerate(draft.what_to_do_next):
        facts = {"role": action.role, "effort": action.effort, "by": action.by}
        yield _Placed(
            section=_Section.WHAT_TO_DO_NEXT, position=position, claim=action.claim, detail=facts
        )
        if action.trigger:
            yield _Placed(
                section=_Section.TRIGGER, position=position, claim=action.trigger, detail={}
            )
    for position, audience in enumerate(draft.who_should_care):
        role = {"role": audience.role}
        yield _Placed(
            section=_Section.WHO_SHOULD_CARE, position=position, claim=audience.claim, detail=role
        )
    for position, foretold in enumerate(draft.implications):
        terms = {
            "horizon": foretold.horizon.isoformat(),
            "likelihood": foretold.likelihood,
            "sign": foretold.sign,
        }
        yield _Placed(
            section=_Section.IMPLICATIONS, position=position, claim=foretold.claim, detail=terms
        )
    for position, row in enumerate(draft.timeline):
        detail = {
            "day": row.day.isoformat(),
            "precision": row.precision,
            "planned": row.planned,
            "this_event": row.this_event,
        }
        yield _Placed(section=_Section.TIMELINE, position=position, claim=row.claim, detail=detail)
    yield from _questions(
        _Section.DISAGREEMENTS,
        [(each, {"question": each.question}) for each in draft.disagreements],
    )
    yield from _questions(_Section.UNKNOWNS, [(each, {}) for each in draft.unknowns])


def _questions(
    section: _Section, several: Sequence[tuple[Disagreement | Unknown, dict[str, Any]]]
) -> Iterator[_Placed]:
    """The claims of open and answered questions one after the other; `n` says of which question,
    `answer` which one answers.
    """
    told = (
        (claim, detail | {"n": n} | ({"answer": True} if claim is each.answer else {}))
        for n, (each, detail) in enumerate(several)
        for claim in each.all_claims()
    )
    for position, (claim, detail) in enumerate(told):
        yield _Placed(section=section, position=position, claim=claim, detail=detail)


def _draft(placed: Sequence[_Placed]) -> Draft:
    def of(section: _Section) -> list[_Placed]:
        return [each for each in placed if each.section is section]

    def claims_of(section: _Section) -> tuple[Claim, ...]:
        return tuple(each.claim for each in of(section))

    triggers = {each.position: each.claim for each in of(_Section.TRIGGER)}
    return Draft(
        headline=of(_Section.HEADLINE)[0].claim,
        hook=next(iter(claims_of(_Section.HOOK)), None),
        what_changed=claims_of(_Section.WHAT_CHANGED),
        why_it_matters=claims_of(_Section.WHY_IT_MATTERS),
        what_to_do_next=tuple(
            _action(each, triggers.get(each.position)) for each in of(_Section.WHAT_TO_DO_NEXT)
        ),
        who_should_care=tuple(
            Audience(role=Role(each.detail["role"]), claim=each.claim)
            for each in of(_Section.WHO_SHOULD_CARE)
        ),
        takeaways=claims_of(_Section.TAKEAWAYS),
        mechanism=claims_of(_Section.MECHANISM),
        implications=tuple(_implication(each) for each in of(_Section.IMPLICATIONS)),
        timeline=tuple(_timeline_row(each) for each in of(_Section.TIMELINE)),
        disagreements=tuple(_disagreements(of(_Section.DISAGREEMENTS))),
        unknowns=tuple(_unknowns(of(_Section.UNKNOWNS))),
    )


def _action(placed: _Placed, trigger: Claim | None) -> Action:
    facts = placed.detail
    return Action(
        role=Role(facts["role"]),
        claim=placed.claim,
        trigger=trigger,
        effort=facts["effort"],
        by=facts.get("by", ""),
    )


def _disagreements(placed: Sequence[_Placed]) -> Iterator[Disagreement]:
    for (_, question), several in groupby(
        placed, key=lambda each: (each.detail["n"], each.detail["question"])
    ):
        claims, answer = _answered(tuple(several))
        yield Disagreement(question=question, claims=claims, answer=answer)


def _unknowns(placed: Sequence[_Placed]) -> Iterator[Unknown]:
    for _, several in groupby(placed, key=lambda each: each.detail["n"]):
        (claim,), answer = _answered(tuple(several))
        yield Unknown(claim=claim, answer=answer)


def _answered(several: Sequence[_Placed]) -> tuple[tuple[Claim, ...], Claim | None]:
    """What is asked or stated, and the answer if there is one."""
    answer = next((each.claim for each in several if each.detail.get("answer")), None)
    return tuple(each.claim for each in several if not each.detail.get("answer")), answer


def _implication(placed: _Placed) -> Implication:
    detail = placed.detail
    horizon, likelihood = date.fromisoformat(detail["horizon"]), Likelihood(detail["likelihood"])
    return Implication(
        claim=placed.claim, horizon=horizon, likelihood=likelihood, sign=detail["sign"]
    )


def _timeline_row(placed: _Placed) -> TimelineRow:
    detail = placed.detail
    return TimelineRow(
        day=date.fromisoformat(detail["day"]),
        precision=Precision(detail["precision"]),
        planned=detail["planned"],
        this_event=detail["this_event"],
        claim=placed.claim,
    )


def _placed_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, list[_Placed]]:
    """The claims of these stories in order, each with its citations."""
    cited: dict[tuple[str, str, int], list[Citation]] = {}
    ordered = (citations.c.story_id, citations.c.section, citations.c.position, citations.c.number)
    for row in connection.execute(
        select(citations).where(citations.c.story_id.in_(story_ids)).order_by(*ordered)
    ):
        passage = f"{row.article_id}.{row.version}.{row.n}"
        cited.setdefault((row.story_id, row.section, row.position), []).append(
            Citation(passage=passage, quote=row.quote)
        )
    placed: dict[str, list[_Placed]] = {story_id: [] for story_id in story_ids}
    chosen = select(claims).where(claims.c.story_id.in_(story_ids))
    for row in connection.execute(
        chosen.order_by(claims.c.story_id, claims.c.section, claims.c.position)
    ):
        several = tuple(cited.get((row.story_id, row.section, row.position), ()))
        claim = Claim(text=row.text, kind=ClaimKind(row.kind), citations=several)
        placed[row.story_id].append(
            _Placed(
                section=_Section(row.section), position=row.position, claim=claim, detail=row.detail
            )
        )
    return placed


def _analysis(row: Row[tuple[object, ...]], placed: Sequence[_Placed]) -> Analysis:
    return Analysis(
        story_id=row.story_id,
        engine=row.engine,
        model=row.model,
        analysed_at=row.analysed,
        inputs=row.inputs,
        kept=_draft(placed),
        rejected=tuple((Rejection(reason), count) for reason, count in row.rejected),
        rules=row.rules,
    )


def _claim_row(story_id: str, placed: _Placed) -> dict[str, object]:
    return {
        "story_id": story_id,
        "section": placed.section,
        "position": placed.position,
        "text": placed.claim.text,
        "kind": placed.claim.kind,
        "detail": placed.detail,
    }


def _citation_rows(story_id: str, placed: _Placed) -> Iterator[dict[str, object]]:
    for number, citation in enumerate(placed.claim.citations):
        article_id, version, n = citation.passage.split(".")
        yield {
            "story_id": story_id,
            "section": placed.section,
            "position": placed.position,
            "number": number,
            "article_id": article_id,
            "version": int(version),
            "n": int(n),
            "quote": citation.quote,
        }
