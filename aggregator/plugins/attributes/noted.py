"""What a model notes of products and companies, as attributes of the closed list: only a value that
a cited sentence states, and whose owner stands beside it. A free name is mapped to the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from aggregator.domain.article import Passage
from aggregator.domain.dates import report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.fact import Attribute, AttributeFact, Fact, FactKind, SubjectKind
from aggregator.domain.story import Member
from aggregator.english.lexical import content_words
from aggregator.english.text import sentences, slug, words
from aggregator.english.vocabulary import FUNCTION_WORDS, HEDGE
from aggregator.plugins.attributes.extraction import (
    MentionsIn,
    consistent,
    is_markup,
    is_of_another,
    stated_fact,
)
from aggregator.plugins.attributes.subjects import JOINED, Subject, subjects
from aggregator.plugins.attributes.values import (
    BENCHMARK,
    Value,
    amount,
    amounts,
    is_licence,
    values,
)
from aggregator.plugins.attributes.values import licence as licence_value

_NAMES = {  # what an attribute may be called, the narrower name first
    Attribute.ACTIVE_PARAMETERS: r"\bactiv\w+ param",
    Attribute.PARAMETERS: r"\bparam|\bmodel size\b|^sizes?$",
    Attribute.CONTEXT: r"\bcontext\b",
    Attribute.TRAINING_TOKENS: r"\btraining (?:tokens|data)\b",
    Attribute.LICENCE: r"\blicen[cs]",
    Attribute.WEIGHTS: r"\bweights\b",
    Attribute.PRICE: r"\bpric|\bcost\b|\bsubscription\b",
    Attribute.USERS: r"\busers\b",
    Attribute.VALUATION: r"\bvaluation\b",
    Attribute.REVENUE: r"\brevenue\b",
    Attribute.DEPLOYMENT: r"\bdeploy|\bavailab",
    Attribute.BASE_MODEL: r"\bbase model\b|\bbuilt on\b",
    Attribute.LANGUAGES: r"\blanguages\b",
    Attribute.SPEED: r"\bspeed\b|\bthroughput\b|\blatency\b|\binference time\b",
    Attribute.MEMORY: r"\bmemory\b|\bV?RAM\b",
}
_NAME_OF = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _NAMES.items()}
_SPOKEN = {  # what a sentence must speak of for a number in it to be of the attribute
    Attribute.ACTIVE_PARAMETERS: r"\bactiv",
    Attribute.PARAMETERS: r"\bparam|\d[BMT][ -](?:[\w-]+[ -]){0,3}(?:models?|scale)\b",
    Attribute.CONTEXT: r"\bcontext\b",
    Attribute.TRAINING_TOKENS: r"\btrain\w*\b.*\btokens\b",
    Attribute.PRICE: r"[$€£]\d",
    Attribute.USERS: r"\busers\b",
    Attribute.VALUATION: r"\bvalu",
    Attribute.REVENUE: r"\brevenue\b|\brun[- ]rate\b",
    Attribute.LANGUAGES: r"\blanguages\b",
    Attribute.SPEED: r"\bper (?:second|minute|image|token|GPU)\b|\b(?:milli)?seconds?\b|\bms\b",
    Attribute.MEMORY: r"\d ?[GMT]i?B\b",
    Attribute.BENCHMARK: r"\d",
}
_SPOKEN_OF = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _SPOKEN.items()}
_WITH_UNIT = frozenset({Attribute.SPEED, Attribute.MEMORY})  # shown with what it is counted in
_SCORED = re.compile(r"\b(?:score|accuracy|result)\b", re.IGNORECASE)
_MEASURE = re.compile(r"[A-Z]{2}|\brate\b")
_PERCENT = re.compile(r"\s?(?:%|percent\b)")
_BESIDE_NAME = re.compile(
    r"^(?:the|an?|its|new)\s+|\s+(?:models?|app|service|company)$", re.IGNORECASE
)
_OTHER_SIDE = re.compile(
    r"\b(?:than|versus|vs|compared|against|while|whereas|unlike|rivals?|but)\b", re.IGNORECASE
)  # between a name and a value: what stands there is said of somebody else
_PART = re.compile(r"[,;:](?=\s)|\band\b")  # behind it another part of a sentence begins
_GUESSED = re.compile(rf"\b(?:{HEDGE}|will)\b", re.IGNORECASE)
_FROM_PRODUCT = 240  # characters between a name and its value, within a sentence
_OF_MODELS = frozenset(
    {
        Attribute.WEIGHTS,
        Attribute.LICENCE,
        Attribute.PARAMETERS,
        Attribute.ACTIVE_PARAMETERS,
        Attribute.CONTEXT,
        Attribute.TRAINING_TOKENS,
        Attribute.BENCHMARK,
    }
)
_OF_COMPANIES = frozenset({Attribute.REVENUE, Attribute.VALUATION})


def named_value(name: str, value: str, sentence: str, product: str) -> Value | None:
    """The value that somebody gives an attribute of this name of a product, as a sentence words
    it; None where the name is none of the closed list, or the sentence does not state the value.
    """
    attribute, qualifier = _attribute(name, sentence)
    if attribute is None:
        return None
    spans = list(_value_places(attribute, value, sentence))
    for read in values(sentence):
        is_same = read.value == amount(value) or (read.start, read.end) in spans
        if read.attribute is attribute and is_same:
            return read
    for start, end in spans:
        if _is_fit(attribute, sentence, start, end, product):
            shown = sentence[start:end]
            worth = _worth(attribute, shown)
            return Value(
                attribute=attribute, qualifier=qualifier, value=worth, start=start, end=end
            )
    return None


def spoken_of(texts: Iterable[str]) -> frozenset[Attribute]:
    """The attributes that some texts speak of, whatever they say of them."""
    return frozenset(
        key for text in texts for key, pattern in _NAME_OF.items() if pattern.search(text)
    )


def _attribute(name: str, sentence: str) -> tuple[Attribute | None, str]:
    """The attribute of the closed list that a name means, with its qualifier: a benchmark, or any
    measure that the sentence calls by the same name.
    """
    bench = BENCHMARK.search(name)
    if bench:
        return (Attribute.BENCHMARK, bench[0]) if bench[0] in sentence else (None, "")
    found = next((key for key, pattern in _NAME_OF.items() if pattern.search(name)), None)
    measure = _SCORED.sub("", name).strip()
    if found is None and _MEASURE.search(measure):
        stated = re.search(rf"(?<!\w){re.escape(measure)}(?!\w)", sentence, re.IGNORECASE)
        return (Attribute.BENCHMARK, stated[0]) if stated else (None, "")
    return found, ""


def _value_places(attribute: Attribute, value: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Where a sentence has a value: in the same words, then as the same amount."""
    parts = re.findall(r"[\w$€£%.]+", value)
    if parts:
        wording = r"[^\w$€£%]+".join(map(re.escape, parts))
        for found in re.finditer(rf"(?<![\w.]){wording}(?!\w)", sentence, re.IGNORECASE):
            yield found.span()
    if attribute in _SPOKEN_OF and attribute not in _WITH_UNIT and len(list(amounts(value))) == 1:
        wanted = amount(value)
        for each, start, end in amounts(sentence):
            if each == wanted:
                more = _PERCENT.match(sentence, end)
                yield start, more.end() if more else end


