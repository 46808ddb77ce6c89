"""The verdict: a claim against the passages it cites, through every gate in a stated order.

Each gate sees the cited passages alone: what another passage says, or the model remembers, supports
nothing. The order: form (empty, citations, quotes), leak, link, markup, number, version, date,
name, quotation, speaker, negation, direction, certainty, support (enough of its words), dangling,
phrase, support (all traits weighed); within a draft, repetition comes last. No claim speaks to a
machine, and no copied sentence of a text orders: that is a leak, too. A sentence that code copied
passes by the rules that hold for all claims, but it has no writer: leak, speaker, negation,
direction, certainty, support, dangling, phrase and repetition judge what a model wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from aggregator.domain.article import Passage
from aggregator.domain.claim import (
    SECTIONS,
    Action,
    Claim,
    ClaimKind,
    Draft,
    Item,
    Rejection,
    TimelineRow,
)
from aggregator.domain.dates import DateMention, Precision, date_mentions, floor_day
from aggregator.domain.sections import Content
from aggregator.domain.speech import is_fit, is_order
from aggregator.domain.text import sentences, word_count
from aggregator.verify.certainty import is_made_certain
from aggregator.verify.direction import is_turned_round
from aggregator.verify.doubt import is_doubtful
from aggregator.verify.figures import missing_figures, stated_units
from aggregator.verify.leaks import has_leak
from aggregator.verify.markup import has_link, has_markup
from aggregator.verify.names import missing_names
from aggregator.verify.phrases import has_empty_phrase, is_dangling
from aggregator.verify.polarity import has_other_polarity
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.repetition import is_repeated
from aggregator.verify.speakers import has_other_speaker
from aggregator.verify.support import is_unsupported
from aggregator.verify.versions import missing_versions

_BEGINNING = (
    20  # characters of a copied sentence by which it is found in its passage: its end may be cut
)


def rejection(
    claim: Claim,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
) -> Rejection | None:
    """The reason of the first gate that turns the claim away, None if all let it pass.

    `passages` is keyed as citations write it; `published` holds the day of publication of every
    article in it; `prompts` are sentences of the prompt that must not come back as claims.
    """
    return _form(claim, passages, quote_words) or _substance(claim, passages, published, prompts)


def row_rejection(
    row: TimelineRow,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
) -> Rejection | None:
    """As `rejection`; besides, the row's day must be stated by a cited passage or be the day it was
    published.
    """
    return rejection(row.claim, passages, published, quote_words, prompts) or _undated(
        row, passages, published
    )


def survivors(
    draft: Draft,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
    """The draft without the claims that fail, None if its headline does; and how many failed, by
    reason in order.

    A written claim also fails where it tells what a claim before it told that was kept; rows of the
    timeline may.
    """
    reasons = _reasons(
        draft, lambda claim: rejection(claim, passages, published, quote_words, prompts)
    )
    rows = [row_rejection(row, passages, published, quote_words, prompts) for row in draft.timeline]
    failed = Counter(reason for reason in (*reasons, *rows) if reason)
    return None if reasons[0] else _kept(draft, reasons, rows), tuple(sorted(failed.items()))


def _reasons(
    draft: Draft, reason_of: Callable[[Claim], Rejection | None]
) -> list[Rejection | None]:
    """What is against each claim before the timeline, in the order of the page; an action's trigger
    may say what was told.
    """
    triggers = {id(action.trigger) for action in draft.what_to_do_next}
    reasons: list[Rejection | None] = []
    told: list[str] = []
    for claim in replace(draft, timeline=()).claims():
        reason = reason_of(claim)
        if reason is None and id(claim) not in triggers:
            if claim.kind is not ClaimKind.EXTRACTED and is_repeated(claim.text, told):
                reason = Rejection.REPEATED
            else:
                told.append(claim.text)
        reasons.append(reason)
    return reasons


def _kept(
    draft: Draft, reasons: Sequence[Rejection | None], rows: Sequence[Rejection | None]
) -> Draft:
    """The draft's claims that have no reason against them; the reasons come in the order of the
    page.
    """
    verdicts = iter([reason is None for reason in reasons[1:]])  # the first is the headline's
    of_rows = iter([reason is None for reason in rows])
    return draft.with_items(
        {
            section: _sound(
                draft.items(section), of_rows if section.content is Content.TIMELINE else verdicts
            )
            for section in SECTIONS
        }
    )


def _sound(items: Sequence[Item], verdicts: Iterator[bool]) -> tuple[Item, ...]:
    return tuple(sound for each in items if (sound := _sound_item(each, verdicts)))


def _sound_item(item: Item, verdicts: Iterator[bool]) -> Item | None:
    """The item, an action without a trigger that fails; None if its own claim does."""
    stands = [next(verdicts) for _ in item.all_claims()]
    if isinstance(item, Action) and not all(stands):
        return replace(item, trigger=None) if stands[0] else None
    return item if all(stands) else None


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
    if any(
        word_count(quote) > quote_words for quote, passage in known if passage.n > 0
    ):  # a headline is quoted whole
        return Rejection.QUOTE_TOO_LONG
    return None


def _substance(
    claim: Claim,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    prompts: Sequence[str],
) -> Rejection | None:
    """The gates that ask whether what the claim says stands in what it cites."""
    cited = _cited(claim, passages)
    texts = [passage.text for passage in cited]
    is_written = claim.kind is not ClaimKind.EXTRACTED
    gates: tuple[tuple[Rejection, Callable[[], object]], ...] = (
        (Rejection.LEAK, lambda: is_written and has_leak(claim.text, texts, prompts)),
        (
            Rejection.LEAK,
            lambda: not is_fit(claim.text) or (not is_written and _is_copied_order(claim, cited)),
        ),
        (Rejection.LINK, lambda: has_link(claim.text, texts)),
        (Rejection.MARKUP, lambda: has_markup(claim.text)),
        (Rejection.NUMBER, lambda: missing_figures(claim.text, texts)),
        (Rejection.VERSION, lambda: missing_versions(claim.text, texts)),
        (Rejection.DATE, lambda: _missing_dates(claim.text, cited, published)),
        (Rejection.NAME, lambda: missing_names(claim.text, texts)),
        (Rejection.QUOTATION, lambda: missing_quotations(claim.text, texts)),
        (Rejection.SPEAKER, lambda: is_written and has_other_speaker(claim.text, texts)),
        (Rejection.NEGATION, lambda: is_written and has_other_polarity(claim.text, texts)),
        (Rejection.DIRECTION, lambda: is_written and is_turned_round(claim.text, texts)),
        (Rejection.CERTAINTY, lambda: is_written and is_made_certain(claim.text, texts)),
        (Rejection.SUPPORT, lambda: is_unsupported(claim.text, texts, claim.kind)),
        (Rejection.DANGLING, lambda: is_written and is_dangling(claim.text)),
        (Rejection.PHRASE, lambda: is_written and has_empty_phrase(claim.text, texts)),
        (Rejection.SUPPORT, lambda: is_doubtful(claim.text, texts, claim.kind)),
    )
    return next((reason for reason, fails in gates if fails()), None)


def _cited(claim: Claim, passages: Mapping[str, Passage]) -> tuple[Passage, ...]:
    return tuple(
        passages[key] for key in dict.fromkeys(citation.passage for citation in claim.citations)
    )


def _is_copied_order(claim: Claim, cited: Sequence[Passage]) -> bool:
    """Whether a sentence copied from a text gives an order; headlines may give orders to readers.

    A table cell may hold only part of a sentence: "offer their models through an API" is not an
    order.
    """
    if not is_order(claim.text):
        return False
    beginning = claim.text[:_BEGINNING]
    return any(
        sentence.startswith(beginning)
        for each in cited
        if each.n
        for sentence in sentences(each.text)
    )


def _missing_dates(
    text: str, cited: Sequence[Passage], published: Mapping[str, date]
) -> tuple[str, ...]:
    """The dates of a claim that no cited passage states, each read as of the day that passage was
    published.
    """
    stated: dict[tuple[int, int], bool] = {}
    for passage in cited:
        day = published[passage.article_id]
        for mention in _mentions(text, day):
            place = (mention.start, mention.end)
            stated[place] = stated.get(place, False) or _states(
                passage, day, mention, text[mention.start : mention.end]
            )
    return tuple(text[start:end] for (start, end), found in stated.items() if not found)


def _states(passage: Passage, day: date, mention: DateMention, words: str) -> bool:
    """Whether a passage states a date: as a date, in the claim's own words, or as the bare year
    ("the 2026 budget").
    """
    return any(
        each.states(mention.day, mention.precision)
        or passage.text[each.start : each.end].lower() == words.lower()
        for each in _mentions(passage.text, day)
    ) or (
        mention.precision is Precision.YEAR
        and Decimal(mention.day.year) in stated_units(passage.text)
    )


def _undated(
    row: TimelineRow, passages: Mapping[str, Passage], published: Mapping[str, date]
) -> Rejection | None:
    """DATE unless a cited passage states the row's day or appeared on it; the claim's own words
    count as the passage's.
    """
    for passage in _cited(row.claim, passages):
        day = published[passage.article_id]
        mentions = (*_mentions(passage.text, day), *_mentions(row.claim.text, day))
        if floor_day(day, row.precision) == floor_day(row.day, row.precision):
            return None
        if any(each.states(row.day, row.precision) for each in mentions):
            return None
    return Rejection.DATE


@lru_cache(maxsize=512)
def _mentions(text: str, published: date) -> tuple[DateMention, ...]:
    return date_mentions(text, published)
