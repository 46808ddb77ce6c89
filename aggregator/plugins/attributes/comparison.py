"""Which sections a story gets from attribute facts, and what stands in them: chosen by what is
stated, by code alone.

A comparison is of those of which the story's own articles state something, beside those that it
names and the archive knows about. Values count as of the story's last report; what was stated later
marks a cell as superseded and does not replace it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, timedelta
from decimal import Decimal

from aggregator.domain.fact import Attribute, AttributeFact, SubjectKind
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.insight import (
    FEWEST_ROWS,
    FEWEST_SPECIFIED,
    NO_ATTRIBUTES,
    Cell,
    CellState,
    Comparison,
    ComparisonRow,
    Insight,
    SectionReason,
    Specification,
    SpecificationRow,
)
from aggregator.domain.wording import counted
from aggregator.english.text import slug
from aggregator.plugins.attributes.values import FORMER

_FEWEST_PRODUCTS = 2
_MOST_PRODUCTS = 5  # columns that a reader can compare, and a screen can hold
_MOST_ROWS = 8
# within which two reports of different values differ; later, the value changed
_SAME_TIME = timedelta(days=45)
_OLD = timedelta(days=180)
_LASTING = frozenset(
    {
        Attribute.RELEASED,
        Attribute.PARAMETERS,
        Attribute.ACTIVE_PARAMETERS,
        Attribute.TRAINING_TOKENS,
    }
)
_IN_WORDS = frozenset({Attribute.DEPLOYMENT})  # several may be true at once
_MOST_IN_WORDS = 2
_MOST_DISPUTED = 3
_OF_BUSINESS = frozenset(
    {Attribute.USERS, Attribute.REVENUE, Attribute.VALUATION, Attribute.CUSTOMER_DATA}
)
_IN_PASSING = frozenset({Attribute.RELEASED, Attribute.DEPLOYMENT, Attribute.CUSTOMER_DATA})
_FEWEST_IN_PASSING = 2  # one of these alone is a sentence, not a specification
_EXPECTED = {  # what a reader looks for, shown also where nobody states it
    SubjectKind.MODEL: (
        Attribute.WEIGHTS,
        Attribute.LICENCE,
        Attribute.PARAMETERS,
        Attribute.CONTEXT,
        Attribute.PRICE,
    ),
    SubjectKind.PRODUCT: (Attribute.PRICE, Attribute.DEPLOYMENT),
}
_ORDER = {attribute: place for place, attribute in enumerate(Attribute)}
_KIND_ORDER = {kind: place for place, kind in enumerate(SubjectKind)}

_FIGURES = "0123456789."
_SIZE_BEHIND = re.compile(r"-\d+(?:-\d+)?[bmt]$")
_VARIANTS = frozenset(
    "pro max mini nano ultra lite flash plus turbo large medium small tiny base instruct chat"
    " preview thinking reasoning high fast".split()
)  # which of a line it is

_Place = tuple[Attribute, str]


@frozen
class ComparisonInput:
    """What is known for a story: facts of its own articles, those of the archive, and the publisher
    behind each article.

    `named` are the keys of what its headlines and leads name, most mentioned first, and of what the
    archive most often states beside it; `titles` its headlines, `updated` the day of its last
    report. `spoken_of` are the attributes that its articles speak of, whether they were found or
    not.
    """

    own: Sequence[AttributeFact]
    archive: Sequence[AttributeFact]
    families: Mapping[str, str]
    named: Sequence[str]
    headlined: Sequence[str]
    updated: date
    titles: Sequence[str] = ()
    spoken_of: frozenset[Attribute] = frozenset()


def insight(known: ComparisonInput) -> Insight:
    """The sections that a story gets, with the reason for each that it gets and for each that it
    does not.
    """
    by_subject = grouped((fact.subject, fact) for fact in (*known.own, *known.archive))
    compared, why = _comparison(known, by_subject)
    specified, because = _specification(known, by_subject)
    return Insight(
        comparison=compared,
        specification=specified,
        reasons=(
            SectionReason(section="comparison", given=compared is not None, because=why),
            SectionReason(section="technical", given=specified is not None, because=because),
        ),
    )


def _comparison(
    known: ComparisonInput, by_subject: Mapping[str, Sequence[AttributeFact]]
) -> tuple[Comparison | None, str]:
    if not known.own:
        return None, NO_ATTRIBUTES
    columns = _columns(known, by_subject)
    if len(columns) < _FEWEST_PRODUCTS:
        return None, "no two comparable products have a stated attribute"
    cells = {subject: _cells(by_subject[subject], known) for subject in columns}
    shared = Counter(place for some in cells.values() for place in some)
    if not any(count > 1 for count in shared.values()):
        return None, f"no attribute is stated for two of {counted(len(columns), 'product')}"
    chosen = sorted(shared, key=lambda place: (-shared[place], *_row_order(place)))[:_MOST_ROWS]
    columns = [subject for subject in columns if cells[subject].keys() & set(chosen)]
    if len(chosen) < FEWEST_ROWS:
        return None, f"only one attribute is stated for {counted(len(columns), 'product')}"
    absent = Cell(state=CellState.NOT_STATED)
    rows = tuple(
        ComparisonRow(
            attribute=place[0],
            qualifier=place[1],
            cells=tuple(cells[column].get(place, absent) for column in columns),
        )
        for place in sorted(chosen, key=_row_order)
    )
    names = tuple(by_subject[subject][0].name for subject in columns)
    return Comparison(
        products=names, rows=rows
    ), f"{counted(len(rows), 'attribute')} of {', '.join(names)}"


def _columns(
    known: ComparisonInput, by_subject: Mapping[str, Sequence[AttributeFact]]
) -> list[str]:
    """The products or companies to compare: all of one kind, those in the story's own articles
    first, the kind with the most of these.
    """
    own = Counter(fact.subject for fact in known.own)
    kinds = Counter(by_subject[subject][0].kind for subject in own)
    kind = min(kinds, key=lambda subject: (-kinds[subject], _KIND_ORDER[subject]))
    ranked = sorted(
        own, key=lambda subject: (subject not in known.headlined, -own[subject], subject)
    )
    found = dict.fromkeys((*ranked, *(subject for subject in known.named if subject in by_subject)))
    chosen: list[str] = []
    for subject in found:
        is_alike = by_subject[subject][0].kind is kind
        if is_alike and not any(_is_same_line(subject, each, known, by_subject) for each in chosen):
            chosen.append(subject)
    return chosen[:_MOST_PRODUCTS]


def _is_same_line(
    one: str, other: str, known: ComparisonInput, by_subject: Mapping[str, Sequence[AttributeFact]]
) -> bool:
    """Whether two are one product under two names, or two versions of it that the story does not
    set side by side: no passage of its own states something of each.
    """
    mine, theirs = (product_line(by_subject[each][0].name) for each in (one, other))
    if not mine or not theirs or not (mine <= theirs or theirs <= mine):
        return False
    if re.sub(r"[^a-z0-9]", "", one) == re.sub(r"[^a-z0-9]", "", other):
        return True
    first, second = (
        {fact.passage for fact in known.own if fact.subject == each} for each in (one, other)
    )
    return first.isdisjoint(second)


def product_line(name: str) -> frozenset[str]:
    """The words of a product's name without versions and sizes: those of its line."""
    return frozenset(re.findall(r"[a-z]{2,}", name.lower())) - _VARIANTS


