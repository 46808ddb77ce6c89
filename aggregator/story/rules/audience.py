"""Whom a sentence concerns: features of the pair of a role and a sentence, for the linear model of
`story.rules.choosing`.

A role cares for some kinds of event more than for others, and for what is stated in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from aggregator.domain.publishing.newsroom import all_roles
from aggregator.english.event_kind import EventKind

_LIKELY, _SURE = 0.3, 0.8  # chances that the event is of a kind for the role

_TITLE_WEIGHT = 3  # a headline says what a story is about
_LEAST_SCORE = 3  # one passing word does not make an audience
_MOST_ROLES = 3


def audience_features(
    role: str,
    *,
    words: int,
    is_own_work: bool,
    roles: Collection[str],
    kinds: Mapping[EventKind, float],
) -> dict[str, float]:
    """The features of a role beside a sentence with so many `words` of it, each between 0 and 1.

    `roles` are those whose words the story uses most, `kinds` the chances of what it is about.
    """
    kind = sum(chance for one, chance in kinds.items() if one in all_roles()[role].kinds)
    is_research = EventKind.RESEARCH in all_roles()[role].kinds
    return {
        "always": 1.0,
        "words of the role": float(words > 0),
        "several words of the role": float(words > 1),
        "a role of the story": float(role in roles),
        "a kind for the role": kind,
        "a kind for the role, in its words": kind * (words > 0),
        "of another trade": kinds[EventKind.OTHER],
        "own work, for research": float(is_own_work and is_research),
        "own work, for others": float(is_own_work and not is_research),
    }


def is_near(features: Mapping[str, float]) -> bool:
    """Whether a role may be concerned at all: its words stand in the sentence and it is one of the
    story or of the event, or the event is of its kind.
    """
    kind = features["a kind for the role"]
    is_likely = features["a role of the story"] > 0 or kind >= _LIKELY
    return (features["words of the role"] > 0 and is_likely) or kind >= _SURE


def roles_of(titles: Sequence[str], sentences: Sequence[str]) -> tuple[str, ...]:
    """One to three roles whose words the story uses most, at least a third as often as the first;
    none if none stands out.
    """
    titles, sentences = ([text.lower() for text in some] for some in (titles, sentences))
    scores = {
        key: _score(_pattern(role.words), titles, sentences) * (0.5 if role.common else 1.0)
        for key, role in all_roles().items()
    }
    order = sorted(scores, key=lambda role: -scores[role])
    best = max(scores.values(), default=0.0)
    return tuple(
        role for role in order[:_MOST_ROLES] if scores[role] >= max(_LEAST_SCORE, best / 3)
    )


def speaks_to(role: str, sentence: str) -> int:
    """How many of a role's words a sentence holds."""
    return len(_pattern(all_roles()[role].words).findall(sentence.lower()))


@lru_cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """What finds the words in a text in small letters: a search without case takes three times as
    long.
    """
    small = (re.sub(r"(?<!\\)[A-Z]+", lambda capitals: capitals[0].lower(), word) for word in words)
    return re.compile(rf"\b(?:{'|'.join(small)})\b" if words else r"(?!)")


def _score(pattern: re.Pattern[str], titles: Sequence[str], sentences: Sequence[str]) -> int:
    """Sentences that hold the words, not words: a list of chips is one mention."""
    held = sum(1 for sentence in sentences if pattern.search(sentence))
    return held + _TITLE_WEIGHT * sum(1 for title in titles[:1] if pattern.search(title))
