"""How well a sentence suits a section, and whom it concerns: a linear model over named features of
the sentence, its place and its headline.

Words and weights stand in `choosing.toml`, which `python -m tests.quality.choosing fit` writes from
labels of ours. What reports an event, what states a change and what is worth keeping is decided
here; whether a sentence can stand alone is `english.presentable`'s.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.domain.article import Article, Read
from aggregator.domain.claim import Claim
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision
from aggregator.domain.story import Member
from aggregator.english.event_kind import NO_NEWS, EventKind, event_kinds
from aggregator.english.lexical import content_words, stem, stems
from aggregator.english.speech_acts import QUOTED
from aggregator.english.text import words
from aggregator.english.trimming import shortened
from aggregator.english.vocabulary import MONTH, WEEKDAY
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim, own_work_start
from aggregator.story.rules.audience import audience_features, is_near, speaks_to
from aggregator.story.rules.introduced import unexplained_names

FILE = Path(__file__).with_suffix(".toml")
HOOK, CHANGE = "hook", "what_changed"
AUDIENCE, WORDING = "who_should_care", "wording of a reason"
_TELLING = (HOOK, CHANGE)

_MOST_WORDS = 25  # a sentence as long weighs fully
_EARLY = 3  # sentences of an article
NEW_WORDS = 0.4  # share of a sentence's content words that nothing before it has
_OPENING = 4  # sentences of an article among which its lede stands
_CLOSE = timedelta(days=4)  # a day of the event that an article reports
# kinds of which a report says that something happened; a study is found by its own features
_EVENTS = frozenset(EventKind) - NO_NEWS - {EventKind.RESEARCH, EventKind.OPINION, EventKind.OTHER}
_TABLE = tomllib.loads(FILE.read_text("utf-8"))
_WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(map(stem, several)) for name, several in _TABLE["words"].items()
}
_WEIGHTS: dict[str, Mapping[str, float]] = dict(_TABLE.get("weights", {}))
_LEAST: dict[str, float] = dict(_TABLE.get("least", {}))
SECTIONS = tuple(section for section in _WEIGHTS if section not in {AUDIENCE, WORDING})
# of a section where no sentence sums the story up: fewer of its sentences are worth keeping
ALONE = "{} alone"
LEDE = "lede"  # the opening of an article with its news: it needs less of what a hook needs
DETAILS = frozenset(section for section in SECTIONS if ALONE.format(section) in _LEAST)

_FIGURE = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<!^)\b[A-Z][\w.-]*[a-z0-9]")
_OLD_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(
    rf"\b(?:today|yesterday|{WEEKDAY}|this (?:week|month)|last (?:week|month)|{MONTH} \d{{1,2}})\b"
)
_OPENS_WITH = {
    "quotes": re.compile(r"[“\"‘]"),
    "while": re.compile(r"(?:While|Although|Despite|As|With|Given|Though|Even|When)\b"),
    "the noun": re.compile(r"The [a-z]"),
    "an adverb": re.compile(r"\w+ly\b|(?:Still|Often|Recently|Perhaps|Today)\b"),
    "an addition": re.compile(r".{0,60}?\b(?:also|another|separately|meanwhile|other)\b"),
    "leading on": re.compile(r"\W*(?:[\w’'.-]+,? ){1,3}(?:also|however|meanwhile|then|later)\b"),
    "our work": re.compile(r"(?:In this \w+, |Here, )?[Ww]e\b|This (?:paper|work|s\w+y) \w+s\b"),
    "what we propose": re.compile(
        r"(?:In this \w+, |Here, )?(?:[Ww]e|This (?:paper|work|study)) "
        r"(?:\w+ly |also |first |then )?(?:propose|introduce|present|release|develop|publish)"
    ),
    "results": re.compile(r"(?:\w+ ){0,3}?(?:[Ee]xperiments?|[Rr]esults?|[Ff]indings)\b"),
}
_HAS = {
    "a past verb": re.compile(r"\b\w{2,}ed\b"),
    "a perfect": re.compile(r"\b(?:has|have)(?: \w+ly| just| also)? \w+(?:ed|n)\b"),
    "will": re.compile(r"\b(?:will|plans? to|set to|to be)\b"),
    "could": re.compile(r"\b(?:could|would|may|might|can)\b"),
    "is a": re.compile(r"\b(?:is|are|was) (?:an?|the|one)\b"),
    "a pronoun": re.compile(r"\b(?:he|she|they|it|his|her|their|its|them|him)\b", re.IGNORECASE),
    "what is not": re.compile(r"\b(?:not|no|never|nor|without)\b|n['’]t\b"),
    "a sum": re.compile(r"[$€£₹]\s?\d|\b(?:million|billion|trillion)\b"),
    "a share": re.compile(r"\d\s?(?:%|percent|per cent)"),
    "more": re.compile(
        r"\b(?:more|less|fewer|higher|lower|faster|better|worse|larger) than\b|"
        r"\b\w+(?:er|ing) (?:costs?|time|risk|latency|accuracy)\b"
    ),
    "a warning": re.compile(r"\bwarn(?:s|ed|ing)?\b|\bfears?\b|\bconcerns?\b|\brisks?\b"),
    "what is crucial": re.compile(
        r"\b(?:is|are|be|been|plays?|remains?|become) (?:[\w-]+ ){0,3}?(?:crucial|critical|"
        r"essential|important|vital|key|central|challenging|expensive|intensive|significant|"
        r"integral|costly)\b"
    ),
    "a cause": re.compile(r"\b(?:because|due to|as a result|result of|thanks to|driven by)\b"),
    "an effect": re.compile(
        r"\b(?:lead|leads|led|leading|result|results|resulting|resulted) (?:to|in)\b|"
        r"\b(?:caus|forc|driv|threaten|undermin|disrupt|expos|affect|impact)(?:e|es|s|ed|ing)?\b|"
        r"\bmean(?:s|ing)? (?:that|the|a)\b|\bmakes? it\b"
    ),
    "an aim": re.compile(r"\b(?:aim|aims|aimed|aiming|intended|designed) (?:to|at)\b"),
    "a limit": re.compile(
        r"\b(?:limit|restrict|hinder|imped|hamper|suffer|struggl|degrad|lack|fail)\w*\b"
    ),
    "a gain": re.compile(r"\b(?:reduc|lower|sav|improv|enhanc|strengthen|boost|enabl|allow)\w*\b"),
    "a superlative": re.compile(r"\b(?:most|first|largest|biggest|highest|lowest|record)\b"),
    "so that": re.compile(r"\b(?:which|that) \w+s\b|, \w+ing\b|\bso that\b"),
}
_HEADLINE = {
    "asks": re.compile(r"\?"),
    "explains": re.compile(r"^(?:How|Why|What|When|Inside|The \w+ (?:Behind|of))\b"),
    "speaks to readers": re.compile(r"\b(?:you|your|I|my|we|our|me)\b", re.IGNORECASE),
    "counts": re.compile(r"^(?:The )?\d+ "),
    "is tagged": re.compile(r"^\[|\|"),
    "names a paper": re.compile(r"^[\w^-]+: |\b(?:via|using|towards?|learning|framework)\b", re.I),
}  # fmt: skip

_RUN = re.compile(r"\w+")
_OWN_NAME = re.compile(r"^[\w^.+-]+(?: [\w^.+-]+){0,2}(?=: )")  # "CALM-IT: Generating …"
_GENERIC = frozenset({"ai"})  # is in every headline
_JOINTS = re.compile(r"[-–—/]")
_SHORTEST = 4  # letters in common of "Iran" and "Iranian"
_OPINION_PATH = re.compile(
    r"/(?:commentisfree|opinions?|editorials?|op-eds?|podcasts?)/", re.IGNORECASE
)
_OPINION_TITLE = re.compile(
    r"^(?:Opinion|Editorial|Op-ed|Podcast)\s*[|:–—]|\s[|–—-]\s?(?:Opinion|Editorial|Podcast)$",
    re.IGNORECASE,
)
# "… | Ada Byron" on top of a column by Ada Byron
_NAME_BEHIND = re.compile(r"\|\s*(?P<name>[^|]+)$")


def score(section: str, features: Mapping[str, float]) -> float:
    """The probability that a sentence with these features suits a section."""
    weights = _WEIGHTS.get(section, {})
    total = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-total))


def least(section: str) -> float:
    """The probability from which on a section takes a sentence."""
    return _LEAST[section]


def says_why(text: str) -> bool:
    """Whether a sentence says by its words alone why something matters: what follows from it, what
    is at risk.
    """
    return score(WORDING, text_features(text)) >= least(WORDING)


class Choice:
    """The sentences of a story under its headline, with how well each suits a section, and whom it
    concerns, as it would be shown: in at most `quote_words`, as the hook in at most `hook_words`.
    """

    def __init__(
        self,
        found: Sequence[QuotableSentence],
        headline: str,
        quote_words: int,
        names: Collection[str] = (),
        *,
        hook_words: int = 0,
    ) -> None:
        most = {True: max(hook_words, quote_words), False: quote_words}
        self._claims = {
            (id(each), is_hook): claim
            for each in found
            for is_hook, most_words in most.items()
            if (claim := extracted_claim(each, most_words, shortened))
        }
        self.candidates = tuple(each for each in found if (id(each), True) in self._claims)
        self._placed = {(each.member.article.id, each.position): each for each in self.candidates}
        self._headline = headline
        self._ledes = set[int]()
        self._suits = {id(each): self._scores(each) for each in self.candidates}
        best = max(self.candidates, key=partial(self.suits, HOOK), default=None)
        self.has_summary = best is not None and self.suits(HOOK, best) >= least(HOOK)
        summary = self.shown(best, HOOK) if best and self.has_summary else ""
        self._matter = f"{headline} {summary}"
        self._known = frozenset(_RUN.findall(" ".join([self._matter, *names])))
        self._apt = frozenset(
            id(each) for each in found if self._is_on_matter(each) and self._is_explained(each)
        )
        for each in self.candidates:
            if not self.is_apt(each):
                self._suits[id(each)] |= dict.fromkeys((CHANGE, *DETAILS), 0.0)
            elif not self._is_self_contained(each):
                self._suits[id(each)] |= dict.fromkeys(DETAILS, 0.0)
        self._telling = {id(each) for each in self.candidates if self._is_telling(each)}

    def claim_of(self, candidate: QuotableSentence, section: str = "") -> Claim | None:
        """The sentence as a section would show it; None where it is too long and cannot be cut."""
        return self._claims.get((id(candidate), section == HOOK))

    def shown(self, candidate: QuotableSentence, section: str = "") -> str:
        """The words of the sentence that a section would show."""
        claim = self.claim_of(candidate, section)
        return " ".join(citation.quote for citation in claim.citations) if claim else ""

    def suits(self, section: str, candidate: QuotableSentence) -> float:
        """The probability that a sentence suits a section."""
        return self._suits[id(candidate)][section]

    def is_lede(self, candidate: QuotableSentence) -> bool:
        """Whether an article opens with its news in this sentence: it stands among the first, and
        has the subject and the event of the headline.
        """
        return self.may_open(candidate) and self.suits(HOOK, candidate) >= least(LEDE)

    def may_open(self, candidate: QuotableSentence) -> bool:
        """Whether it stands where a lede does, and names the matter."""
        return id(candidate) in self._ledes

    def goes_on(self, candidate: QuotableSentence) -> bool:
        """Whether it follows a lede that only says the headline again, and stays on its matter."""
        before = self._placed.get((candidate.member.article.id, candidate.position - 1))
        return (
            before is not None
            and self.is_lede(before)
            and not tells_more(self._headline, self.shown(before, HOOK))
            and self.is_apt(candidate)
            and not (candidate.is_bare or candidate.is_publishers_voice)
            and shared_words(self._headline, self.shown(candidate, HOOK)) > 0
        )

    def least(self, section: str) -> float:
        """The probability from which on a section of this story takes a sentence."""
        is_alone = section in DETAILS and not self.has_summary
        return least(ALONE.format(section) if is_alone else section)

    def is_apt(self, candidate: QuotableSentence) -> bool:
        """Whether a sentence is on the matter of its story and says who acts in it."""
        return id(candidate) in self._apt

    def _is_on_matter(self, candidate: QuotableSentence) -> bool:
        """Whether the paragraph of a sentence, or one beside it, has a word of the headline or of
        the summary: a newsletter goes on to other matters.
        """
        at = candidate.passage.n
        beside = candidate.member.article.passages[max(at - 1, 1) : at + 2]
        return any(shared_words(self._matter, passage.text) > 0 for passage in beside)

    def _is_explained(self, candidate: QuotableSentence) -> bool:
        """Whether a reader of headline and summary knows who acts and speaks in a sentence."""
        return not unexplained_names(candidate.sentence, candidate.member.article, self._known)

    def _is_self_contained(self, candidate: QuotableSentence) -> bool:
        """Whether what is shown of a sentence names its matter outside of words that it quotes, and
        is no mere definition: of labelled sentences that would be shown 80 % of those that do are
        worth keeping, 68 % of the others, one definition in three.
        """
        shown = self.shown(candidate)
        own = text_features(shown)
        tells = own["figures"] or own["has a past verb"] or own["has a perfect"]
        is_definition = own["has is a"] > 0 and not tells
        return not is_definition and shared_words(self._matter, QUOTED.sub("", shown)) > 0

    def concerns(self, role: str, roles: Collection[str], candidate: QuotableSentence) -> float:
        """The probability that a sentence shows why a role should care, 0 where it reports nothing
        and changes nothing; `roles` are those whose words the story uses most.
        """
        if id(candidate) not in self._telling or not self.claim_of(candidate):
            return 0.0
        placed = self.audience_features(role, roles, candidate)
        return score(AUDIENCE, placed) if is_near(placed) else 0.0

    def _is_telling(self, candidate: QuotableSentence) -> bool:
        # beside the work that an article presents, what it says of others' is background
        is_paper = own_work_start(candidate.member.article.text) is not None
        keys = (HOOK,) if is_paper else _TELLING
        return any(self.suits(key, candidate) >= least(key) for key in keys)

    def audience_features(
        self, role: str, roles: Collection[str], candidate: QuotableSentence
    ) -> dict[str, float]:
        """What such a probability is made of."""
        article, shown = candidate.member.article, self.shown(candidate)
        lede = article.passages[1].text if article.passages[1:] else ""
        found = audience_features(
            role,
            words=speaks_to(role, shown),
            is_own_work=bool(_OPENS_WITH["our work"].match(shown)),
            roles=roles,
            kinds=event_kinds(article.title, lede, article.url),
        )
        return found | {"states a change": self.suits(CHANGE, candidate)}

    def _scores(self, candidate: QuotableSentence) -> dict[str, float]:
        opening = self._features(candidate, HOOK)
        is_same = self.shown(candidate) == self.shown(candidate, HOOK)
        placed = opening if is_same else self._features(candidate)
        found = {section: score(section, placed) for section in SECTIONS}
        found[HOOK] = score(HOOK, opening)
        if found[HOOK] > least(HOOK):  # one cut before the news is behind one that has it
            kept = opening.get("share of the headline", 0.0)
            lost = shared_part(self._headline, candidate.sentence) - kept
            found[HOOK] = max(least(HOOK), found[HOOK] * (1 - lost))
        if is_opening(opening) and candidate.position < _OPENING:
            self._ledes.add(id(candidate))
        is_led_on = "opens with leading on" in opening or "opens with quotes" in opening
        barred = {HOOK} if is_led_on else set()
        barred |= {HOOK, *DETAILS} if candidate.is_bare else set()
        barred |= {HOOK, CHANGE} if "looks back" in {**placed, **opening} else set()
        barred |= set() if is_of_headline(placed) else {CHANGE}
        barred |= set() if self.claim_of(candidate) else {*SECTIONS} - {HOOK}
        return {key: 0.0 if key in barred else value for key, value in found.items()}

    def _features(self, candidate: QuotableSentence, section: str = "") -> dict[str, float]:
        every = features(candidate, self.shown(candidate, section), self._headline)
        return {name: value for name, value in every.items() if value}


def is_opening(placed: Mapping[str, float]) -> bool:
    """Whether a sentence with these features may be the lede of its article: it has more than one
    word of the headline, and is no background of the work that the article presents.
    """
    return "some words of the headline" in placed and "beside the article's own work" not in placed


def tells_more(headline: str, text: str) -> bool:
    """Whether a good part of the content words of a text are none of its headline's."""
    own = content_words(text)
    return len(own - content_words(headline)) >= NEW_WORDS * len(own)


