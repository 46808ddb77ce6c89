"""Whom a sentence concerns: features of the pair of a role and a sentence, for the linear model of
`story.rules.choosing`.

A role cares for some kinds of event more than for others, and for what is stated in its own words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aggregator.domain.claim import Role
from aggregator.english.event_kind import EventKind

_LIKELY, _SURE = 0.3, 0.8  # chances that the event is of a kind for the role

KINDS_OF: Mapping[Role, frozenset[EventKind]] = {
    Role.SECURITY: frozenset({EventKind.INCIDENT, EventKind.OUTAGE}),
    Role.DEVELOPERS: frozenset(
        {
            EventKind.MODEL_RELEASE,
            EventKind.PRODUCT,
            EventKind.OUTAGE,
            EventKind.SHOWCASE,
            EventKind.HOW_TO,
        }
    ),
    Role.INFRASTRUCTURE: frozenset(
        {EventKind.MODEL_RELEASE, EventKind.PRODUCT, EventKind.OUTAGE, EventKind.BUSINESS}
    ),
    Role.RESEARCH: frozenset({EventKind.RESEARCH, EventKind.MODEL_RELEASE}),
    Role.PRODUCT: frozenset({EventKind.PRODUCT, EventKind.MODEL_RELEASE}),
    Role.LEADERSHIP: frozenset(
        {
            EventKind.BUSINESS,
            EventKind.ACQUISITION,
            EventKind.PEOPLE,
            EventKind.LABOUR,
            EventKind.FUNDING,
        }
    ),
    Role.POLICY: frozenset({EventKind.LAW, EventKind.INCIDENT, EventKind.LABOUR}),
    Role.INVESTORS: frozenset({EventKind.FUNDING, EventKind.ACQUISITION, EventKind.BUSINESS}),
    Role.CREATORS: frozenset({EventKind.LAW, EventKind.PRODUCT, EventKind.INCIDENT}),
}


def audience_features(
    role: Role,
    *,
    words: int,
    is_own_work: bool,
    roles: Collection[Role],
    kinds: Mapping[EventKind, float],
) -> dict[str, float]:
    """The features of a role beside a sentence with so many `words` of it, each between 0 and 1.

    `roles` are those whose words the story uses most, `kinds` the chances of what it is about.
    """
    kind = sum(chance for one, chance in kinds.items() if one in KINDS_OF[role])
    is_research = role is Role.RESEARCH
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