def _is_fit(attribute: Attribute, sentence: str, start: int, end: int, product: str) -> bool:
    """Whether a place of a sentence is one of the attribute, as far as its words show it."""
    shown = sentence[start:end]
    if attribute is Attribute.PRICE:  # needs a unit, which only the rules read
        return False
    if attribute is Attribute.LICENCE:
        return is_licence(shown)
    if attribute is Attribute.WEIGHTS:
        return bool(_openness(shown)) and "weight" in sentence
    if attribute is Attribute.PARAMETERS and sentence[:end].endswith(product):
        return True  # "LFM2.5-Audio-1.5B": the size in the name
    spoken = _SPOKEN_OF.get(attribute)
    if spoken is None:
        return True
    is_inside_name = start > 0 and sentence[start - 1] in "-."
    return any(map(str.isdigit, shown)) and bool(spoken.search(sentence)) and not is_inside_name


def _worth(attribute: Attribute, shown: str) -> str:
    """The value in a form of its own: the same for the same value however it is worded."""
    if attribute is Attribute.LICENCE:
        return licence_value(shown)
    if attribute is Attribute.WEIGHTS:
        return _openness(shown)
    if attribute in _SPOKEN_OF:
        return "/".join(each for each, _, _ in amounts(shown))
    return ""


def _openness(shown: str) -> str:
    if re.search(r"\b(?:not|no|closed|proprietary|never)\b", shown, re.IGNORECASE):
        return "closed"
    return "open" if re.search(r"\bopen|\bpublish|\bavailable|\breleased", shown) else ""


