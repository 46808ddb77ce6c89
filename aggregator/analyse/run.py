"""One story from engine to verdict: the draft is asked for, checked, and kept as far as it survives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.claim import Analysis, Draft, Rejection
from aggregator.domain.story import Story

Check = Callable[[Draft, Story], tuple[Draft | None, tuple[tuple[Rejection, int], ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What proposes claims. `rules` names the version of its rules or prompts: part of an analysis's digest."""

    name: str
    model: str | None
    rules: str
    draft: Callable[[Story], Draft | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanalysed:
    """A story without an analysis, and the claims that were turned away."""

    story_id: str
    reason: str
    rejected: tuple[tuple[Rejection, int], ...] = ()


def inputs_digest(story: Story, engine: Engine) -> str:
    """SHA-256 of all that an analysis rests on: the engine's rules and each member's version, date and standing."""
    members = [
        [each.article.id, each.article.version, each.article.published.at.isoformat(), each.copy_of, each.primary, each.weight]
        for each in story.members
    ]
    told = json.dumps([engine.name, engine.model, engine.rules, members], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def analyse(story: Story, engine: Engine, check: Check, now: datetime) -> Analysis | Unanalysed:
    """The analysis of a story: what the engine proposed and `check` let pass. Nothing is kept without a headline."""
    draft = engine.draft(story)
    if draft is None:
        return Unanalysed(story_id=story.id, reason="no article in the language of the site")
    kept, rejected = check(draft, story)
    if kept is None:
        return Unanalysed(story_id=story.id, reason="the headline did not survive the gates", rejected=rejected)
    return Analysis(
        story_id=story.id,
        engine=engine.name,
        model=engine.model,
        analysed_at=now,
        inputs=inputs_digest(story, engine),
        kept=kept,
        rejected=rejected,
    )
