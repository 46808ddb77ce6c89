"""How much of one article a page may show: a share of its words, and a few quotations of a short
one.

What a page shows of an article are the quotes that its claims cite from it. Those that are printed
word by word stand open; those under a claim in other words, and what stands around a quote, open
with its citation: they have a share of their own, and never bring a page beyond half of an article.
A quote is counted once however often it is cited, and not at all within a longer one; headlines are
free. Where an article's share is used up, what comes later on the page gives way, and what is
wanted less: predictions and open questions before all else. One sentence may always open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from aggregator.domain.article import article_of
from aggregator.domain.claim import (
    Citation,
    Claim,
    ClaimKind,
    Draft,
    Item,
    Rejection,
    TimelineRow,
)
from aggregator.domain.insight import ComparisonRow, Insight, SpecificationRow
from aggregator.domain.sections import Section
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory, Story
from aggregator.english.speech_acts import QUOTED
from aggregator.english.text import word_count

_HEADLINE = ".0"  # ends the key of the passage that holds it
_LEAST_OPENED = 200  # words that may open with citations, where the half of an article has them

T = TypeVar("T")


def within_share(
    published: PublishedStory, share: float, least_words: int, opened: float = 0.0
) -> PublishedStory:
    """The story as far as it may be shown: of each article at most `share` of its words, or
    `least_words` if that is more; what opens with citations may take the share `opened` besides. Of
    one that may not be quoted nothing but the headline stands.

    Its hook always stays, and so does the day of its event. Claims that give way are counted among
    those rejected. What a source changed or took back is shown whatever its share.
    """
    shown = _Shown(
        _allowed(published, share, least_words),
        _allowed(published, share, least_words, opened),
        unquotable(published),
    )
    kept = _quotable(published, shown)
    if kept.hook:
        shown.add([kept.hook])
    history = _history(published.story, shown)
    brief = _after_hook(kept, shown)
    insight = _insight(published.insight, shown)
    predictions = shown.those(
        published.story.predictions, lambda prediction: (prediction.implication.claim,)
    )
    draft = _at_length(brief, shown)
    if not shown.turned_away:
        return published
    rejected = Counter(dict(published.analysis.rejected)) + Counter(
        {Rejection.SHARE: shown.turned_away}
    )
    analysis = replace(published.analysis, kept=draft, rejected=tuple(sorted(rejected.items())))
    story = replace(published.story, history=history, predictions=predictions)
    return replace(published, story=story, analysis=analysis, insight=insight)


def shown_claims(published: PublishedStory) -> Iterator[Claim]:
    """The claims whose quotes the story's page shows, in the order in which they take their
    share.
    """
    yield from (fact.claim for fact in published.story.updates)
    yield from published.claims()
    yield from (prediction.implication.claim for prediction in published.story.predictions)


def words_left(
    published: PublishedStory, share: float, least_words: int, opened: float = 0.0
) -> dict[str, int]:
    """How many more words of each article may open on the page of a story, by the article's id."""
    allowed = _allowed(published, share, least_words, opened)
    shown = _Shown(allowed, allowed)
    shown.add(shown_claims(published))
    return {article: max(0, most - shown.words(article)) for article, most in allowed.items()}


