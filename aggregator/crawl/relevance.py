"""Which entries of a source are read and which are only recorded: by the source's own rules, and by
whether they are about the subject of the site, by a linear model over their words, where the source
is not about that alone.

The words and weights in relevance.toml, for AI, were learnt by `python -m tools.relevance`, which
says from what, and how well they do on sources that they were not learnt from; those of another
subject are learnt by `crawl.fitting`. Until then an entry with a term of the subject is about it.
"""

from __future__ import annotations

import html
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from aggregator.domain.entry import Entry, EntryState
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import newsroom, shipped_newsroom
from aggregator.domain.source import Lane, Scope, Source
from aggregator.english.lexical import stem
from aggregator.english.text import is_english

FEATURES = (
    "best word of the title",
    "second word of the title",
    "words of the title",
    "best word of the summary",
    "second word of the summary",
    "words of the summary",
    "best word of the categories",
    "no summary",
    "best name of the title",
    "best name of the summary",
)
LEAST_ENTRIES = 12  # before a source is judged by them
GENERAL_BELOW = 1 / 3  # the share of entries about the subject
_ASSUMED = 12  # entries more than a source has shown, half of them about it: few prove little
_JUDGED = (Lane.NEWS, Lane.COMMUNITY)  # the operator knows labs, papers and releases as such
_MODEL = Path(__file__).with_name("relevance.toml")
_MOST_READ = 400  # characters of the summary: a long text names much in passing
_MOST_COUNTED = 5  # words of one part
_WORD = re.compile(r"[^\W\d_]+")
_OF_PART = frozenset(name for name in FEATURES if name.startswith("best word"))
_TAG = re.compile(r"<[^>]*>")


@frozen
class RelevanceModel:
    """What the words of an entry speak for. `words` are stems, and pairs of stems, with how much
    oftener sources on the subject use them, as a logarithm; `names` those of models, products and
    companies; `weights` are those of FEATURES. `prior` weighs the points of an entry, the log odds
    of its source, and one; an entry is about the subject from the probability `threshold` on.
    """

    words: Mapping[str, float]
    names: Mapping[str, float]
    weights: tuple[float, ...]
    bias: float
    prior: tuple[float, float, float] = (1.0, 0.0, 0.0)
    threshold: float = 0.5

    def points(self, entry: Entry) -> float:
        """The log odds that an entry of any source is about the subject."""
        values = features(entry, self.words, self.names)
        return self.bias + sum(map(float.__mul__, self.weights, values))

    def probability(self, entry: Entry, share: float) -> float:
        """The probability, 0 to 1, that an entry is about it, of a source with such a `topic_share`
        of them.
        """
        own, of_source, one = self.prior
        return logistic(own * self.points(entry) + of_source * math.log(share / (1 - share)) + one)

    def topic_share(self, entries: Sequence[Entry]) -> float:
        """The share, above 0 and below 1, of a source's entries that are about it; a half where
        none is known.
        """
        found = sum(logistic(self.points(entry)) for entry in entries)
        return (found + _ASSUMED / 2) / (len(entries) + _ASSUMED)


def logistic(points: float) -> float:
    """The probability, 0 to 1, with these log odds."""
    return 1 / (1 + math.exp(-points))


@cache
def shipped_model() -> RelevanceModel:
    """The model in relevance.toml."""
    return _kept_model(_MODEL.read_text("utf-8"))


def relevance_model() -> RelevanceModel:
    """The model of the subject of this site."""
    found = newsroom()
    if found.fitted:
        return _kept_model(found.fitted)
    if found.subject == shipped_newsroom().subject:
        return shipped_model()
    return _by_terms(found.subject.terms)


@lru_cache(maxsize=4)
def _by_terms(terms: Sequence[str]) -> RelevanceModel:
    """What takes an entry for one on the subject where it has one of the terms."""
    is_in_part = [float(name in _OF_PART) for name in FEATURES]
    words = dict.fromkeys(term_stems(terms), 2.0)
    return RelevanceModel(words=words, names={}, weights=tuple(is_in_part), bias=-1.0)


def term_stems(terms: Iterable[str]) -> Collection[str]:
    """Terms of a subject as words and pairs of words are compared."""
    return frozenset(" ".join(map(stem, _WORD.findall(term.lower()))) for term in terms)


@lru_cache(maxsize=4)
def _kept_model(text: str) -> RelevanceModel:
    kept = tomllib.loads(text)
    own, of_source, one = kept["prior"]
    return RelevanceModel(
        words=kept["words"],
        names=kept["names"],
        weights=tuple(kept["weights"][name] for name in FEATURES),
        bias=kept["bias"],
        prior=(own, of_source, one),
        threshold=kept["threshold"],
    )


def is_off_topic(entry: Entry, share: float) -> bool:
    """Whether an entry of a source with such a `topic_share` is about something else."""
    model = relevance_model()
    return bool(off_topic_word(entry)) or model.probability(entry, share) < model.threshold


def off_topic_word(entry: Entry) -> str:
    """The first of the words that do not belong to the subject which an entry has, or none."""
    phrases = newsroom().subject.off_topic
    found = _any_of(phrases).search(_searched_text(entry)) if phrases else None
    return found[0] if found else ""


