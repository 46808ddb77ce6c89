"""The words that more than one room goes by: months, weekdays, numbers, function words, past forms
and verbs of saying. Constants in the singular are patterns of one such word.
"""

from __future__ import annotations

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
MONTH, WEEKDAY = (rf"(?:{'|'.join(names)})" for names in (MONTHS, WEEKDAYS))
MONTH_NAMES = frozenset(map(str.lower, MONTHS))
DATE_WORDS = MONTH_NAMES.union(
    map(str.lower, WEEKDAYS), "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
NUMBERS = tuple(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen".split()
)
DIGIT = "|".join(NUMBERS[:9])
# Verbs of saying and writing that do little else: "called" names a thing, "asked for" wants one.
# Who announces makes it so, and is no witness of it.
VOICE = (
    r"(?:said|says?|saying|told|tells|argue[sd]?|warn(?:s|ed)?|claimed|add(?:s|ed)?|wrote|writes|"
    r"reported|reports|explain(?:s|ed)|note[sd]|state[sd]|believe[sd]?|admit(?:s|ted)|"
    r"insist(?:s|ed)|predict(?:s|ed)|acknowledge[sd]|estimate[sd]?|suggest(?:s|ed)|testified|tweeted|"
    r"concede[sd]|complained|caution(?:s|ed)|stressed|replied|denie[sd]|declare[sd]|quipped)"
)
SAYING = rf"(?:{VOICE}|announce[sd]|unveiled|confirm(?:s|ed))"
