"""What an edition opens with where no model does: counts that stand nowhere else in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from aggregator.digest.edition.selection import with_counts
from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.edition import Edition, StoredEdition, TopicCount
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.site.edition.page import edition_pages
from tests.builders import article, member
from tests.unit.site.makers import edition, news

NAMES = {"halden": "Halden", "northwind": "Northwind", "ferrow": "Ferrow", "oslo": "Oslo AI"}


def naming(
    counts: Mapping[str, int], *, of: int, shared: int = 0, kind: EntityKind = EntityKind.COMPANY
) -> list[PublishedStory]:
    """So many stories, the first of which name a company each as often as told; `shared` have two
    origins.
    """

    def one(number: int) -> PublishedStory:
        made = news(number)
        entities = tuple(
            Entity(key=key, name=NAMES[key], kind=kind)
            for key, count in counts.items()
            if number < count
        )
        second = (
            (member(article(made.story.members[0].article.title, key=f"second{number}")),)
            if number < shared
            else ()
        )
        return replace(
            made,
            story=replace(made.story, entities=entities, members=(*made.story.members, *second)),
        )

    return [one(number) for number in range(of)]


def topics(**counts: int) -> tuple[TopicCount, ...]:
    return tuple(TopicCount(name=name.title(), stories=number) for name, number in counts.items())


def earlier(stories: int, *counted: TopicCount) -> Edition:
    """An edition of a week of so many stories."""
    made = edition([news(1)])
    return replace(made, numbers=replace(made.numbers, stories=stories), topics=counted)


def opened(
    reported: Sequence[PublishedStory],
    counted: Sequence[TopicCount] = (),
    before: Edition | None = None,
    language: str = "en",
) -> list[str]:
    """What the edition of these stories opens with."""
    site = SiteSettings(language=language)
    made = with_counts(
        edition(reported, site=site), reported, counted, before, published_before={}, site=site
    )
    assert all((claim.kind, claim.citations) == (ClaimKind.ABSENT, ()) for claim in made.opening)
    return [claim.text for claim in made.opening]


def test_it_names_the_companies_that_most_stories_name() -> None:
    reported = naming({"halden": 5, "northwind": 4, "ferrow": 4, "oslo": 3}, of=9)

    assert opened(reported) == [
        "The companies named most often are Halden (in 5 of 9 stories), Ferrow (in 4) and Northwind"
        " (in 4)."
    ]


@pytest.mark.parametrize(
    ("reported", "stated"),
    [
        pytest.param(
            naming({"halden": 3, "northwind": 2}, of=9),
            ["The company named most often is Halden (in 3 of 9 stories)."],
            id="one alone is named often",
        ),
        pytest.param(naming({"halden": 2}, of=9), [], id="nobody is"),
        pytest.param(
            naming({"halden": 9}, of=9, kind=EntityKind.MODEL), [], id="a model is no company"
        ),
        pytest.param(naming({}, of=9, shared=1), [], id="one story of two origins"),
        pytest.param(
            naming({}, of=9, shared=2),
            ["Of 9 stories, 2 rest on more than one independent origin."],
            id="two of them",
        ),
    ],
)
def test_what_is_not_worth_a_sentence_has_none(
    reported: list[PublishedStory], stated: list[str]
) -> None:
    assert opened(reported) == stated


@pytest.mark.parametrize(
    ("now", "before", "stated"),
    [
        pytest.param(
            topics(agents=7, chips=2, law=5),
            earlier(9, *topics(agents=3, chips=6, law=5)),
            [
                "More stories than in the week before are about “Agents”: 7 of 9, after 3 of 9.",
                "Fewer stories than in the week before are about “Chips”: 2 of 9, after 6 of 9.",
            ],
            id="up and down",
        ),
        pytest.param(topics(agents=7), earlier(9, *topics(agents=5)), [], id="too little more"),
        pytest.param(
            topics(agents=7),
            earlier(3, *topics(agents=3)),
            [],
            id="more, but a smaller share of more stories",
        ),
        pytest.param(
            topics(agents=7), earlier(9, *topics(chips=6)), [], id="none that both counted"
        ),
        pytest.param(topics(agents=7), None, [], id="no edition before"),
    ],
)
def test_it_tells_what_moved_against_the_week_before(
    now: tuple[TopicCount, ...], before: Edition | None, stated: list[str]
) -> None:
    assert opened(naming({}, of=9), now, before) == stated


def test_it_speaks_the_language_of_the_site() -> None:
    reported = naming({"halden": 5, "northwind": 4}, of=9)

    assert opened(reported, language="de") == [
        "Am häufigsten genannte Unternehmen sind Halden (in 5 von 9 Meldungen) und Northwind"
        " (in 4)."
    ]


def test_no_sentence_of_the_opening_is_told_again_below() -> None:
    reported = naming({"halden": 5}, of=9, shared=4)
    made = with_counts(
        edition(reported), reported, (), None, published_before={}, site=SiteSettings()
    )
    below = {
        claim.text for story in made.stories() for claim in (story.hook, *story.changes) if claim
    }

    assert (len(made.opening), {claim.text for claim in made.opening} & below) == (2, set())


def test_a_page_that_opens_with_counts_is_written_by_no_machine() -> None:
    reported = naming({"halden": 5}, of=9)
    made = with_counts(
        edition(reported),
        reported,
        topics(agents=4),
        None,
        published_before={},
        site=SiteSettings(),
    )
    (page,) = edition_pages([StoredEdition(edition=made, digest="")], (), SiteSettings())

    assert (len(page.opening), page.generated, [topic.name for topic in page.topics]) == (
        1,
        False,
        ["Agents"],
    )
