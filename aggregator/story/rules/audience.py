"""Whom a sentence concerns: features of the pair of a role and a sentence, for the linear model of
`story.rules.choosing`.

A role cares for some kinds of event more than for others, and for what is stated in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

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

_WORDS: dict[Role, tuple[str, ...]] = {
    Role.SECURITY: (
        (
            r"enterprises?|vulnerabilit\w+|breach\w*|malware|phishing|exploit\w*|data"
            r" retention|zero[- ]day"
        ),
        r"(?<!national )(?<!economic )(?<!social )(?<!homeland )(?<!border )(?<!food )"
        r"security(?!"
        r" (?:forces?|council|conference|guarantees?|personnel|advis[eo]rs?|guards?|strategy))",
        (
            r"(?:cyber|supply[- ]chain|injection|adversarial|poisoning|side[- ]channel)[-"
            r" ]?attack\w*|jailbreak\w*"
        ),
        r"attack (?:surface|vector)s?",
        r"prompt injection|cyber\w*|customer data|compliance|hackers?|ransomware|CISOs?|CVE-\d+",
    ),
    Role.DEVELOPERS: (
        (
            r"developers?|APIs?|SDKs?|coding|codebases?|GitHub|programming|programmers?|open[-"
            r" ]source|command line|CLI|IDE"
        ),
        (
            r"pull requests?|repositor\w+|software engineers?|libraries|Python|TypeScript|function"
            r" calling|MCP"
        ),
    ),
    Role.INFRASTRUCTURE: (
        (
            r"GPUs?|TPUs?|data cent(?:re|er)s?|inference|latency|throughput|chips?|"
            r"semiconductors?|Nvidia|compute|on-premises"
        ),
        r"deployments?|Kubernetes|cloud|servers?|self-host\w*|quantiz\w+|accelerators?|gigawatts?",
    ),
    Role.RESEARCH: (
        (
            r"researchers?|benchmarks?|paper|training"
            r" data|dataset\w*|pre-?train\w*|fine-?tun\w+|reinforcement learning"
        ),
        (
            r"transformer|state-of-the-art|scaling|evaluations|arXiv|interpretability|alignment|"
            r"architectures?"
        ),
    ),
    Role.PRODUCT: (
        (
            r"products?|users|customers|features?|rolls? out|rolling"
            r" out|app|apps|subscribers|assistants?|chatbots?"
        ),
        r"product managers?|launch\w*|available to",
    ),
    Role.LEADERSHIP: (
        (
            r"chief executives?|CEOs?|companies|businesses|revenue|enterprise"
            r" customers|strategy|executives|workforce"
        ),
        r"layoffs?|jobs|productivity|partnerships?|market share|contract\w*",
    ),
    Role.POLICY: (
        (
            r"regulat\w+|lawsuits?|sued?|courts?|judges?|copyright\w*|legislat\w+|(?<!World"
            r" )Congress|Senate"
        ),
        r"European Commission|AI Act",
        (
            r"privacy|antitrust|attorney"
            r" general|governments?|minister\w*|ban(?:s|ned)?|laws?|GDPR|investigat\w+|export"
            r" controls?"
        ),
    ),
    Role.INVESTORS: (
        (
            r"funding|valuation|valued at|investors?|shares|stock|IPO|raised|series"
            r" [A-H]|acquisitions?|acquires?"
        ),
        r"earnings|venture capital|market cap\w*",
        # sizes are no money
        r"billion(?![\s-]+(?:\w+[\s-]+)?(?:parameter|token|weight|image|word|page|user|people))",
    ),
    Role.CREATORS: (
        (
            r"artists?|writers?|musicians?|authors?|creators?|publishers?|journalis\w+|films?|"
            r"filmmak\w+|music"
        ),
        (
            r"(?:image|video|music)[- ](?:generat\w+|edit\w+|models?)|AI[- ](?:generated|made)"
            r" (?:images?|videos?|music)"
        ),
        r"voice actors?|deepfakes?|newsrooms?|Hollywood",
    ),
}
_PATTERNS = {  # of a text in small letters: a search without case takes three times as long
    role: re.compile(rf"\b(?:{'|'.join(words).lower()})\b") for role, words in _WORDS.items()
}
_TITLE_WEIGHT = 3  # a headline says what a story is about
_LEAST_SCORE = 3  # one passing word does not make an audience
_MOST_ROLES = 3
_VAGUE = frozenset({Role.PRODUCT, Role.LEADERSHIP})  # users and companies are in every story


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


def roles_of(titles: Sequence[str], sentences: Sequence[str]) -> tuple[Role, ...]:
    """One to three roles whose words the story uses most, at least a third as often as the first;
    none if none stands out.
    """
    titles, sentences = ([text.lower() for text in some] for some in (titles, sentences))
    scores = {
        role: _score(pattern, titles, sentences) * (0.5 if role in _VAGUE else 1.0)
        for role, pattern in _PATTERNS.items()
    }
    order = sorted(scores, key=lambda role: (-scores[role], list(Role).index(role)))
    best = scores[order[0]]
    return tuple(
        role for role in order[:_MOST_ROLES] if scores[role] >= max(_LEAST_SCORE, best / 3)
    )


def speaks_to(role: Role, sentence: str) -> int:
    """How many of a role's words a sentence holds."""
    return len(_PATTERNS[role].findall(sentence.lower()))


def _score(pattern: re.Pattern[str], titles: Sequence[str], sentences: Sequence[str]) -> int:
    """Sentences that hold the words, not words: a list of chips is one mention."""
    held = sum(1 for sentence in sentences if pattern.search(sentence))
    return held + _TITLE_WEIGHT * sum(1 for title in titles[:1] if pattern.search(title))