def noted_attributes(
    member: Member, noted: Sequence[Fact], mentions: MentionsIn, quote_words: int
) -> tuple[AttributeFact, ...]:
    """Those of the noted facts that this article states, in their order; none of one that nobody
    dated, and no contradictory ones.
    """
    article = member.article
    if article.published.origin is DateOrigin.FIRST_SEEN:
        return ()
    passages = {passage.key: passage for passage in article.passages if passage.n}
    found = [
        stated
        for fact in noted
        if fact.kind is FactKind.ATTRIBUTE
        for citation in fact.citations
        if citation.passage in passages
        for stated in _stated(fact, passages[citation.passage], member, mentions, quote_words)
    ]
    models = {each.subject for each in found if each.kind is SubjectKind.MODEL}
    alike = [
        replace(each, kind=SubjectKind.MODEL) if each.subject in models else each for each in found
    ]
    return tuple(consistent(alike))


def _stated(
    fact: Fact, passage: Passage, member: Member, mentions: MentionsIn, quote_words: int
) -> Iterator[AttributeFact]:
    """A fact as the sentence of a passage states it that can be shown and is nearest to it in
    words: two figures of a passage may be the same, of different tests.
    """
    day = report_day(member.article.published.at)
    around, own = sentences(passage.text), content_words(fact.text)
    nearest = sorted(enumerate(around), key=lambda pair: -len(own & content_words(pair[1])))
    for place, text in nearest:
        value = _value(fact, text, day)
        if value is None or is_markup(text):
            continue
        before = around[place - 1] if place else ""
        owner = _owner(fact, value, (text, before, member.article.title), mentions)
        made = owner and stated_fact(owner, value, text, day, passage, quote_words)
        if made:
            yield made
            return


def _value(fact: Fact, text: str, day: date) -> Value | None:
    """The value where a sentence states it, and is sure of it; of several amounts at once all."""
    value = named_value(fact.attribute, fact.value, text, fact.product)
    if value is None or text[: value.end].endswith(fact.product):  # the size in a name
        return value
    if _GUESSED.search(text):
        return None
    is_pair = "/" in value.value and value.attribute is not Attribute.PRICE
    return value if is_pair or not is_of_another(value, text, day) else None


def _owner(
    fact: Fact, value: Value, where: tuple[str, str, str], mentions: MentionsIn
) -> Subject | None:
    """Whom a value is of: the product that was noted, where the sentence names it nearer to the
    value than any other, or names nobody and stands behind one that does, or below its headline.
    """
    text, before, title = where
    meant = _subject(fact.product, value.attribute, mentions)
    if meant is None:
        return None
    named = [
        each
        for each in subjects(text, mentions(text))
        if each.end <= value.start or value.end <= each.start
    ]
    places = _places(meant, text, named)
    if not places:
        others = [each for each in named if each.kind is not SubjectKind.COMPANY and each.is_plain]
        if not (_leans_back(text, value) and all(value.end <= each.start for each in others)):
            return None
        near = _is_named(meant, before, mentions)
        near = near or _is_named(meant, title, mentions)
        return meant if near else None
    start, end = min(places, key=lambda span: _distance(span, value))
    distance = _distance((start, end), value)
    of_other = (
        _distance((each.start, each.end), value)
        for each in named
        if each.key != meant.key and each.is_plain and (each.end <= start or end <= each.start)
        if not JOINED.fullmatch(text[min(end, each.end) : max(start, each.start)])
        if not (value.end <= each.start and _OTHER_SIDE.search(text[value.end : each.start]))
    )
    is_nearest = all(distance < other for other in of_other)
    between = text[min(end, value.end) : max(start, value.start)]
    is_beside = distance <= _FROM_PRODUCT and not _OTHER_SIDE.search(between)
    is_its_own = all(
        _reach((start, end), value, text) < _reach((start, end), rival, text)
        for rival in _rivals(value, text)
    )
    return meant if is_beside and is_nearest and is_its_own else None


