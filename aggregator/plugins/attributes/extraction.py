"""Whose a value is: the attribute facts that an article states, each about the one product or
company it can only be about.

A value goes to who is named beside it, by rules that refuse wherever a reader might have to think:
two names without a clear order, a comparison, a rumour, a past year, a name that the registry does
not know. A wrong cell is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aggregator.domain.article import Passage
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import machine_date, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.fact import Attribute, AttributeFact
from aggregator.domain.frozen import grouped
from aggregator.domain.story import Member, Mention
from aggregator.english.text import sentences, word_count
from aggregator.english.vocabulary import HEDGE
from aggregator.plugins.attributes.subjects import PRODUCTS, Subject, groups, self_named, subjects
from aggregator.plugins.attributes.values import (
    BENCHMARK,
    FORMER,
    Value,
    has_value,
    is_former,
    values,
)

MentionsIn = Callable[[str], Sequence[Mention]]

_OF_BOTH = frozenset({Attribute.WEIGHTS, Attribute.DEPLOYMENT, Attribute.CUSTOMER_DATA})
_IN_WORDS = _OF_BOTH | {Attribute.LICENCE}
_SEVERAL = frozenset({Attribute.DEPLOYMENT})  # one article may state several, and all are so

_UNSURE = re.compile(
    rf"\b(?:{HEDGE}|imagine|seek(?:s|ing)?|talks to|chance|goal|target(?:s|ed|ing)?|in theory|"
    r"hypothetical\w*|equivalent|used to|previous(?:ly)?|former(?:ly)?|originally|earlier|"
    r"respectively|nearly tripl\w+|compet(?:es|ing|itors?)|worth of|"
    r"once|i|i['’]?m|my|me)\b",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"\bwill\b[^,;]{0,40}$")
_NO_PRICE = re.compile(
    r"\b(?:was|were|had|paid|pays?|paying|saved?|spend\w*|spent|bills?|credits?|dropped|drops|"
    r"cuts?|lower(?:s|ed|ing)?|slash\w*|halv\w+|rais(?:es|ed|ing)|cost(?:s|ing)? (?:him|her|them|"
    r"us))\b|(?<!down )(?<!up )\bfrom [$€£]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_RANGE = re.compile(
    r"(?:\d[\w.,$€£]*|\bbetween)\s*(?:to|and|or|,|/|-|–|—|and up to)\s*$", re.IGNORECASE
)
_AFTER_RANGE = re.compile(r"^\s*(?:to|or|-|–|—|/)\s*[$€£]?\d")
# "6 times as fast at 1M tokens of context"
_AT = re.compile(r"\b(?:at|beyond|past|under|with) (?:an? )?$")
_OF_MODELS = re.compile(r"\b(?:models|LLMs|networks|systems|ones)\b[^,.;]{0,30}$", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"[;:()]|\b(?:but|while|whereas|although|though|than|versus|vs|compared|which|who|where|"
    r"because|after|before|when|against|unlike|behind|ahead|rival\w*|beat\w*|outperform\w*|"
    r"match\w*|exceed\w*|surpass\w*|per cent of|par with|comparable|similar|like|close to)\b|\.\s",
    re.IGNORECASE,
)
_NAMELIKE = re.compile(
    r"(?<!^)\b(?!(?:API|AI|GPU|MoE|LLM|LLMs|GPUs|Hugging|Face|US|EU|"
    r"I)\b)[A-Z][a-zA-Z]*[a-z0-9][\w-]*"
)
# "ChatGPT Go, which costs $8"
_RELATIVE = re.compile(r"^(?: (?:subscription|plan|tier|model|version))?, which ")
_BEFORE_NAME = re.compile(
    r"^[ -](?:(?:parameters?|tokens?|context|window|length|model|reasoning|language|coding|"
    r"open-weight|multimodal|vision|sparse|dense|mixture-of-experts|new|latest|of|for|to|the|"
    r"its)[ -]){0,4}$"
)
_FOR_NAME = re.compile(r"^(?: accuracy)?(?: and \S+ \S+)? (?:for|by) (?:the |its )?$")
_POINTS_BACK = re.compile(
    r"^(?:The|This|Its)(?: new| latest| open-weight| sparse| dense| small| large|"
    r" mixture-of-experts| [\w.-]+-parameter)*"
    r" (?:model|weights)\b|^(?:API )?[Pp]ricing (?:is|starts|begins)\b"
)
_COMPANY_BACK = re.compile(r"^(?:The company|The startup|The lab|The firm)\b")
_COMPANY = re.compile(r"\b[Tt]he (?:company|start-?up|lab|firm)\b")
# characters between a name and its value: beyond that the sentence speaks of something else
_FROM_SUBJECT = 80
_RELEASE = re.compile(r"\b(?:released|launched|introduced|unveiled|open-sourced|debuted)\b")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage; `around` are the sentences of that passage, and it is the one at
    `place`.
    """

    title: str
    passage: Passage
    around: Sequence[str]
    place: int
    mentions: MentionsIn

    @property
    def text(self) -> str:
        return self.around[self.place]

    def named(self) -> tuple[Subject, ...]:
        """The products and companies it names; what the registry does not know is known by the
        headline of the article.
        """
        found = subjects(self.text, self.mentions(self.text))
        return found or self_named(self.text, self.title)

    def meant_before(self) -> tuple[Subject, ...]:
        """The products and companies of the sentence before it; where that only points back ("The
        company sells …"), of the one before that.
        """
        if self.place == 0:
            return ()
        before = replace(self, place=self.place - 1)
        of_company, of_product = _COMPANY_BACK.search(before.text), _POINTS_BACK.search(before.text)
        named = before.named()
        if named or not (of_company or of_product):
            return named
        return _of(before.meant_before(), products=bool(of_product))


