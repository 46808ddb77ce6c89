"""The groups and pages of long lists, and what is in view of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo
from functools import lru_cache
from itertools import groupby

from aggregator.domain.dates import is_day_only, local_day
from aggregator.domain.frozen import frozen
from aggregator.english.text import slug
from aggregator.site.lists.lines import REMEMBERED, StoryLine, by_time
from aggregator.templating.translation import IN_ENGLISH, Translations

# lines on one page of a long list: some 100 KB of HTML, under the 150 KB that a test allows
PER_PAGE = 250
_YEAR = timedelta(days=365)
_WORTH_FOLDING = 4  # lines: fewer take no more room than what opens them


@frozen
class LineGroup:
    """Lines under one heading. `is_day`: the heading is their day, so the lines show a time
    only; `is_year`: it is their year, so they show the month, too. Of a list that folds, the first
    `unfolded` lines are in view; None is all of them.
    """

    name: str
    lines: tuple[StoryLine, ...]
    is_day: bool = False
    is_year: bool = False
    unfolded: int | None = None

    @property
    def shown(self) -> tuple[StoryLine, ...]:
        """The lines in view."""
        if self.unfolded and len(self.lines) - self.unfolded < _WORTH_FOLDING:
            return self.lines
        return self.lines[: self.unfolded]

    @property
    def bare(self) -> tuple[StoryLine, ...]:
        """The lines of which only the headline is known."""
        return bare(self.lines)

    @property
    def folded(self) -> tuple[StoryLine, ...]:
        """The lines that the reader opens."""
        return self.lines[len(self.shown) :]

    @property
    def anchor(self) -> str:
        """The id of the heading on its page."""
        return slug(self.name)

    @property
    def is_timed(self) -> bool:
        """Whether the lines have a column for the time: a source gives that of one of them."""
        return self.is_day and any(
            line.is_dated and not is_day_only(line.published) for line in self.lines
        )


@frozen
class ListHeading:
    """A heading of a long list: the page and anchor where it comes first, and the number of its
    lines.
    """

    name: str
    path: str
    anchor: str
    lines: str


@frozen
class Pager:
    """Which of several pages this is; the paths lead to the neighbours, empty at the ends."""

    number: int
    last: int
    newer: str
    older: str


def days(
    lines: Iterable[StoryLine], zone: tzinfo, words: Translations = IN_ENGLISH
) -> tuple[LineGroup, ...]:
    """The lines under the day of their publication, newest first; those that no source dates come
    after the others of the day on which they were first seen, under a heading that says so.
    """

    def name(line: StoryLine) -> str:
        day = words.day(local_day(line.published, zone))
        return day if line.is_dated else words("First seen on %(day)s", day=day)

    ordered = sorted(
        by_time(lines),
        key=lambda line: (-local_day(line.published, zone).toordinal(), not line.is_dated),
    )
    return tuple(replace(group, is_day=True) for group in _grouped(ordered, name))


def months(lines: Iterable[StoryLine], zone: tzinfo, words: Translations) -> tuple[LineGroup, ...]:
    """The lines under the month of their publication, newest first; those that are over a year
    older than the newest under their year.
    """
    newest_first = by_time(lines)
    recent = [line for line in newest_first if newest_first[0].published - line.published <= _YEAR]
    begun = local_day(recent[-1].published, zone).year if recent else 0

    def year(line: StoryLine) -> str:
        of = local_day(line.published, zone).year
        return words("Earlier in %(year)s", year=of) if of == begun else f"{of}"

    older = _grouped(newest_first[len(recent) :], year)
    return (
        *_grouped(recent, lambda line: words.month(local_day(line.published, zone))),
        *(replace(group, is_year=True) for group in older),
    )


def pages_of(
    groups: Sequence[LineGroup], path: str
) -> tuple[tuple[str, tuple[LineGroup, ...], Pager], ...]:
    """Groups split into pages of at most PER_PAGE lines: path, groups and pager of each; at least
    one page.
    """
    flat = [(group, line) for group in groups for line in group.lines]
    chunks = [flat[start : start + PER_PAGE] for start in range(0, len(flat), PER_PAGE)] or [[]]
    paths = [path if number == 1 else f"{path}{number}/" for number in range(1, len(chunks) + 1)]
    return tuple(
        (
            paths[place],
            tuple(
                replace(group, lines=tuple(line for _, line in lines))
                for group, lines in groupby(chunk, key=lambda pair: pair[0])
            ),
            Pager(
                number=place + 1,
                last=len(paths),
                newer=paths[place - 1] if place else "",
                older=paths[place + 1] if place + 1 < len(paths) else "",
            ),
        )
        for place, chunk in enumerate(chunks)
    )


def bare(lines: Iterable[StoryLine]) -> tuple[StoryLine, ...]:
    """The lines of which only the headline is known."""
    return tuple(line for line in lines if not line.hook and not line.update)


def unfolded_first(groups: Iterable[LineGroup], most: int) -> tuple[LineGroup, ...]:
    """The same groups with the first `most` lines in view, the others folded under their
    headings.
    """
    found: list[LineGroup] = []
    for group in groups:
        found.append(replace(group, unfolded=most))
        most = max(most - len(group.lines), 0)
    return tuple(found)


def paged(title: str, pager: Pager, words: Translations) -> str:
    """The title of one of several pages: the first keeps it unchanged."""
    return (
        words("%(title)s, page %(number)s", title=title, number=pager.number)
        if pager.number > 1
        else title
    )


def places_of(
    pages: Iterable[tuple[str, Sequence[LineGroup], Pager]], words: Translations = IN_ENGLISH
) -> tuple[ListHeading, ...]:
    """The headings of a list that was split into pages, in order."""
    first: dict[str, tuple[str, str]] = {}
    numbers: Counter[str] = Counter()
    for path, groups, _ in pages:
        for group in groups:
            first.setdefault(group.name, (path, group.anchor))
            numbers[group.name] += len(group.lines)
    return tuple(
        ListHeading(name=name, path=path, anchor=anchor, lines=words.number(numbers[name]))
        for name, (path, anchor) in first.items()
    )


def _grouped(lines: Iterable[StoryLine], name: Callable[[StoryLine], str]) -> tuple[LineGroup, ...]:
    """Groups of lines without the fields that such lists do not show."""
    groups = groupby(lines, key=name)
    return tuple(LineGroup(name=heading, lines=tuple(map(_bare, some))) for heading, some in groups)


@lru_cache(REMEMBERED)
def _bare(line: StoryLine) -> StoryLine:
    """A line without the fields that groups do not show, so that a change of those fields does not
    change the list.
    """
    return replace(
        line,
        hook=None,
        changes=(),
        matters=None,
        actions=(),
        score=0.0,
        importance=0.0,
        why="",
        changed=line.published,
        subject="",
    )