def is_of_headline(placed: Mapping[str, float]) -> bool:
    """Whether a sentence with these features has more than one word of its headline, or reports
    the own work of its article. One is mostly the name of a company, which does many things.
    """
    return bool(placed.get("some words of the headline") or placed.get("of the article's own work"))


@lru_cache(maxsize=4096)
def text_features(text: str) -> Mapping[str, float]:
    """What the words of a sentence show by themselves, each between 0 and 1."""
    plain = QUOTED.sub("", text)
    stems = [stem(word.lower()) for word in words(plain)]
    found = {"always": 1.0, "length": min(len(stems) / _MOST_WORDS, 1.0)}
    for name, lexicon in _WORDS.items():
        held = sum(one in lexicon for one in stems)
        found[f"words of {name}"] = float(held > 0)
        found[f"several words of {name}"] = float(held > 1)
    found |= {f"opens with {name}": _flag(mark.match(text)) for name, mark in _OPENS_WITH.items()}
    found |= {f"has {name}": _flag(mark.search(plain)) for name, mark in _HAS.items()}
    found["figures"] = min(len(_FIGURE.findall(text)), 3) / 3
    found["names"] = min(len(_NAME.findall(text)), 4) / 4
    found["quotes"] = _flag(QUOTED.search(text))
    found["states a day"] = _flag(_DAY.search(text))
    return found