def _of(several: Sequence[Subject], *, products: bool) -> tuple[Subject, ...]:
    return tuple(subject for subject in several if (subject.kind in PRODUCTS) is products)


def attribute_facts(
    member: Member, mentions: MentionsIn, quote_words: int
) -> tuple[AttributeFact, ...]:
    """The facts that an article's passages state, in reading order; none of one that nobody dated,
    and no contradictory ones.
    """
    if member.article.published.origin is DateOrigin.FIRST_SEEN:
        return ()
    day = report_day(member.article.published.at)
    return tuple(
        consistent(
            [
                fact
                for sentence in _relevant_sentences(member, mentions)
                for fact in _of_sentence(sentence, day, quote_words)
            ]
        )
    )


def _relevant_sentences(member: Member, mentions: MentionsIn) -> Iterator[_Sentence]:
    """The sentences that may state a value."""
    for passage in member.article.passages:
        if passage.n and _may_state(passage.text):
            around = sentences(passage.text)
            title = member.article.title
            yield from (
                _Sentence(title, passage, around, place, mentions)
                for place, text in enumerate(around)
                if _may_state(text)
            )


def _may_state(text: str) -> bool:
    return has_value(text) or bool(_RELEASE.search(text))


def _of_sentence(sentence: _Sentence, day: date, quote_words: int) -> Iterator[AttributeFact]:
    text = sentence.text
    stated = [value for value in values(text) if not _is_doubtful(value, text, day)]
    is_release = bool(_RELEASE.search(text)) and any(char.isdigit() for char in text)
    if is_markup(text) or not (stated or is_release):
        return
    named = sentence.named()
    for value in stated:
        for subject in _owners(value, sentence, named):
            if fact := stated_fact(subject, value, text, day, sentence.passage, quote_words):
                yield fact
    if is_release:
        yield from _releases(sentence, named, day, quote_words)


def stated_fact(
    subject: Subject, value: Value, text: str, day: date, passage: Passage, quote_words: int
) -> AttributeFact | None:
    """A value that a sentence of a passage states, reported on a day; None where no quotation of so
    many words holds it.
    """
    quote = _quote(text, value.start, value.end, quote_words)
    if not quote:
        return None
    return AttributeFact(
        subject=subject.key,
        name=subject.name,
        kind=subject.kind,
        attribute=value.attribute,
        qualifier=value.qualifier,
        value=value.value,
        text=text[value.start : value.end],
        as_of=day,
        passage=passage.key,
        quote=quote,
    )


