"""`init`: asks for what every site has of its own, and writes config.toml."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from aggregator.cli.context import Invocation, Printed, pass_invocation
from aggregator.cli.sources.change import add, import_list
from aggregator.domain.frozen import frozen
from aggregator.errors import AggregatorError

OURS, NONE = "ours", "none"
_OUR_SUBJECT = "AI"
_MOST_WORDS = 2  # of the subject, which is the first of its terms
_REGISTRY = """\
# What the site is about. Topics, roles, companies and other names of yours belong here too.
[subject]
name = {name}
terms = [{name}]   # words that reports on it have: add more, in the singular
# within = "in {bare}"   # as in "What happened in {bare}"
# off_topic = []   # words of reports that do not belong
"""


@frozen
class _Question:
    """What is asked where no option gives it, and the rule of an answer."""

    text: str
    default: str
    mistake: Callable[[str], str | None]


@click.command()
@click.option("--title", help="Name of the site.")
@click.option("--subject", help="What the site is about, such as nursing.")
@click.option("--base-url", help="Public URL of the site.")
@click.option("--sources", help="ours, none, an OPML file, or the URL of a page or feed.")
@click.option("--model", help="Name of the Ollama model that writes, or none.")
@pass_invocation
def init(invocation: Invocation, /, **given: str | None) -> Printed:
    """Write a config.toml with your main settings.

    In a terminal, it asks for what no option gives; elsewhere that keeps its default.
    config.schema.json, written beside it, lets editors complete keys and mark mistakes.
    """
    from aggregator.config.config_file import SCHEMA_NAME, new_config, schema_text

    target: Path = invocation.config_file
    if target.exists():
        raise AggregatorError(
            f"{target} already exists and was not changed; choose another name with --config"
        )
    if not target.parent.is_dir():
        raise click.BadParameter(
            f"no such folder: {target.parent}; create it: mkdir -p {target.parent}",
            param_hint="--config",
        )
    answers: dict[str, str] = {}
    for option, question in _questions().items():
        is_ours = answers.get("subject", _OUR_SUBJECT).upper() == _OUR_SUBJECT
        default = question.default if is_ours or option != "sources" else NONE
        answers[option] = _answer(option, replace(question, default=default), given[option])
    schema, registry = target.with_name(SCHEMA_NAME), target.with_name("registry.toml")
    files = {schema: schema_text(), target: new_config(_settings(answers))}
    if answers["subject"].upper() != _OUR_SUBJECT and not registry.exists():
        name = json.dumps(answers["subject"], ensure_ascii=False)
        files[registry] = _REGISTRY.format(name=name, bare=name.strip('"'))
    for path, text in files.items():
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    added, next_steps = _sources(invocation, answers["sources"])
    as_object = {"written": str(target), "schema": str(schema), "sources": added}
    said = f"Wrote {registry}: what the site is about.\n" if registry in files else ""
    return as_object, f"Wrote {target}, and {SCHEMA_NAME} for editors.\n{said}{next_steps}"


def _questions() -> dict[str, _Question]:
    """The questions by their option, in the order in which they are asked."""
    from aggregator.config.configuration import settings_table
    from aggregator.config.validators import RULES

    defaults = {row.key: row.value.strip('"') for row in settings_table()}

    def of_setting(text: str, key: str) -> _Question:
        return _Question(text=text, default=defaults[key], mistake=RULES[key])

    return {
        "title": of_setting("Title of the site", "site.title"),
        "subject": _Question(
            text="What it is about", default=_OUR_SUBJECT, mistake=_subject_mistake
        ),
        "base_url": of_setting("Its public URL", "site.base_url"),
        "sources": _Question(
            text="Sources: ours (on AI), none, an OPML file, or the URL of a page or feed",
            default=OURS,
            mistake=_sources_mistake,
        ),
        "model": of_setting(
            "Ollama model that writes, or none to quote only", "analysis.ollama.model"
        ),
    }


def _subject_mistake(answer: str) -> str | None:
    is_name = answer[:1].isalnum() and len(answer.split()) <= _MOST_WORDS
    return None if is_name else f"{answer!r} is not one word or two, such as nursing"


def _sources_mistake(answer: str) -> str | None:
    from aggregator.domain.web.urls import fetchable_url

    if answer in {OURS, NONE} or fetchable_url(answer) or Path(answer).is_file():
        return None
    return f"{answer!r} is not ours, none, a file, or a URL that begins with https:// or http://"


def _answer(option: str, question: _Question, given: str | None) -> str:
    """What the option gives, else what is typed in a terminal, else the default."""

    def checked(text: str) -> str:
        answer = text.strip().rstrip("/") if option == "base_url" else text.strip()
        if mistake := question.mistake(answer):
            raise click.BadParameter(mistake, param_hint=f"--{option.replace('_', '-')}")
        return answer

    if given is not None:
        return checked(given)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return question.default
    typed: str = click.prompt(question.text, default=question.default, value_proc=checked, err=True)
    return typed


def _settings(answers: dict[str, str]) -> dict[str, Any]:
    """The settings that the answers make, by key."""
    writes = answers["model"] != NONE
    return {
        "sources_from": "package" if answers["sources"] == OURS else NONE,
        "site.title": answers["title"],
        "site.base_url": answers["base_url"],
        "analysis.engine": "auto" if writes else "extractive",
    } | ({"analysis.ollama.model": answers["model"]} if writes else {})


def _sources(invocation: Invocation, answer: str) -> Printed:
    """What was added to config.local.toml, as an object, and the words that say what to do next.
    Raises AggregatorError.
    """
    if answer == NONE:
        return None, "Next: `aggregator sources add URL`, then `aggregator refresh`"
    if answer == OURS:
        return None, (
            "Next: aggregator refresh\n"
            "After that, `aggregator sources check` tries every URL of every source and says what"
            " to do about those that fail."
        )
    context = click.get_current_context()
    try:
        if Path(answer).is_file():
            found: Printed = context.invoke(import_list, file=Path(answer))
        else:
            found = context.invoke(add, url=answer)
        return found
    except AggregatorError as error:
        raise AggregatorError(
            f"{invocation.config_file} is written, but has no sources yet: {error}\n"
            "Next: `aggregator sources add URL` or `aggregator sources import FILE.opml`"
        ) from error
