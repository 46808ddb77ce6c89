"""The passage that introduces a name: a text names somebody in full once, and a model writes the
full name wherever it likes.

"Mensch said" is what the cited passage has, "Arthur Mensch" stands two passages before it: a
statement with the full name rests on both. The gates judge it by both; a name that the cited
passages do not have in part is nobody's full name here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim
from aggregator.story.model.reply import quote_for

_CAPITAL = re.compile(r"[A-Z][\w’'.-]*")
_POSSESSIVE = re.compile(r"['’]s?$")


def introduced(
    claim: Claim, passages: Sequence[Passage], stands: Callable[[Claim], bool], quote_words: int
) -> Claim:
    """The statement with the passage of the same article that introduces its names, where it stands
    with that one.

    `passages` are what the model was shown, in its order.
    """
    known = {passage.key: passage for passage in passages}
    cited = [known[citation.passage] for citation in claim.citations if citation.passage in known]
    wanted = _in_full(claim.text, " ".join(passage.text for passage in cited))
    articles = {passage.article_id for passage in cited}
    for passage in passages:
        if (
            passage.article_id in articles
            and passage not in cited
            and _names_any(wanted, passage.text)
        ):
            citation = Citation(
                passage=passage.key, quote=quote_for(claim.text, passage.text, quote_words)
            )
            longer = replace(claim, citations=(*claim.citations, citation))
            if stands(longer):
                return longer
    return claim


def _in_full(text: str, cited: str) -> list[tuple[str, str]]:
    """Two capitalised words side by side of which the cited passages have one alone."""
    words = [_POSSESSIVE.sub("", word.strip(",.;:")) for word in text.split()]
    capitals = [
        (one, two)
        for one, two in pairwise(words)
        if _CAPITAL.fullmatch(one) and _CAPITAL.fullmatch(two)
    ]
    return [(one, two) for one, two in capitals if _has(cited, one) != _has(cited, two)]


def _names_any(wanted: Sequence[tuple[str, str]], text: str) -> bool:
    return any(_has(text, one) and _has(text, two) for one, two in wanted)


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
