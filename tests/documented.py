"""The commands that README and documentation show, read by the program's own parser."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from aggregator.cli.app import aggregator
from aggregator.domain.frozen import frozen

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^ *```(?:sh|text)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_IN_BLOCK = re.compile(r"^ *(?:\S*/)?aggregator (.+)$", re.MULTILINE)
_IN_TEXT = re.compile(r"`aggregator ([^`]+)`")
_AFTERWARDS = re.compile(r"\s#.*|\s(?:&&|[|;<]|2?>).*")  # a comment, or something for the shell


@frozen
class Documented:
    """A command as it is written in a document, without the name of the program. One in the text
    may leave out arguments.
    """

    document: str
    arguments: tuple[str, ...]
    in_block: bool


def documented() -> list[Documented]:
    """All commands in the documents, each once for a document."""
    paths = [*ROOT.glob("*.md"), *sorted(ROOT.glob("docs/**/*.md"))]
    found = [each for path in paths if path.name != "CHANGELOG.md" for each in _commands(path)]
    return list(dict.fromkeys(found))


def _commands(path: Path) -> Iterator[Documented]:
    text = path.read_text("utf-8")
    blocks = "".join(_BLOCK.findall(text))
    for pattern, source, in_block in ((_IN_BLOCK, blocks, True), (_IN_TEXT, text, False)):
        for words in pattern.findall(source if in_block else _FENCED.sub("", source)):
            arguments = tuple(shlex.split(_AFTERWARDS.sub("", words)))
            yield Documented(document=path.name, arguments=arguments, in_block=in_block)


def read(arguments: tuple[str, ...]) -> tuple[str, bool]:
    """The name of the command, such as `sources add`, and whether nothing that it needs is missing.
    Raises UsageError for a command or option that does not exist, and for an argument too many; a
    value is an example and may be of another form.
    """
    command: click.Command = aggregator
    context = click.Context(aggregator, info_name="aggregator")
    rest = list(arguments)
    while True:
        values, rest, _ = command.make_parser(context).parse_args(rest)
        name = context.command_path.partition(" ")[2]
        if not isinstance(command, click.Group):
            break
        if not rest:
            return name, "version" in values
        _, child, rest = command.resolve_command(context, rest)
        assert child is not None  # resolve_command fails otherwise
        command, context = child, click.Context(child, info_name=child.name, parent=context)
    if rest:
        raise click.UsageError(f"too many arguments: {' '.join(rest)}", context)
    needed = [param.name for param in command.params if param.required]
    return name, all(isinstance(values.get(name or ""), (str, tuple)) for name in needed)
