"""What of a page is read in thirty seconds: what changed, why it matters, what to do, who should
care. What has no room there stands in depth, among the takeaways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.domain.claim import SECTIONS, Audience, Claim, Draft
from aggregator.domain.sections import SectionPlace
from aggregator.english.text import word_count

_MOST_WORDS = 120  # read in half a minute at 240 words a minute (Brysbaert 2019: 238)

_POINTS = next(section for section in SECTIONS if section.place is SectionPlace.POINTS)


def within_half_a_minute(draft: Draft) -> Draft:
    """The draft with a brief of about 120 words: the first change, the first reason and all steps,
    then audiences, more changes and more reasons as far as there is room.

    Changes and reasons without room open the takeaways; an audience without room is left out.
    """
    steps = sum(word_count(step.claim.text) for step in draft.what_to_do_next)
    first = (*draft.what_changed[:1], *draft.why_it_matters[:1])
    room = _MOST_WORDS - steps - sum(word_count(claim.text) for claim in first)
    audiences: list[Audience] = []
    for audience in draft.who_should_care:
        if not audiences or word_count(audience.claim.text) <= room:
            audiences.append(audience)
            room -= word_count(audience.claim.text)
    changed, room = _fitting(draft.what_changed, room)
    reasons, _ = _fitting(draft.why_it_matters, room)
    deeper = (*draft.what_changed[len(changed) :], *draft.why_it_matters[len(reasons) :])
    return replace(
        draft, what_changed=changed, why_it_matters=reasons, who_should_care=tuple(audiences)
    ).with_items({_POINTS: (*deeper, *draft.items(_POINTS))})


def _fitting(claims: Sequence[Claim], room: int) -> tuple[tuple[Claim, ...], int]:
    """The first claim and those after it that fit in a row, and the words that are left."""
    kept = list(claims[:1])
    for claim in claims[1:]:
        if word_count(claim.text) > room:
            break
        kept.append(claim)
        room -= word_count(claim.text)
    return tuple(kept), room
