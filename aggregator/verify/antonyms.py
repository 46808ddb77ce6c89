"""Words that turn a statement round when one stands for the other, as data: opposites, and relations with two ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
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
    ("allow permit legalise legalize authorise authorize", "ban prohibit forbid forbidden forbade outlaw block"),
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
# Small words that turn what stands behind them; they have too many uses to refuse a claim by, unless one took another's place.
_TURNING = (
    ("with", "without"),
    ("over", "under"),
    ("for", "against"),
    ("up upward upwards", "down downward downwards"),
    ("first", "last"),
    ("more most", "fewer fewest less least"),
    ("many much", "few little"),
    ("because since due thanks", "despite although though notwithstanding regardless"),
    ("all every everyone everything", "none nothing"),
    ("always often usually", "never rarely seldom"),
    ("both", "neither"),
    ("top", "bottom"),
    ("near nearby", "far"),
    ("maximum", "minimum"),
)
# Deeds, states and sides with several senses, by field: judged only where one stands in the other's place.
_CONTRARY = (
    # law and order
    ("accuse charge indict implicate", "clear acquit exonerate absolve vindicate"),
    ("arrest detain jail imprison capture seize", "release free liberate"),
    ("sue prosecute", "settle pardon"),
    ("convict sentence condemn", "acquit pardon"),
    ("require oblige force compel mandate order demand", "forbid forbidden forbade prohibit ban bar exempt"),
    ("allow permit let authorise authorize", "forbid forbidden forbade prohibit ban bar prevent block disallow"),
    ("impose enforce", "lift waive"),
    ("obey comply", "defy violate breach flout"),
    ("pass ratify enact adopt", "veto repeal reject"),
    ("plaintiff claimant", "defendant"),
    ("victim", "attacker perpetrator"),
    # life, harm, help
    ("kill murder", "save rescue spare"),
    ("die perish", "survive live"),
    ("death", "birth survival"),
    ("injure wound hurt harm damage", "heal protect spare repair"),
    ("protect defend safeguard secure", "endanger threaten expose attack"),
    ("help aid assist", "hinder hamper impede obstruct"),
    ("sick ill", "healthy"),
    ("create build make establish found", "destroy demolish dismantle abolish scrap"),
    ("repair mend fix restore", "break damage"),
    # money and trade
    ("find discover recover", "lose"),
    ("give", "take"),
    ("lend lent", "borrow"),
    ("spend", "save"),
    ("gain", "loss"),
    ("earn", "lose spend"),
    ("invest", "divest"),
    ("surplus", "deficit shortage"),
    ("buyer customer", "seller vendor"),
    ("lender creditor", "borrower debtor"),
    ("free", "paid"),
    ("asset", "liability"),
    ("income revenue", "expense cost"),
    ("bullish hawkish", "bearish dovish"),
    # work and standing
    ("appoint promote", "dismiss demote oust remove"),
    ("employer", "employee"),
    ("merge unite combine", "split separate divide"),
    ("lead", "follow"),
    ("attack invade", "defend retreat"),
    ("friend ally partner", "enemy foe rival opponent"),
    ("war conflict", "peace"),
    ("domestic national", "foreign international"),
    ("federal", "provincial local"),
    ("urban", "rural"),
    ("senior", "junior"),
    ("professional", "amateur"),
    # attitude and speech
    ("agree", "disagree"),
    ("love like", "hate dislike"),
    ("trust", "distrust mistrust doubt"),
    ("praise welcome applaud", "criticise criticize condemn denounce lament"),
    ("back support endorse champion", "fight oppose resist attack"),
    ("encourage urge promote", "discourage deter"),
    ("hope", "fear"),
    ("confirm affirm acknowledge", "deny dispute refute"),
    ("reveal disclose expose publish", "conceal hide hid hidden withhold withheld"),
    ("remember", "forget forgot forgotten"),
    ("question ask", "answer"),
    ("popular", "unpopular"),
    ("happy glad pleased", "sad unhappy angry"),
    ("calm", "angry tense"),
    # movement and course
    ("arrive come", "depart go"),
    ("send", "receive"),
    ("advance", "retreat"),
    ("push", "pull"),
    ("enter", "exit leave"),
    ("launch introduce unveil", "halt withdraw withdrew withdrawn cancel scrap discontinue retire"),
    ("start begin", "finish end stop"),
    ("continue proceed resume", "stop halt suspend pause"),
    ("keep retain maintain", "abandon drop discard delete remove"),
    ("install", "uninstall remove"),
    ("accept embrace", "refuse reject spurn"),
    ("succeed", "fail"),
    ("extend prolong", "curtail shorten"),
    ("speed accelerate hasten", "slow delay"),
    ("widen broaden", "narrow"),
    ("tighten", "ease loosen"),
    ("attract", "repel"),
    ("absorb", "emit"),
    ("inhale", "exhale"),
    # degree, time and quality
    ("high", "low"),
    ("good great excellent", "bad poor terrible"),
    ("fast quick rapid rapidly quickly", "slow slowly"),
    ("hot warm", "cold cool"),
    ("full", "empty"),
    ("hard difficult", "easy simple"),
    ("heavy", "light"),
    ("thick", "thin"),
    ("deep", "shallow"),
    ("wide broad", "narrow"),
    ("same identical similar", "opposite different contrary"),
    ("true correct right accurate", "false wrong incorrect inaccurate"),
    ("real genuine", "fake false"),
    ("known", "unknown"),
    ("common frequent", "rare uncommon"),
    ("certain sure", "uncertain unsure doubtful"),
    ("clean", "dirty"),
    ("dry", "wet"),
    ("bright light", "dark"),
    ("loud", "quiet"),
    ("past previous", "future next"),
    ("modern recent new", "ancient old"),
    ("day", "night"),
    ("morning", "evening"),
    ("dawn sunrise", "dusk sunset"),
    ("northern north", "southern south"),
    ("eastern east", "western west"),
    ("left", "right"),
    ("internal", "external"),
    ("direct directly", "indirect indirectly"),
    ("visible", "invisible hidden"),
    ("present presence", "absent absence"),
    ("male man men boy", "female woman women girl"),
    ("husband", "wife"),
    ("father son brother", "mother daughter sister"),
    ("adult parent", "child"),
    # machines
    ("encrypt", "decrypt"),
    ("open", "closed proprietary"),
    ("online", "offline"),
    ("automatic automatically", "manual manually"),
    ("supervised", "unsupervised"),
    ("centralise centralize", "decentralise decentralize"),
    ("input", "output"),
    ("hardware", "software"),
    ("connect attach", "disconnect detach"),
    ("compress", "decompress"),
    ("lock", "unlock"),
    ("synchronous", "asynchronous"),
    ("static", "dynamic"),
    ("local", "remote"),
    ("deprecate", "introduce"),
)

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


def contrary_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """What a word would have to be, by any table, to stand for its opposite: compare with `side_of` the other word."""
    return frozenset((name, axis, -sign) for name, axis, sign in side_of(word, root))


@lru_cache(maxsize=4096)
def side_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """The directions of a word by every table: its name, the axis there, and which end."""
    tables = (*_IN_PLACE.items(), ("common", common_opposites() if root else {}))
    return frozenset((name, *each) for name, table in tables for each in sides(word, root, table))


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
_VERBS = frozenset(
    "lower enter discover recover arrest invest divest order hinder hamper deter buyer customer seller lender creditor borrower "
    "attacker employer partner father brother mother daughter sister oppose surrender".split()
)


@cache
def common_opposites() -> Sides:
    """The opposites of ordinary words as WordNet has them: too many senses to refuse a claim by, enough to doubt it."""
    lines = Path(__file__).with_name("opposites.txt").read_text("utf-8").splitlines()
    return _table(tuple(line.split(" ")) for line in lines if not line.startswith("#"))  # type: ignore[misc]


OPPOSITES = _table(_OPPOSITES)
POINTERS = _table(_POINTERS)
TURNING = _table(_TURNING)
_IN_PLACE = {"opposites": OPPOSITES, "pointers": POINTERS, "turning": TURNING, "contrary": _table(_CONTRARY)}
RANKS = _table([_RANKS])
COMPARISONS = _table(_COMPARISONS)
DEEDS = _table((deed, "") for deed in _DEEDS.split())
