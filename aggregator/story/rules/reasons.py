"""Whether a sentence says why something matters, by its words alone."""

from __future__ import annotations

import re

_REASON = re.compile(
    r"\b(?:(?<!no )(?<!that )(?<!what )matters?(?! of\b)|means that|which means|meaning that|"
    r"significan\w+|implications?|at stake|raises? (?:concerns?|questions?)|"
    r"raised (?:concerns?|questions?)|warn(?:s|ed|ing)? (?:that|of|about|against)|has warned|"
    r"would (?:allow|let|make|mean|give)|risks?|(?<!-)threat\w*|(?<!to )leverage|"
    r"paves? the way|for the first time|forc(?:es?|ed|ing) (?:[\w’'-]+ ){1,5}to|"
    r"depend(?:s|ent|ence)|reduc(?:e|es|ed|ing) (?:the |"
    r"its |their |\w+ )?(?:costs?|risks?|needs?|dependence|reliance|time|latency|demand|burden|"
    r"workload)|could (?:\w+ )?(?:lead|mean|make|cost|cut|force|help|change|allow|undermine|"
    r"threaten|harm|expose|affect|become|give|reshape|trigger|weaken|strengthen|reduce|increase|"
    r"limit|raise|let|hurt|boost|leave|pose|slow|speed|disrupt|replace|affected|harmed|exposed|"
    r"forced|threatened|replaced))\b",
    re.IGNORECASE,
)


def says_why(text: str) -> bool:
    """Whether a sentence says why something matters: what follows from it, what is at risk."""
    return bool(_REASON.search(text))
