"""Who a sentence speaks of without saying who that is: names that its article gave before it, and
that neither the page nor the sentence explains.

"Bengio says …" follows "Yoshua Bengio, who chairs the report, …": alone it asks who Bengio is.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from aggregator.domain.article import Article
from aggregator.english.speech_acts import QUOTED
from aggregator.english.vocabulary import SAYING

_NAME = r"[A-Z][\w’'-]*\w"
_OWNER = re.compile(r"['’]s?$")
_ACTOR = re.compile(  # in the place of a subject: "Bengio says", "…, Bengio's report finds"
    rf"(?:^|[,;:–—] )(?P<name>{_NAME})(?= [a-z])"
)
_APPOSED = re.compile(r"(?:, (?:an?|the|which|who|whose|one of)\b| \()")
_GIVEN_NAME = re.compile(rf"(?P<name>{_NAME}) (?:[A-Z]\. )?$")
_LONGEST_NAME = 40  # letters
_SPEAKER = re.compile(rf"\b(?:{SAYING}) (?P<name>{_NAME})\b(?! [A-Z])")


def unexplained_names(sentence: str, article: Article, known: Collection[str]) -> frozenset[str]:
    """The single names of actors and speakers in a sentence that its article explains before it
    and that are not among the `known` words. A name that it gives bare from the start is one that
    readers know.
    """
    plain = QUOTED.sub("“”", sentence)
    found = {
        _OWNER.sub("", match["name"])
        for pattern in (_ACTOR, _SPEAKER)
        for match in pattern.finditer(plain)
    }
    asked = [name for name in found if name.partition("-")[0] not in known]
    before = article.text[: max(article.text.find(sentence), 0)] if asked else ""
    return frozenset(name for name in asked if _is_explained(name, before))


def _is_explained(name: str, text: str) -> bool:
    """Whether a text gives a name at first in full, or with what it names."""
    first = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    if first is None:
        return False
    given = _GIVEN_NAME.search(text, max(first.start() - _LONGEST_NAME, 0), first.start())
    is_in_full = given is not None and not re.search(rf"\b{given['name'].lower()}\b", text)
    return is_in_full or _APPOSED.match(text, first.end()) is not None
