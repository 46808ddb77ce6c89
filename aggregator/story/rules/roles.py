"""Who should care: rules that find a role's own words in a text. The sentence that holds them is
the reason shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.domain.claim import Role

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
_PATTERNS = {
    role: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for role, words in _WORDS.items()
}
_TITLE_WEIGHT = 3  # a headline says what a story is about
_LEAST_SCORE = 3  # one passing word does not make an audience
_MOST_ROLES = 3
_VAGUE = frozenset({Role.PRODUCT, Role.LEADERSHIP})  # users and companies are in every story


def roles_of(titles: Sequence[str], sentences: Sequence[str]) -> tuple[Role, ...]:
    """One to three roles whose words the story uses most, at least a third as often as the first;
    none if none stands out.
    """
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
    return len(_PATTERNS[role].findall(sentence))


def _score(pattern: re.Pattern[str], titles: Sequence[str], sentences: Sequence[str]) -> int:
    """Sentences that hold the words, not words: a list of chips is one mention."""
    held = sum(1 for sentence in sentences if pattern.search(sentence))
    return held + _TITLE_WEIGHT * sum(1 for title in titles[:1] if pattern.search(title))
