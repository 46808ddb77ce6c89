"""Where a publisher's pages keep their text: what was seen of it page by page, and the template
that follows. Pure.

Sightings of a day are added up in any order and come into force the next day. So what a page gives
does not depend on the order in which a run reads its pages, or on how often it was killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from itertools import takewhile

from aggregator.domain.frozen import frozen

LEAST_PAGES = 20  # that agreed, before a publisher counts as known
# share of pages that their own paths do not explain, or that a spot check found wrong
MOST_ODD = 0.1
# share of a path's blocks that are all text, or all not; between, a page with such a block is read
# again
_SURE = 0.98
_MOST_PATHS = 400  # of a publisher; pages of one template have 20 to 120
_MOST_COUNTED = 500  # pages; then older sightings count half, so that a new design can win


@frozen
class Sighting:
    """What pages showed: how many were explained by the paths of their blocks and how many were
    `odd`.

    `paths` counts for each path how many of its blocks were text of an article and how many were
    not.
    """

    pages: int = 0
    odd: int = 0
    paths: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __add__(self, other: Sighting) -> Sighting:
        """Both together."""
        paths = dict(self.paths)
        for path, (text, rest) in other.paths.items():
            before = paths.get(path, (0, 0))
            paths[path] = (before[0] + text, before[1] + rest)
        return Sighting(pages=self.pages + other.pages, odd=self.odd + other.odd, paths=paths)


@frozen
class Template:
    """Paths from `body`: of blocks that are text, of blocks that are not, of elements that hold no
    text at all.

    `root` is the path under which all text lies.
    """

    text: frozenset[str]
    rest: frozenset[str]
    empty: frozenset[str]
    root: str


@frozen
class Layout:
    """What is known of one publisher: the sightings of earlier days, and those of the last day on
    which its pages were read.
    """

    day: date
    known: Sighting = Sighting()
    fresh: Sighting = Sighting()

    def on(self, today: date) -> Layout:
        """The same as of a day: what was fresh before is known, in bounds; a layout that was too
        often wrong is forgotten.
        """
        if self.day >= today:
            return self
        known = self.known + self.fresh
        if (
            known.odd > MOST_ODD * (known.pages + known.odd)
            and known.pages + known.odd >= LEAST_PAGES
        ):
            known = Sighting()
        return Layout(day=today, known=_bounded(known))

    def seen(self, sighting: Sighting) -> Layout:
        """With one more page of its day."""
        return replace(self, fresh=self.fresh + sighting)


def template(layout: Layout) -> Template | None:
    """What the known pages agree on, once they are enough."""
    known = layout.known
    if known.pages < LEAST_PAGES or known.odd > MOST_ODD * (known.pages + known.odd):
        return None
    text = frozenset(path for path, (yes, no) in known.paths.items() if yes >= _SURE * (yes + no))
    rest = frozenset(path for path, (yes, no) in known.paths.items() if no >= _SURE * (yes + no))
    if not text:
        return None
    return Template(
        text=text,
        rest=rest,
        empty=_above(rest) - _above(known.paths.keys() - rest),
        root=_common(text),
    )


def _above(paths: Iterable[str]) -> frozenset[str]:
    """These paths and all above them."""
    return frozenset(
        "/".join(steps[:n])
        for path in paths
        for steps in (path.split("/"),)
        for n in range(1, len(steps) + 1)
    )


def _common(paths: frozenset[str]) -> str:
    """The steps that all these paths share, without their last one."""
    steps = [path.split("/")[:-1] for path in paths]
    shared = takewhile(lambda same: len(set(same)) == 1, zip(*steps, strict=False))
    return "/".join(same[0] for same in shared)


def _bounded(known: Sighting) -> Sighting:
    kept = sorted(known.paths.items(), key=lambda item: (-sum(item[1]), item[0]))[:_MOST_PATHS]
    if known.pages + known.odd <= _MOST_COUNTED:
        return replace(known, paths=dict(kept))
    halved = {path: (yes // 2, no // 2) for path, (yes, no) in kept if yes + no > 1}
    return Sighting(pages=known.pages // 2, odd=known.odd // 2, paths=halved)
