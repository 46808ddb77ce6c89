"""The terms of a title and a lead: stems of content words, names joined with their numbers
(`gpt-5.1`), and the versions of models and releases, which distinguish two similar titles. And how
often words stand in AI news: a background that keeps small runs from taking common words for rare
ones.

Its stems (`uninflected`) by the share of articles whose title or first 50 words hold them, counted
once over 2,000 entries of 75 public AI feeds of 2017 to 2026. Names of the day are left out: they
age.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from aggregator.domain.frozen import frozen
from aggregator.english.lexical import uninflected
from aggregator.english.vocabulary import DATE_WORDS, MONTH_NAMES

_WORD = re.compile(r"[^\W_]+(?:[.'\-+][^\W_]+)*\+*")
_PUNCTUATION = str.maketrans(
    {"’": "'", "‘": " ", "‑": "-", "‐": "-", "“": " ", "”": " ", "—": " ", "–": " "}
)
_STOP = MONTH_NAMES.union(
    "a about after again all also am an and any are as at be because been before being but by can"
    " could did do does doing down during each few for from further get gets getting got had has"
    " have having he her here hers him his how i if in into is it its itself just let like ll look"
    " made make makes may me might more most much must my new no nor not now of off on once one"
    " only or other our out over own re s said same say says set she should so some still such t"
    " take than that the their them then there these they this those through to too under until up"
    " us use used using ve very via was we well were what when where which while who why will with"
    " without would you your vs per amid among against first two three today yesterday week weeks"
    " month year years day days time".split()
)
_NUMBER = re.compile(r"v?\d+(?:[.,]\d+)*[a-z]{0,2}")
_JOINED = re.compile(
    r"(?P<name>[a-z][a-z.\-]*?)-?v?(?P<number>\d{1,3}(?:\.\d+)*[a-z]?)(?P<rest>-.*)?"
)
_VERSION_NUMBER = re.compile(r"v?(?P<number>\d{1,3}(?:\.\d+)*[a-z]?)(?:-.*)?")
_BARE = re.compile(r"v\d+(?:\.\d+)*|\d+(?:\.\d+){2,}")
_MONEY_OR_SHARE = re.compile(r"[$€£¥₹]\s?\d[\d.,]*\s?\w*|\d[\d.,]*\s?%")
_QUANTITIES = frozenset(
    "million billion trillion mn bn tn m b k crore lakh percent pc times years months "
    "weeks days hours minutes people jobs ways things reasons tips tools lessons steps "
    "countries languages".split()
)
_NO_NAMES = DATE_WORDS.union(
    "top best the a an in on of for by to from with at over under and or nearly about just only"
    " some least most than after before no its his her their those these this that all last next"
    " past first".split()
)
_VARIANTS = frozenset(
    "opus sonnet haiku mythos flash lite pro ultra mini nano micro max turbo codex instant thinking"
    " coder vl omni".split()
)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text in order, case kept; points, hyphens and apostrophes inside a word belong
    to it.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    return tuple(_WORD.findall(text))


def content_terms(text: str) -> tuple[str, ...]:
    """The terms of a text in order: stems of its content words, without numbers that stand alone.

    A number joins the name before it (`Llama 4` gives `llama` and `llama-4`). A compound is its
    parts (`open-source` is `open source`), and itself only if it holds a number. Numbers alone
    ("v1.2.3", "10") say nothing of the subject.
    """
    return terms_of(tokens(text))


def terms_of(words: Iterable[str]) -> tuple[str, ...]:
    """The terms of words in order, as `content_terms` has them."""
    found: list[str] = []
    before = ""
    for terms, name, number in map(token_terms, words):
        if number and before:
            found.append(f"{before}-{number}")
        found.extend(terms)
        before = name
    return tuple(found)


@lru_cache(maxsize=65_536)
def token_terms(token: str) -> tuple[tuple[str, ...], str, str]:
    """The terms of one word, the name that a number after it would join, and the number that it is
    itself.
    """
    low = token.lower()
    if _NUMBER.fullmatch(low):
        return (), "", low.removeprefix("v")
    if low in _STOP:
        return (), "", ""
    parts = _parts(token) if "-" in token else [uninflected(token)]
    return tuple([term for term in parts if len(term) > 1 or not term.isascii()]), low, ""


def _parts(token: str) -> list[str]:
    """The terms of a compound."""
    parts = [
        uninflected(part)
        for part in token.split("-")
        if part.lower() not in _STOP and not _NUMBER.fullmatch(part.lower())
    ]
    is_numbered_name = any(char.isdigit() for char in token)
    return [token.lower(), *parts] if is_numbered_name else parts


@frozen
class TitleVersions:
    """Which versions (name, number) and which variants of a model line a title names."""

    versions: frozenset[tuple[str, str]]
    variants: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.versions)


@lru_cache(maxsize=32_768)
def title_versions(title: str) -> TitleVersions:
    """The versions and variants that a title names; no number, no version."""
    if not any(map(str.isdigit, title)):
        return TitleVersions(versions=frozenset(), variants=frozenset())
    words = [word.lower() for word in tokens(_MONEY_OR_SHARE.sub(" ", title))]
    parts = {part for word in words for part in word.split("-")}
    return TitleVersions(
        versions=frozenset(_versions(words)), variants=frozenset(parts & _VARIANTS)
    )


def is_other_version(one: TitleVersions, other: TitleVersions) -> bool:
    """Whether two titles name different versions of one thing, or different variants of one
    version.
    """
    if not (one and other):
        return False
    for name in {name for name, _ in one.versions} & {name for name, _ in other.versions}:
        if not _numbers(one, name) & _numbers(other, name):
            return True
    numbers = {number for _, number in one.versions} & {number for _, number in other.versions}
    return bool(numbers and one.variants and other.variants and not one.variants & other.variants)


def _versions(words: list[str]) -> list[tuple[str, str]]:
    found = [
        (found["name"], found["number"])
        for word in words
        if (found := _JOINED.fullmatch(word)) and found["name"] != "v"
    ]
    found += [("", word.removeprefix("v")) for word in words if _BARE.fullmatch(word)]
    for (name, number), after in zip(pairwise(words), (*words[2:], ""), strict=False):
        match = _VERSION_NUMBER.fullmatch(number)
        if match and name not in _NO_NAMES and after not in _QUANTITIES and not name[-1:].isdigit():
            found.append((name, match["number"]))
    return found


def _numbers(of: TitleVersions, name: str) -> set[str]:
    return {number for named, number in of.versions if named == name}


UNKNOWN_RATE = 0.0002  # of a word that is not listed

_ALMOST_EVERYWHERE = 0.08
_EVERYWHERE = 0.03
_COMMON = 0.014
_USUAL = 0.007

RATES: dict[str, float] = {
    **dict.fromkeys(
        (
            "agent ai announc build claud data introduc languag larg learn llm model reason"
            " research system type work"
        ).split(),
        _ALMOST_EVERYWHERE,
    ),
    **dict.fromkeys(
        (
            "across advanc agentic anthropic application approach availabl back bas becom benchmark"
            " between built call challeng cod code company context creat design discussion engineer"
            " evaluat exist featur find framework generat generation gpt guid high however human"
            " imag improv know last limit long mak many method multi need new next often open"
            " openai paper peopl performanc post power problem process prompt question read real"
            " recent remain requir run safety scal scor search self show start stat study support"
            " task team test text thing think tool train understand updat user want way world"
            " writ yet"
        ).split(),
        _EVERYWHERE,
    ),
    **dict.fromkeys(
        (
            "accelerat access achiev action address analysis answer api app architectur ask"
            " assistant attack automat behavior best better big blog bring browser business"
            " capability ceo chang chatgpt cloud come complex concept content control cost country"
            " critical current dataset decision deep deliver developer development different driv"
            " driven dynamic early economic effectiv efficient enabl environment evaluation even"
            " every exampl experienc explor face fail fast faster fine fine-tuning focus forc found"
            " free frontier full fundamental futur game general github give global go good googl"
            " government grow hard help idea impact important includ increasingly inferenc"
            " information insid intelligenc interest interpretability issu keep key knowledg launch"
            " lead leader level life like live local loop lot machin market mcp mean media million"
            " mode modern multimodal multipl nativ network neural novel old optimiz output part"
            " pattern pipelin plan platform play policy prediction present pric product project"
            " promis propos provid public publish put python quality real-world recently reduc"
            " reinforcement releas rely report respons result review right risk security seem"
            " servic set shar significant sinc singl skill small softwar solution solv someth sourc"
            " specific startup step strategy structur talk techniqu technology thought time token"
            " top try tun turn unit us video vision web weight welcom whether word workflow your"
        ).split(),
        _COMMON,
    ),
    **dict.fromkeys(
        (
            "ability accord account accuracy act actually ad adaptiv add adoption adversarial age"
            " ago algorithm align alignment allow already although alway amazon america american"
            " another anyon appl appli apply around artificial asia assess assist attention augment"
            " author autonomous awar begin behind benefit beta beyond biggest billion boost break"
            " brief capabl cas case caus causal center chain chat chatbot check china choos claim"
            " classification client clos codex common community competition component comput"
            " computational computer concern condition conferenc connect constrain continu"
            " conversation core correct cours cover credit cut deal debat decad decid defin demand"
            " demonstrat deploy deployment deriv describ despit detail detect detection develop"
            " diffusion directly discover discuss distribution divers document easy editor effect"
            " efficiency either email embed emerg end energy engin enhanc enough ensur enterpris"
            " especially essential europ european eval event ever everyon everyth evolv exhibit"
            " expand experiment expert explain external fact failur feedback field file five fix"
            " follow form forum foundation founder four function fund gain gap gave gemini"
            " generally generativ goal going great ground group growth hand handl happen hardwar"
            " head health here higher history hold host hour hug identify increas individual"
            " industry influenc infrastructur input instead integrat integration interaction"
            " interactiv investigat involv job join kind lab lack large-scale latent latest law"
            " layer leav length less lesson let leverag library line list llama longer look love"
            " low major man manag management map match matter measur mechanism meet memory meta"
            " metric minut miss monitor month move multilingual music name natural never newsletter"
            " non note number nvidia offer offic onlin open-source optimization orchestration order"
            " page paradigm parameter particularly partner partnership party past perform physic"
            " physical plac podcast point political popular possibl potential powerful practic"
            " practical predict preferenc prevent preview previously primarily privacy probably"
            " produc production program progress protocol push rais rang rapid rate rather ready"
            " real-time really record reliabl representation researcher resourc retrieval reveal"
            " reward robot robust role rule safeguard sampl scalabl scenario school scienc"
            " scientific scientist secur see seen semantic sens serv server several shap shift"
            " short signal simpl someon sometim south spars speech stack stag standard"
            " state-of-the-art statement stop story stream struggl student subscrib surpris teach"
            " tech technical tell term that threat together told took topic toward transformation"
            " transformer trust typically uncertainty unifi useful valu various version view weekly"
            " widely win window within zero"
        ).split(),
        _USUAL,
    ),
}