def _reach(span: tuple[int, int], value: Value, text: str) -> tuple[int, int]:
    """How far a name is from a value: parts of the sentence, then characters."""
    between = text[min(span[1], value.end) : max(span[0], value.start)]
    return len(_PART.findall(between)), _distance(span, value)


def _rivals(value: Value, text: str) -> Iterator[Value]:
    """The other values of its attribute in a sentence: of two products with a value each, nobody
    may get the other's, whether the names are known or not.
    """
    for read in values(text):
        is_alike = (read.attribute, read.qualifier) == (value.attribute, value.qualifier)
        if is_alike and (read.end <= value.start or value.end <= read.start):
            yield read
    if value.attribute is Attribute.BENCHMARK:  # one product has a percentage of each test
        return
    found = [(_unit(each, text[end:]), start, end) for each, start, end in amounts(text)]
    own = {unit for unit, start, end in found if start < value.end and value.start < end}
    for unit, start, end in found:
        if unit in own and (end <= value.start or value.end <= start):
            yield replace(value, start=start, end=end)


def _unit(plain: str, behind: str) -> str:
    """What an amount is counted in: its currency, else the word behind it."""
    return plain[0] if not plain[0].isdigit() else next(iter(words(behind)), "").lower()


def _leans_back(text: str, value: Value) -> bool:
    """Whether a sentence begins with no name: with a small word, or with what is measured."""
    opening = words(text)[:1]
    is_small = bool(opening) and opening[0].lower() in FUNCTION_WORDS
    return is_small or bool(value.qualifier and text.startswith(value.qualifier))


def _subject(product: str, attribute: Attribute, mentions: MentionsIn) -> Subject | None:
    name = _BESIDE_NAME.sub("", _BESIDE_NAME.sub("", product.strip()))
    if not name or not any(char.isupper() or char.isdigit() for char in name):
        return None
    known = subjects(name, mentions(name))
    if len(known) == 1 and known[0].end - known[0].start == len(name):
        is_company = known[0].kind is SubjectKind.COMPANY
        return None if is_company and attribute in _OF_MODELS else known[0]
    is_model = attribute in _OF_MODELS or any(map(str.isdigit, name))
    kind = SubjectKind.MODEL if is_model else SubjectKind.PRODUCT
    kind = SubjectKind.COMPANY if attribute in _OF_COMPANIES else kind
    return Subject(slug(name), name, kind, 0, len(name), True)


def _places(meant: Subject, text: str, named: Sequence[Subject]) -> list[tuple[int, int]]:
    """Where a sentence names a product: by its whole name, and not as the head of a longer one."""
    known = [(each.start, each.end) for each in named if each.key == meant.key]
    wording = r"[ -]".join(map(re.escape, re.split(r"[ -]", meant.name)))
    found = re.finditer(rf"(?<![\w-]){wording}(?![\w-]|\.\d| \d+(?:\.\d+)?B?\b)", text)
    taken = [each for each in named if each.key != meant.key]
    return known + [
        span
        for span in (each.span() for each in found)
        if not any(each.start <= span[0] and span[1] < each.end for each in taken)
    ]


def _is_named(meant: Subject, text: str, mentions: MentionsIn) -> bool:
    return bool(_places(meant, text, subjects(text, mentions(text))))


def _distance(span: tuple[int, int], value: Value) -> int:
    return max(value.start - span[1], span[0] - value.end, 0)
