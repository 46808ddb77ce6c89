"""The headline of a story by rules: that of its best source without what hangs on it, or a sentence
of an article where that is a bare name or a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.domain.web.urls import host
from aggregator.english.headline_text import (
    MOST_CHARACTERS,
    fitted,
    is_bare,
    is_telling,
    tidy_headline,
)
from aggregator.english.lexical import content_words
from aggregator.english.text import is_identifier
from aggregator.english.trimming import trimmed
from aggregator.extract.quotable_sentences import QuotableSentence
from aggregator.story.rules.choosing import HOOK, Choice, least, shared_words

# what may be a name at the head of a headline
_OPENING = re.compile(r"(?P<name>[A-Z]\w+)(?: [A-Z][\w’'-]*)*")
_FEWEST_OTHERS = 3  # headlines beside one, before it may count as straying from them
_FEW_SHARE = 0.2  # of the other headlines
_HYPE = re.compile(
    r"[?!]|\b(?:you|your|why|how|what|here's|this|these|game-?chang\w+|insane|shocking|best|top"
    r" \d+|revolution\w*)\b",
    re.IGNORECASE,
)
_MOST_WORDS, _FEWEST_WORDS = 18, 8
_LEAST_SUITED = 0.25  # the probability that a sentence reports what happened: beside a bare name
_LOOKED_AT = 12  # sentences of a story: what happened stands at the beginning


def headline_of(
    members: Sequence[Member], found: Sequence[QuotableSentence] = (), quote_words: int = 0
) -> Claim:
    """The headline of the best source, cited like any claim: the vendor's own, then a newsroom's,
    then a community's; among equals the one that has most of what the others have, with the least
    salesmanship.

    Where each is no more than a name, or asks, it is a sentence of `found`, if one is short enough;
    beside a question only one that sums the story up.
    """
    shared = Counter(word for member in members for word in content_words(member.article.headline))

    def key(ranked: tuple[int, Member]) -> tuple[bool, bool, bool, bool, int, float, int]:
        rank, member = ranked
        title = tidy(member)
        own = content_words(title)
        agreed = sum(shared[word] - 1 for word in own) / (len(own) or 1)
        odd = 1.0 if len(title.split()) < 4 else 0.0
        score = agreed - 0.7 * bool(_HYPE.search(title)) - odd - 0.15 * rank
        return (
            member.article.is_labelled,
            _is_stray(member, shared, len(members) - 1),
            not is_telling(title),
            len(fitted(title)) > MOST_CHARACTERS,
            0 if member.primary else 2 if member.lane is Lane.COMMUNITY else 1,
            -score,
            rank,
        )

    _, chosen = min(enumerate(members), key=key)
    title = tidy(chosen)
    if is_telling(title):
        return _published(chosen)
    suited = _LEAST_SUITED if is_bare(title) else least(HOOK)
    return _sentence(found, title, quote_words, suited) or _published(chosen)


def tidy(member: Member) -> str:
    """The headline of an article without tags and the name of its site."""
    site = host(member.article.url).rpartition(".")[0]
    return tidy_headline(member.article.title, (member.source_name, site))


def _published(member: Member) -> Claim:
    title, text = member.article.passages[0], tidy(member)
    if member.article.is_labelled:
        text = title.text
    return _claim(title.key, title.text, fitted(text))


def _sentence(
    found: Sequence[QuotableSentence], title: str, quote_words: int, suited: float
) -> Claim | None:
    """The sentence on the matter of a headline that reports best, surer than `suited`, and is short
    enough, or has a clause that is.
    """
    choice = Choice(found[:_LOOKED_AT], title, quote_words)
    best: tuple[float, Claim] | None = None
    for candidate in choice.candidates:
        quote = _short(candidate.sentence)
        suits = choice.suits(HOOK, candidate)
        is_on_matter = is_identifier(title) or shared_words(title, quote or "")
        if quote and is_on_matter and suits > (best[0] if best else suited):
            text = quote[0].upper() + quote[1:].rstrip(". ")
            best = suits, _claim(candidate.passage.key, quote, text)
    return best[1] if best else None


def _short(sentence: str) -> str | None:
    """The sentence, or its longest clause that stands alone, short enough for a headline."""
    heads = (trimmed(sentence, most) for most in range(_MOST_WORDS, _FEWEST_WORDS, -1))
    return next((head for head in heads if head and len(head) <= MOST_CHARACTERS), None)


def _claim(passage: str, quote: str, text: str) -> Claim:
    """A claim that quotes what it shows, the whole headline where that is not one piece of it."""
    quote = text if text in quote else quote
    return Claim(
        text=text, kind=ClaimKind.EXTRACTED, citations=(Citation(passage=passage, quote=quote),)
    )


def _is_stray(member: Member, shared: Counter[str], others: int) -> bool:
    """Whether a headline opens with a name that hardly any other of several headlines has: it is
    about a side of the story.

    `shared` counts the headlines that hold a word.
    """
    first = _OPENING.match(member.article.title)
    if first is None or others < _FEWEST_OTHERS:
        return False
    if (
        max((shared[word] - 1 for word in content_words(first[0])), default=0)
        >= _FEW_SHARE * others
    ):
        return False
    written = re.findall(rf"\b{re.escape(first['name'])}\b", member.article.text, re.IGNORECASE)
    return bool(written) and all(capital[0].isupper() for capital in written)
