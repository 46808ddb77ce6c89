"""Which entries are read, and which are only remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.relevance import entry_state, general_share, shipped_model
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, EntryState
from aggregator.domain.source import Lane, Scope, Source

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)


def state(
    title: str = "Northwind opens a model",
    *,
    summary: str = "",
    tags: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
    share: float | None = None,
    languages: tuple[str, ...] = (),
    language: str | None = None,
    age: timedelta | None = timedelta(0),
    changed: timedelta | None = None,
) -> EntryState:
    """What becomes of an entry of this age from a source with these words."""
    published = EntryDate(at=NOW - age, origin=DateOrigin.FEED) if age is not None else None
    entry = Entry(
        source_key="k",
        guid="g",
        url="https://a.example/1",
        title=title,
        summary=summary,
        tags=tags,
        published=published,
        updated=NOW - changed if changed is not None else None,
        language=language,
    )
    source = Source(
        key="k",
        name="K",
        url="https://a.example/feed",
        include=include,
        exclude=exclude,
        categories=categories,
        languages=languages,
    )
    return entry_state(entry, source, oldest=NOW - timedelta(days=14), share=share)


def shown(about_ai: int, other: int) -> tuple[Entry, ...]:
    """So many entries about AI and about other subjects."""
    titles = [f"AI agent {n} for chatbots" for n in range(about_ai)]
    titles += [f"Handball match {n} ends in a draw" for n in range(other)]
    return tuple(
        Entry(source_key="k", guid=title, url=f"https://a.example/{title}", title=title)
        for title in titles
    )


def source(
    scope: Scope = Scope.AUTO, lane: Lane = Lane.NEWS, include: tuple[str, ...] = ()
) -> Source:
    """A source of this scope and lane."""
    url = "https://a.example/feed"
    return Source(key="k", name="K", url=url, scope=scope, lane=lane, include=include)


@pytest.mark.parametrize(
    ("title", "word", "is_found"),
    [
        pytest.param("An AI model of Northwind", "AI", True, id="a word"),
        pytest.param("an ai model of Northwind", "AI", True, id="in small letters"),
        pytest.param("Rain said to fall in Oslo", "AI", False, id="within words"),
        pytest.param("Letters from Shanghai", "AI", False, id="at the end of a word"),
        pytest.param("AI-made pictures", "AI", True, id="before a hyphen"),
        pytest.param("The end of AI", "AI", True, id="at the end"),
        pytest.param("Large language models of Northwind", "language models", True, id="a phrase"),
        pytest.param(
            "Languages and models", "language models", False, id="the words of a phrase apart"
        ),
        pytest.param("What C++ is for", "C++", True, id="marks are no pattern"),
        pytest.param("What Cpp is for", "C++", False, id="nor do they match others"),
        pytest.param("Ökonomie der Modelle", "ökonomie", True, id="beyond ASCII"),
    ],
)
def test_words_are_matched_whole_and_in_any_case(title: str, word: str, is_found: bool) -> None:
    assert (state(title, include=(word,)), state(title, exclude=(word,))) == (
        (EntryState.PENDING, EntryState.FILTERED)
        if is_found
        else (EntryState.FILTERED, EntryState.PENDING)
    )


@pytest.mark.parametrize(
    "matched",
    [
        pytest.param({"title": "Northwind"}, id="title"),
        pytest.param({"title": "x", "summary": "by Northwind."}, id="summary"),
        pytest.param({"title": "x", "tags": ("other", "northwind")}, id="tags"),
    ],
)
def test_a_word_counts_wherever_the_entry_tells_it(matched: dict[str, str]) -> None:
    assert state(**matched, include=("Northwind",)) is EntryState.PENDING  # type: ignore[arg-type]


def test_markup_tells_nothing() -> None:
    summary = '<p class="AI">By <a href="https://a.example/topic/AI">Ada</a> &amp; Co</p>'

    assert state("x", summary=summary, include=("AI",)) is EntryState.FILTERED
    assert state("x", summary=summary, include=("Ada & Co", "& Co")) is EntryState.PENDING


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(("News", "cs.cl"), EntryState.PENDING, id="filed so, in other letters"),
        pytest.param(("cs.CL.x",), EntryState.FILTERED, id="filed under one that begins so"),
        pytest.param((), EntryState.FILTERED, id="not filed at all"),
    ],
)
def test_an_entry_is_taken_from_the_categories_that_are_wanted(
    tags: tuple[str, ...], expected: EntryState
) -> None:
    assert state(tags=tags, categories=("cs.CL", "cs.AI")) is expected


@pytest.mark.parametrize(
    ("language", "wanted", "expected"),
    [
        pytest.param("en", ("en",), EntryState.PENDING, id="the language"),
        pytest.param(
            "en_GB", ("en",), EntryState.PENDING, id="a kind of it, as some feeds write it"
        ),
        pytest.param("en", ("en-GB",), EntryState.FILTERED, id="not said which kind of it"),
        pytest.param("eng", ("en",), EntryState.FILTERED, id="one that begins alike"),
        pytest.param("de", ("en", "DE"), EntryState.PENDING, id="one of two"),
        pytest.param(None, ("en",), EntryState.PENDING, id="not stated"),
    ],
)
def test_an_entry_is_taken_in_the_languages_that_are_wanted(
    language: str | None, wanted: tuple[str, ...], expected: EntryState
) -> None:
    assert state(language=language, languages=wanted) is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [(timedelta(days=13), EntryState.PENDING), (timedelta(days=15), EntryState.OLD)],
    ids=["lately", "long ago"],
)
def test_what_has_no_date_is_as_old_as_its_last_change(
    changed: timedelta, expected: EntryState
) -> None:
    assert state(age=None, changed=changed) is expected


def test_a_change_makes_an_old_entry_no_newer() -> None:
    assert state(age=timedelta(days=90), changed=timedelta(days=1)) is EntryState.OLD


def test_one_of_several_words_is_enough() -> None:
    assert state("Halden sues", include=("Northwind", "Halden")) is EntryState.PENDING


def test_an_unwanted_word_outweighs_a_wanted_one() -> None:
    assert (
        state("Northwind webinar", include=("Northwind",), exclude=("webinar",))
        is EntryState.FILTERED
    )


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(timedelta(days=14), EntryState.PENDING, id="just young enough"),
        pytest.param(timedelta(days=14, seconds=1), EntryState.OLD, id="too old"),
        pytest.param(timedelta(days=-3), EntryState.PENDING, id="dated ahead"),
        pytest.param(None, EntryState.PENDING, id="undated counts as new"),
    ],
)
def test_an_entry_is_read_up_to_its_age(age: timedelta | None, expected: EntryState) -> None:
    assert state(age=age) is expected


def test_an_old_entry_that_is_not_wanted_is_filtered() -> None:
    assert state(exclude=("model",), age=timedelta(days=90)) is EntryState.FILTERED


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Northwind opens an AI agent for clinics", ""),
        ("A new language model from Halden", "The LLM was trained on public text."),
        ("Court rules on chatbot", "The judge said the AI system had been trained on novels."),
    ],
)
def test_a_source_of_all_subjects_gives_what_is_about_ai(title: str, summary: str) -> None:
    assert state(title, summary=summary, share=0.25) is EntryState.PENDING


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Oslo beats Bergen at handball", "The final ended 31 to 28."),
        ("Central bank leaves rates unchanged", "Prices rose less than expected in June."),
    ],
)
def test_what_is_not_about_ai_is_left_out_of_a_source_of_all_subjects_alone(
    title: str, summary: str
) -> None:
    assert [state(title, summary=summary, share=share) for share in (None, 0.25)] == [
        EntryState.PENDING,
        EntryState.OFF_TOPIC,
    ]


def test_an_old_entry_is_old_whatever_it_is_about() -> None:
    assert state("Oslo beats Bergen", share=0.25, age=timedelta(days=30)) is EntryState.OLD


def test_the_more_of_a_source_is_about_ai_the_likelier_is_each_entry() -> None:
    (entry,) = shown(0, 1)
    probabilities = [shipped_model().probability(entry, share) for share in (0.1, 0.5, 0.9)]

    assert probabilities == sorted(probabilities)
    assert probabilities[0] < probabilities[-1]


@pytest.mark.parametrize(
    ("about_ai", "other", "is_general"),
    [
        pytest.param(2, 18, True, id="few of many"),
        pytest.param(12, 8, False, id="most"),
        pytest.param(0, 11, False, id="fewer than a dozen"),
        pytest.param(0, 0, False, id="nothing"),
    ],
)
def test_a_source_is_general_where_few_of_a_dozen_entries_are_about_ai(
    about_ai: int, other: int, is_general: bool
) -> None:
    share = general_share(source(), shown(about_ai, other))

    assert (share is not None) == is_general


@pytest.mark.parametrize(
    "kept_whole",
    [
        pytest.param(source(Scope.AI), id="as the operator wrote"),
        pytest.param(source(lane=Lane.RELEASE), id="releases"),
        pytest.param(source(lane=Lane.LETTER), id="a letter"),
        pytest.param(source(include=("match",)), id="chosen by words"),
    ],
)
def test_some_sources_are_read_whole_whatever_they_list(kept_whole: Source) -> None:
    assert general_share(kept_whole, shown(0, 50)) is None


def test_a_source_in_another_language_is_read_whole() -> None:
    german = replace(shown(0, 1)[0], title="Die Bank von Bergen senkt die Zinsen nicht vor Juli")

    assert general_share(source(), [german] * 20) is None


def test_a_source_that_the_operator_calls_general_is_one_from_its_first_entry_on() -> None:
    assert general_share(source(Scope.GENERAL), shown(0, 1)) is not None
