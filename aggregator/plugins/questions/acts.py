"""Verbs by which news tells the same act, and how a text is searched for them."""

from __future__ import annotations

from aggregator.english.lexical import IRREGULAR, stem

_FORMS_OF: dict[str, tuple[str, ...]] = {}
for _form, _base in IRREGULAR.items():
    _FORMS_OF[_base] = (*_FORMS_OF.get(_base, ()), _form)

# with the nouns that stand for them
_ACTS = (
    "release launch publish unveil introduce ship debut",
    "build develop",
    "buy acquire purchase",
    "cost price pay charge",
    "delay postpone late",
    "employ employee staff headcount",
    "fine penalty",
    "lead chair head",
)
_SAME_ACT = {
    stem(form): verbs.split()
    for verbs in _ACTS
    for verb in verbs.split()
    for form in (verb, f"{verb}s")
}


def act(stemmed: str) -> str:
    """The stem that stands for all verbs of the same act: "launch" and "publish" are "releas"."""
    same = _SAME_ACT.get(stemmed)
    return stem(same[0]) if same else stemmed


def beginnings(word: str) -> tuple[str, ...]:
    """The strings of which a text holds one that has any form of a lower-case word, or of a verb
    that tells the same act.
    """
    words = _SAME_ACT.get(stem(word), (IRREGULAR.get(word, word),))
    found = (begun for each in words for begun in (_root(each), *_FORMS_OF.get(each, ())))
    return tuple(dict.fromkeys(found))


def _root(word: str) -> str:
    return root if word.startswith(root := stem(word)) else word
