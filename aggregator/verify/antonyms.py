"""Words that turn a statement round when one stands for the other, as data: opposites, and relations with two ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from aggregator.domain.lexical import stem

# Each row is an axis: the words of one direction, the words of the other. Verbs and nouns stand for all their forms.
_OPPOSITES = (
    (
        "rise increase grow climb surge jump soar gain raise boost expand double triple accelerate swell rally hike add",
        "fall decrease drop decline shrink plunge slump cut reduce slash tumble plummet halve lower dip sink trim slow lose",
    ),
    ("higher highest", "lower lowest"),
    ("faster fastest quicker quickest", "slower slowest"),
    ("cheaper cheapest", "dearer pricier costlier dearest priciest"),
    ("better best superior", "worse worst inferior"),
    ("larger largest bigger biggest greater greatest", "smaller smallest"),
    ("stronger strongest strengthen", "weaker weakest weaken"),
    ("longer longest lengthen extend", "shorter shortest shorten"),
    ("earlier earliest", "later latest"),
    ("older oldest", "newer newest younger youngest"),
    ("easier easiest", "harder hardest"),
    ("safer safest", "riskier riskiest"),
    ("win winner victory", "lose loser defeat"),
    ("success succeed successful", "failure fail unsuccessful"),
    ("accept approve agree", "reject refuse decline disapprove"),
    ("allow permit legalise legalize authorise authorize", "ban prohibit forbid outlaw block"),
    ("support endorse favour favor praise", "oppose criticise criticize condemn"),
    ("open reopen", "close shut"),
    ("start begin launch commence", "end stop cease halt finish discontinue"),
    ("buy purchase", "sell"),
    ("hire recruit", "fire dismiss sack"),
    ("join enter", "leave quit exit"),
    ("enable activate", "disable deactivate"),
    ("confirm admit acknowledge", "deny"),
    ("legal lawful", "illegal unlawful"),
    ("guilty convict", "innocent acquit"),
    ("import", "export"),
    ("strong", "weak"),
    ("optimistic optimism", "pessimistic pessimism"),
    ("public publicly", "private privately"),
    ("majority", "minority"),
    ("profit profitable", "loss losses unprofitable"),
    ("improve", "worsen deteriorate degrade"),
    ("likely", "unlikely"),
    ("able", "unable"),
    ("include", "exclude omit"),
    ("tighten", "loosen relax"),
    ("upgrade", "downgrade"),
    ("upload", "download"),
    ("advantage", "disadvantage"),
    ("possible", "impossible"),
    ("safe", "unsafe dangerous"),
    ("voluntary voluntarily optional", "mandatory compulsory obligatory"),
    ("temporary temporarily", "permanent permanently"),
    ("positive positively", "negative negatively"),
    ("early", "late"),
    ("old", "new"),
    ("small tiny", "large big huge"),
    ("short brief", "long lengthy"),
    ("rich", "poor"),
)
# The same for words that point at what stands behind them only. "Until" is none: "not until May" is after May.
_POINTERS = (("after following", "before"), ("above", "below beneath"), ("inside within", "outside"))
# Small words that turn what stands behind them; they have too many uses to refuse a claim by.
_TURNING = (("with", "without"), ("over", "under"), ("for", "against"), ("up", "down"), ("first", "last"), ("more", "fewer less"))

# Relations whose two ends can't be swapped. The rows name who has more of it on the left, and who has less.
_RANKS = (
    "beat outperform surpass exceed overtake outpace outscore outrank outsell best top defeat edge lead ahead outstrip eclipse",
    "trail lag behind underperform",
)
_COMPARISONS = (  # with "than"
    ("faster quicker", "slower"),
    ("better", "worse"),
    ("larger bigger greater higher more", "smaller lower less fewer"),
    ("stronger", "weaker"),
    ("longer", "shorter"),
    ("older", "newer younger"),
    ("easier", "harder"),
    ("safer", "riskier"),
    ("cheaper", "dearer pricier costlier"),
)
_DEEDS = (
    "acquire takeover purchase buy sue accuse fine ban block hire poach fund pay replace supply own license licence criticise "
    "criticize attack warn ask tell fork copy rescue praise blame investigate raid sponsor overrule absorb supplant defend"
)

Sides = Mapping[str, tuple[tuple[int, int], ...]]


def sides(word: str, root: str, table: Sides) -> tuple[tuple[int, int], ...]:
    """The axes that a word lies on in a table, each with its direction, 1 or -1."""
    return table.get(word) or table.get(f"{root}-", ())


def _table(rows: Iterable[tuple[str, str]]) -> Sides:
    """Every word as it stands, and the stem of those that are inflected, marked by a hyphen."""
    table: dict[str, tuple[tuple[int, int], ...]] = {}
    for axis, row in enumerate(rows):
        for sign, words in zip((1, -1), row, strict=True):
            for word in words.split():
                keys = {word} if word.endswith(_UNINFLECTED) and word not in _VERBS else {word, f"{stem(word)}-"}
                for key in keys:
                    table[key] = (*table.get(key, ()), (axis, sign))
    return table


_UNINFLECTED = ("er", "est", "ly", "ahead", "behind", "best", "more", "less")
_VERBS = frozenset("lower enter discover recover".split())


@cache
def common_opposites() -> Sides:
    """The opposites of ordinary words as WordNet has them: too many senses to refuse a claim by, enough to doubt it."""
    lines = Path(__file__).with_name("opposites.txt").read_text("utf-8").splitlines()
    return _table(tuple(line.split(" ")) for line in lines if not line.startswith("#"))  # type: ignore[misc]


OPPOSITES = _table(_OPPOSITES)
POINTERS = _table(_POINTERS)
TURNING = _table(_TURNING)
RANKS = _table([_RANKS])
COMPARISONS = _table(_COMPARISONS)
DEEDS = _table((deed, "") for deed in _DEEDS.split())
