"""What the stories that wait would cost with a model, without asking it: reads the store and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.analyse.candidates import readable_members
from aggregator.analyse.evidence import evidence
from aggregator.analyse.prompt import Section, prompt
from aggregator.analyse.run import ModelEngine, inputs_digest
from aggregator.domain.story import Story
from aggregator.domain.tokens import CHAT_TOKENS, estimated_tokens
from aggregator.stages.keeping import with_texts
from aggregator.stages.modelling import question_key
from aggregator.stages.services import Services
from aggregator.store import analyses, stories
from aggregator.store.answers import kept_answer
from aggregator.store.database import Connection

_STORY_BATCH = 50  # stories whose texts are in memory at once
_TOLD_TOKENS = 200  # what the takeaways are told of the sections before, which nobody knows yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Stories that a model would be asked about, and about how many tokens of prompts, without repairs."""

    stories: int
    prompt_tokens: int


def waiting(connection: Connection, engine: ModelEngine) -> list[Story]:
    """The stories that the model would look at: the stale ones, and those that another engine told; best first."""
    stale = stories.stale_stories(connection)
    same = (engine.name, engine.model, engine.rules)
    outdated = [key for key, by in analyses.made(connection).items() if (by.engine, by.model, by.rules) != same]
    others = stories.stories_by_id(connection, sorted({*outdated} - {story.id for story in stale}))
    return sorted((*stale, *others), key=lambda story: (-story.score, story.id))


def price(connection: Connection, services: Services, engine: ModelEngine, bare: Sequence[Story]) -> Price:
    """What these stories would cost; a story that the model told already, or a question it answered, costs nothing."""
    made = analyses.made(connection)
    tokens = []
    for start in range(0, len(bare), _STORY_BATCH):
        for story in with_texts(connection, services, bare[start : start + _STORY_BATCH]):
            before = made.get(story.id)
            if before is None or before.inputs != inputs_digest(story, engine):
                tokens.append(_prompt_tokens(connection, engine, story))
    return Price(stories=sum(each > 0 for each in tokens), prompt_tokens=sum(tokens))


def _prompt_tokens(connection: Connection, engine: ModelEngine, story: Story) -> int:
    """Rather too many: the takeaways count always, as their question holds what the other sections will tell."""
    members = readable_members(story, engine.telling.language)
    if not members:
        return 0
    seen = evidence(members, engine.telling.evidence_tokens)
    questions = {section: prompt(section, seen) for section in Section}
    first = questions[Section.TAKEAWAYS]
    shared = estimated_tokens(first.system) + estimated_tokens(first.prefix) + CHAT_TOKENS
    total = shared + estimated_tokens(first.task) + _TOLD_TOKENS
    for section, question in questions.items():
        if section is not Section.TAKEAWAYS and kept_answer(connection, question_key(engine.digest, question)) is None:
            total += shared + estimated_tokens(question.task)
    return total
