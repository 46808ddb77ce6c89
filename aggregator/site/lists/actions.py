"""What the stories of a list give each role to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo

from aggregator.domain.dates import Precision, local_day
from aggregator.domain.frozen import frozen
from aggregator.site.lists.lines import StoryLine, by_score
from aggregator.site.story.records import PageAction
from aggregator.templating.translation import Translations

_REACH = timedelta(days=28)  # before the newest story: older advice has been followed or is stale
_NEW = timedelta(days=7)  # before the newest of them: a second one of a role
_MOST_OF_ROLE = 2
_PRECISIONS = {10: Precision.DAY, 7: Precision.MONTH, 4: Precision.YEAR}  # by the length of a date


@frozen
class RoleAction:
    """Something that a role could do next, in the line of the story where it is cited; `due` says
    in words by when, empty where no source does.
    """

    todo: PageAction
    due: str
    line: StoryLine


def role_actions(
    lines: Iterable[StoryLine], newest: date, zone: tzinfo, words: Translations, lead: str = ""
) -> tuple[RoleAction, ...]:
    """The actions of the stories of the four weeks before `newest`, the last day with news, without
    those whose date has passed by then: first those of the story with the id `lead`, then by the
    score of their stories, which is importance and freshness. One with a date counts as if its
    story were as fresh as the freshest: until then it does not age. Equals by date.
    """
    recent = [
        line
        for line in by_score(lines)
        if not line.url and newest - local_day(line.published, zone) <= _REACH
    ]
    freshest = max((line.score - line.importance for line in recent), default=0.0)

    def place(found: tuple[PageAction, StoryLine]) -> tuple[object, ...]:
        action, line = found
        worth = line.importance + freshest if action.by else line.score
        return line.id != lead, not line.pinned, -worth, not action.by, action.by

    found = [
        (action, line)
        for line in recent
        for action in line.actions
        if not action.by or action.by >= newest.isoformat()[: len(action.by)]
    ]
    return tuple(_role_action(action, line, words) for action, line in sorted(found, key=place))


def chosen_of_roles(actions: Sequence[RoleAction], most: int) -> tuple[RoleAction, ...]:
    """The first action of each role, and a second one whose story is of the latest week and has no
    action here yet; at most so many, in the order given.
    """
    newest = max((action.line.published for action in actions), default=None)
    chosen: list[RoleAction] = []
    of_role, stories = Counter[str](), set[str]()
    for action in actions:
        is_new = newest and newest - action.line.published <= _NEW and action.line.id not in stories
        if of_role[action.todo.role] < (_MOST_OF_ROLE if is_new else 1):
            chosen.append(action)
            of_role[action.todo.role] += 1
            stories.add(action.line.id)
    return tuple(chosen[:most])


def _role_action(action: PageAction, line: StoryLine, words: Translations) -> RoleAction:
    whole = date.fromisoformat(f"{action.by}-01-01"[:10]) if action.by else None
    return RoleAction(
        todo=action,
        due=words.date(whole, _PRECISIONS[len(action.by)]) if whole else "",
        line=line,
    )
