"""The sentences of a page that facts are by themselves: dated rows of its timeline, and what is not
known. Nobody is asked for them; they are checked and judged like any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aggregator.domain.claim import Claim, ClaimKind, TimelineRow
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision, floor_day
from aggregator.domain.fact import Fact, FactKind
from aggregator.english.lexical import content_words, overlap
from aggregator.memory.timeline import STEP
from aggregator.story.material import Material
from aggregator.story.page.reply import Sources, may_stand, quoted
from aggregator.story.page.sentences import TIMELINE, UNKNOWNS, Sentence
from aggregator.story.rules.choosing import reports_of
from aggregator.story.rules.timeline import is_dated_by
from aggregator.verify.figures import figures

_MOST_ROWS = 5
_MOST_UNKNOWN = 2
_HAPPENED = frozenset({FactKind.EVENT, FactKind.CHANGE, FactKind.PLAN})
_UNDATED = frozenset({FactKind.ATTRIBUTE, FactKind.UNKNOWN})
_SAME_EVENT = 0.25  # share of content words from which on a row of its day tells the story's event
_SAME = 0.5  # share of content words from which on two rows of one day are one


def noted_sentences(sources: Sources, material: Material) -> list[Sentence]:
    """The dated facts of the story's own reports, then what they do not know, in the words of the
    facts; a bare year says too little of when, and a copy that may not be quoted is none.
    """
    own = [
        fact
        for fact in sources.facts
        if fact.articles.isdisjoint(material.earlier) and may_stand(fact.text, sources)
    ]
    reports = {report.article.id for report in reports_of(material.members)}
    dated = [
        fact
        for fact in own
        if not fact.articles.isdisjoint(reports)
        if fact.kind not in _UNDATED and not _is_statistic(fact)
        if fact.day and fact.precision not in (None, Precision.YEAR)
        if all(is_dated_by(fact.text, each) for each in date_mentions(fact.text, fact.day)[:1])
    ]
    unknown = [fact for fact in own if fact.kind is FactKind.UNKNOWN]
    return [
        Sentence(
            section=section,
            claim=quoted(
                Claim(text=fact.text, kind=ClaimKind.WRITTEN, citations=fact.citations), sources
            ),
            facts=(fact,),
        )
        for section, chosen in ((TIMELINE, dated[:_MOST_ROWS]), (UNKNOWNS, unknown[:_MOST_UNKNOWN]))
        for fact in chosen
    ]


def noted_rows(sentences: Sequence[Sentence], reported: date) -> tuple[TimelineRow, ...]:
    """The rows that these sentences are; `reported` is the day of the story's last own report."""
    return tuple(
        TimelineRow(
            day=fact.day,
            precision=fact.precision,
            planned=floor_day(fact.day, fact.precision) > reported,
            this_event=False,
            claim=each.claim,
        )
        for each in sentences
        for fact in each.facts[:1]
        if each.section == TIMELINE and fact.day and fact.precision
    )


def noted_unknowns(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """What is not known as these sentences have it."""
    return tuple(each.claim for each in sentences if each.section == UNKNOWNS)


def with_rows(
    by_rules: Sequence[TimelineRow], noted: Sequence[TimelineRow]
) -> tuple[TimelineRow, ...]:
    """The rows of rules and those of facts, each fact once: that of the event stays, any other row
    of a day gives way to one that says the same.
    """
    kept = list(by_rules)
    for row in noted:
        alike = [each for each in kept if _is_same(each, row)]
        if any(each.this_event for each in alike):
            continue
        kept = [*(each for each in kept if each not in alike), row]
    return tuple(sorted(kept, key=lambda row: (row.day, row.precision, row.claim.text)))


def told_by(headline: Claim, rows: Sequence[TimelineRow]) -> tuple[TimelineRow, ...]:
    """These rows, that of the event in the words of a headline that a writer wrote; what dates it
    is cited, too.
    """
    if headline.kind is ClaimKind.EXTRACTED:
        return tuple(rows)

    def told(row: TimelineRow) -> TimelineRow:
        cited = dict.fromkeys((*headline.citations, *row.claim.citations))
        return replace(row, claim=replace(headline, citations=tuple(cited)))

    return tuple(told(row) if row.this_event else row for row in rows)


def _is_statistic(fact: Fact) -> bool:
    """Whether a fact only says how much there was of something on its day: a figure without
    anybody's step.
    """
    amounts = (each for each in figures(fact.text) if not (each.in_date or each.in_version))
    return fact.kind not in _HAPPENED and any(amounts) and not STEP.search(fact.text)


def _is_same(one: TimelineRow, other: TimelineRow) -> bool:
    coarse = max(one.precision, other.precision, key=list(Precision).index)
    same_day = floor_day(one.day, coarse) == floor_day(other.day, coarse)
    words = (content_words(one.claim.text), content_words(other.claim.text))
    is_event = one.this_event and one.precision is other.precision
    return same_day and overlap(*words) >= (_SAME_EVENT if is_event else _SAME)
