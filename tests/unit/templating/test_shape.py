"""What a record says in JSON."""

from __future__ import annotations

import pytest

from aggregator.domain.frozen import frozen
from aggregator.templating.shape import shape


@frozen
class Part:
    """A part of a machine."""

    name: str
    note: str = ""


@frozen
class Machine:
    """A machine and what it is made of."""

    name: str
    parts: tuple[Part, ...] = ()
    main: Part | None = None
    weight: int = 0


MACHINE = Machine(name="press", parts=(Part(name="bed"), Part(name="screw", note="steel")))


def test_an_object_has_the_keys_in_the_order_they_are_named() -> None:
    assert list(shape("weight name")(MACHINE)) == ["weight", "name"]


def test_a_key_with_a_question_mark_is_absent_where_there_is_nothing_to_say() -> None:
    made = shape("name parts? main? weight?")(Machine(name=""))
    assert made == {"name": "", "weight": 0}


def test_each_value_of_a_tuple_has_the_shape_of_its_part() -> None:
    made = shape("parts", parts=shape("name note?"))(MACHINE)
    assert made == {"parts": [{"name": "bed"}, {"name": "screw", "note": "steel"}]}


def test_a_key_may_stand_for_a_field_further_within_or_for_the_whole_record() -> None:
    machine = Machine(name="press", main=Part(name="bed"))
    made = shape("called=main.name all=.", all=lambda whole: whole.name)(machine)
    assert made == {"called": "bed", "all": "press"}


def test_what_is_further_within_a_field_is_nothing_where_the_field_is() -> None:
    assert shape("called=main.name")(MACHINE) == {"called": None}


def test_a_part_of_no_key_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no such key: parts"):
        shape("name", parts=shape("name"))