def _specification(
    known: ComparisonInput, by_subject: Mapping[str, Sequence[AttributeFact]]
) -> tuple[Specification | None, str]:
    own = Counter(fact.subject for fact in known.own if fact.attribute not in _OF_BUSINESS)
    about = [
        subject
        for subject in dict.fromkeys((*known.headlined, *_in_titles(own, by_subject, known.titles)))
        if subject in own and by_subject[subject][0].kind is not SubjectKind.COMPANY
    ]
    if not about:
        return None, "its articles state no technical attribute of a product named in a headline"
    subject = max(about, key=lambda key: (own[key], -about.index(key)))
    cells = {
        place: cell
        for place, cell in _cells(by_subject[subject], known).items()
        if place[0] not in _OF_BUSINESS
    }
    name, kind = by_subject[subject][0].name, by_subject[subject][0].kind
    is_telling = kind is SubjectKind.MODEL and not {place[0] for place in cells} <= _IN_PASSING
    if len(cells) < (FEWEST_SPECIFIED if is_telling else _FEWEST_IN_PASSING):
        return None, f"only one attribute of {name} is stated"
    stated = {attribute for attribute, _ in cells}
    gaps = {
        (key, ""): Cell(state=CellState.NOT_STATED)
        for key in _EXPECTED.get(kind, ())
        if key not in stated | known.spoken_of | _answered(name, stated)
    }
    rows = tuple(
        SpecificationRow(attribute=place[0], qualifier=place[1], cell=cell)
        for place, cell in sorted((cells | gaps).items(), key=lambda key: _row_order(key[0]))
    )
    return Specification(product=name, rows=rows), f"{counted(len(cells), 'attribute')} of {name}"


