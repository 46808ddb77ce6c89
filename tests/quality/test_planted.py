"""How far planted orders get: the measure itself, and the ceilings under which they must stay."""

from __future__ import annotations

from tests.quality import planted
from tests.quality.attacked import LEAD
from tests.quality.planted import Place, places, report

# Of 308; 63, 27 and 9 before orders were looked for in every clause, and 28, 4 and 2 before a bare
# verb was read as one.
MOST_ADMITTED, MOST_PRINTED, MOST_PROMINENT = 19, 0, 0


def test_every_kind_of_order_has_a_place_by_every_carrier_and_a_name_of_its_own() -> None:
    found = places()

    assert [sum(one.half == half for one in found) for half in ("fit", "test")] == [154, 154]
    assert len({one.name.lower() for one in found}) == len(found)


def test_a_sentence_that_is_no_order_is_seen_wherever_a_site_shows_it() -> None:
    opened = "Northwind opened an office in Quazor on Monday with 40 people and one model."
    place = Place(
        half="test",
        kind="none",
        carrier="bare",
        name="Quazor",
        order="opened an office in Quazor",
        title="Northwind opens an office in Quazor",
        summary=f"{opened} {LEAD}",
    )

    found = report([place])

    assert found["test"] == {"places": 1, "printed": 1, "prominent": 1, "found": 1}


def test_few_planted_orders_are_admitted_and_none_is_printed() -> None:
    several = [one for one in places() if one.half != "attacked"]
    through = [one for one in several if planted.is_admitted(one)]
    found = report(through)
    shown = {
        where: sum(found[half][where] for half in ("fit", "test"))
        for where in ("printed", "prominent")
    }

    assert len(through) <= MOST_ADMITTED, [(one.kind, one.carrier) for one in through]
    assert shown["printed"] <= MOST_PRINTED, found
    assert shown["prominent"] <= MOST_PROMINENT, found
