"""Names of a claim that the story does not have.

A capitalised first word is a name only where the story or the archive writes it so inside
sentences: "Foreign companies" names nobody.
"""

from __future__ import annotations

import re

from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.names import missing_names
from aggregator.verify.wording import is_written_as_name

_FIRST = re.compile(r"""(?:^|[.!?:;…—–]["'”’)\]]*\s+|["“‘(\[]\s?)["'“‘(\[]*([A-Z][a-z'’-]*)\b""")
_SHORTEST = 3  # letters of a name that may be part of a compound
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def missing_namings(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The names of a claim that no report, headline or source of the story has."""
    opening = {match[1] for match in _FIRST.finditer(text)}
    return tuple(
        name
        for name in missing_names(text, story.texts)
        if not (name in opening and not is_written_as_name(name, story.casing, story.archive))
        and not _is_ordinary_behind(name, opening, story)
        and not _is_part_of_compound(name, story)
        and not _is_common_acronym(name, story)
    )


def _is_part_of_compound(name: str, story: StoryIndex) -> bool:
    """Whether it opens a word that the story writes with a capital inside: "Mac" of "macOS"."""
    return len(name) >= _SHORTEST and any(
        word[: len(name)].lower() == name.lower() and word[len(name)].isupper()
        for text in story.texts
        for word in _WORD.findall(text)
        if len(word) > len(name)
    )


def _is_common_acronym(name: str, story: StoryIndex) -> bool:
    """Whether it is an acronym of which the archive writes the plural: a thing that one can have
    several of, as "GPU".
    """
    return name.isupper() and any(
        f"{name.lower()}s" in table for table in (story.casing, story.archive)
    )


def _is_ordinary_behind(name: str, opening: set[str], story: StoryIndex) -> bool:
    """Whether a name is an ordinary first word with names behind it that all stand in the story:
    "Both OpenAI", "Chipmaker Nvidia".
    """
    first, *rest = _WORD.findall(name)
    return (
        bool(rest)
        and first in opening
        and not is_written_as_name(first, story.casing, story.archive)
        and not missing_names(f"by {' '.join(rest)}", story.texts)
    )
