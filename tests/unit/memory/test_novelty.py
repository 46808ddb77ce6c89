"""What of a sentence is specific and was not told before."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.memory.history import KnownText

DAY = date(2026, 7, 4)
BEFORE = (
    "Northwind raised 90 million dollars on 3 July 2026, says Ada Lund.\n\nIts Cobalt 2 has 12"
    " billion parameters."
)


def news(sentence: str) -> tuple[str, ...]:
    known = KnownText()
    known.add(BEFORE, DAY)
    return known.new_details(sentence, DAY)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("The company spent $4 million on cards.", ("$4 million",), id="money"),
        pytest.param(
            "A third of it went to schools, 30 percent to shops.",
            ("30 percent",),
            id="a share, no ordinal",
        ),
        pytest.param(
            "The next one is Cobalt 3.1 and runs anywhere.", ("Cobalt 3.1",), id="a version"
        ),
        pytest.param(
            "The shop opens on 9 August 2026 to everybody.", ("9 August 2026",), id="a date"
        ),
        pytest.param(
            "The chair is now held by Oda Berg of Bergen.", ("Oda Berg", "Bergen"), id="names"
        ),
        pytest.param(
            "On Thursday, Northwind raised dollars, says Ada Lund.",
            (),
            id="a date for what was told",
        ),
        pytest.param("Two people and three dogs came to see that.", (), id="small counts"),
        pytest.param(
            "Ninety million dollars were raised, says Lund.", (), id="the same figure in words"
        ),
        pytest.param("Everybody in the building was glad of the news.", (), id="nothing specific"),
        pytest.param(
            "Northwind raised the 90 million dollars in Oslo, says Ada Lund.", (), id="mostly told"
        ),
    ],
)
def test_news_is_what_no_earlier_text_states(sentence: str, expected: tuple[str, ...]) -> None:
    assert news(sentence) == expected


def test_the_day_of_the_report_is_no_news() -> None:
    assert news("The shop opened on 4 July 2026 to everybody.") == ()
