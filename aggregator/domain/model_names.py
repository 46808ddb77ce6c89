"""How names of models are compared, however they are written. Pure."""

from __future__ import annotations

import re

_PIECES = re.compile(r"[a-z]+|\d+")
_DAY = re.compile(r"-(?:20\d{6}|20\d\d-\d\d-\d\d)(?=-|$)|-latest$")


def name_pieces(name: str) -> tuple[str, ...]:
    """The words and numbers of a name, without whose it is: "anthropic/claude-3-5-haiku"."""
    return tuple(_PIECES.findall(name.lower().rpartition("/")[2]))


def model_key(name: str) -> tuple[str, ...]:
    """What tells a model from others, however it is written, without the day of its version:
    "Claude Haiku 3.5" is claude-3-5-haiku-20241022.
    """
    return tuple(sorted(name_pieces(_DAY.sub("", name.lower()))))
