"""What a model is told about its work: none of it may come back as a claim."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.rules import ADMISSION
from aggregator.english.text import sentences, word_count
from aggregator.resources import TEMPLATES
from aggregator.story.fact_question import SCHEMA
from aggregator.story.facts import READING as FACTS_READING
from aggregator.story.page.question import section_schema
from aggregator.story.page.reply import READING as PAGE_READING
from aggregator.story.sections import WRITING_OF

_FEWEST_LEAKED = 5  # words: a shorter sentence of a prompt is a phrase that anybody may use
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


@cache
def prompt_sentences() -> tuple[str, ...]:
    """The sentences of the prompts, without what is filled into them."""
    lines = (
        line.strip("- ")
        for path in (*_files(), *sorted((TEMPLATES / "prompts" / "ask").glob("*.txt")))
        for line in _TAG.sub("", path.read_text("utf-8")).splitlines()
    )
    return tuple(
        sentence
        for line in lines
        for sentence in sentences(line)
        if word_count(sentence) >= _FEWEST_LEAKED
    )


def prompts_digest() -> str:
    """A short digest of all that is asked, how, and how answers are read: part of an analysis's
    digest, and shown as its prompt version.
    """
    texts = [path.read_text("utf-8") for path in _files()]
    schemas = [SCHEMA, *map(section_schema, WRITING_OF)]
    told = json.dumps([texts, schemas, FACTS_READING, PAGE_READING], sort_keys=True)
    return sha256_of(told)[:8]


def model_rules() -> str:
    """The versions of all that decides what a model writes, but for the model: the prompts, how its
    answers are read, and which sentences it is shown.
    """
    return f"{prompts_digest()} {ADMISSION}"


def _files() -> list[Path]:
    prompts = TEMPLATES / "prompts"
    folders = (prompts / "facts", prompts / "page", prompts / "edition")
    own = [path for folder in folders for path in sorted(folder.glob("*.txt"))]
    return [*sorted(prompts.glob("*.txt")), *own]