def may_be_general(source: Source) -> bool:
    """Whether entries of a source may be left out: as the operator wrote, or as they show where
    nothing is written and no entries are chosen by words or categories.
    """
    is_open = source.scope is Scope.AUTO and source.lane in _JUDGED
    is_chosen = bool(source.include or source.categories)
    return source.scope is Scope.GENERAL or (is_open and not is_chosen)


def general_share(source: Source, shown: Sequence[Entry]) -> float | None:
    """The `topic_share` of a source that is not about the subject alone, by the entries it has
    shown; None where all of it is to be read.
    """
    if not may_be_general(source):
        return None
    if source.scope is not Scope.GENERAL and not _is_judged_by(shown):
        return None
    share = relevance_model().topic_share(shown)
    return share if source.scope is Scope.GENERAL or share < GENERAL_BELOW else None


def _is_judged_by(shown: Sequence[Entry]) -> bool:
    """Whether entries are enough to judge a source by, and in English, whose words are known; terms
    alone judge none.
    """
    found = newsroom()
    if not found.fitted and found.subject != shipped_newsroom().subject:
        return False
    titles = ". ".join(entry.title for entry in shown)
    return len(shown) >= LEAST_ENTRIES and is_english(titles, "other")


def features(
    entry: Entry, words: Mapping[str, float], names: Mapping[str, float]
) -> tuple[float, ...]:
    """The values of FEATURES: the logarithms of words and names, and counts of them."""
    title, summary, tags = terms_of(entry)
    return (
        *_best(title, words),
        *_best(summary, words),
        _best(tags, words)[0],
        float(not summary),
        _best(title, names)[0],
        _best(summary, names)[0],
    )


def terms_of(entry: Entry) -> tuple[Collection[str], Collection[str], Collection[str]]:
    """The stems, and pairs of neighbours, of title, beginning of the summary, and categories."""
    summary = html.unescape(_TAG.sub(" ", entry.summary or entry.content))
    return (
        _terms(entry.title),
        _terms(" ".join(summary.split())[:_MOST_READ]),
        _terms(" . ".join(entry.tags)),
    )


def _terms(text: str) -> frozenset[str]:
    stems = [stem(word) for word in _WORD.findall(text.lower())]
    return frozenset(stems) | {f"{one} {other}" for one, other in pairwise(stems)}


def _best(terms: Collection[str], words: Mapping[str, float]) -> tuple[float, float, float]:
    """The two highest of a part's known words, and their number."""
    found = sorted((words[term] for term in terms if term in words), reverse=True)
    first, second = [*found, 0.0, 0.0][:2]
    return first, second, float(min(len(found), _MOST_COUNTED))


def entry_state(
    entry: Entry, source: Source, *, oldest: datetime, share: float | None
) -> EntryState:
    """Whether an entry is to be read: wanted by the source's words, categories and languages, not
    from before `oldest`, and about the subject where the source is not about that alone (`share`,
    as of `general_share`).

    An entry without a date counts as new, but not one that was last changed too long ago.
    """
    if unwanted(entry, source):
        return EntryState.FILTERED
    newest = entry.published.at if entry.published else entry.updated
    if newest and newest < oldest:
        return EntryState.OLD
    is_other = share is not None and is_off_topic(entry, share)
    return EntryState.OFF_TOPIC if is_other else EntryState.PENDING


def unwanted(entry: Entry, source: Source) -> str:
    """The rule of the source that keeps an entry out, in words; empty where it is wanted."""
    if source.categories and not _is_filed(entry.tags, source.categories):
        return "it is in none of the source’s `categories`"
    if source.languages and entry.language and not _is_in(entry.language, source.languages):
        return f"its language {entry.language} is not among the source’s `languages`"
    if not source.include and not source.exclude:
        return ""
    text = _searched_text(entry)
    if source.include and not _any_of(source.include).search(text):
        return "it contains none of the source’s `include` words"
    if source.exclude and (found := _any_of(source.exclude).search(text)):
        return f"it contains “{found[0]}”, one of the source’s `exclude` words"
    return ""


def _is_filed(tags: tuple[str, ...], categories: tuple[str, ...]) -> bool:
    """Whether the feed files an entry under one of the categories, in any case of letters."""
    wanted = {category.casefold() for category in categories}
    return any(tag.casefold() in wanted for tag in tags)


def _is_in(language: str, ranges: tuple[str, ...]) -> bool:
    """Whether a language is one of those wanted (RFC 4647 §3.3.1): `en` wants `en-GB` too, `en-GB`
    not `en`.
    """
    tag = language.casefold().replace("_", "-")
    return any(
        tag == range_.casefold() or tag.startswith(f"{range_.casefold()}-") for range_ in ranges
    )


def _searched_text(entry: Entry) -> str:
    """Title, tags and summary as a reader sees them, case folded: words within an HTML tag, such as
    an address, do not count.
    """
    summary = entry.summary
    if "<" in summary:
        summary = _TAG.sub(" ", summary)
    return " ".join(
        (entry.title, *entry.tags, html.unescape(summary) if "&" in summary else summary)
    ).casefold()


@lru_cache(maxsize=512)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """What finds one of the phrases whole in a text with its case folded: IGNORECASE takes sixteen
    times as long.
    """
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(phrase.casefold()) for phrase in phrases)})(?!\w)"
    )
