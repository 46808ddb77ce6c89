"""The verdict: a claim against the passages it cites, through every gate in a stated order.

Each gate sees the cited passages alone: what another passage says, or the model remembers, supports nothing.
A claim that is a sentence of its passage passes by the rules that hold for all claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim, Draft, Rejection, TimelineRow
from aggregator.domain.dates import DateMention, Precision, date_mentions, floor_day
from aggregator.domain.text import word_count
from aggregator.verify.figures import missing_figures, stated_units
from aggregator.verify.markup import has_link, has_markup
from aggregator.verify.names import missing_names
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.versions import missing_versions


def rejection(claim: Claim, passages: Mapping[str, Passage], published: Mapping[str, date], quote_words: int) -> Rejection | None:
    """The reason of the first gate that turns the claim away, None if all let it pass.

    `passages` is keyed as citations write it; `published` holds the day of publication of every article in it.
    """
    return _form(claim, passages, quote_words) or _substance(claim, passages, published)


def row_rejection(
    row: TimelineRow, passages: Mapping[str, Passage], published: Mapping[str, date], quote_words: int
) -> Rejection | None:
    """As `rejection`; besides, the row's day must be stated by a cited passage or be the day it was published."""
    return rejection(row.claim, passages, published, quote_words) or _undated(row, passages, published)


def survivors(
    draft: Draft, passages: Mapping[str, Passage], published: Mapping[str, date], quote_words: int
) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
    """The draft without the claims that fail, None if its headline does; and how many failed, by reason in order."""
    reasons = {claim: rejection(claim, passages, published, quote_words) for claim in draft.claims()}
    rows = {row: reasons[row.claim] or _undated(row, passages, published) for row in draft.timeline}
    untimed = replace(draft, timeline=()).claims()
    failed = Counter(reason for reason in (*(reasons[claim] for claim in untimed), *rows.values()) if reason)
    kept = None if reasons[draft.headline] else _kept(draft, reasons, rows)
    return kept, tuple(sorted(failed.items()))


def _kept(draft: Draft, reasons: Mapping[Claim, Rejection | None], rows: Mapping[TimelineRow, Rejection | None]) -> Draft:
    def sound(claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return tuple(claim for claim in claims if reasons[claim] is None)

    return replace(
        draft,
        hook=draft.hook if draft.hook and reasons[draft.hook] is None else None,
        what_changed=sound(draft.what_changed),
        why_it_matters=sound(draft.why_it_matters),
        who_should_care=tuple(each for each in draft.who_should_care if reasons[each.claim] is None),
        takeaways=sound(draft.takeaways),
        timeline=tuple(row for row in draft.timeline if rows[row] is None),
    )


def _form(claim: Claim, passages: Mapping[str, Passage], quote_words: int) -> Rejection | None:
    """The gates that ask whether the claim is one at all, and cites what exists."""
    if not any(char.isalnum() for char in claim.text):
        return Rejection.EMPTY
    if not claim.citations:
        return Rejection.NO_CITATION
    cited = [(citation.quote, passages.get(citation.passage)) for citation in claim.citations]
    known = [(quote, passage) for quote, passage in cited if passage is not None]
    if len(known) < len(cited):
        return Rejection.UNKNOWN_PASSAGE
    if any(not quote.strip() or quote not in passage.text for quote, passage in known):
        return Rejection.QUOTE_NOT_FOUND
    if any(word_count(quote) > quote_words for quote, passage in known if passage.n > 0):  # a headline is quoted whole
        return Rejection.QUOTE_TOO_LONG
    return None


def _substance(claim: Claim, passages: Mapping[str, Passage], published: Mapping[str, date]) -> Rejection | None:
    """The gates that ask whether what the claim says stands in what it cites."""
    cited = _cited(claim, passages)
    texts = [passage.text for passage in cited]
    gates: tuple[tuple[Rejection, Callable[[], object]], ...] = (
        (Rejection.LINK, lambda: has_link(claim.text, texts)),
        (Rejection.MARKUP, lambda: has_markup(claim.text)),
        (Rejection.NUMBER, lambda: missing_figures(claim.text, texts)),
        (Rejection.VERSION, lambda: missing_versions(claim.text, texts)),
        (Rejection.DATE, lambda: _missing_dates(claim.text, cited, published)),
        (Rejection.NAME, lambda: missing_names(claim.text, texts)),
        (Rejection.QUOTATION, lambda: missing_quotations(claim.text, texts)),
    )
    return next((reason for reason, fails in gates if fails()), None)


def _cited(claim: Claim, passages: Mapping[str, Passage]) -> tuple[Passage, ...]:
    return tuple(passages[key] for key in dict.fromkeys(citation.passage for citation in claim.citations))


def _missing_dates(text: str, cited: Sequence[Passage], published: Mapping[str, date]) -> tuple[str, ...]:
    """The dates of a claim that no cited passage states, each read as of the day that passage was published."""
    stated: dict[tuple[int, int], bool] = {}
    for passage in cited:
        day = published[passage.article_id]
        for mention in _mentions(text, day):
            place = (mention.start, mention.end)
            stated[place] = stated.get(place, False) or _states(passage, day, mention, text[mention.start : mention.end])
    return tuple(text[start:end] for (start, end), found in stated.items() if not found)


def _states(passage: Passage, day: date, mention: DateMention, words: str) -> bool:
    """Whether a passage states a date: as a date, in the claim's own words, or as the bare year ("the 2026 budget")."""
    return any(
        each.states(mention.day, mention.precision) or passage.text[each.start : each.end].lower() == words.lower()
        for each in _mentions(passage.text, day)
    ) or (mention.precision is Precision.YEAR and Decimal(mention.day.year) in stated_units(passage.text))


def _undated(row: TimelineRow, passages: Mapping[str, Passage], published: Mapping[str, date]) -> Rejection | None:
    """DATE unless a cited passage states the row's day or appeared on it; the claim's own words count as the passage's."""
    for passage in _cited(row.claim, passages):
        day = published[passage.article_id]
        mentions = (*_mentions(passage.text, day), *_mentions(row.claim.text, day))
        if floor_day(day, row.precision) == floor_day(row.day, row.precision):
            return None
        if any(each.states(row.day, row.precision) for each in mentions):
            return None
    return Rejection.DATE


@lru_cache(maxsize=8192)
def _mentions(text: str, published: date) -> tuple[DateMention, ...]:
    return date_mentions(text, published)