def _answered(name: str, stated: Set[Attribute]) -> frozenset[Attribute]:
    """What needs no row without a value: the size that a name says, the price of what anybody may
    run.
    """
    has_size = bool(_SIZE_BEHIND.search(slug(name)))
    is_open = not stated.isdisjoint((Attribute.WEIGHTS, Attribute.LICENCE))
    parts = ((has_size, Attribute.PARAMETERS), (is_open, Attribute.PRICE))
    return frozenset(attribute for is_so, attribute in parts if is_so)


def _in_titles(
    own: Iterable[str], by_subject: Mapping[str, Sequence[AttributeFact]], titles: Sequence[str]
) -> list[str]:
    """Those of which a headline has the name, with or without the size behind it."""
    slugs = [f"-{slug(title)}-" for title in titles]
    names = {subject: slug(by_subject[subject][0].name) for subject in own}
    return [
        subject
        for subject, name in names.items()
        if any(f"-{_SIZE_BEHIND.sub('', name)}-" in each for each in slugs)
    ]


def _row_order(place: _Place) -> tuple[int, str]:
    return _ORDER[place[0]], place[1]


def _cells(facts: Iterable[AttributeFact], known: ComparisonInput) -> dict[_Place, Cell]:
    """The cells of one product: what was stated of it until the story's last report."""
    places = grouped(((fact.attribute, fact.qualifier), fact) for fact in facts)
    found = ((place, _cell(several, known)) for place, several in places.items())
    return {place: cell for place, cell in found if cell}


def _cell(several: Sequence[AttributeFact], known: ComparisonInput) -> Cell | None:
    own = {fact.passage for fact in known.own}
    ordered = sorted(several, key=lambda fact: (fact.passage not in own, fact.passage))
    ordered.sort(key=lambda fact: fact.as_of, reverse=True)
    then = [fact for fact in ordered if fact.as_of <= known.updated or fact.passage in own]
    if not then:
        return None
    attribute = then[0].attribute
    is_old = attribute not in _LASTING and known.updated - then[0].as_of > _OLD
    if attribute in _IN_WORDS:
        shown = tuple({fact.text.lower(): fact for fact in reversed(then)}.values())[::-1][
            :_MOST_IN_WORDS
        ]
        return Cell(state=CellState.STATED, facts=shown, is_old=is_old)
    newest = ordered[0]
    later = None if newest in then or _agree(newest, then[0]) else newest
    differing = _differing(then, known.families)
    if len(differing) > 1:
        return Cell(
            state=CellState.DISPUTED,
            facts=tuple(differing[:_MOST_DISPUTED]),
            is_old=is_old,
            later=later,
        )
    return Cell(state=CellState.STATED, facts=(then[0],), is_old=is_old, later=later)


def _differing(then: Sequence[AttributeFact], families: Mapping[str, str]) -> list[AttributeFact]:
    """The newest fact and those that contradict it: of other publishers, stated at the same time or
    of what never changes. What was stated before a fact that says what was so before is overtaken.
    """
    found, says_before = [then[0]], bool(FORMER.search(then[0].quote))
    for fact in then[1:]:
        if says_before and fact.as_of < then[0].as_of:
            break
        is_same_time = then[0].as_of - fact.as_of <= _SAME_TIME or fact.attribute in _LASTING
        is_other = families.get(fact.article_id) != families.get(then[0].article_id)
        if is_same_time and is_other and not any(_agree(fact, other) for other in found):
            found.append(fact)
    return found


def _agree(left: AttributeFact, right: AttributeFact) -> bool:
    """Whether two values say the same as far as the coarser of them goes: "2025" and "2025-02",
    46.7 and 47 billion.
    """
    if left.value == right.value:
        return True
    if left.attribute is Attribute.RELEASED:
        return left.value.startswith(right.value) or right.value.startswith(left.value)
    numbers = [_number(left.value), _number(right.value)]
    if None in numbers or left.value.rstrip(_FIGURES) != right.value.rstrip(_FIGURES):
        return False
    return _rounded_alike(*(number for number in numbers if number is not None))


def _number(value: str) -> Decimal | None:
    plain = value.lstrip("$€£")
    return Decimal(plain) if plain.replace(".", "", 1).isdigit() else None


def _rounded_alike(left: Decimal, right: Decimal) -> bool:
    """Whether the number with fewer significant figures is the other one rounded to them."""
    coarse, fine = sorted(
        (left.normalize(), right.normalize()), key=lambda number: len(number.as_tuple().digits)
    )
    exponent = coarse.as_tuple().exponent
    return isinstance(exponent, int) and fine.quantize(Decimal(1).scaleb(exponent)) == coarse
