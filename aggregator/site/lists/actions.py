"""What the stories of a list give each role to do next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from aggregator.domain.claim import ROLE_NAMES, Role
from aggregator.domain.dates import Precision, local_day
from aggregator.domain.frozen import frozen
from aggregator.site.head import Link
from aggregator.site.lists.lines import LineAction, LineClaim, StoryLine, by_score
from aggregator.templating.translation import Translations

_REACH = timedelta(days=28)  # before the newest story: older advice has been followed or is stale
_PRECISIONS = {10: Precision.DAY, 7: Precision.MONTH, 4: Precision.YEAR}  # by the length of a date


@frozen
class RoleAction:
    """Something that a role could do next, with the story where it is cited. `by` is when it is
    due, as HTML has it, and `due` the same in words; both are empty where no source says.
    """

    role: Role
    name: str
    claim: LineClaim
    trigger: str
    by: str
    due: str
    story: Link
    lang: str
    published: datetime


def role_actions(
    lines: Iterable[StoryLine], newest: date, zone: tzinfo, words: Translations
) -> tuple[RoleAction, ...]:
    """The actions of the stories of the four weeks before `newest`, the last day with news: those
    with a date first, the earliest of them first, without those whose date has passed by then; the
    others by the rank of their stories.
    """
    found = [
        (action, line)
        for line in by_score(lines)
        if not line.url and newest - local_day(line.published, zone) <= _REACH
        for action in line.actions
        if not action.by or action.by >= newest.isoformat()[: len(action.by)]
    ]
    dated_first = sorted(found, key=lambda pair: (not pair[0].by, pair[0].by))
    return tuple(_role_action(action, line, words) for action, line in dated_first)


def first_of_roles(actions: Iterable[RoleAction], most: int) -> tuple[RoleAction, ...]:
    """The first action of each role, at most so many, in the order given."""
    first: dict[Role, RoleAction] = {}
    for action in actions:
        first.setdefault(action.role, action)
    return tuple(first.values())[:most]


def _role_action(action: LineAction, line: StoryLine, words: Translations) -> RoleAction:
    whole = date.fromisoformat(f"{action.by}-01-01"[:10]) if action.by else None
    return RoleAction(
        role=action.role,
        name=words(ROLE_NAMES[action.role]),
        claim=action.claim,
        trigger=action.trigger,
        by=action.by,
        due=words.date(whole, _PRECISIONS[len(action.by)]) if whole else "",
        story=Link(name=line.headline, url=line.path),
        lang=line.lang,
        published=line.published,
    )
