"""The opening of an edition that no model opens: what is counted over the stories of its week, and
stands nowhere else in it.

The hooks of its leads follow right below, and its topics and sources are counted beside it; so it
says whom the week was about, what went up and down against the week before, and how much of it was
reported by several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.edition import Edition, EditionClaim, TopicCount
from aggregator.domain.story import EntityKind, Story
from aggregator.domain.wording import N_
from aggregator.templating.translation import Translations

_MOST_NAMES = 3
_FEWEST_STORIES = 3  # of one name, and of a topic more or less: below that a week was not about it
_FEWEST_SHARED = 2  # stories: of one nobody says that they "rest" on anything
_LEAST_CHANGE = 0.25  # of the stories of the week before on a topic
_MORE = N_(
    "More stories than in the week before are about “%(topic)s”: %(now)s of %(all)s, after %(then)s"
    " of %(before)s."
)
_FEWER = N_(
    "Fewer stories than in the week before are about “%(topic)s”: %(now)s of %(all)s, after"
    " %(then)s of %(before)s."
)


def counted_opening(
    stories: Sequence[Story],
    topics: Sequence[TopicCount],
    earlier: Edition | None,
    words: Translations,
) -> tuple[EditionClaim, ...]:
    """Up to four sentences without a source, as code counted them; `earlier` is the edition of the
    week before.
    """
    moved = _moved(topics, len(stories), earlier, words) if earlier else ()
    counted = (_companies(stories, words), *moved, _shared(stories, words))
    return tuple(
        EditionClaim(text=text, kind=ClaimKind.ABSENT, citations=()) for text in counted if text
    )


def _companies(stories: Sequence[Story], words: Translations) -> str:
    """The companies that most stories name."""
    counts = Counter(
        (entity.name, entity.key)
        for story in stories
        for entity in story.entities
        if entity.kind is EntityKind.COMPANY
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    most = [
        (name, words.number(number))
        for (name, _), number in ranked[:_MOST_NAMES]
        if number >= _FEWEST_STORIES
    ]
    if not most:
        return ""
    (name, number), *others = most
    of = words.counted(len(stories), "%s story", "%s stories")
    names = [words("%(name)s (in %(number)s of %(stories)s)", name=name, number=number, stories=of)]
    names += [
        words("%(name)s (in %(number)s)", name=name, number=number) for name, number in others
    ]
    if len(names) == 1:
        return words("The company named most often is %(name)s.", name=names[0])
    return words(
        "The companies named most often are %(names)s and %(last)s.",
        names=", ".join(names[:-1]),
        last=names[-1],
    )


def _moved(
    topics: Sequence[TopicCount], number: int, earlier: Edition, words: Translations
) -> tuple[str, ...]:
    """The topic that most more stories are about than in the week before, and the one that most
    fewer are.

    Its share must go the same way: a week with thrice the stories has more on everything. A topic
    that only one of the weeks counted may be called otherwise in the other.
    """
    now, then = (
        {count.name: count.stories for count in counted} for counted in (topics, earlier.topics)
    )
    before = earlier.numbers.stories
    moved = [
        (now[name] - then[name], name)
        for name in sorted(now.keys() & then.keys())
        if abs(now[name] - then[name]) >= max(_FEWEST_STORIES, _LEAST_CHANGE * then[name])
        and (now[name] > then[name]) is (now[name] * before > then[name] * number)
    ]
    up, down = (
        max(moved, key=lambda change: change[0], default=(0, "")),
        min(moved, key=lambda change: change[0], default=(0, "")),
    )
    changes = [(_MORE, up[1])] if up[0] > 0 else []
    changes += [(_FEWER, down[1])] if down[0] < 0 else []
    figures = {"all": words.number(number), "before": words.number(before)}
    return tuple(
        words(
            message,
            topic=name,
            now=words.number(now[name]),
            then=words.number(then[name]),
            **figures,
        )
        for message, name in changes
    )


def _shared(stories: Sequence[Story], words: Translations) -> str:
    """How many stories more than one independent origin has."""
    several = sum(story.independent_origins > 1 for story in stories)
    if several < _FEWEST_SHARED:
        return ""
    of = words.counted(len(stories), "%s story", "%s stories")
    return words(
        "Of %(stories)s, %(number)s rest on more than one independent origin.",
        stories=of,
        number=words.number(several),
    )
