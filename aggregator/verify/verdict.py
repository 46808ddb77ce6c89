"""The verdict: a claim against the passages it cites and its whole story, through the table of
gates in its order, and what is left of a draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aggregator.domain.claim import (
    Action,
    Claim,
    ClaimKind,
    Draft,
    Item,
    Rejection,
    TimelineRow,
)
from aggregator.domain.sections import Content
from aggregator.errors import GateError
from aggregator.hooks.plugins import plugins
from aggregator.verify.cited import CitedClaim, Grounds
from aggregator.verify.gates import GATES, Refusal


def refusal(claim: Claim, grounds: Grounds, before: Sequence[str] = ()) -> Refusal | None:
    """What the first gate that rejects the claim has against it, None if all accept it; `before`
    are texts that it must not repeat. Raises GateError where a plugin's gate fails.
    """
    return _first(CitedClaim(claim=claim, grounds=grounds, before=before))


def own_refusal(claim: Claim, grounds: Grounds) -> Refusal | None:
    """What the first of our own gates has against a claim that is noted, not printed."""
    cited = CitedClaim(claim=claim, grounds=grounds)
    return next((found for gate in GATES if (found := gate.refusal(cited))), None)


def row_rejection(row: TimelineRow, grounds: Grounds) -> Rejection | None:
    """The reason of `refusal`; besides, the row's day must be stated by a cited passage or be the
    day it was published. Raises GateError.
    """
    found = _first(CitedClaim(claim=row.claim, grounds=grounds, row=row))
    return found.reason if found else None


def survivors(
    draft: Draft, grounds: Grounds
) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
    """The draft without the claims that fail, None if its headline does; and how many failed, by
    reason in order.

    A written claim also fails where it repeats a claim before it that was kept; rows of the
    timeline may. Raises GateError.
    """
    reasons = _reasons(draft, grounds)
    rows = [row_rejection(row, grounds) for row in draft.timeline]
    failed = Counter(reason for reason in (*reasons, *rows) if reason)
    return None if reasons[0] else _kept(draft, reasons, rows), tuple(sorted(failed.items()))


def _reasons(draft: Draft, grounds: Grounds) -> list[Rejection | None]:
    """What is against each claim before the timeline, in the order of the page; an action's trigger
    and a copied sentence may repeat what stands before.
    """
    triggers = {id(action.trigger) for action in draft.what_to_do_next}
    reasons: list[Rejection | None] = []
    before: list[str] = []
    for claim in replace(draft, timeline=()).claims():
        is_trigger = id(claim) in triggers
        may_repeat = is_trigger or claim.kind is ClaimKind.EXTRACTED
        own = grounds.of_hook() if claim is draft.hook else grounds
        found = refusal(claim, own, () if may_repeat else before)
        if found is None and not is_trigger:
            before.append(claim.text)
        reasons.append(found.reason if found else None)
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
            for section in draft.sections
        }
    )


def _kept_item(item: Item, verdicts: Iterator[bool]) -> Item | None:
    """The item, an action without a trigger that fails; None if its own claim does."""
    stands = [next(verdicts) for _ in item.all_claims()]
    if isinstance(item, Action) and not all(stands):
        return replace(item, trigger=None) if stands[0] else None
    return item if all(stands) else None


def _first(cited: CitedClaim) -> Refusal | None:
    """Ours are asked first: what a plugin's gate sees has passed them."""
    if found := next((found for gate in GATES if (found := gate.refusal(cited))), None):
        return found
    for plugin, gate in plugins().gates:
        try:
            refused: Refusal | None = gate.refusal(cited)
        except Exception as error:
            raise GateError(plugin, f"{type(error).__name__}: {error}") from error
        if refused:
            return refused
    return None
