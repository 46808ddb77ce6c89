"""The templates of a theme beside ours: what is wrong with them before any page is rendered, and
which of ours changed since they were made.

A template notes the digest of ours that it was made for: `{# made for 1a2b3c4d #}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from aggregator.domain.ids import sha256_of
from aggregator.templating.theme import VERSION, Theme, originals

_MADE_FOR = re.compile(r"\{# made for (\w+) #\}")
_READER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def made_for(path: str) -> str:
    """The note of a template that was made for ours as it is now; empty where there is none."""
    ours = originals().get(path)
    return f"{{# made for {sha256_of(ours.read_text('utf-8'))[:8]} #}}" if ours else ""


def template_problems(theme: Theme) -> Iterator[str]:
    """Templates that are not Jinja, and blocks that ours do not have."""
    for path, text in _sources(theme):
        place = f"{theme.folder.name}/{path}"
        try:
            tree = _READER.parse(text)
        except TemplateSyntaxError as error:
            yield f"{place}:{error.lineno}: {error.message}"
            continue
        ours = originals().get(path)
        known = _blocks(ours) if ours and tree.find(nodes.Extends) else None
        for block in tree.find_all(nodes.Block):
            if known is not None and block.name not in known:
                listed = ", ".join(sorted(known))
                yield f"{place}:{block.lineno}: ours has no block {block.name}, only {listed}"


def outdated(theme: Theme) -> Iterator[str]:
    """What may have to be changed since this program was upgraded, a line each."""
    if theme.version != VERSION:
        yield (
            f"{theme.folder.name}/theme.toml: made for version {theme.version} of blocks and"
            f" variables, now {VERSION}: see docs/look.md, then write templates = {VERSION}"
        )
    for path, text in _sources(theme):
        note, found = made_for(path), _MADE_FOR.search(text)
        if note and (found is None or found[0] != note):
            what = "ours has changed: compare it, then" if found else "to learn when ours changes,"
            yield f"{theme.folder.name}/{path}:1: {what} write {note}"


def _sources(theme: Theme) -> Iterator[tuple[str, str]]:
    return ((path, (theme.folder / path).read_text("utf-8")) for path in theme.templates)


def _blocks(template: Path) -> set[str]:
    """The blocks of a template of ours, and of those that it extends."""
    tree = _READER.parse(template.read_text("utf-8"))
    names = {block.name for block in tree.find_all(nodes.Block)}
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            ours = originals().get(f"{template.parent.name}/{parent.template.value}")
            names |= _blocks(ours) if ours else set()
    return names
