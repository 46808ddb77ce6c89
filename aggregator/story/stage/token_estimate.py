"""What the stories that wait would cost with a model, without asking it: reads the store and writes
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.depth import Depth
from aggregator.domain.story import Story
from aggregator.domain.tokens import CHAT_TOKENS, estimated_tokens
from aggregator.ports import ModelEngine, Prompt
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.writing import analyses
from aggregator.store.writing.models import Spent, kept_speed, places_held, stored_answer
from aggregator.story.facts.question import facts_prompt
from aggregator.story.page.question import page_prompt
from aggregator.story.run import inputs_digest
from aggregator.story.stage.analyse import for_model, in_order, outdated_for
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import with_texts
from aggregator.story.stage.model_analysis import material_for, question_key
from aggregator.story.stage.places import daily_places, depth_of
from aggregator.story.writer import brief_prompt

_STORY_BATCH = 50  # stories whose texts are in memory at once
_FACTS_TOKENS = 900  # of the facts of a story, which the question for its page holds


@frozen
class Price:
    """Stories that a model would be asked about, by depth, and about how many tokens of prompts,
    without repairs. What follows from them, if an earlier run of this model was measured.
    """

    in_depth: int = 0
    in_brief: int = 0
    prompt_tokens: int = 0
    completion_tokens: int | None = None
    judge_tokens: int | None = None
    minutes: float | None = None


def waiting(
    connection: Connection, services: Services, engine: ModelEngine, since: datetime | None
) -> tuple[Story, ...]:
    """The stories that the model would look at, the most important first."""
    stale = {story.id for story in for_model(connection, services)}
    others = outdated_for(connection, services, engine, since)
    ranked = daily_places(connection, services).ranked
    return in_order(connection, [each for each in ranked if each in stale.union(others)])


def price(
    connection: Connection, services: Services, engine: ModelEngine, bare: Sequence[Story]
) -> Price:
    """What these stories would cost with the places that the day has left; a question that was
    answered costs nothing.
    """
    made = analyses.analysis_origins(connection, [story.id for story in bare])
    places = daily_places(connection, services)
    held = places_held(connection, places.day)
    found: list[tuple[Depth, int]] = []
    for start in range(0, len(bare), _STORY_BATCH):
        for story in with_texts(connection, services, bare[start : start + _STORY_BATCH]):
            before = made.get(story.id)
            depth = places.open_to(held, story.id, depth_of(before))
            if depth is None or (before and before.inputs == inputs_digest(story, engine)):
                continue
            whole = with_background(connection, services, story)
            if tokens := _prompt_tokens(connection, engine, whole, depth):
                held[story.id] = depth
                found.append((depth, tokens))
    count = Counter(depth for depth, _ in found)
    return _at_speed(
        Price(
            in_depth=count[Depth.IN_DEPTH],
            in_brief=count[Depth.IN_BRIEF],
            prompt_tokens=sum(tokens for _, tokens in found),
        ),
        kept_speed(connection, engine.digest),
    )


def _at_speed(found: Price, spent: Spent | None) -> Price:
    """The price as far as earlier runs tell it: their answers, judging and time a token asked."""
    if not found.prompt_tokens:
        return replace(found, completion_tokens=0, judge_tokens=0, minutes=0.0)
    if spent is None:
        return found
    share = found.prompt_tokens / spent.prompt_tokens
    return replace(
        found,
        completion_tokens=round(share * spent.completion_tokens),
        judge_tokens=round(share * spent.judge_tokens),
        minutes=round(share * spent.seconds / 60, 1),
    )


def _prompt_tokens(connection: Connection, engine: ModelEngine, story: Story, depth: Depth) -> int:
    """About what a story costs; the page's question holds facts that nobody knows yet."""
    material = material_for(story, engine.options)
    if material is None:
        return 0

    def tokens(question: Prompt) -> int:
        is_kept = stored_answer(connection, question_key(engine.digest, question)) is not None
        return 0 if is_kept else _tokens(question)

    if depth is Depth.IN_BRIEF:
        return tokens(brief_prompt(material))
    page = page_prompt(material.headline.text, (), material.names)
    return tokens(facts_prompt(material.evidence)) + _tokens(page) + _FACTS_TOKENS


def _tokens(question: Prompt) -> int:
    texts = (question.system, question.prefix, question.task)
    return sum(map(estimated_tokens, texts)) + CHAT_TOKENS
