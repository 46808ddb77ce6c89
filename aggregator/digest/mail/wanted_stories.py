"""Which stories of an edition a subscriber gets."""

from __future__ import annotations

from aggregator.domain.publishing.edition import Edition, EditionStory
from aggregator.domain.publishing.subscriber import Segment

_MOST_FOLLOWED = 8  # stories that come first: with more, the lead of the edition would drown


def wanted_stories(edition: Edition, segment: Segment) -> tuple[EditionStory, ...]:
    """The stories that a subscriber chose to get, in the edition's order: first the best of those
    on what they follow.
    """
    first = followed_stories(edition, segment)
    ids = {story.id for story in first}
    return (
        *first,
        *(
            story
            for story in edition.stories()
            if story.id not in ids and segment.wants(story.roles, story.lane, story.topics)
        ),
    )


def followed_stories(edition: Edition, segment: Segment) -> tuple[EditionStory, ...]:
    """The first stories on what a subscriber follows."""
    found = [story for story in edition.stories() if segment.reasons(story.about)]
    return tuple(found[:_MOST_FOLLOWED])
