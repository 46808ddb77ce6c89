"""Admits the text of an article: one verdict for each of its sentences, headline included, is
decided here, when a version is stored, and kept with it. What shows or uses text asks the verdict.

A sentence is evidence unless it is addressed to whoever reads or summarises the text
(`english.addressed`; questions and orders to readers state nothing, either, but for one that names
a command), mutilated (something invisible was cut out of a word, letters of two scripts are mixed,
it is a cipher), or in another language than we analyse. The test is form, not intent: a false
statement in a publisher's own voice remains a statement of that publisher.

A change of what is decided here raises `ADMISSION` in `domain/operation/rules.py`;
`aggregator db readmit` then judges the stored text again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from aggregator.domain.article import Article, Passage, Verdict
from aggregator.domain.story import Member
from aggregator.domain.wording import N_
from aggregator.english.addressed import (
    clauses_behind,
    is_addressed,
    is_addressed_beside,
    is_surely_addressed,
    names_command,
)
from aggregator.english.lexical import content_words
from aggregator.english.orders import common_words, script_of, script_of_language
from aggregator.english.speech_acts import QUOTED, is_ciphered, is_order, is_question
from aggregator.english.text import is_english, sentences, word_count, words
from aggregator.templating.translation import translations

_REPORT = N_("A report by %(source)s")

# a sentence this long without a common word of its language is a list or a cipher
_FEWEST_WORDS = 10
_LONGEST_STANDFIRST = 100  # words; test_a_headline_shares_a_word_with_its_article would notice
_FEWEST_ORDERING = 4  # words of a quoted order: “Walk My Walk” is a song
# common words of another language, if more than of its own, make a text foreign
_FEWEST_FOREIGN = 3
# of all words, if its own are not known: a related language such as Norwegian reaches 0.19 by
# chance
_LEAST_FOREIGN = 0.25
_OPENS, _CLOSES = re.compile(r"^[\"“'‘]"), re.compile(r"[\"”’'][^\w\s]*$")
_NAMED = re.compile(r"[A-Z]\w")
_CUT_OUT = "\ufffd"  # what `normalised` leaves in place of what was invisible inside a word


def admitted(article: Article, source: str, *, language: str, site_language: str) -> Article:
    """The article with the verdicts of its sentences, and with a neutral label in place of a
    headline that is not admitted, and without such a byline.
    """
    headline, *rest = (
        replace(passage, verdicts=verdicts(passage.text, language)) for passage in article.passages
    )
    text = [sentence for one in rest for sentence in _usable(one)]
    is_labelled = not _is_headline(headline.text, text, is_issue=article.is_issue)
    if is_labelled:
        refused = headline.verdicts.replace(Verdict.EVIDENCE.letter, Verdict.UNSUPPORTED.letter)
        headline = replace(headline, verdicts=refused)
    label = translations(site_language)(_REPORT, source=source)
    return replace(
        article,
        title=label if is_labelled else headline.text if article.is_labelled else article.title,
        is_labelled=is_labelled,
        byline=article.byline if is_admissible(article.byline) else "",
        passages=(headline, *rest),
    )


def with_evidence_only(member: Member, language: str) -> Member:
    """The member with nothing in its passages but evidence. The headline stays, as it names the
    article; where it is not admitted it is our label.
    """
    headline, *rest = member.article.passages
    kept = tuple(
        replace(passage, text=text, verdicts=Verdict.EVIDENCE.letter * len(sentences(text)))
        for passage in rest
        if (text := evidence(passage, language))
    )
    title = replace(headline, text=member.article.title)
    return replace(member, article=replace(member.article, passages=(title, *kept)))


def evidence(passage: Passage, language: str) -> str:
    """The sentences of a passage that are evidence, joined by spaces; the passage as it is where
    all are.
    """
    found = evidence_sentences(passage, language)
    return passage.text if len(found) == len(sentences(passage.text)) else " ".join(found)


def evidence_sentences(passage: Passage, language: str) -> tuple[str, ...]:
    """The sentences of a passage that are evidence."""
    return tuple(
        sentence
        for sentence, verdict in sentence_verdicts(passage, language)
        if verdict is Verdict.EVIDENCE
    )


def usable_article(article: Article, language: str) -> Article:
    """The article with nothing in its text but that by which it may be clustered and tagged:
    evidence, and what is in other languages.
    """
    kept = (
        replace(passage, text=" ".join(several), verdicts="")
        for passage in article.passages
        if (several := [*_usable(replace(passage, verdicts=_kept(passage, language)))])
        and passage.n
    )
    title = (replace(passage, text=article.title) for passage in article.passages[:1])
    return replace(article, passages=(*title, *kept))


def sentence_verdicts(passage: Passage, language: str) -> tuple[tuple[str, Verdict], ...]:
    """The sentences of a passage with their verdicts. A text that an older release stored, or that
    was never stored, is judged now.
    """
    return tuple(
        (sentence, Verdict.of_letter(letter))
        for sentence, letter in zip(sentences(passage.text), _kept(passage, language), strict=True)
    )


def is_admissible(text: str) -> bool:
    """Whether a line that is no part of an article may be shown: a headline, a name, a byline, a
    sentence that a model wrote. Neither it nor a quotation in it is mutilated or addressed to
    who reads it.
    """
    several = (text, *(quoted[0][1:-1] for quoted in QUOTED.finditer(text)))
    return not (
        _is_mutilated(text) or any(is_addressed(one) for part in several for one in sentences(part))
    )


@lru_cache(maxsize=2048)  # the same passages are asked for more than once where none is stored
def verdicts(text: str, language: str) -> str:
    """The letters of the verdicts of the sentences of a passage."""
    found = sentences(text)
    if not is_text_in(text, language):
        given = [Verdict.FOREIGN] * len(found)
    else:
        given = list(_verdicts(text, found, language))
    is_coded = is_ciphered(QUOTED.sub(" _ ", text))  # of code no part was written for readers
    given = [
        Verdict.MUTILATED if is_coded or _is_mutilated(sentence) else verdict
        for sentence, verdict in zip(found, given, strict=True)
    ]
    if any(map(is_addressed, found)):  # what stands beside an order
        is_sure = any(map(is_surely_addressed, found))
        given = [
            Verdict.ADDRESSED if is_sure or is_addressed_beside(sentence) else verdict
            for sentence, verdict in zip(found, given, strict=True)
        ]
    return "".join(verdict.letter for verdict in _without_remnants(found, given))


def _kept(passage: Passage, language: str) -> str:
    is_whole = len(passage.verdicts) == len(sentences(passage.text))
    return passage.verdicts if is_whole else verdicts(passage.text, language)


def _usable(passage: Passage) -> Iterator[str]:
    for sentence, letter in zip(sentences(passage.text), passage.verdicts, strict=True):
        if letter in (Verdict.EVIDENCE.letter, Verdict.FOREIGN.letter):
            yield sentence


def _is_headline(headline: str, text: Sequence[str], *, is_issue: bool) -> bool:
    """Whether a headline is admitted: it is not addressed to who reads it, and shares a word or a
    figure with its article. A standfirst goes on where the headline ends and need not repeat a word
    of it, and the headline of a newsletter's issue may be a joke. One that orders ("Meet the model
    of Northwind") names nothing that its article does not.
    """
    if is_issue or not is_admissible(headline):
        return is_admissible(headline)
    known = frozenset(word.lower() for sentence in text for word in words(sentence))
    named = [word for part in _orders(headline) for word in words(part)[1:] if word[0].isupper()]
    if text and 2 * sum(word.lower() in known for word in named) < len(named):
        return False
    own = _single_words(headline)
    if sum(map(word_count, text)) < _LONGEST_STANDFIRST:
        return bool(own)
    return any(own & _single_words(sentence) for sentence in text)


def _single_words(text: str) -> frozenset[str]:
    """The content words of a text; those of a name such as “GPT-5” one by one."""
    return content_words(text.replace("-", " "))


def _verdicts(text: str, found: Sequence[str], language: str) -> Iterator[Verdict]:
    """A quotation right after a question or an order belongs to it."""
    own = language.lower().partition("-")[0]
    is_mixed = _may_be_foreign(text, own)
    is_asked = is_open = False
    for sentence in found:
        is_open = is_open or (is_asked and bool(_OPENS.search(sentence)))
        is_asked = not _states(sentence)
        if is_open or is_asked:
            yield Verdict.ADDRESSED
        elif is_mixed and _is_foreign(sentence, own):
            yield Verdict.FOREIGN
        else:
            yield Verdict.EVIDENCE
        is_open = is_open and not _CLOSES.search(sentence)


def _states(sentence: str) -> bool:
    """Whether a sentence neither asks nor orders, in none of its clauses, but for a command to be
    typed.
    """
    is_addressing = is_question(sentence) or is_addressed(sentence)
    return not is_addressing and (not _orders(sentence) or names_command(sentence))


def _orders(sentence: str) -> list[str]:
    """Of a sentence and its clauses those that are in the imperative mood, and so a quotation that
    it opens with, if nobody is named who said it.
    """
    outside = QUOTED.sub(" _ ", sentence)
    opening = None if _NAMED.search(outside) else QUOTED.match(sentence)
    is_order_like = opening and word_count(opening[0]) >= _FEWEST_ORDERING
    quoted = (opening[0][1:],) if opening and is_order_like else ()
    return [part for part in (sentence, *clauses_behind(outside), *quoted) if is_order(part)]


def _without_remnants(found: Sequence[str], given: Sequence[Verdict]) -> Sequence[Verdict]:
    """The verdicts; what is left of a passage of which most is refused is refused like the rest."""
    kept = sum(
        word_count(sentence)
        for sentence, verdict in zip(found, given, strict=True)
        if verdict is Verdict.EVIDENCE
    )
    refused = Counter(verdict for verdict in given if verdict is not Verdict.EVIDENCE)
    if not refused or 2 * kept >= sum(map(word_count, found)):
        return given
    reason = refused.most_common(1)[0][0]
    return [reason if verdict is Verdict.EVIDENCE else verdict for verdict in given]


def _is_mutilated(text: str) -> bool:
    return _CUT_OUT in text or is_ciphered(text)


def is_text_in(passage: str, language: str) -> bool:
    """Whether a passage may be in a language, judged by its script and by the common words of this
    and other languages.
    """
    own = language.lower().partition("-")[0]
    if _is_foreign(passage, own) or (own == "en" and not is_english(passage)):
        return False
    is_long = word_count(passage) >= _FEWEST_WORDS and script_of_language(own) == "latin"
    return not is_long or common_words(passage).get(own, 0) > 0


def _is_foreign(text: str, own: str) -> bool:
    """Whether a text is in another script, or has more common words of another language than of its
    own.
    """
    script = script_of(text)
    if (
        script
        and script != script_of_language(own)
        and (script_of_language(own) or script != "latin")
    ):
        return True
    counts = common_words(text)
    others = max((count for name, count in counts.items() if name != own), default=0)
    is_known = bool(script_of_language(own))
    least = counts.get(own, 0) if is_known else _LEAST_FOREIGN * len(words(text))
    return others >= _FEWEST_FOREIGN and others > least


def _may_be_foreign(text: str, own: str) -> bool:
    """Whether a sentence of a text could be foreign; most texts contain no word of another
    language.
    """
    return not text.isascii() or any(
        count >= _FEWEST_FOREIGN for name, count in common_words(text).items() if name != own
    )
