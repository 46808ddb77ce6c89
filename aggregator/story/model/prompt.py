"""The questions to a model: one small question a section, all behind the same evidence, with the
schema of each answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from aggregator.domain.claim import Likelihood, Role
from aggregator.english.text import sentences, word_count
from aggregator.ports import Prompt
from aggregator.resources import TEMPLATES
from aggregator.story.model.evidence import Evidence
from aggregator.templating.environment import plain_renderer

MOST_WORDS = 30  # of a statement: what a reader takes in at once
# of a text, in the grammar: half as much again as 30 words, so that no model talks for ever
MOST_CHARACTERS = 280
_ANSWER_TOKENS = 700  # MODELS.md: 600 or more, or answers are cut
_VOTE_TOKENS = 40  # {"stated": false} with room for what a thinking model cannot leave out
_MOST_NUMBERS = 3  # passages of a statement
_ROLES = ", ".join(role.value for role in Role)
MOST_OPENING = 4  # sentences of an edition's opening
_FEWEST_LEAKED = 5  # words: a shorter sentence of the prompt is a phrase that anybody may use


class Section(StrEnum):
    """The sections that a model writes, in the order in which they are asked for."""

    BRIEF = "brief"
    WHY = "why"
    NEXT = "next"
    CARE = "care"
    TAKEAWAYS = "takeaways"
    FORETOLD = "foretold"


_render = plain_renderer(TEMPLATES / "prompts")


def prompt(section: Section, evidence: Evidence, told: Sequence[str] = ()) -> Prompt:
    """The question for a section; `told` is what the story says already, for the section that must
    go beyond it.
    """
    task = _render(f"{section.value}.txt", roles=_ROLES, told=" ".join(told) or "the headline.")
    return _prompt(evidence, task, _schema(section))


def repair_prompt(
    section: Section, evidence: Evidence, refused: Mapping[str, str], told: Sequence[str] = ()
) -> Prompt:
    """The same question once more, with each refused statement and why."""
    task = prompt(section, evidence, told).task
    named = [{"text": text, "reason": reason} for text, reason in refused.items()]
    return _prompt(evidence, _render("repair.txt", task=task, refused=named), _schema(section))


def opening_prompt(leads: Evidence) -> Prompt:
    """The question for the opening of an edition; what is told of a story does not depend on its
    words.
    """
    return _prompt(
        leads,
        _render("edition/opening.txt"),
        _object(opening=_list(_object(text=_TEXT, passages=_NUMBERS), MOST_OPENING)),
    )


def vote_prompt(statement: str, passages: Sequence[str]) -> Prompt:
    """The question whether passages state a statement."""
    return Prompt(
        system=_render("vote/system.txt"),
        prefix=_render("vote/passages.txt", passages=passages),
        task=_render("vote/task.txt", statement=statement),
        schema=_object(stated={"type": "boolean"}),
        most_tokens=_VOTE_TOKENS,
    )


@cache
def prompt_sentences() -> tuple[str, ...]:
    """What the model is told about its work, sentence by sentence: none of it may come back as a
    claim.
    """
    told = [_system(), _render("edition/opening.txt")]
    told += [_render(f"{section.value}.txt", roles=_ROLES, told="") for section in Section]
    told.append(_render("repair.txt", task="", refused=()))
    lines = (line.strip("- ") for text in told for line in text.splitlines())
    return tuple(
        sentence
        for line in lines
        for sentence in sentences(line)
        if word_count(sentence) >= _FEWEST_LEAKED
    )


def prompts_digest() -> str:
    """A short digest of all that is asked and how: part of an analysis's digest, and shown as its
    prompt version.
    """
    texts = [path.read_text("utf-8") for path in sorted((TEMPLATES / "prompts").glob("*.txt"))]
    told = json.dumps(
        [texts, {section: _schema(section) for section in Section}, MOST_WORDS], sort_keys=True
    )
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _prompt(evidence: Evidence, task: str, schema: dict[str, Any]) -> Prompt:
    return Prompt(
        system=_system(),
        prefix=_render("evidence.txt", sources=evidence.sources, archive=evidence.archive),
        task=task,
        schema=schema,
        most_tokens=_ANSWER_TOKENS,
    )


def _system() -> str:
    """What holds for every section; the same for every story, so that it stays in the prompt
    cache.
    """
    return _render("system.txt", most_words=MOST_WORDS)


def _schema(section: Section) -> dict[str, Any]:
    """Only keywords that every server takes, so no pattern. What a length cuts is trimmed to whole
    sentences in `reply`.
    """
    text, numbers = _TEXT, _NUMBERS
    statement = _object(text=text, passages=numbers)
    role = {"type": "string", "enum": [role.value for role in Role]}
    effort = {"type": "string", "enum": ["hours", "days", "weeks"]}
    match section:
        case Section.BRIEF:
            return _object(hook=statement, what_changed=_list(statement, 2))
        case Section.WHY:
            return _object(why_it_matters=_list(statement, 2))
        case Section.NEXT:
            return _object(
                what_to_do_next=_list(
                    _object(role=role, action=text, trigger=text, effort=effort, passages=numbers),
                    2,
                )
            )
        case Section.CARE:
            return _object(
                who_should_care=_list(_object(role=role, reason=text, passages=numbers), 3)
            )
        case Section.TAKEAWAYS:
            return _object(takeaways=_list(statement, 5))
        case Section.FORETOLD:
            likelihood = {"type": "string", "enum": [each.value for each in Likelihood]}
            entry = _object(
                text=text,
                by={"type": "string", "maxLength": 10},
                likelihood=likelihood,
                sign=text,
                passages=numbers,
            )
            return _object(foretold=_list(entry, 2))


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": most}


_TEXT = {"type": "string", "maxLength": MOST_CHARACTERS}
_NUMBERS = _list({"type": "integer"}, _MOST_NUMBERS)
