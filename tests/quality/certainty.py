"""Errors of certainty that are planted in true claims: what a claim says will, may or is to happen,
told as having happened.

The gate was tried with them on the half `dev` only.
"""

from __future__ import annotations

import re

from aggregator.domain.claim import Rejection
from tests.quality.errors import Kind, Sample

_PASTS = {
    "become": "became", "begin": "began", "bring": "brought", "build": "built", "buy": "bought",
    "choose": "chose", "come": "came", "cut": "cut", "do": "did", "draw": "drew", "fall": "fell",
    "find": "found", "fly": "flew", "get": "got", "give": "gave", "go": "went", "grow": "grew",
    "have": "had", "hold": "held", "keep": "kept", "know": "knew", "lead": "led", "leave": "left",
    "lose": "lost", "make": "made", "meet": "met", "pay": "paid", "put": "put", "rise": "rose",
    "run": "ran", "see": "saw", "sell": "sold", "send": "sent", "shut": "shut", "spend": "spent",
    "take": "took", "teach": "taught", "tell": "told", "win": "won", "write": "wrote",
}  # fmt: skip
_PARTICIPLES = {
    "become": "become", "begin": "begun", "choose": "chosen", "come": "come", "do": "done",
    "draw": "drawn", "fall": "fallen", "fly": "flown", "give": "given", "go": "gone",
    "grow": "grown", "know": "known", "rise": "risen", "run": "run", "see": "seen", "take": "taken",
    "write": "written",
}  # fmt: skip
_OPEN = re.compile(
    r"\b(?:will|may|might|could|would|plans? to|planned to|intends? to|aims? to|hopes? to|wants? to"
    r"|(?:is|are|was|were) (?:expected|set|due|planning|likely|going) to) (be )?([a-z]{3,})\b"
)
_NO_VERB = frozenset("not also still only have likely never need now the".split())


def _done(sample: Sample, n: int) -> str | None:
    """Makes "banned" or "has banned" of "will ban", and "was banned" or "has been banned" of "may
    be banned".
    """
    found = _OPEN.search(sample.text)
    if not found or found[2] in _NO_VERB or found[2].endswith("ly"):
        return None
    verb = found[2]
    if found[1]:
        told = f"has been {verb}" if n % 2 else f"was {verb}"
    else:
        told = _past(verb) if n % 2 else f"has {_PARTICIPLES.get(verb) or _past(verb)}"
    return sample.text[: found.start()] + told + sample.text[found.end() :]


def _past(verb: str) -> str:
    if verb in _PASTS:
        return _PASTS[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ied"
    return (
        f"{verb}{verb[-1]}ed" if re.fullmatch(r"[^aeiou]+[aeiou][bdgmnprt]", verb) else f"{verb}ed"
    )


CERTAINTY = {"certainty": Kind(plant=_done, meant=frozenset({Rejection.CERTAINTY}))}
