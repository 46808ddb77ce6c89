"""How much of an article a page may show."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.domain.article import Article
from aggregator.domain.claim import (
    Audience,
    Claim,
    ClaimKind,
    Draft,
    Implication,
    Likelihood,
    Rejection,
    TimelineRow,
)
from aggregator.domain.dates import Precision
from aggregator.domain.fact import Attribute
from aggregator.domain.insight import Cell, CellState, Comparison, ComparisonRow, Insight
from aggregator.domain.prediction import Prediction
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory
from aggregator.english.text import word_count
from aggregator.verify.share import within_share
from tests.builders import (
    NOON,
    article,
    attribute_fact,
    claim,
    headline,
    member,
    news_story,
    published_story,
    story,
)

FLOOR = 25


def sentence(number: int, words: int = 10) -> str:
    """A sentence of so many words that no other is part of."""
    return " ".join([f"sentence{number}", *(f"word{number}x{n}" for n in range(words - 1))])


def of_length(words: int, key: str = "daily") -> Article:
    return replace(article(f"Report of {key}", key=key), words=words)


def page_of(
    first: Article, *takeaways: Claim, hook: Claim | None = None, changed: tuple[Claim, ...] = ()
) -> PublishedStory:
    draft = Draft(headline=headline(first), hook=hook, what_changed=changed, takeaways=takeaways)
    return published_story(story([member(first)]), draft)


def kept(of: PublishedStory) -> list[str]:
    """The texts that stand, the headline left out."""
    return [each.text for each in of.analysis.kept.claims()][1:]


@pytest.mark.parametrize(
    ("words", "share", "number"),
    [
        pytest.param(400, 0.15, 6, id="60 of 400 words: six sentences of ten"),
        pytest.param(399, 0.15, 5, id="59 of 399: five"),
        pytest.param(30, 0.15, 2, id="a teaser may give one quotation of 25 words"),
        pytest.param(0, 0.15, 2, id="a length that is not known, too"),
        pytest.param(400, 1.0, 9, id="no limit"),
        pytest.param(400, 0.0, 2, id="nothing but the floor"),
    ],
)
def test_claims_give_way_from_the_end_of_the_page_once_the_share_is_used_up(
    words: int, share: float, number: int
) -> None:
    first = of_length(words)
    whole = page_of(first, *(claim(sentence(n), first) for n in range(9)))
    shown = within_share(whole, share, FLOOR)

    assert kept(shown) == [sentence(n) for n in range(number)]
    assert shown.analysis.rejected == (((Rejection.SHARE, 9 - number),) if number < 9 else ())


def test_a_story_that_keeps_within_its_share_is_the_same_record() -> None:
    first = of_length(1_000)
    whole = page_of(first, claim(sentence(1), first))

    assert within_share(whole, 0.15, FLOOR) is whole


def test_the_hook_stays_even_where_it_is_longer_than_the_share() -> None:
    first = of_length(60)
    shown = within_share(
        page_of(first, claim(sentence(2), first), hook=claim(sentence(1, 40), first)),
        0.15,
        FLOOR,
    )

    assert kept(shown) == [sentence(1, 40)]


def test_the_event_keeps_its_day_under_the_headline_where_its_sentence_is_too_long() -> None:
    first = of_length(60)
    rows = tuple(
        TimelineRow(
            day=date(2026, 7, n),
            precision=Precision.DAY,
            planned=False,
            this_event=n == 4,
            claim=claim(sentence(n), first),
        )
        for n in (3, 4)
    )
    whole = page_of(first, hook=claim(sentence(1, 40), first))
    draft = replace(whole.analysis.kept, timeline=rows)
    shown = within_share(replace(whole, analysis=replace(whole.analysis, kept=draft)), 0.15, FLOOR)

    assert [(row.day.day, row.claim) for row in shown.analysis.kept.timeline] == [
        (4, headline(first))
    ]


def test_a_quote_counts_once_however_often_it_is_cited_and_not_within_a_longer_one() -> None:
    first = of_length(30)
    long, part = sentence(1, 20), " ".join(sentence(1, 20).split()[4:14])
    several = (
        claim(long, first),
        claim("In other words.", first, kind=ClaimKind.WRITTEN, quote=long),
        claim(part, first),
    )
    shown = within_share(page_of(first, *several, claim(sentence(2), first)), 0.15, FLOOR)

    assert kept(shown) == [long, "In other words.", part]


def test_each_article_has_a_share_of_its_own_and_a_claim_must_fit_them_all() -> None:
    first, other = of_length(30), of_length(30, "other")
    both = claim(sentence(3), first, other)
    of = story([member(first), member(other)])
    draft = Draft(
        headline=headline(first),
        takeaways=(claim(sentence(1, 20), first), both, claim(sentence(4), other)),
    )
    shown = within_share(published_story(of, draft), 0.15, FLOOR)

    assert kept(shown) == [sentence(1, 20), sentence(4)]


def test_of_several_takeaways_two_stay_or_none() -> None:
    first = of_length(100)
    shown = within_share(
        page_of(first, *(claim(sentence(n, 20), first) for n in range(3))), 0.2, FLOOR
    )

    assert (kept(shown), shown.analysis.rejected) == ([], ((Rejection.SHARE, 3),))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        pytest.param(80, 4, id="half of the article, though a share of its own would be more"),
        pytest.param(52, 2, id="what may stand in any case, of which half is little more"),
        pytest.param(6, 2, id="the same of a very short one"),
        pytest.param(0, 2, id="and of one whose length is not known"),
    ],
)
def test_what_opens_never_brings_a_page_beyond_half_of_a_short_article(
    words: int, number: int
) -> None:
    first = of_length(words)
    several = [
        claim(f"In words of ours, {n}.", first, kind=ClaimKind.WRITTEN, quote=sentence(n))
        for n in range(6)
    ]
    shown = within_share(page_of(first, *several), 0.15, FLOOR, 0.15)

    assert len(kept(shown)) == number


def test_one_cited_sentence_may_open_even_where_it_is_longer_than_the_article_allows() -> None:
    first = of_length(6)
    several = [
        claim(f"In words of ours, {n}.", first, kind=ClaimKind.WRITTEN, quote=sentence(n, 40))
        for n in range(2)
    ]
    shown = within_share(page_of(first, changed=tuple(several)), 0.15, FLOOR, 0.15)

    assert kept(shown) == [several[0].text]


def test_what_stands_first_on_the_page_is_kept_and_a_shorter_sentence_may_fill_the_rest() -> None:
    first = of_length(40)
    care = Audience(role="policy", claim=claim(sentence(2, 20), first))
    whole = published_story(
        story([member(first)]),
        Draft(
            headline=headline(first),
            what_changed=(claim(sentence(1, 20), first),),
            who_should_care=(care,),
            takeaways=(claim(sentence(3, 5), first),),
        ),
    )

    assert kept(within_share(whole, 0.15, FLOOR)) == [sentence(1, 20), sentence(3, 5)]


def test_a_dated_row_is_kept_before_a_takeaway() -> None:
    first = of_length(40)
    row = TimelineRow(
        day=NOON.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=False,
        claim=claim(sentence(2, 20), first),
    )
    whole = published_story(
        story([member(first)]),
        Draft(
            headline=headline(first),
            takeaways=(claim(sentence(1, 20), first), claim(sentence(3, 5), first)),
            timeline=(row,),
        ),
    )

    assert kept(within_share(whole, 0.15, FLOOR)) == [sentence(2, 20)]


def test_a_written_sentence_gives_way_with_its_quote_as_it_is_and_not_cut() -> None:
    first = of_length(400)
    written = [
        claim(f"Statement {n}.", first, kind=ClaimKind.WRITTEN, n=n, quote=sentence(n, 20))
        for n in range(1, 9)
    ]

    shown = within_share(page_of(first, *written), 0.15, FLOOR)

    assert shown.analysis.kept.takeaways == tuple(written[:3])
    assert shown.analysis.rejected == ((Rejection.SHARE, 5),)


def test_what_is_foretold_gives_way_once_the_brief_has_used_up_the_share() -> None:
    first = of_length(400)
    changed = claim("It opens.", first, kind=ClaimKind.WRITTEN, quote=sentence(1, 20))
    implication = Implication(
        claim=claim("It closes.", first, kind=ClaimKind.INFERRED, n=9, quote=sentence(9, 20)),
        horizon=date(2027, 1, 1),
        likelihood=Likelihood.LIKELY,
        sign="It closed.",
    )
    whole = page_of(first, changed=(changed,))
    predicted = Prediction(id="p", story_id="s", noted=NOON, implication=implication)
    whole = replace(whole, story=replace(whole.story, predictions=(predicted,)))

    assert [within_share(whole, share, 0).story.predictions for share in (0.1, 0.099)] == [
        (predicted,),
        (),
    ]


def test_a_headline_is_free() -> None:
    first = of_length(0)
    whole = page_of(first, *(replace(headline(first), text=f"{n}") for n in range(9)))

    assert within_share(whole, 0.0, 5) is whole


def test_additions_to_the_story_give_way_too_but_corrections_never() -> None:
    first = of_length(40)
    kinds = [HistoryKind.ADDED, HistoryKind.WITHDRAWN, HistoryKind.ADDED, HistoryKind.ADDED]
    facts = tuple(
        HistoryEntry(
            n=n,
            article_id=first.id,
            at=NOON + timedelta(days=n),
            kind=kind,
            text=sentence(n),
            passage=f"{first.id}.1.{n}",
        )
        for n, kind in enumerate(kinds, start=1)
    )
    whole = published_story(
        replace(story([member(first)]), history=facts), Draft(headline=headline(first))
    )
    shown = within_share(whole, 0.15, FLOOR)

    assert [fact.n for fact in shown.story.history] == [
        2,
        4,
    ]  # the newest addition, and what its source took back
    assert shown.analysis.rejected == ((Rejection.SHARE, 2),)


def test_no_story_shows_more_of_an_article_than_its_share_or_its_hook() -> None:
    for number in range(100):
        whole = news_story(number)
        members = tuple(
            replace(each, article=replace(each.article, words=150)) for each in whole.story.members
        )
        shown = within_share(
            replace(whole, story=replace(whole.story, members=members)), 0.2, FLOOR
        )
        words = Counter[str]()
        cited = {
            (c.passage, c.quote)
            for each in shown.analysis.kept.claims()
            for c in each.citations
            if not c.passage.endswith(".0")
        }
        for passage, quote in cited:
            if not any(quote in other and quote != other for _, other in cited):
                words[passage.partition(".")[0]] += word_count(quote)
        assert max(words.values(), default=0) <= 30


def compared(of: Article, other: Article, *prices: str) -> Insight:
    """A table of one attribute a price, all stated by one article; the second product's by
    another.
    """
    rows = []
    for attribute, price in zip(Attribute, prices, strict=False):
        cells = (
            attribute_fact("A", attribute, price, of),
            attribute_fact("B", attribute, price, other),
        )
        shown = tuple(Cell(state=CellState.STATED, facts=(cell,)) for cell in cells)
        rows.append(ComparisonRow(attribute=attribute, qualifier="", cells=shown))
    return Insight(comparison=Comparison(products=("A", "B"), rows=tuple(rows)))


def beside(other: Article, whole: PublishedStory) -> PublishedStory:
    """The story with an article of another story that it cites."""
    return replace(whole, story=replace(whole.story, background=(member(other),)))


def test_a_comparison_gives_way_row_by_row_and_whole_once_it_is_no_table() -> None:
    first, other = of_length(400), of_length(400, key="other")
    rows = [f"{sentence(n, 9)}" for n in range(3)]  # with the name of the product, ten words each
    whole = beside(other, replace(page_of(first), insight=compared(first, other, *rows)))

    left = [within_share(whole, share, 0).insight.comparison for share in (0.075, 0.05, 0.025)]

    assert [len(comparison.rows) if comparison else 0 for comparison in left] == [3, 2, 0]


def test_what_an_article_of_the_archive_shows_in_a_comparison_is_bounded_too() -> None:
    first, other = of_length(10_000), of_length(100, key="other")
    whole = beside(
        other,
        replace(page_of(first), insight=compared(first, other, sentence(1), sentence(2))),
    )

    assert within_share(whole, 0.1, 0).insight.comparison is None


def test_a_comparison_comes_before_takeaways() -> None:
    first, other = of_length(400), of_length(400, key="other")
    rows = [sentence(n, 9) for n in range(2)]
    takeaways = [claim(sentence(n), first) for n in (7, 8)]
    whole = beside(
        other, replace(page_of(first, *takeaways), insight=compared(first, other, *rows))
    )

    shown = within_share(whole, 0.05, 0)

    assert (shown.insight, kept(shown)) == (whole.insight, [])
