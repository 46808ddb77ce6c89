"""What a model is told about its work: none of it may come back as a claim."""

from __future__ import annotations

import json
import re
from functools import cache

from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.rules import ADMISSION
from aggregator.domain.publishing.newsroom import newsroom
from aggregator.english.text import sentences, word_count
from aggregator.resources import TEMPLATES
from aggregator.story.fact_question import SCHEMA
from aggregator.story.facts import READING as FACTS_READING
from aggregator.story.page.question import section_schema
from aggregator.story.page.reply import READING as PAGE_READING
from aggregator.story.sections import writing_of

_FEWEST_LEAKED = 5  # words: a shorter sentence of a prompt is a phrase that anybody may use
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


@cache
def prompt_sentences() -> tuple[str, ...]:
    """The sentences of the prompts, without what is filled into them."""
    lines = (
        line.strip("- ")
        for text in (*_texts(), *_of_folder("ask").values())
        for line in _TAG.sub("", text).splitlines()
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
    schemas = [SCHEMA, *map(section_schema, writing_of())]
    told = json.dumps([_texts(), schemas, FACTS_READING, PAGE_READING], sort_keys=True)
    return sha256_of(told)[:8]


def model_rules() -> str:
    """The versions of all that decides what a model writes, but for the model: the prompts, how its
    answers are read, and which sentences it is shown.
    """
    return f"{prompts_digest()} {ADMISSION} {newsroom().digest}".rstrip()


def _texts() -> list[str]:
    own = ((key, writing.prompt) for key, writing in writing_of().items() if writing.prompt)
    page = sorted((_of_folder("page") | {f"{key}.txt": f"{text}\n" for key, text in own}).items())
    texts = (text for folder in ("", "facts") for text in _of_folder(folder).values())
    return [*texts, *(text for _, text in page), *_of_folder("edition").values()]


def _of_folder(name: str) -> dict[str, str]:
    """The prompts of a folder by the name of their file, in its order."""
    files = sorted((TEMPLATES / "prompts" / name).glob("*.txt"))
    return {path.name: path.read_text("utf-8") for path in files}
