"""The history of a story: what each report added to the ones before, changed, or withdrew.

A report is one version of one article. The history is a function of all reports in the order in
which we learnt of them, so it is the same after any crash, merge or split; a report that only
repeats adds no entry. New is what a reader could look up and no report before has, however it is
worded: a figure with its unit, a version, a date, a name, a quotation.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from aggregator.domain.claim import Claim
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.story import HistoryEntry, HistoryKind
from aggregator.english.lexical import content_words, overlap, stem, subject_stems
from aggregator.english.text import sentences, word_count, words
from aggregator.verify.figures import Figure, figures
from aggregator.verify.names import missing_names, name_spans
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.versions import missing_versions

MOST_ADDED = 4  # entries of one report, in reading order: a report leads with what is new
_SAME_SUBJECT = 0.6  # of the smaller set of subject words
_LEAST_SHARED = 3  # subject words
# of an old version's sentences in the new one: else the page was read otherwise, and nothing was
# taken back
_LEAST_KEPT = 0.5
_ON_TOPIC = 2  # words of a sentence that stand in the titles of the story

_CORRECTION = re.compile(
    r"^(?:correction|clarification|retraction)\b.{0,40}?:|^(?:an |the"
    r" )?(?:earlier|previous|original) version of (?:this|the) "
    r"(?:article|story|post|report|headline)\b|\b(?:this|the) (?:article|story|post|report) (?:has"
    r" been|was) (?:corrected|"
    r"retracted|amended)\b",
    re.IGNORECASE,
)

# of a sentence's content words in one earlier sentence, from which on it says the same;
# test_novelty would notice
_SAME_SHARE = 0.6
_QUOTATION = 6  # words from which on a quotation is a statement and not a term


@frozen
class ReportedVersion:
    """One version of one article. `at` is when we learnt of it, `claims` are its sentences that are
    fit to be shown.

    `passages` are its texts by passage key, the headline first. `is_original`: it is no copy, and
    in our language.
    """

    article_id: str
    version: int
    at: datetime
    published: datetime
    is_original: bool
    passages: tuple[tuple[str, str], ...]
    claims: tuple[Claim, ...]

    @property
    def title(self) -> str:
        """The headline."""
        return self.passages[0][1]

    @property
    def text(self) -> str:
        """All of it, a blank line between passages."""
        return "\n\n".join(text for _, text in self.passages)


IsSupported = Callable[[Claim], bool]


def story_history(
    reports: Sequence[ReportedVersion], stands: IsSupported, quote_words: int
) -> tuple[HistoryEntry, ...]:
    """The entries in the order in which we learnt of them, counted from 1. `stands` is asked of
    each sentence before it enters.
    """
    known, facts = KnownText(), list[HistoryEntry]()
    titles, versions = set[str](), dict[str, ReportedVersion]()
    for report in sorted(
        reports, key=lambda report: (report.at, report.published, report.article_id, report.version)
    ):
        if report.is_original:
            titles |= subject_stems(report.title)
            before = versions.get(report.article_id)
            drafts = (
                *_corrections(report, before, quote_words),
                *_additions(report, known, frozenset(titles), facts, stands),
                *(_withdrawals(report, before, facts) if before else ()),
            )
            facts += _numbered(drafts, len(facts))
            versions[report.article_id] = report
        known.add(report.text, report.published.date())
    return tuple(facts)


@frozen
class _Draft:
    report: ReportedVersion
    kind: HistoryKind
    text: str
    passage: str
    replaces: int | None = None


def _numbered(drafts: Sequence[_Draft], before: int) -> Iterator[HistoryEntry]:
    changed = {draft.replaces for draft in drafts if draft.kind is HistoryKind.CHANGED}
    kept = [
        draft
        for draft in drafts
        if draft.kind is not HistoryKind.WITHDRAWN or draft.replaces not in changed
    ]
    for n, draft in enumerate(kept, start=before + 1):
        yield HistoryEntry(
            n=n,
            article_id=draft.report.article_id,
            at=draft.report.at,
            kind=draft.kind,
            text=draft.text,
            passage=draft.passage,
            subject=" ".join(sorted(subject_stems(draft.text))),
            replaces=draft.replaces,
        )


def _additions(
    report: ReportedVersion,
    known: KnownText,
    titles: frozenset[str],
    facts: Sequence[HistoryEntry],
    stands: IsSupported,
) -> Iterator[_Draft]:
    """What the report states that no report before it did, and what it states differently."""
    day, found, own = report.published.date(), 0, KnownText()
    for claim in report.claims:
        quote = claim.citations[0].quote
        changed = _changed(quote, known.new_figures(quote), report, facts)
        is_new = changed is not None or (
            len(subject_stems(quote) & titles) >= _ON_TOPIC and known.new_details(quote, day)
        )
        if not is_new or not own.new_details(quote, day) or not stands(claim):
            continue
        yield _Draft(
            report=report,
            kind=HistoryKind.CHANGED if changed else HistoryKind.ADDED,
            text=claim.text,
            passage=claim.citations[0].passage,
            replaces=changed,
        )
        own.add(quote, day)
        found += 1
        if found == MOST_ADDED:
            return


def _changed(
    quote: str, new: Sequence[Figure], report: ReportedVersion, facts: Sequence[HistoryEntry]
) -> int | None:
    """The newest entry on the same subject that had another figure of the same kind, from an
    earlier report.
    """
    subject = subject_stems(quote)
    for fact in reversed(facts):
        if fact.at < report.at and _is_same(subject, frozenset(fact.subject.split())):
            before = {_counted(fact.text, figure) for figure in figures(fact.text)}
            if any(_counted(quote, figure) in before for figure in new):
                return fact.n
    return None


def _counted(text: str, figure: Figure) -> str:
    """What a figure counts: its unit, or the word after it."""
    return figure.unit or next((stem(word.lower()) for word in words(text[figure.end :])), "")


def _withdrawals(
    report: ReportedVersion, before: ReportedVersion, facts: Sequence[HistoryEntry]
) -> Iterator[_Draft]:
    """What the version before stated and this one does not, where the text is otherwise the
    same.
    """
    now = report.text
    old = [sentence for _, text in before.passages for sentence in sentences(text)]
    if sum(sentence in now for sentence in old) < _LEAST_KEPT * len(old):
        return
    taken_back = {fact.replaces for fact in facts}
    stated_now = [sentence for _, text in report.passages for sentence in sentences(text)]
    for fact in facts:
        if (
            fact.article_id != report.article_id
            or fact.kind is HistoryKind.WITHDRAWN
            or fact.n in taken_back
        ):
            continue
        quote = fact.quote
        if quote not in now and not _is_stated(quote, stated_now):
            yield _Draft(
                report=report,
                kind=HistoryKind.WITHDRAWN,
                text=fact.text,
                passage=fact.passage,
                replaces=fact.n,
            )


def _corrections(
    report: ReportedVersion, before: ReportedVersion | None, quote_words: int
) -> Iterator[_Draft]:
    """The publisher's own statements that it corrects or retracts, short enough to be quoted and
    not made before.
    """
    for key, text in report.passages[1:]:
        for sentence in sentences(text):
            is_old = before is not None and sentence in before.text
            if _CORRECTION.search(sentence) and not is_old and len(sentence.split()) <= quote_words:
                yield _Draft(report=report, kind=HistoryKind.WITHDRAWN, text=sentence, passage=key)


def _is_stated(quote: str, now: Sequence[str]) -> bool:
    """Whether a sentence says the same in other words: with all amounts of the quote."""
    wanted = content_words(quote)
    counted = {figure.value for figure in figures(quote) if figure.unit}
    return any(
        len(wanted & content_words(sentence)) >= _SAME_SUBJECT * len(wanted)
        and counted <= {figure.value for figure in figures(sentence)}
        for sentence in now
    )


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _LEAST_SHARED and overlap(one, other) >= _SAME_SUBJECT


class KnownText:
    """The texts that readers have seen so far; it finds what a sentence adds. Texts are added in
    the order in which they were learnt.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._figures: dict[str, list[Figure]] = defaultdict(list)
        self._days: set[tuple[date, Precision]] = set()
        self._sizes: list[int] = []
        self._sentences_with: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str, published: date) -> None:
        """Takes in a text; `published` is the day against which its dates are read."""
        self._texts.append(text)
        for line in text.split("\n\n"):
            for figure in figures(line):
                self._figures[figure.unit].append(figure)
            self._days |= {
                (mention.day, mention.precision) for mention in date_mentions(line, published)
            }
            for sentence in sentences(line):
                found = content_words(sentence)
                for word in found:
                    self._sentences_with[word].append(len(self._sizes))
                self._sizes.append(len(found))

    def new_details(self, sentence: str, published: date) -> tuple[str, ...]:
        """What is specific and new in a sentence, as it words it.

        A date or a name by itself is no news where an earlier sentence has the rest: another outlet
        says "on Sunday" and names its own witness.
        """
        found = tuple(self._exact_details(sentence))
        beside = (*self._dates(sentence, published), *self._names(sentence))
        return (*found, *beside) if found or (beside and not self._is_stated(sentence)) else ()

    def new_figures(self, sentence: str) -> tuple[Figure, ...]:
        """The figures of a sentence that are new, no rounding of an earlier one, and more than a
        small count.
        """
        return tuple(
            figure
            for figure in figures(sentence)
            if figure.is_amount
            and not any(figure.rounds_to(other) for other in self._figures[figure.unit])
        )

    def _exact_details(self, sentence: str) -> Iterator[str]:
        yield from (figure.text for figure in self.new_figures(sentence))
        yield from missing_versions(sentence, self._texts)
        yield from (
            quotation
            for quotation in missing_quotations(sentence, self._texts)
            if word_count(quotation) >= _QUOTATION
        )

    def _dates(self, sentence: str, published: date) -> Iterator[str]:
        """New dates but the day of the report and bare years."""
        for mention in date_mentions(sentence, published):
            is_news = mention.precision is not Precision.YEAR and mention.day != published
            if is_news and (mention.day, mention.precision) not in self._days:
                yield sentence[mention.start : mention.end]

    def _names(self, sentence: str) -> Iterator[str]:
        """New names within the sentence: at its beginning a capital says little."""
        within = {sentence[start:end] for start, end in name_spans(sentence) if start}
        yield from (name for name in missing_names(sentence, self._texts) if name in within)

    def _is_stated(self, sentence: str) -> bool:
        """Whether one earlier sentence holds most of the content."""
        own = content_words(sentence)
        shared = Counter(place for word in own for place in self._sentences_with.get(word, ()))
        return any(count >= _SAME_SHARE * len(own) for count in shared.values())