def _allowed(
    published: PublishedStory, share: float, least_words: int, opened: float = 0.0
) -> dict[str, int]:
    """The most words of each article that may stand open, or with `opened` open and opened."""
    found: dict[str, int] = {}
    for member in (*published.story.members, *published.story.background):
        article = member.article
        most = max(least_words, int(share * article.words))
        more = max(_LEAST_OPENED, int(opened * article.words)) if opened else 0
        found[article.id] = max(most, min(most + more, article.words // 2))
    return found


def unquotable(published: PublishedStory) -> frozenset[str]:
    """The ids of the articles of a story that may not be quoted."""
    several = (*published.story.members, *published.story.background)
    return frozenset(member.article.id for member in several if not member.is_quotable)


def repeats(claim: Claim, articles: Collection[str]) -> bool:
    """Whether a claim is, or has between quotation marks, words of these articles that are no
    headline.
    """
    of_these = [
        citation
        for citation in claim.citations
        if citation.article_id in articles and not citation.passage.endswith(_HEADLINE)
    ]
    return bool(of_these) and (
        claim.kind is ClaimKind.EXTRACTED
        or bool(QUOTED.search(claim.text))
        or any(citation.quote[1:] in claim.text for citation in of_these)
    )


def is_verbatim(claim: Claim) -> bool:
    """Whether a claim is printed in the words that it quotes."""
    return all(citation.quote[1:] in claim.text for citation in claim.citations)


class _Shown:
    """What the page shows so far of each article, against what it may."""

    def __init__(
        self,
        allowed: Mapping[str, int],
        with_opened: Mapping[str, int],
        unquotable: Collection[str] = (),
    ) -> None:
        self._allowed, self._with_opened, self._unquotable = allowed, with_opened, unquotable
        self._words = Counter[str]()
        self._quotes: dict[str, list[str]] = defaultdict(list)
        self.turned_away = 0

    def those(
        self, several: Sequence[T], claims_of: Callable[[T], Iterable[Claim]]
    ) -> tuple[T, ...]:
        """Those for whose claims there is room, one after the other; the others are counted as
        rejected.
        """
        return tuple(item for item in several if self._take(tuple(claims_of(item))))

    def may_stand(self, claim: Claim) -> bool:
        """Whether a claim is free of words that may not be quoted; one that repeats some is
        counted as rejected.
        """
        is_repeating = repeats(claim, self._unquotable)
        self.turned_away += is_repeating
        return not is_repeating

    def add(self, claims: Iterable[Claim]) -> None:
        """Counts claims that are shown in any case."""
        for passage, quote in self._new(claims):
            self._quotes[passage].append(quote)
            self._words[article_of(passage)] += word_count(quote)

    def words(self, article: str) -> int:
        """How many words of an article are shown so far."""
        return self._words[article]

    def _take(self, claims: Sequence[Claim]) -> bool:
        if not all(map(self.may_stand, claims)):
            return False
        wanted = Counter[str]()
        for passage, quote in self._new(claims):
            wanted[article_of(passage)] += word_count(quote)
        is_open = any(map(is_verbatim, claims))
        allowed = self._allowed if is_open else self._with_opened
        known = [
            (key, words)
            for key, words in wanted.items()
            if key in allowed and (is_open or self._words[key])  # one sentence may always open
        ]
        if any(self._words[key] + words > allowed[key] for key, words in known):
            self.turned_away += len(claims)
            return False
        self.add(claims)
        return True

    def _new(self, claims: Iterable[Claim]) -> list[tuple[str, str]]:
        """The quotes of claims that are not shown yet, each once; what stands in a longer one of
        its passage is shown.
        """
        cited = {
            (citation.passage, citation.quote)
            for claim in claims
            for citation in claim.citations
            if not citation.passage.endswith(_HEADLINE)
        }
        found: list[tuple[str, str]] = []
        for passage, quote in sorted(cited, key=lambda pair: (-len(pair[1]), pair)):
            shown = (*self._quotes[passage], *(other for key, other in found if key == passage))
            if not any(quote in other for other in shown):
                found.append((passage, quote))
        return found


def _quotable(published: PublishedStory, shown: _Shown) -> Draft:
    """The draft without a hook that may not be quoted, and with a published headline in place of
    such a one.
    """
    kept, first = published.analysis.kept, published.story.members[0].article
    hook = kept.hook if kept.hook and shown.may_stand(kept.hook) else None
    headline = kept.headline
    if not shown.may_stand(headline):
        cited = Citation(passage=f"{first.id}.{first.version}{_HEADLINE}", quote=first.title)
        headline = Claim(text=first.title, kind=ClaimKind.EXTRACTED, citations=(cited,))
    return replace(kept, hook=hook, headline=headline)


def _history(story: Story, shown: _Shown) -> tuple[HistoryEntry, ...]:
    """The history without what may not be quoted and the additions that would show too much; what
    another entry replaces is kept.
    """
    story = replace(
        story, history=tuple(fact for fact in story.history if shown.may_stand(fact.claim))
    )
    updates = story.updates
    shown.add(fact.claim for fact in updates if fact.kind is not HistoryKind.ADDED)
    needed = {fact.replaces for fact in story.history}
    added = [fact for fact in updates if fact.kind is HistoryKind.ADDED and fact.n not in needed]
    stay = {fact.n for fact in shown.those(added, lambda fact: [fact.claim])}
    gone = {fact.n for fact in added} - stay
    return tuple(fact for fact in story.history if fact.n not in gone)


def _after_hook(draft: Draft, shown: _Shown) -> Draft:
    """The sections in the order in which they are wanted: each takes what those before it left."""
    return draft.with_items(
        {
            section: shown.those(draft.items(section), _claims)
            for section in draft.sections
            if section.comes_first
        }
    )


def _insight(insight: Insight, shown: _Shown) -> Insight:
    """The comparison and the specification, row by row; one of which too little is left gives way
    whole.
    """
    comparison, specification = insight.comparison, insight.specification
    if comparison:
        comparison = comparison.with_rows(shown.those(comparison.rows, _of_cells))
    if specification:
        specification = specification.with_rows(shown.those(specification.rows, _of_cell))
    return replace(insight, comparison=comparison, specification=specification)


def _at_length(draft: Draft, shown: _Shown) -> Draft:
    """The timeline first: a day that is left out is missed, one sentence of five is not."""
    draft = replace(draft, timeline=tuple(_timeline(draft, shown)))
    return draft.with_items(
        {
            section: _enough(section, draft.statements(section), shown)
            for section in draft.sections
            if section.is_plain
        }
    )


def _enough(section: Section, before: Sequence[Claim], shown: _Shown) -> tuple[Claim, ...]:
    """Those for which there is room; none where these are too few, and there were enough before."""
    kept = shown.those(before, _claims)
    if len(kept) >= section.fewest or len(before) < section.fewest:
        return kept
    shown.turned_away += len(kept)
    return ()


def _timeline(draft: Draft, shown: _Shown) -> Iterator[TimelineRow]:
    """The rows for which there is room; the event's always, by its headline where its sentence
    would be too much.
    """
    for row in draft.timeline:
        if shown.those([row], _claims):
            yield row
        elif row.this_event:
            yield replace(row, claim=draft.headline)


def _claims(item: Item) -> tuple[Claim, ...]:
    return item.all_claims()


def _of_cell(row: SpecificationRow) -> Iterator[Claim]:
    return (fact.claim for fact in row.cell.shown)


def _of_cells(row: ComparisonRow) -> Iterator[Claim]:
    return (fact.claim for cell in row.cells for fact in cell.shown)
