"""Where the operator's hand puts articles, and what it says of stories."""

from __future__ import annotations

from datetime import date

from aggregator.domain.operation.override import (
    Annotation,
    Drop,
    Merge,
    Overrides,
    OverrideTargets,
    Pin,
    Rename,
    Split,
    home_of,
    split_id,
    story_overrides,
    unknown,
)
from aggregator.domain.story import StoryOverrides

TODAY = date(2026, 7, 6)
URLS = {"https://a.example/1": "one", "https://a.example/2": "two"}
KNOWN = OverrideTargets(
    stories={"first": "first", "second": "second", "third": "third"}, articles=URLS
)


def test_without_overrides_articles_stay_where_clustering_put_them() -> None:
    assert home_of(Overrides(), KNOWN)("one", "first") == "first"


def test_merged_stories_are_told_in_the_first_named() -> None:
    home = home_of(Overrides(merge=(Merge(stories=("second", "first")),)), KNOWN)

    assert [home("x", story) for story in ("first", "second", "third")] == [
        "second",
        "second",
        "third",
    ]


def test_merges_that_share_a_story_are_one() -> None:
    chained = Overrides(
        merge=(Merge(stories=("first", "second")), Merge(stories=("third", "first")))
    )

    assert [home_of(chained, KNOWN)("x", story) for story in ("first", "second", "third")] == [
        "third"
    ] * 3


def test_merges_that_contradict_each_other_end_in_one_story() -> None:
    circle = Overrides(
        merge=(Merge(stories=("first", "second")), Merge(stories=("second", "first")))
    )

    assert [home_of(circle, KNOWN)("x", story) for story in ("first", "second")] == [
        "first",
        "first",
    ]


def test_articles_that_are_split_off_found_a_story_of_their_own() -> None:
    home = home_of(Overrides(split=(Split(story="first", articles=tuple(URLS)),)), KNOWN)

    assert [home("one", "first"), home("two", "first"), home("three", "first")] == [
        split_id("one"),
        split_id("one"),
        "first",
    ]


def test_an_article_is_split_off_only_from_the_story_that_is_named() -> None:
    assert (
        home_of(Overrides(split=(Split(story="first", articles=tuple(URLS)),)), KNOWN)(
            "one", "second"
        )
        == "second"
    )


def test_an_article_is_split_off_a_story_that_others_were_merged_into() -> None:
    both = Overrides(
        merge=(Merge(stories=("first", "second")),),
        split=(Split(story="first", articles=tuple(URLS)),),
    )
    home = home_of(both, KNOWN)

    assert [home("one", "second"), home("x", "second")] == [split_id("one"), "first"]


def test_a_dropped_article_is_told_nowhere() -> None:
    assert (
        home_of(Overrides(drop=(Drop(url="https://a.example/1", reason="by order"),)), KNOWN)(
            "one", "first"
        )
        is None
    )


def test_what_is_said_of_a_story_goes_to_the_one_that_tells_it() -> None:
    overrides = Overrides(
        merge=(Merge(stories=("first", "second")),),
        pin=(Pin(story="second"),),
        rename=(Rename(story="first", headline="Ours"),),
        annotate=(Annotation(story="first", note="Checked by hand."),),
        drop=(Drop(story="third", reason="off topic"),),
    )

    assert story_overrides(overrides, KNOWN, TODAY) == {
        "first": StoryOverrides(pinned=True, headline="Ours", note="Checked by hand."),
        "third": StoryOverrides(dropped="off topic"),
    }


def test_a_pin_holds_to_the_end_of_its_last_day() -> None:
    pinned = Overrides(pin=(Pin(story="first", until=TODAY),))

    assert story_overrides(pinned, KNOWN, TODAY) == {"first": StoryOverrides(pinned=True)}
    assert story_overrides(pinned, KNOWN, date(2026, 7, 7)) == {}


def test_what_matches_nothing_is_named_and_does_nothing() -> None:
    overrides = Overrides(
        pin=(Pin(story="nobody"),),
        merge=(Merge(stories=("first", "nobody")),),
        split=(Split(story="first", articles=("https://a.example/9",)),),
    )

    assert [text.split()[-1] for text in unknown(overrides, KNOWN)] == [
        "nobody",
        "https://a.example/9",
    ]
    assert home_of(overrides, KNOWN)("one", "first") == "first"
    assert story_overrides(overrides, KNOWN, TODAY) == {}
