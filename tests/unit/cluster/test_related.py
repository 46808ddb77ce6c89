"""Related stories: a reason each, looking back only, and nothing where nothing is strong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.cluster.related import MOST_RELATED, related_stories
from aggregator.domain.outline import Outline
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind
from tests import builders


def about(
    number: int,
    *entities: tuple[str, EntityKind],
    topics: tuple[str, ...] = (),
    affair: str = "",
    lane: Lane = Lane.NEWS,
    names: tuple[str, ...] = (),
    is_headline: bool = True,
) -> Outline:
    """The story of a day, the later the higher its number."""
    day = builders.NOON + timedelta(days=number)
    article = replace(
        builders.article(f"Report number {number}", key=f"s{number}", at=day), first_seen=day
    )
    of = builders.story((builders.member(article, lane=lane),))
    tags = tuple(Entity(key=key, name=key.upper(), kind=kind) for key, kind in entities)
    return Outline(
        id=of.id,
        slug=of.slug,
        published=of.published,
        first_seen=day,
        lane=lane,
        affairs=(affair,) if affair else (),
        independent_origins=1,
        topics=topics,
        entities=tags,
        subjects=tuple(tag.key for tag in tags) if is_headline else (),
        names=names,
    )


def crowd(first: int, number: int = 40) -> list[Outline]:
    """Stories of which each is about something else, so that what two share is rare."""
    return [about(first + n, (f"other-{first + n}", EntityKind.PRODUCT)) for n in range(number)]


def reasons(outlines: list[Outline], of: Outline) -> list[tuple[str, str]]:
    """The titles of the stories related to one, with what they are more about and the reasons."""
    titles = {outline.id: outline.slug.replace("-", " ").capitalize() for outline in outlines}
    return [
        (titles[story.story_id], f"{story.about}: {story.reason}" if story.about else story.reason)
        for story in related_stories(outlines)[of.id]
    ]


def test_a_story_looks_back_at_one_about_the_same_model_and_is_not_called_later_news_of_it() -> (
    None
):
    old, new = about(40, ("m-2", EntityKind.MODEL)), about(41, ("m-2", EntityKind.MODEL))
    outlines = [*crowd(0), old, new]

    assert (reasons(outlines, old), reasons(outlines, new)) == (
        [],
        [("Report number 40", "M-2: 13 August 2026")],
    )


def test_two_names_in_common_are_both_told() -> None:
    names = (("m-2", EntityKind.MODEL), ("m-3", EntityKind.MODEL))
    old, new = about(40, *names), about(41, *names)

    assert reasons([*crowd(0), old, new], new) == [
        ("Report number 40", "M-2: also mentions M-3, 13 August 2026")
    ]


def test_a_company_is_a_reason_only_on_the_same_topic() -> None:
    old = about(40, ("lab", EntityKind.COMPANY), topics=("chips",))
    same, other = (
        about(number, ("lab", EntityKind.COMPANY), topics=(topic,))
        for number, topic in ((41, "chips"), (42, "work"))
    )
    outlines = [*crowd(0), old, same, other]

    assert (reasons(outlines, same), reasons(outlines, other)) == (
        [("Report number 40", "LAB: 13 August 2026")],
        [],
    )


def test_what_is_named_all_the_time_is_a_reason_only_on_the_same_topic() -> None:
    many = [about(40 + n, ("m", EntityKind.MODEL)) for n in range(6)]
    same, other = (
        about(47 + n, ("m", EntityKind.MODEL), topics=(topic,))
        for n, topic in enumerate(("chips", "work"))
    )
    last = about(49, ("m", EntityKind.MODEL), topics=("chips",))
    outlines = [*crowd(0), *many, same, other, last]

    assert reasons(outlines, last) == [("Report number 47", "M: 20 August 2026")]


def test_what_every_story_names_is_no_reason() -> None:
    outlines = [about(number, ("m-2", EntityKind.MODEL)) for number in range(30)]

    assert not any(related_stories(outlines).values())


def test_a_story_leads_on_to_the_next_step_of_its_affair_and_back_to_the_last_two() -> None:
    outlines = [about(number, ("lab", EntityKind.COMPANY), affair="first") for number in range(4)]

    assert [
        (title, "next" in reason, "before" in reason, reason.partition(", ")[2])
        for title, reason in reasons(outlines, outlines[2])
    ] == [
        ("Report number 3", True, False, "7 July 2026"),
        ("Report number 1", False, True, "5 July 2026"),
        ("Report number 0", False, True, "4 July 2026"),
    ]


def test_a_step_that_speaks_of_nothing_in_common_is_none() -> None:
    outlines = [
        about(1, ("lab", EntityKind.COMPANY), affair="x"),
        about(2, ("other", EntityKind.COMPANY), affair="x"),
    ]

    assert not any(related_stories(outlines).values())


def test_one_that_a_headline_does_not_name_makes_no_step() -> None:
    passing = about(
        1, ("lab", EntityKind.COMPANY), topics=("chips",), affair="x", is_headline=False
    )
    first, step = (
        about(number, ("lab", EntityKind.COMPANY), topics=("chips",), affair="x")
        for number in (0, 2)
    )

    assert reasons([first, passing, step], passing) == []


def test_a_new_story_changes_at_most_the_step_before_it() -> None:
    outlines = [
        *crowd(0),
        *(
            about(40 + n, ("m-2", EntityKind.MODEL), topics=("chips",), affair="x" if n % 2 else "")
            for n in range(9)
        ),
    ]
    before = related_stories(outlines[:-1])
    after = related_stories(outlines)

    changed = [outline.id for outline in outlines[:-1] if before[outline.id] != after[outline.id]]

    assert len(changed) <= 1


def test_what_is_long_ago_is_no_reason() -> None:
    old, near, new = (about(number, ("m-2", EntityKind.MODEL)) for number in (40, 175, 190))
    outlines = [*crowd(0), old, near, new]

    assert reasons(outlines, new) == [("Report number 175", "M-2: 26 December 2026")]


def test_there_are_few_and_not_all_for_one_reason_in_any_order() -> None:
    model, product = ("m-2", EntityKind.MODEL), ("app", EntityKind.PRODUCT)
    kinds = (product, product, product, model, model, model)
    outlines = [
        *crowd(0),
        *(about(40 + n, kind) for n, kind in enumerate(kinds)),
        about(48, model, product),
    ]

    found = related_stories(outlines)[outlines[-1].id]

    assert [relation.about for relation in found] == ["M-2"] * 2 + ["APP"] * 2
    assert len(found) == MOST_RELATED
    assert related_stories(reversed(outlines)) == related_stories(outlines)


def test_a_story_that_names_a_thing_outside_its_headline_is_not_more_about_that_thing() -> None:
    first, second, third = (about(40 + n, ("m-2", EntityKind.MODEL)) for n in range(3))
    aside = about(50, ("m-3", EntityKind.MODEL), is_headline=False)
    last = about(51, ("m-3", EntityKind.MODEL))
    found = related_stories([*crowd(0), first, second, third, aside, last])

    assert [
        [(relation.story_id, relation.about) for relation in found[outline.id]]
        for outline in (second, third, last)
    ] == [[(first.id, "M-2")], [(second.id, "M-2"), (first.id, "M-2")], []]


def test_a_name_that_only_headlines_tell_is_a_reason_while_it_is_rare() -> None:
    first, second, third = (about(40 + n, names=("Takasa",)) for n in range(3))
    outlines = [*crowd(0), first, second, third]

    assert reasons(outlines, second) == [("Report number 40", "Takasa: 13 August 2026")]
    assert reasons(outlines, third) == []
