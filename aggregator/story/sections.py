"""How rules fill the sections of plain claims: one row a section, by its key in `domain.claim`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.domain.story import Member
from aggregator.extract.candidates import Candidate
from aggregator.story.rules.mechanism import FEWEST, is_technical, mechanism_terms, tells_mechanism

_SPECIFIC = re.compile(r"(?<!^)\b[A-Z][\w.-]*[a-z0-9]|\d")


def _every_story(members: Sequence[Member], found: Sequence[Candidate]) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which sentences fill a section: `most` of those `wanted`, best first by `weigh`, or none
    where there are not `fewest`.

    `applies` says whether a story has the section at all. What only a column says does not fill it
    where `is_reported`.
    """

    most: int
    fewest: int
    weigh: Callable[[Candidate], float]
    wanted: Callable[[Candidate], bool]
    applies: Callable[[Sequence[Member], Sequence[Candidate]], bool] = _every_story
    is_reported: bool = True


def is_specific(candidate: Candidate) -> bool:
    """Whether a sentence has a name or a figure."""
    return bool(_SPECIFIC.search(candidate.sentence))


def _specific_weight(candidate: Candidate) -> float:
    """Figures weigh most, and a spread over the article: its lead has been told already."""
    figures = len(re.findall(r"\d[\d.,]*", candidate.sentence))
    return 0.4 * min(figures, 3) + 0.1 * min(len(_SPECIFIC.findall(candidate.sentence)), 5)


def _has_mechanism(members: Sequence[Member], found: Sequence[Candidate]) -> bool:
    return is_technical([member.article.title for member in members], found)


# in the order in which they take their sentences, after the sections of the brief
RULES_OF: Mapping[str, Rule] = {
    "takeaways": Rule(
        most=5,
        fewest=2,  # one lone bullet is a sentence that lost its paragraph
        weigh=_specific_weight,
        wanted=is_specific,
    ),
    "mechanism": Rule(
        most=3,
        fewest=FEWEST,
        weigh=lambda each: 0.5 * mechanism_terms(each.sentence),
        wanted=tells_mechanism,
        applies=_has_mechanism,
        is_reported=False,
    ),
}
