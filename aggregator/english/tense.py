"""The past form of an English verb, by rule or by the closed list of irregular ones."""

from __future__ import annotations

import re

_IRREGULAR: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "admit:admitted allot:allotted be:was bear:bore become:became begin:began bid:bid"
        " bring:brought broadcast:broadcast build:built buy:bought catch:caught choose:chose"
        " come:came commit:committed control:controlled cost:cost cut:cut deal:dealt do:did"
        " draw:drew drive:drove eat:ate equip:equipped fall:fell feed:fed feel:felt fight:fought"
        " find:found fly:flew forbid:forbade forecast:forecast forgo:forwent get:got give:gave"
        " go:went grow:grew have:had hear:heard hit:hit hold:held keep:kept know:knew lay:laid"
        " lead:led leave:left lend:lent let:let lose:lost make:made mean:meant meet:met"
        " overtake:overtook pay:paid permit:permitted put:put quit:quit read:read rebuild:rebuilt"
        " refer:referred rid:rid ride:rode rise:rose run:ran say:said see:saw seek:sought"
        " sell:sold send:sent set:set shoot:shot show:showed shut:shut sit:sat speak:spoke"
        " spend:spent split:split spread:spread stand:stood steal:stole strike:struck"
        " submit:submitted take:took teach:taught tell:told think:thought throw:threw"
        " transfer:transferred undergo:underwent upset:upset win:won withdraw:withdrew write:wrote"
    ).split()
)
_DOUBLED = re.compile(r"[^aeiou]*[aeiou][bdglmnprt]")


def past_form(verb: str) -> str:
    """The past of a verb in its base form: "begin" is "began", "ship" is "shipped"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ied"
    return f"{verb}{verb[-1] if _DOUBLED.fullmatch(verb) else ''}ed"


def base_form(verb: str) -> str:
    """The base of a verb in the present: "launches" is "launch", "applies" is "apply"."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if re.search(r"(?:ch|sh|ss|x)es$", verb):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") else verb
