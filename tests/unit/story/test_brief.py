"""How long the brief of a page is, and where goes what has no room in it."""

from __future__ import annotations

import pytest

from aggregator.domain.claim import Audience, Claim, ClaimKind, Draft
from aggregator.story.sections import within_half_a_minute


def claim(words: int, name: str = "a") -> Claim:
    """A claim of so many words."""
    return Claim(text=" ".join([name] * words), kind=ClaimKind.WRITTEN, citations=())


HEADLINE = claim(5, "headline")


def test_a_short_brief_stays_as_it_is() -> None:
    draft = Draft(
        headline=HEADLINE,
        what_changed=(claim(20), claim(20, "b")),
        why_it_matters=(claim(20, "c"),),
        who_should_care=(Audience(role="policy", claim=claim(20, "d")),),
        takeaways=(claim(9, "e"),),
    )

    assert within_half_a_minute(draft) == draft


def test_what_has_no_room_in_half_a_minute_opens_the_takeaways() -> None:
    cares = [
        Audience(role=role, claim=claim(25, role)) for role in ("policy", "research", "creators")
    ]
    found = within_half_a_minute(
        Draft(
            headline=HEADLINE,
            what_changed=(claim(25), claim(25, "b")),
            why_it_matters=(claim(25, "c"), claim(25, "d")),
            who_should_care=tuple(cares),
            takeaways=(claim(9, "e"),),
        )
    )

    assert found == Draft(
        headline=HEADLINE,
        what_changed=(claim(25),),
        why_it_matters=(claim(25, "c"),),
        who_should_care=tuple(cares[:2]),
        takeaways=(claim(25, "b"), claim(25, "d"), claim(9, "e")),
    )


@pytest.mark.parametrize("words", [40, 200])
def test_the_first_of_each_section_stays_however_long(words: int) -> None:
    draft = Draft(
        headline=HEADLINE,
        what_changed=(claim(words),),
        why_it_matters=(claim(words, "b"),),
        who_should_care=(Audience(role="policy", claim=claim(words, "c")),),
    )

    assert within_half_a_minute(draft) == draft
