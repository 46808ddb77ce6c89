"""One story from engine to verdict: the draft is asked for, checked, and kept as far as it
survives.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from aggregator.domain.claim import Analysis, Draft, Rejection
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.story import Story
from aggregator.ports import Engine, ModelEngine

GateCheck = Callable[[Draft, Story], tuple[Draft | None, tuple[tuple[Rejection, int], ...]]]


@frozen
class Unanalysed:
    """A story without an analysis, and the rejected claims."""

    story_id: str
    reason: str
    rejected: tuple[tuple[Rejection, int], ...] = ()


def inputs_digest(story: Story, engine: Engine | ModelEngine) -> str:
    """SHA-256 of all that an analysis rests on: the engine and its rules, each member's version,
    date and standing.
    """
    return evidence_digest(story, engine.name, engine.model, engine.rules)


def evidence_digest(story: Story, name: str, model: str | None, rules: str) -> str:
    """The same for an engine that is known by name only: it shows whether a stored analysis still
    covers its story.
    """
    members = [
        [
            member.article.id,
            member.article.version,
            member.article.published.at.isoformat(),
            member.copy_of,
            member.primary,
            member.weight,
            *([] if member.is_quotable else ["not quotable"]),
        ]
        for member in story.members
    ]
    content = json.dumps([name, model, rules, members], sort_keys=True)
    return sha256_of(content)


def analyse(story: Story, engine: Engine, check: GateCheck, now: datetime) -> Analysis | Unanalysed:
    """The analysis of a story: what the engine proposed and `check` let pass. Nothing is kept
    without a headline.
    """
    return analysis_of(story, engine, engine.draft(story), check, now)


def analysis_of(
    story: Story,
    engine: Engine | ModelEngine,
    draft: Draft | None,
    check: GateCheck,
    now: datetime,
    refused: Mapping[Rejection, int] = MappingProxyType({}),
) -> Analysis | Unanalysed:
    """What is kept of a draft; `refused` counts the claims that were rejected before it was
    whole.
    """
    if draft is None:
        return Unanalysed(story_id=story.id, reason="no article in the site's language")
    kept, counts = check(draft, story)
    rejected = tuple(sorted((Counter(dict(counts)) + Counter(refused)).items()))
    if kept is None:
        return Unanalysed(
            story_id=story.id, reason="the headline did not pass the gates", rejected=rejected
        )
    return Analysis(
        story_id=story.id,
        engine=engine.name,
        model=engine.model,
        analysed_at=now,
        inputs=inputs_digest(story, engine),
        kept=kept,
        rejected=rejected,
    )
