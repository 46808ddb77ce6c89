"""Selects the evidence in an article: the sentences that state something, in the language that we
analyse.

Questions and orders state nothing, so they support no claim. A text that addresses a machine was
not written for readers, so its whole passage is dropped (indirect prompt injection: Greshake et al.
2023, Yi et al. 2023). Rules, model and gates see only the rest. The test is form, not intent: a
false statement in a publisher's own voice remains a statement of that publisher. The forms are
those of `english.orders`, in every language, whichever we analyse; they apply to quotations too,
but cost only the sentences of the quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from aggregator.domain.article import Article
from aggregator.domain.story import Member
from aggregator.domain.wording import N_
from aggregator.english.orders import (
    common_words,
    is_on_answers,
    is_on_rules,
    script_of,
    script_of_language,
)
from aggregator.english.speech_acts import (
    QUOTED,
    is_order,
    is_question,
    is_safe_label,
    speaks_to_machine,
)
from aggregator.english.text import is_english, sentences, word_count, words
from aggregator.templating.translation import languages, translations

_REPORT = N_("A report by %(source)s")

# a sentence this long without a common word of its language is a list or a cipher
_FEWEST_WORDS = 10
_FEWEST_ORDERING = 4  # words of a quoted order: “Walk My Walk” is a song
# common words of another language, if more than of its own, make a text foreign
_FEWEST_FOREIGN = 3
# of all words, if its own are not known: a related language such as Norwegian reaches 0.19 by
# chance
_LEAST_FOREIGN = 0.25
_OPENS, _CLOSES = re.compile(r"^[\"“'‘]"), re.compile(r"[\"”'’]\W*$")


def with_statements_only(member: Member, language: str) -> Member:
    """The member with nothing in its passages but statements in `language`.

    The headline stays, as it names the article; one that addresses a machine is replaced by a
    label.
    """
    article = with_safe_headline(member.article, member.source_name, language)
    headline, *rest = article.passages
    kept = tuple(
        replace(passage, text=text)
        for passage in rest
        if (text := statements(passage.text, language))
    )
    return replace(member, article=replace(article, passages=(headline, *kept)))


def with_safe_headline(article: Article, source: str, language: str) -> Article:
    """The article with a neutral label in place of a headline that addresses a machine, and without
    such a byline.
    """
    title = (
        article.title
        if is_safe_label(article.title)
        else translations(language)(_REPORT, source=source)
    )
    byline = article.byline if is_safe_label(article.byline) else ""
    if (title, byline) == (article.title, article.byline):
        return article
    passages = tuple(
        passage if passage.n else replace(passage, text=title) for passage in article.passages
    )
    return replace(article, title=title, byline=byline, passages=passages)


def is_label(title: str, source: str) -> bool:
    """Whether a headline is our label for one that must not be shown; a label says nothing about
    the article.
    """
    if not title.endswith(source):
        return False
    return any(title == translations(language)(_REPORT, source=source) for language in languages())


@lru_cache(maxsize=2048)  # histories, pages and answers of a day ask for the same passages
def statements(text: str, language: str) -> str:
    """The sentences of a passage that state something, joined by spaces.

    Empty where it addresses a machine or is in another language, or where most of it are questions
    or orders.
    """
    if speaks_to_machine(text) or not is_text_in(text, language):
        return ""
    found = sentences(text)
    kept = list(_statements(text, found, language))
    if len(kept) == len(found):
        return text
    return " ".join(kept) if 2 * sum(map(word_count, kept)) >= word_count(text) else ""


def _statements(text: str, found: Sequence[str], language: str) -> Iterator[str]:
    """The sentences that state something; a quotation right after a question or an order belongs to
    it.
    """
    orders = [
        match.span()
        for match in QUOTED.finditer(text)
        if not is_safe_label(match[0]) or _has_order(match[0][1:-1])
    ]
    own = language.lower().partition("-")[0]
    is_mixed = _may_be_foreign(text, own)
    is_asked = is_open = False
    end = 0
    for sentence in found:
        start = text.index(sentence, end)
        end = start + len(sentence)
        is_open = is_open or (is_asked and bool(_OPENS.search(sentence)))
        is_asked = not is_statement(sentence)
        is_asked = is_asked or any(first < end and start < last for first, last in orders)
        if not is_open and not is_asked and not (is_mixed and _is_foreign(sentence, own)):
            yield sentence
        is_open = is_open and not _CLOSES.search(sentence)


def is_statement(sentence: str) -> bool:
    """Whether a sentence neither asks nor orders, nor is about answers and instructions."""
    return not (
        is_question(sentence)
        or is_order(sentence)
        or is_on_answers(sentence)
        or is_on_rules(sentence)
    )


def _has_order(quoted: str) -> bool:
    """Whether a quotation is an order in a sentence of its own, rather than a name or part of the
    surrounding sentence.
    """
    found = sentences(quoted.strip())
    return any(
        word_count(sentence) >= _FEWEST_ORDERING
        and not sentence[0].islower()
        and is_order(sentence)
        for sentence in found
    )


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