def features(candidate: QuotableSentence, shown: str, headline: str) -> dict[str, float]:
    """The features of a sentence as it would be shown, in its article and under a headline."""
    article, position = candidate.member.article, candidate.position
    reported = article.published.at.date()
    shared = shared_words(headline, shown)
    share = shared_part(headline, shown)
    years = [int(year) for year in _OLD_YEAR.findall(shown)]
    own = text_features(shown)
    about = text_features(headline)
    is_change = own["words of change"] > 0
    work_start = own_work_start(article.text)
    own_name = _OWN_NAME.match(headline)
    has_own_name = own_name is not None and own_name[0] in shown
    placed = {
        "the headline's own name": float(has_own_name),
        "without the headline's own name": float(own_name is not None and not has_own_name),
        "is first": float(position == 0),
        "is early": float(position < _EARLY),
        "depth": min(math.log1p(position) / 3, 1.0),
        "share of the headline": share,
        "a word of the headline": float(shared > 0),
        "some words of the headline": float(shared > 1),
        "words of the headline": float(shared > 2),
        "first, with the headline": float(position == 0) * share,
        "change, as the headline": float(is_change and about["words of change"] > 0),
        "change, first": float(is_change and position == 0),
        "change, early": float(is_change and position < _EARLY),
        "first, with names": float(position == 0) * own["names"],
        "first, with a day": float(position == 0) * own["states a day"],
        "first, past": float(position == 0) * max(own["has a past verb"], own["has a perfect"]),
        "first, saying what is": float(position == 0) * own["has is a"],
        "beside the article's own work": float(
            own["opens with our work"] == 0 and work_start is not None
        ),
        "of the article's own work": float(
            work_start is not None
            and article.text.find(candidate.sentence) + len(candidate.sentence) > work_start
        ),
        "is cut": float(shown != candidate.sentence),
        "is a standfirst": float(candidate.sentence[-1].isalnum()),
        "is bare": float(candidate.is_bare),
        "is of an excerpt": float(article.read is not Read.FULL),
        "looks back": float(bool(years) and max(years) < article.published.at.year),
        "is opinion": float(is_opinion(article)),
        "is of a later article": float(candidate.article_rank > 0),
        "of an event": _of_event(shown),
        "headline of an event": _of_event(headline),
        "states a day of its report": float(
            any(
                mention.precision is Precision.DAY and abs(mention.day - reported) <= _CLOSE
                for mention in date_mentions(shown, reported)
            )
        ),
    }
    marked = {f"headline {name}": _flag(mark.search(headline)) for name, mark in _HEADLINE.items()}
    return {**own, **placed, **marked}


