"""A refresh in work units that workers on several machines take: what of which step."""

from __future__ import annotations

from enum import StrEnum

from aggregator.domain.frozen import frozen


class Step(StrEnum):
    """The steps of a refresh as workers take them, in the order of the table of stages: one begins
    when the one before is done.
    """

    FETCH = "fetch"  # the sources of a domain
    EXTRACT = "extract"  # the pages of a domain
    CLUSTER = "cluster"  # all at once: an article may join any story
    REMEMBER = "remember"  # the histories of some stories
    TELL = "tell"  # a story by the model
    ANALYSE = "analyse"  # some stories by rules
    PUBLISH = "publish"  # all at once: the site is one folder


@frozen
class WorkUnit:
    """The work that one worker does at a time: `items` are keys of sources, ids of articles or of
    stories, by step.

    `key` sets apart the units of a step; two of one key are never under way at once. `priority`:
    the higher the sooner.
    """

    run: str
    step: Step
    key: str
    items: tuple[str, ...] = ()
    priority: int = 0