def is_markup(text: str) -> bool:
    """Whether a sentence is no prose of which words could be shown: markup, tables, code."""
    return any(mark in text for mark in ("*", "|", "`", "#", "<", ">", "{", "=", "\\"))


def _is_doubtful(value: Value, text: str, day: date) -> bool:
    """Whether a value is a guess, or not one that the sentence states of today and of one thing."""
    before = text[: value.start]
    is_guess = _UNSURE.search(text) or _TO_COME.search(before) or is_former(value, text)
    return bool(is_guess) or is_of_another(value, text, day)


def is_of_another(value: Value, text: str, day: date) -> bool:
    """Whether a value is a range, of another time, or of what a machine could hold."""
    before, after = text[: value.start], text[value.end :]
    leading = FORMER.sub("", before.replace(value.qualifier, "") if value.qualifier else before)
    if _RANGE.search(leading) or _AFTER_RANGE.search(after):
        return True
    if any(int(year) < day.year for year in _YEAR.findall(text)):
        return True
    if value.attribute is Attribute.CONTEXT and _AT.search(before):
        return True
    if value.attribute in (Attribute.PARAMETERS, Attribute.ACTIVE_PARAMETERS):
        is_bound = re.match(
            r"(?:up to|at least|over|more than|some)\b", text[value.start : value.end]
        )
        return bool(_OF_MODELS.search(before) or is_bound)
    return value.attribute is Attribute.PRICE and bool(_NO_PRICE.search(text))


def _owners(value: Value, sentence: _Sentence, named: Sequence[Subject]) -> tuple[Subject, ...]:
    """The products or companies a value belongs to; none where that is not plain."""
    allowed = _pool(value.attribute, named)
    if not allowed:
        return _pointed_at(value, sentence)
    found = groups(sentence.text, allowed)
    preceding = [group for group in found if group[-1].end <= value.start]
    following = [group for group in found if group[0].start >= value.end]
    owner = _named_after(value, sentence.text, following) or _named_before(
        value, sentence.text, preceding
    )
    return owner if len(owner) == 1 or value.attribute in _IN_WORDS else ()


def _pool(attribute: Attribute, named: Sequence[Subject]) -> tuple[Subject, ...]:
    """Those named in a sentence that may have the attribute: products before the companies that
    make them.
    """
    products, companies = _of(named, products=True), _of(named, products=False)
    if attribute in _OF_BOTH:
        return products or companies
    return products


def _named_after(
    value: Value, text: str, following: Sequence[tuple[Subject, ...]]
) -> tuple[Subject, ...]:
    """ "The 22-billion-parameter Codestral", "$20 a month for ChatGPT Plus"."""
    if not following or value.attribute in _IN_WORDS:
        return ()
    between = text[value.end : following[0][0].start]
    return following[0] if _BEFORE_NAME.search(between) or _FOR_NAME.search(between) else ()


def _named_before(
    value: Value, text: str, preceding: Sequence[tuple[Subject, ...]]
) -> tuple[Subject, ...]:
    """The only ones named before a value, with nothing in between that could be somebody else."""
    if len(preceding) != 1:
        return ()
    (owner,) = preceding
    between = BENCHMARK.sub("", _RELATIVE.sub(" ", text[owner[-1].end : value.start]))
    if value.attribute is Attribute.PARAMETERS and between.startswith(("'s ", "’s ")):
        return ()  # one size of a family
    is_other = (
        len(between) > _FROM_SUBJECT or _BOUNDARY.search(between) or _NAMELIKE.search(between)
    )
    return () if is_other or not all(subject.is_plain for subject in owner) else owner


