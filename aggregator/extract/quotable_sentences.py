"""Finds quotable sentences: those of a story that can stand alone on a page, with their passages.

Which can, `english.presentable` says; which section one suits is decided by `story.rules`, how a
long one is shortened by `english.trimming`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from aggregator.domain.article import Passage, Read
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.source import Lane
from aggregator.domain.story import Member, Story
from aggregator.english.lexical import content_words, stem
from aggregator.english.presentable import MAY_BE_VERB, NAME, SMALL_NAME, is_presentable
from aggregator.english.speech_acts import QUOTED
from aggregator.english.text import is_ended, is_english, sentences, word_count, words
from aggregator.english.trimming import VERB, trimmed

_FEWEST_WORDS_OF_STANDFIRST = 8
_OWN_VOICE_LANES = frozenset({Lane.LAB, Lane.RELEASE, Lane.PAPER})  # "we" is who publishes
_MOST_BESIDE_TITLE = 24  # letters: "Aug 18, 2026 Science", but no detail that makes a sentence news
# of one article: a news text leads with what matters, and a podcast transcript never ends
_MOST_SENTENCES = 120

_PROPOSE = (
    r"(?:propose|introduce|present|develop|release|describe|show|study|investigate|design|"
    r"demonstrate|formali[sz]e|formulate|examine|evaluate|analy[sz]e|explore|prove|find|build|"
    r"provide|address|offer|review)"
)
_OWN_WORK = re.compile(  # "In this paper, we propose …": who publishes it announces it
    r"^(?:(?:In this (?:paper|work|study|survey|report|article|thesis|note),? |Here,? )"
    r"[Ww]e (?!(?:are|were|will|would|have|had|also|can|could|do|did)\b)\w+|"
    rf"[Ww]e (?:also |first |then )?(?:\w+ly )?{_PROPOSE}|"
    rf"[Tt]his (?:paper|work|study|survey|article|thesis|research|note) (?:\w+ly )?"
    r"(?!(?:is|was|has|does)\b)[a-z]+s)\b"
    r"(?! (?:that )?(?:this|these|it|its|they|them|such|our)\b)"
)
_ANNOUNCES = re.compile(rf"\b[Ww]e {_PROPOSE}\b|\bThis (?:paper|work|study|survey) {_PROPOSE}s\b")
_BEFORE_OWN_WORK = re.compile(  # "To address this challenge, we propose …"
    rf"^[A-Z][^.;:“”\"]{{2,160}}, (?:thus |therefore )?(?=we (?:first )?(?:\w+ly )?{_PROPOSE} "
    rf"|this (?:paper|work|study|research) (?:\w+ly )?{_PROPOSE}s )"
)
_JOINING = re.compile(  # "But a report warns …": the report warns, whatever went before
    r"^(?:(?:But|And|Yet|So) |(?:However|Still|Meanwhile|Moreover|Furthermore|Now), )(?=[A-Z]|an? )"
)
_LINK_WORD = r"(?:of|from|in|for|on|with|to|that|who|which|and|at|by|about|between|behind)\b"
_BARE = re.compile(  # "The method replaces …", "On Monday, the firm said …": which?
    r"^(?:The|(?P<opening>[A-Z][^,]{1,60}), the) "
    rf"(?P<noun>(?:(?!{_LINK_WORD})[a-z\d][\w’'-]* ){{1,3}}?)"
    rf"(?:(?:also|now|then|still|already|\w+ly) )?"
    rf"(?:(?:{VERB})\b|[a-z]+s (?:the|an?|its|on|to|with|from|how|what|\d|[A-Z])|"
    rf"(?<=s )(?!{_LINK_WORD})[a-z]+ (?:the|an?|its|to|on|that)\b)"
    r"|^The (?P<named>[a-z][\w-]*), (?:which|who)\b"
)
_ON_TOPIC = 2  # words of the headline in "On Monday, the firm released …": it is clear whose firm
_KNOWN_TO_ALL = frozenset(
    "internet web world public industry economy market sun earth planet".split()
)
_PUBLISHER = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us)\b")  # "US" is a country
_OPENS_AS_PUBLISHER = re.compile(r"^(?:We(?:['’](?:re|ve|ll))?|Our)\b")
_DATELINE = re.compile(
    r"^[A-Z][A-Z .,']+(?:, [A-Z][\w. ]+)? (?:\([A-Za-z ]+\) )?[-–—]+ "
)  # WASHINGTON (Reuters) -
_ORDER = re.compile(  # "Discover how models …", "Tracing the history of …": no subject
    r"(?!(?:In|On|At|By|For|From|With|Without|After|Before|During|Under|Over|As|While|When|Where|"
    r"Despite|Because|Although|Though|Like|Unlike|To|Of|And|But|Is|Are|Was|Can|Will|All|Both|Not|"
    r"Only|Even|Just|Today|Yesterday|Amid|Inside|Since|Until|Through|Across|Against|Behind)\b)"
    r"[A-Z][a-z]+ (?:how|what|why|into|out|the|an?|your|sense)\b"
)
# two sentences of a bad page: "… with VentureBeat.Some capabilities …", "latest updatesNorthwind
# opens …"
_RAN_INTO = (
    re.compile(  # "… to be partly AI-madeA hit song has been …": a standfirst without a point
        r"^.{20,400}[\s‘“-][a-z]{3,}[’”]?(?=(?:An?|The|In) |[A-Z][a-z’]{2,} )"
    )
)
# "Northwind Opens A Shop By Ada Byron 2026-07-04 The shop …": the heading of a list ran into its
# text
_BYLINE_AND_DAY = re.compile(r"\W*By(?: [A-Z][\w.'’-]*){2,4},? (?:\W )?(?:on )?\d{4}-\d\d-\d\d ")


@dataclass(frozen=True, slots=True)
class QuotableSentence:
    """A sentence that reads well alone. `article_rank` and `position` count from 0 in the order of
    trust and of reading.
    """

    member: Member
    passage: Passage
    sentence: str
    article_rank: int
    position: int

    @property
    def is_publishers_voice(self) -> bool:
        """Whether the publisher speaks of itself as "we"."""
        return bool(_PUBLISHER.search(QUOTED.sub("", self.sentence)))

    @property
    def is_bare(self) -> bool:
        """Whether it speaks of "the method" where no name before it and no word of its headline
        says which.
        """
        found = _BARE.match(self.sentence)
        if found is None or (found["opening"] and NAME.search(found["opening"])):
            return False
        noun = (found["noun"] or found["named"]).split()[-1].lower()
        headline = {stem(word.lower()) for word in words(self.member.article.title)}
        is_on_topic = (
            found["opening"]
            and len(headline & {stem(word) for word in content_words(self.sentence)}) >= _ON_TOPIC
        )
        return noun not in _KNOWN_TO_ALL and stem(noun) not in headline and not is_on_topic


@lru_cache(maxsize=4)
def readable_members(story: Story, language: str) -> tuple[Member, ...]:
    """The members that claims may be drawn from: originals in our language, announcements first,
    then by weight and date.
    """
    originals = [
        member
        for member in story.members
        if member.copy_of is None and is_written_in(member, language)
    ]
    ordered = sorted(
        originals,
        key=lambda member: (
            not member.primary,
            member.article.read is not Read.FULL,
            -member.weight,
            member.article.published.at,
            member.article.id,
        ),
    )
    return tuple(ordered)


def open_members(story: Story, language: str) -> tuple[Member, ...]:
    """The readable members that a model may read: none whose publisher closes its text to AI
    systems, headline included.
    """
    return tuple(
        member for member in readable_members(story, language) if not member.article.reserved
    )


def is_written_in(member: Member, language: str) -> bool:
    """Whether an article is in the language we analyse; English is detected from the text, other
    languages are taken from their declaration.
    """
    article = member.article
    if language.lower().startswith("en"):
        return is_english(f"{article.title}. {article.text[:2000]}", article.language)
    return (article.language or "").lower().startswith(language.lower())


@lru_cache(maxsize=4)  # a story is asked for its claims, then for its facts
def quotable_sentences(members: tuple[Member, ...]) -> tuple[QuotableSentence, ...]:
    """Every quotable sentence, article by article in reading order."""
    return tuple(
        candidate
        for rank, member in enumerate(members)
        if member.is_quotable
        for candidate in _of_article(rank, member)
    )


def quotable_by_words(members: Iterable[Member]) -> dict[tuple[str, ...], QuotableSentence | None]:
    """Every headline and sentence by its words, the first of equals; None for one that is not
    quotable.
    """
    found: dict[tuple[str, ...], QuotableSentence | None] = {}
    for member in members:
        for passage in member.article.passages:
            if passage.n == 0:
                is_fit = is_presentable(f"{passage.text.rstrip('.')}.")
                found.setdefault(
                    words(passage.text),
                    QuotableSentence(member, passage, passage.text, 0, 0) if is_fit else None,
                )
                continue
            for whole in sentences(passage.text):
                fit = quotable_sentence(member, passage, whole) if member.is_quotable else None
                found.setdefault(words(fit.sentence if fit else whole), fit)
    return found


def extracted_claim(
    candidate: QuotableSentence, most_words: int, cut: Callable[[str, int], str | None] = trimmed
) -> Claim | None:
    """The sentence as an extracted claim of at most `most_words` words, cut if need be; None if
    that fails.
    """
    quote = cut(candidate.sentence, most_words)
    if not quote:
        return None
    begun = quote if SMALL_NAME.match(quote) else quote[0].upper() + quote[1:]
    return Claim(
        text=begun if candidate.sentence.endswith(quote) else f"{begun} …",
        kind=ClaimKind.EXTRACTED,
        citations=(Citation(passage=candidate.passage.key, quote=quote),),
    )


def quotable_sentence(
    member: Member, passage: Passage, whole: str, rank: int = 0, position: int = 0
) -> QuotableSentence | None:
    """A sentence of a passage, None where it is not quotable."""
    plain = _DATELINE.sub("", _RAN_INTO.sub("", _without_heading(whole, member.article.title)))
    plain = _JOINING.sub("", plain)
    sentence = plain if _OWN_WORK.match(plain) else _BEFORE_OWN_WORK.sub("", plain)
    is_own = bool(_OWN_WORK.match(sentence))
    # the first sentence of an announcement; every citation names who publishes it
    is_announced = position == 0 and member.lane is Lane.NEWS
    is_ours = (
        is_own
        or member.lane in _OWN_VOICE_LANES
        or (is_announced and bool(_OPENS_AS_PUBLISHER.match(sentence)))
    )
    read = _OWN_WORK.sub("The authors find", sentence) if is_own else sentence
    read = _OPENS_AS_PUBLISHER.sub("The authors", read) if is_ours else read
    if not is_presentable(read[:1].upper() + read[1:]):
        return None
    found = QuotableSentence(member, passage, sentence, rank, position)
    return found if is_ours or not found.is_publishers_voice else None


@lru_cache(maxsize=256)
def own_work_start(text: str) -> int | None:
    """Where in its text an article begins to present work of those who wrote it, as a paper does;
    None where it does not.
    """
    found = _ANNOUNCES.search(text)
    return found.start() if found else None


def _without_heading(sentence: str, title: str) -> str:
    """The sentence without the headline, byline and date of its article that ran into it."""
    byline = _BYLINE_AND_DAY.match(sentence[len(title) :]) if sentence.startswith(title) else None
    return sentence[len(title) + byline.end() :] if byline else sentence


def _of_article(rank: int, member: Member) -> Iterator[QuotableSentence]:
    position = 0
    for passage in member.article.passages:
        if passage.n == 0:
            continue
        for whole in sentences(passage.text):
            is_alone = position == 0 and whole == passage.text
            is_standfirst = is_alone and _is_standfirst(whole)
            is_standfirst = is_standfirst and not _is_title_again(whole, member.article.title)
            found = (
                QuotableSentence(member, passage, whole, rank, position)
                if is_standfirst
                else quotable_sentence(member, passage, whole, rank, position)
            )
            if found and not (is_alone and _ORDER.match(whole)):
                yield found
            position += 1
            if position >= _MOST_SENTENCES:
                return


def _is_title_again(text: str, title: str) -> bool:
    """Whether a line is the title and hardly more: a day and a label that ran into it, at most."""
    own, whole = "".join(words(title)).lower(), "".join(words(text)).lower()
    return bool(own) and own in whole and len(whole) - len(own) <= _MOST_BESIDE_TITLE


def _is_standfirst(text: str) -> bool:
    """Whether the first paragraph of an article is a line of its own without a point: a sentence
    that could stand alone if it had one.
    """
    return (
        not is_ended(text)
        and text[-1].isalnum()
        and word_count(text) >= _FEWEST_WORDS_OF_STANDFIRST
        and bool(MAY_BE_VERB.search(text))
        and is_presentable(f"{text}.")
    )
