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
# What carries no content of its own. Not for titles: clusters go by a shorter list of their own, as
# with this one storylines' B-cubed fell from .845 to .835 on ai-events.
FUNCTION_WORDS = frozenset(
    "a about above according across after afterwards again against ago all almost already also"
    " although altogether always am amid among an and another any anyone anything approximately are"
    " around as aside at away back be because become been before behind being below besides between"
    " beyond both but by can cannot certain clearly could currently despite did do does done down"
    " due during each earlier eight either eleven else elsewhere enough especially even eventually"
    " ever every everyone everything except far few fewer finally first five following for former"
    " formerly four from further furthermore given had half has have having he hence her here hers"
    " herself him himself his how however i if in including indeed inside instead into is it its"
    " itself just last later latest least less let like likely long made many may maybe me"
    " meanwhile might mine more moreover most much must my myself near nearly neither never"
    " nevertheless new next nine no nobody none nonetheless nor not notably nothing now of off"
    " often on once one only onto or other others otherwise our ours out outside over overall own"
    " part per perhaps previously rather recently roughly same second separately seven several"
    " shall she should since six so some someone something soon still such ten than that the their"
    " theirs them themselves then there thereby therefore these they third this those though three"
    " through throughout thus to today together tomorrow too top toward towards twelve two under"
    " unless unlike until up upon us use used using version very via was we well were what whatever"
    " when whenever where whereas wherever whether which while who whom whose why will with within"
    " without would yes yesterday yet you your yours".split()
)
# Verbs of saying and writing that do little else: "called" names a thing, "asked for" wants one.
# Who announces makes it so, and is no witness of it.
VOICE = (
    r"(?:said|says?|saying|told|tells|argue[sd]|warn(?:s|ed)|claimed|add(?:s|ed)|wrote|writes|"
    r"reported|reports|explain(?:s|ed)|note[sd]|state[sd]|believe[sd]?|admit(?:s|ted)|"
    r"insist(?:s|ed)|predict(?:s|ed)|acknowledge[sd]|estimate[sd]|suggest(?:s|ed)|testified|"
    r"tweeted|concede[sd]|complained|caution(?:s|ed)|stressed|replied|denie[sd]|"
    r"declare[sd]|quipped)"
)
SAYING = rf"(?:{VOICE}|announce[sd]|unveiled|confirm(?:s|ed))"
# Words by which a writer does not vouch for what a sentence says, without regard to case.
HEDGE = (
    r"(?:would|could|might|(?-i:may)|if|whether|reportedly|rumou?r\w*|expect\w*|plans?|planned|"
    r"planning|hop(?:es?|ing)|aims?|aiming|estimat\w+|likely|suggest\w*|speculat\w*|suppose\w*|"
    r"should|project(?:ed|s|ions?)|forecast\w*|in talks|possibly|perhaps|allegedly|"
    r"leak(?:ed|s)?|potential(?:ly)?|not yet|no longer|until)"
)