def _pointed_at(value: Value, sentence: _Sentence) -> tuple[Subject, ...]:
    """What "the model" or "the company" of a sentence without names means: the only one of the
    sentence before.
    """
    if _NAMELIKE.search(sentence.text[: value.start]):
        return ()
    meant = sentence.meant_before()
    products, companies = _of(meant, products=True), _of(meant, products=False)
    keys = {product.key for product in products}
    if _POINTS_BACK.search(sentence.text):
        return products[:1] if len(keys) == 1 and products[0].is_plain else ()
    is_both = sentence.text.startswith("Both ") and value.attribute in _IN_WORDS
    is_company = _COMPANY_BACK.search(sentence.text) or is_both
    if (
        is_company
        and value.attribute in _OF_BOTH
        and len({company.key for company in companies}) == 1
    ):
        return companies[:1]
    return ()


def _releases(
    sentence: _Sentence, named: Sequence[Subject], day: date, quote_words: int
) -> Iterator[AttributeFact]:
    """The days on which products were released: "released Codestral on 29 May 2024"."""
    text, products, makers = sentence.text, _of(named, products=True), _of(named, products=False)
    verbs = list(_RELEASE.finditer(text))
    if len(verbs) != 1 or len({product.key for product in products}) != 1 or _UNSURE.search(text):
        return
    product, verb = products[0], verbs[0]
    is_object = re.fullmatch(r" (?:its |the |a )?", text[verb.end() : product.start])
    is_subject = product.end <= verb.start() and re.fullmatch(
        r",? (?:(?:was|which was|first) )?(?:first )?", text[product.end : verb.start()]
    )
    dates = [
        mention
        for mention in date_mentions(text, day)
        if any(char.isdigit() for char in text[mention.start : mention.end])
    ]
    if (
        not product.is_plain
        or not ((is_object and _has_maker(text, verb, makers)) or is_subject)
        or len(dates) != 1
        or dates[0].day > day
    ):
        return
    released = dates[0]
    near = text[max(product.end, verb.end()) : released.start]
    if re.fullmatch(r" (?:on |in )?", near) or released.end <= min(product.start, verb.start()):
        value = Value(
            attribute=Attribute.RELEASED,
            qualifier="",
            value=machine_date(released.day, released.precision),
            start=released.start,
            end=released.end,
        )
        if fact := stated_fact(product, value, text, day, sentence.passage, quote_words):
            yield fact


def _has_maker(text: str, verb: re.Match[str], companies: Sequence[Subject]) -> bool:
    """Whether a company does what a verb says, and not anybody who released something made of the
    product.
    """
    return any(company.end <= verb.start() for company in companies) or bool(
        _COMPANY.search(text[: verb.start()])
    )


def _quote(sentence: str, start: int, end: int, most_words: int) -> str:
    """The sentence, or the words around the value as far as a quotation may reach, more of them
    before it than after.
    """
    if word_count(sentence) <= most_words:
        return sentence
    if word_count(sentence[start:end]) > most_words:
        return ""
    first, last = start, end
    spans = [found.span() for found in re.finditer(r"\S+", sentence)]
    inner = [span for span in spans if span[1] > start and span[0] < end]
    before, after = (
        [span for span in spans if span[1] <= start],
        [span for span in spans if span[0] >= end],
    )
    room = most_words - len(inner)
    count = min(len(before), room)
    if count:
        first = before[-count][0]
    if room > count and after:
        last = after[: room - count][-1][1]
    return sentence[min(first, inner[0][0]) : max(last, inner[-1][1])]


def consistent(found: Sequence[AttributeFact]) -> Iterator[AttributeFact]:
    """Each fact once; where an article gives two values for one attribute, it has more to it than a
    cell can say: neither.
    """
    by_attribute = grouped(((fact.subject, fact.attribute, fact.qualifier), fact) for fact in found)
    for (_, attribute, _), several in by_attribute.items():
        if attribute in _SEVERAL:
            yield from {fact.text: fact for fact in reversed(several)}.values()
        elif len({fact.value for fact in several}) == 1:
            yield several[0]
