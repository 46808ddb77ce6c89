"""What the stories that wait would cost with a model, without asking it: reads the store and writes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.story import Story
from aggregator.domain.tokens import CHAT_TOKENS, estimated_tokens
from aggregator.ports import ModelEngine, Prompt
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.store.writing import analyses
from aggregator.store.writing.answers import stored_answer
from aggregator.story.facts.question import facts_prompt
from aggregator.story.page.question import page_prompt
from aggregator.story.run import inputs_digest
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import with_texts
from aggregator.story.stage.model_analysis import material_for, question_key

_STORY_BATCH = 50  # stories whose texts are in memory at once
_FACTS_TOKENS = 900  # of the facts of a story, which the question for its page holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Stories that a model would be asked about, and about how many tokens of prompts, without
    repairs.
    """

    stories: int
    prompt_tokens: int


def waiting(
    connection: Connection, engine: ModelEngine, since: datetime | None = None
) -> list[Story]:
    """The stories that the model would look at: the stale ones, and those another engine told; best
    first.
    """
    stale = stories.stale_stories(connection)
    outdated = [
        key for key, by in analyses.analysis_origins(connection).items() if by.rules != engine.rules
    ]
    others = stories.stories_by_id(connection, sorted({*outdated} - {story.id for story in stale}))
    others = tuple(story for story in others if since is None or story.updated >= since)
    return sorted((*stale, *others), key=lambda story: (-story.score, story.id))


def price(
    connection: Connection, services: Services, engine: ModelEngine, bare: Sequence[Story]
) -> Price:
    """What these stories would cost; a story that the model told already, or a question it
    answered, costs nothing.
    """
    made = analyses.analysis_origins(connection)
    tokens = []
    for start in range(0, len(bare), _STORY_BATCH):
        for story in with_texts(connection, services, bare[start : start + _STORY_BATCH]):
            before = made.get(story.id)
            if before is None or before.inputs != inputs_digest(story, engine):
                tokens.append(
                    _prompt_tokens(connection, engine, with_background(connection, services, story))
                )
    return Price(stories=sum(token > 0 for token in tokens), prompt_tokens=sum(tokens))


def _prompt_tokens(connection: Connection, engine: ModelEngine, story: Story) -> int:
    """About what facts and page cost; the page's question holds facts that nobody knows yet."""
    material = material_for(story, engine.options)
    if material is None:
        return 0
    question = facts_prompt(material.evidence)
    page = page_prompt(material.headline.text, (), material.names)
    is_kept = stored_answer(connection, question_key(engine.digest, question)) is not None
    tokens = 0 if is_kept else _tokens(question)
    return tokens + _tokens(page) + _FACTS_TOKENS


def _tokens(question: Prompt) -> int:
    texts = (question.system, question.prefix, question.task)
    return sum(map(estimated_tokens, texts)) + CHAT_TOKENS
