"""The verdict: a claim against the passages it cites and its whole story, through the table of
gates in its order, and what is left of a draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

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
from aggregator.domain.sections import Content
from aggregator.verify.anchors.index import Report, StoryIndex, story_index
from aggregator.verify.gates import GATES, CitedClaim, Refusal


def refusal(
    claim: Claim,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
    before: Sequence[str] = (),
    story: Callable[[], StoryIndex] | None = None,
) -> Refusal | None:
    """What the first gate that rejects the claim has against it, None if all accept it.

    `passages` is keyed as citations write it; `published` holds the day of publication of every
    article in it; `prompts` are sentences of the prompt that must not come back as claims; `before`
    are texts that the claim must not repeat. `story` gives the index of the story; without it the
    passages are the story.
    """
    return _first(_cited(claim, passages, published, quote_words, prompts, before, story))


def row_rejection(
    row: TimelineRow,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
    story: Callable[[], StoryIndex] | None = None,
) -> Rejection | None:
    """The reason of `refusal`; besides, the row's day must be stated by a cited passage or be the
    day it was published.
    """
    cited = _cited(row.claim, passages, published, quote_words, prompts, (), story)
    found = _first(replace(cited, row=row))
    return found.reason if found else None


def survivors(
    draft: Draft,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str] = (),
    story: Callable[[], StoryIndex] | None = None,
) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
    """The draft without the claims that fail, None if its headline does; and how many failed, by
    reason in order.

    A written claim also fails where it repeats a claim before it that was kept; rows of the
    timeline may.
    """

    def reason_of(claim: Claim, before: Sequence[str]) -> Rejection | None:
        found = refusal(claim, passages, published, quote_words, prompts, before, story)
        return found.reason if found else None

    reasons = _reasons(draft, reason_of)
    rows = [
        row_rejection(row, passages, published, quote_words, prompts, story)
        for row in draft.timeline
    ]
    failed = Counter(reason for reason in (*reasons, *rows) if reason)
    return None if reasons[0] else _kept(draft, reasons, rows), tuple(sorted(failed.items()))


def _reasons(
    draft: Draft, reason_of: Callable[[Claim, Sequence[str]], Rejection | None]
) -> list[Rejection | None]:
    """What is against each claim before the timeline, in the order of the page; an action's trigger
    and a copied sentence may repeat what stands before.
    """
    triggers = {id(action.trigger) for action in draft.what_to_do_next}
    reasons: list[Rejection | None] = []
    before: list[str] = []
    for claim in replace(draft, timeline=()).claims():
        is_trigger = id(claim) in triggers
        may_repeat = is_trigger or claim.kind is ClaimKind.EXTRACTED
        reason = reason_of(claim, () if may_repeat else before)
        if reason is None and not is_trigger:
            before.append(claim.text)
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
            section: tuple(
                kept_item
                for item in draft.items(section)
                if (
                    kept_item := _kept_item(
                        item, of_rows if section.content is Content.TIMELINE else verdicts
                    )
                )
            )
            for section in SECTIONS
        }
    )


def _kept_item(item: Item, verdicts: Iterator[bool]) -> Item | None:
    """The item, an action without a trigger that fails; None if its own claim does."""
    stands = [next(verdicts) for _ in item.all_claims()]
    if isinstance(item, Action) and not all(stands):
        return replace(item, trigger=None) if stands[0] else None
    return item if all(stands) else None


def _cited(
    claim: Claim,
    passages: Mapping[str, Passage],
    published: Mapping[str, date],
    quote_words: int,
    prompts: Sequence[str],
    before: Sequence[str],
    story: Callable[[], StoryIndex] | None,
) -> CitedClaim:
    keys = dict.fromkeys(citation.passage for citation in claim.citations)
    evidence = tuple(passages[key] for key in keys if key in passages)
    return CitedClaim(
        claim=claim,
        evidence=evidence,
        texts=tuple(passage.text for passage in evidence),
        passages=passages,
        published=published,
        quote_words=quote_words,
        story=story or partial(_index, passages, published),
        prompts=prompts,
        before=before,
    )


def _first(cited: CitedClaim) -> Refusal | None:
    return next((found for gate in GATES if (found := gate.refusal(cited))), None)


def _index(passages: Mapping[str, Passage], published: Mapping[str, date]) -> StoryIndex:
    """The index of a story of which only passages are known."""
    texts: dict[str, dict[int, str]] = {}
    for passage in passages.values():
        texts.setdefault(passage.article_id, {})[passage.n] = passage.text
    return story_index(
        [
            Report(
                source="",
                day=published[article],
                title=found.pop(0, ""),
                paragraphs=tuple(text for _, text in sorted(found.items())),
            )
            for article, found in texts.items()
        ]
    )
