"""The words around a quotation, as far as the share of its article leaves room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import Citation, Draft
from aggregator.domain.story import PublishedStory
from aggregator.extract.page.assemble import passages
from aggregator.verify.quoted_context import QuotedContext, quoted_contexts
from tests.builders import article, claim, headline, member, published_story, story

QUOTE = "The clinic left after two years"
PASSAGE = (
    "Halden runs six wards. The clinic left after two years, its director said. It goes to Aker."
)


def context_of(
    passage: str = PASSAGE, *, least_words: int = 100, most_words: int = 40
) -> QuotedContext | None:
    """The words around QUOTE on the page of a story of one article."""
    first = article()
    hook = claim(f"{QUOTE}.", first, quote=QUOTE)
    of = published_story(story((member(first),)), Draft(headline=headline(first), hook=hook))
    found = quoted_contexts(
        of,
        {hook.citations[0].passage: passages("a" * 12, 1, passage, ())[0]},
        language="en",
        share=0.0,
        least_words=least_words,
        most_words=most_words,
    )
    return found.get(hook.citations[0])


@pytest.mark.parametrize(
    ("passage", "before", "after"),
    [
        pytest.param(
            PASSAGE, "Halden runs six wards. ", ", its director said. It goes to Aker.", id="inside"
        ),
        pytest.param(f"{QUOTE}. It goes to Aker.", "", ". It goes to Aker.", id="first"),
        pytest.param(
            f"Do you use it? {QUOTE} again. Call us.", "", " again.", id="asked and ordered"
        ),
    ],
)
def test_a_quotation_stands_between_the_sentence_before_and_the_one_after(
    passage: str, before: str, after: str
) -> None:
    assert context_of(passage) == QuotedContext(before=before, after=after)


@pytest.mark.parametrize(
    "passage",
    [
        pytest.param(QUOTE, id="the whole passage"),
        pytest.param("Other words.", id="of which the passage has nothing"),
        pytest.param("", id="of a passage that is gone"),
    ],
)
def test_a_quotation_without_anything_around_it_has_no_context(passage: str) -> None:
    assert context_of(passage) is None


def test_a_long_context_is_cut_to_the_words_nearest_to_the_quotation() -> None:
    assert context_of(most_words=8) == QuotedContext(
        before="Halden runs six wards. ", after=", its director said. …"
    )


def test_the_context_takes_no_more_than_is_left_of_the_share_of_its_article() -> None:
    used = len(QUOTE.split())

    assert context_of(least_words=used) is None
    assert context_of(least_words=used + 7) == context_of(most_words=8)


def test_no_words_are_shown_around_a_quotation_where_the_operator_wants_none() -> None:
    assert context_of(most_words=0) is None


def test_a_neighbour_that_another_citation_has_opened_takes_nothing_of_the_share() -> None:
    first = article()
    hook = claim(f"{QUOTE}.", first, quote=QUOTE)
    other = replace(hook.citations[0], quote="It goes to Aker")
    draft = Draft(
        headline=headline(first),
        hook=hook,
        what_changed=(replace(hook, citations=(other,)),),
    )
    of = published_story(story((member(first),)), draft)
    cited = {hook.citations[0].passage: passages("a" * 12, 1, PASSAGE, ())[0]}

    def known(least_words: int) -> set[Citation]:
        return set(
            quoted_contexts(
                of, cited, language="en", share=0.0, least_words=least_words, most_words=40
            )
        )

    both = {hook.citations[0], other}
    assert [known(words) for words in (100, 14, 10)] == [both, both, set()]


def test_a_word_that_two_opened_citations_show_counts_once() -> None:
    first = article()
    hook = claim(f"{QUOTE}.", first, quote=QUOTE)
    other = replace(hook.citations[0], quote="its director said")
    draft = Draft(headline=headline(first), hook=replace(hook, citations=(*hook.citations, other)))
    of = published_story(story((member(first),)), draft)
    cited = {hook.citations[0].passage: passages("a" * 12, 1, PASSAGE, ())[0]}
    words = len(PASSAGE.split())

    found = quoted_contexts(of, cited, language="en", share=0.0, least_words=words, most_words=40)

    assert {one.before + each.quote + one.after for each, one in found.items()} == {PASSAGE}


def test_what_opens_has_a_share_of_its_own_within_half_of_the_article() -> None:
    first = replace(article(), words=2 * len(PASSAGE.split()))
    hook = claim(f"{QUOTE}.", first, quote=QUOTE)
    of = published_story(story((member(first),)), Draft(headline=headline(first), hook=hook))
    cited = {hook.citations[0].passage: passages("a" * 12, 1, PASSAGE, ())[0]}

    def found(opened: float, of: PublishedStory) -> int:
        known = quoted_contexts(
            of, cited, language="en", share=0.0, least_words=6, most_words=40, opened=opened
        )
        return sum(len(f"{one.before} {one.after}".split()) for one in known.values())

    short = published_story(
        story((member(replace(first, words=20)),)), Draft(headline=headline(first), hook=hook)
    )
    assert (found(0.0, of), found(0.15, of), found(0.15, short)) == (0, 12, 4)


def test_one_cited_sentence_of_an_article_opens_whole_however_short_the_article() -> None:
    short = replace(article(), words=12)
    hook = claim(f"{QUOTE}.", short, quote=QUOTE)
    other = replace(hook.citations[0], quote="It goes to Aker")
    draft = Draft(
        headline=headline(short), hook=replace(hook, citations=(hook.citations[0], other))
    )
    of = published_story(story((member(short),)), draft)
    cited = {hook.citations[0].passage: passages("a" * 12, 1, PASSAGE, ())[0]}

    found = quoted_contexts(
        of, cited, language="en", share=0.15, least_words=5, most_words=40, opened=0.15
    )

    assert found[hook.citations[0]] == QuotedContext(before="", after=", its director said.")
    assert not any("Halden" in each.before for each in found.values())
