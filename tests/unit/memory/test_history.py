"""What each telling of a story adds to the ones before, changes of them, or takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.story import HistoryEntry, HistoryKind
from aggregator.english.text import sentences
from aggregator.memory.history import MOST_ADDED, ReportedVersion, story_history

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
FIRST = (
    "Northwind raises money for a second model",
    (
        "Northwind raised 90 million dollars for its second model on Friday. Its investors met in"
        " Oslo."
    ),
    "The second model of Northwind has 12 billion parameters. It is open to all.",
)


def report(
    *texts: str, article: str = "daily", day: int = 0, version: int = 1, is_original: bool = True
) -> ReportedVersion:
    """A version of an article that we learnt of some days after noon of 4 July 2026; each of its
    sentences may be shown.
    """
    passages = tuple((f"{article}.{version}.{n}", text) for n, text in enumerate(texts))
    return ReportedVersion(
        article_id=article,
        version=version,
        at=NOON + timedelta(days=day),
        published=NOON + timedelta(days=day),
        is_original=is_original,
        passages=passages,
        claims=(
            tuple(
                extracted(sentence, key)
                for key, text in passages[1:]
                for sentence in sentences(text)
            )
            if is_original
            else ()
        ),
    )


def extracted(text: str, passage: str) -> Claim:
    return Claim(
        text=text, kind=ClaimKind.EXTRACTED, citations=(Citation(passage=passage, quote=text),)
    )


def made(*reports: ReportedVersion) -> tuple[HistoryEntry, ...]:
    return story_history(reports, lambda _: True, 25)


def entries_of(facts: Sequence[HistoryEntry], day: int) -> list[tuple[HistoryKind, str]]:
    """What was learnt on a day."""
    return [(fact.kind, fact.text) for fact in facts if fact.at == NOON + timedelta(days=day)]


def test_the_first_telling_enters_with_its_specific_sentences_in_reading_order() -> None:
    facts = made(report(*FIRST))

    assert [(fact.n, fact.kind, fact.passage) for fact in facts] == [
        (1, HistoryKind.ADDED, "daily.1.1"),
        (2, HistoryKind.ADDED, "daily.1.2"),
    ]
    assert [fact.text for fact in facts] == [
        "Northwind raised 90 million dollars for its second model on Friday.",
        "The second model of Northwind has 12 billion parameters.",
    ]


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(report(*FIRST, article="wire", day=1, is_original=False), id="a copy"),
        pytest.param(report(*FIRST, article="other", day=1), id="the same words"),
        pytest.param(
            report(
                "Money for Northwind's second model",
                "On Friday, Northwind raised 90 million dollars for a second model.",
                "The model of Northwind has 12 billion parameters, and investors like it.",
                article="other",
                day=1,
            ),
            id="other words, nothing new",
        ),
        pytest.param(
            report(
                "Northwind's second model",
                "Northwind has money for a second model and is glad of it.",
                article="b",
                day=1,
            ),
            id="nothing specific",
        ),
    ],
)
def test_a_telling_that_adds_nothing_leaves_no_entry(later: ReportedVersion) -> None:
    assert entries_of(made(report(*FIRST), later), 1) == []


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind sold 40,000 licences of the second model to schools.", id="a figure"
        ),
        pytest.param("Northwind names the second model Cobalt 2.5 in its shop.", id="a version"),
        pytest.param(
            "Northwind opens the second model to schools on 1 September 2026.", id="a date"
        ),
        pytest.param(
            "The money for the second model of Northwind comes from Tallis Capital.", id="a name"
        ),
        pytest.param(
            "Northwind said of the second model: “we never wanted to keep this one behind a wall”.",
            id="a quotation",
        ),
    ],
)
def test_a_later_report_adds_what_is_specific_and_new(sentence: str) -> None:
    later = report(
        "Northwind and its second model",
        sentence,
        "It is glad of the money.",
        article="other",
        day=1,
    )

    assert entries_of(made(report(*FIRST), later), 1) == [(HistoryKind.ADDED, sentence)]


def test_a_specific_sentence_on_something_else_is_not_of_the_story() -> None:
    later = report(
        "Northwind's second model",
        "Halden closed 12 shops in Spain on 3 July 2026.",
        article="other",
        day=1,
    )

    assert entries_of(made(report(*FIRST), later), 1) == []


def test_one_telling_adds_a_few_facts_at_most() -> None:
    many = (
        f"Northwind sold {number}3 licences of its second model in {town}."
        for number, town in enumerate(_TOWNS, 20)
    )
    later = report("Northwind's second model sells", " ".join(many), article="other", day=1)

    assert len(entries_of(made(report(*FIRST), later), 1)) == MOST_ADDED


_TOWNS = ("Bergen", "Tromso", "Narvik", "Molde", "Bodo", "Hamar")


def test_another_figure_for_the_same_subject_later_changes_the_fact() -> None:
    later = report(
        "Northwind raises more",
        "Northwind raised 120 million dollars for its second model on Friday.",
        article="b",
        day=1,
    )
    facts = made(report(*FIRST), later)

    assert entries_of(facts, 1) == [
        (
            HistoryKind.CHANGED,
            "Northwind raised 120 million dollars for its second model on Friday.",
        )
    ]
    assert [fact.replaces for fact in facts] == [None, None, 1]


def test_reports_of_one_run_that_differ_are_both_additions() -> None:
    same_day = report(
        "Northwind raises more",
        "Northwind raised 120 million dollars for its second model on Friday.",
        article="b",
    )

    assert {fact.kind for fact in made(report(*FIRST), same_day)} == {HistoryKind.ADDED}


def test_a_new_version_with_another_figure_changes_the_fact_and_withdraws_nothing() -> None:
    changed = tuple(text.replace("90 million", "95 million") for text in FIRST)

    assert entries_of(made(report(*FIRST), report(*changed, version=2, day=1)), 1) == [
        (HistoryKind.CHANGED, "Northwind raised 95 million dollars for its second model on Friday.")
    ]


def test_what_a_new_version_no_longer_says_is_withdrawn_and_cites_the_old_one() -> None:
    shorter = (FIRST[0], FIRST[1], "It is open to all.")
    facts = made(report(*FIRST), report(*shorter, version=2, day=1))

    assert entries_of(facts, 1) == [
        (HistoryKind.WITHDRAWN, "The second model of Northwind has 12 billion parameters.")
    ]
    assert (facts[-1].passage, facts[-1].replaces) == ("daily.1.2", 2)


def test_a_fact_whose_figure_a_new_version_has_otherwise_is_withdrawn() -> None:
    told = (
        "The bakery Northwind has raised 90 million dollars in a round, according to two people"
        " who know the contract."
    )
    note = "An earlier version of this article gave the wrong sum."
    corrected = f"The bakery Northwind has raised 95 million dollars in a round. {note}"
    rival = report(FIRST[0], "Northwind has raised 95 million dollars for ovens.", article="b")
    first = report(FIRST[0], told, FIRST[2])
    facts = made(first, rival, report(FIRST[0], corrected, FIRST[2], version=2, day=1))

    assert (HistoryKind.WITHDRAWN, told) in entries_of(facts, 1)


def test_a_fact_is_withdrawn_once() -> None:
    shorter = (FIRST[0], FIRST[1], "It is open to all.")
    third = report(*shorter, "Nothing else.", version=3, day=2)

    assert entries_of(made(report(*FIRST), report(*shorter, version=2, day=1), third), 2) == []


def test_a_page_that_was_read_otherwise_takes_nothing_back() -> None:
    other = report(FIRST[0], "Please allow cookies to read this page of ours.", version=2, day=1)

    assert entries_of(made(report(*FIRST), other), 1) == []


@pytest.mark.parametrize(
    "statement",
    [
        "Correction: the second model of Northwind has 13 billion parameters.",
        "An earlier version of this article misstated the size of the model.",
        "This article has been corrected to give the size of the model.",
    ],
)
def test_a_publisher_s_correction_is_told_once(statement: str) -> None:
    corrected = report(*FIRST, statement, version=2, day=1)
    facts = made(
        report(*FIRST), corrected, report(*FIRST, statement, "And more.", version=3, day=2)
    )

    assert (HistoryKind.WITHDRAWN, statement) in entries_of(facts, 1)
    assert entries_of(facts, 2) == []


def test_what_the_gates_turn_away_does_not_enter() -> None:
    assert (
        story_history([report(*FIRST)], lambda claim: "parameters" not in claim.text, 25)[-1].n == 1
    )


def test_the_order_in_which_tellings_are_given_decides_nothing() -> None:
    several = [
        report(*FIRST),
        report(
            "Northwind's model",
            "Northwind sold 40,000 licences of the second model.",
            article="b",
            day=1,
        ),
        report(
            "Northwind's second",
            "Northwind sold 50,000 licences of the second model.",
            article="c",
            day=2,
        ),
    ]

    assert made(*several) == made(*reversed(several))
    assert [fact.kind for fact in made(*several)] == [HistoryKind.ADDED] * 3 + [HistoryKind.CHANGED]