def _of_event(text: str) -> float:
    """The probability that a text reports an event, by its words alone."""
    kinds = event_kinds(text, "", "")
    return sum(kinds[kind] for kind in _EVENTS)


def _flag(found: object) -> float:
    return float(found is not None)


def shared_words(headline: str, text: str) -> int:
    """How many of the content words of a headline stand in a text, in any form."""
    own, parts = _parts(headline), _parts(text)
    long = [part for part in parts if len(part) >= _SHORTEST]
    return len(own & parts) + sum(
        any(part.startswith(word) or word.startswith(part) for part in long)
        for word in own - parts
        if len(word) >= _SHORTEST
    )


def shared_part(headline: str, text: str) -> float:
    """The share of them that do."""
    return shared_words(headline, text) / (len(_parts(headline)) or 1)


@lru_cache(maxsize=512)
def _parts(text: str) -> frozenset[str]:
    """The stems of its content words, of compounds those of each part."""
    return stems(_JOINTS.sub(" ", text)) - _GENERIC


def is_opinion(article: Article) -> bool:
    """Whether the address or the headline of an article marks it as a column, an editorial or a
    podcast.
    """
    behind = _NAME_BEHIND.search(article.title)
    is_signed = (
        behind is not None and behind["name"].strip().lower() == article.byline.strip().lower()
    )
    path = f"{urlsplit(article.canonical_url).path}/"
    return is_signed or bool(_OPINION_PATH.search(path) or _OPINION_TITLE.search(article.title))


def reports_of(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members that report, all of them where none does."""
    return tuple(member for member in members if not is_opinion(member.article)) or tuple(members)
