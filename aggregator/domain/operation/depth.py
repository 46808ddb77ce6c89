"""How much of a story a model writes, and on how many stories a day."""

from __future__ import annotations

from enum import StrEnum


class Depth(StrEnum):
    """In depth: facts and the whole page. In brief: hook and what changed, over the openings of
    the articles.
    """

    IN_DEPTH = "in_depth"
    IN_BRIEF = "in_brief"
