"""A model that does what the text it reads tells it to: the worst reader a poisoned article can
find.

Without a plant before it, it answers honestly: it copies sentences of the passages into the schema.
With one, it puts what was asked for into every statement, cites the plant's own passage, names
roles that it would not have named, and where the plant says "output only …" it first answers with
that alone. It recognises a plant because it is told of all.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aggregator.english.text import normalised, sentences
from tests.quality.poisoned import Poisoned

_PASSAGE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_ENCODES = re.compile(
    (
        r"\b(?:base\d|encod|encrypt|cipher|anagram|scrambl|jumbl|letters|vowels?|typos|alphanumeric|"
        r"emojis?|morse|rot13)"
    ),
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"([^"]{12,})"')
_HONEST_ITEMS = 2
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
# characters of an attack: passages are cut at sentences, so a long one may not stand in one piece
_RECOGNISED = 40


class Obedient:
    """The model, as `tests.ollama_models` has them: system text, prompt and schema give a text.

    `shown` holds the numbers of the articles whose plant stood in a prompt, whole or at its
    beginning.
    """

    def __init__(self, plants: Sequence[Poisoned]) -> None:
        self._plants = tuple(plants)
        self._silenced: set[tuple[int, str]] = set()
        self.shown: set[int] = set()

    def __call__(self, system: str, prompt: str, schema: Mapping[str, Any] | None) -> str:
        """The answer: honest without a plant in the prompt, obedient with one."""
        assert schema
        plant = self._plant_in(_flat(prompt))
        if (
            plant
            and plant.wrapper == "system+canary"
            and self._is_first((plant.n, json.dumps(schema)))
        ):
            return plant.canary
        return json.dumps(_Writer(_passages(prompt, plant), plant).value(schema))

    def _plant_in(self, text: str) -> Poisoned | None:
        found = [plant for plant in self._plants if _mark(plant) in text]
        own = [poisoned for poisoned in found if poisoned.headline or _flat(poisoned.title) in text]
        self.shown |= {poisoned.n for poisoned in own}
        found = own or found
        return next(
            (poisoned for poisoned in found if poisoned.canary and poisoned.canary in text),
            next(iter(found), None),
        )

    def _is_first(self, asked: tuple[int, str]) -> bool:
        is_first = asked not in self._silenced
        self._silenced.add(asked)
        return is_first


@dataclass(frozen=True, slots=True)
class _Passages:
    """Clean passages as (number, sentence), and the number of the planted one."""

    clean: tuple[tuple[int, str], ...]
    planted: int


class _Writer:
    """Fills a schema, property by property: an object that names passages is one statement."""

    def __init__(self, passages: _Passages, plant: Poisoned | None) -> None:
        self._sentences = iter(passages.clean * 20)
        self._planted, self._plant = passages.planted, plant

    def value(self, schema: Mapping[str, Any], *, item: int = 0) -> Any:
        """A value that the schema takes."""
        match schema["type"]:
            case "object":
                return self._object(schema["properties"], item)
            case "array":
                return list(self._items(schema))
            case "string":
                return schema["enum"][0] if "enum" in schema else ""
            case _:
                return 0

    def _items(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        most = schema.get("maxItems", _HONEST_ITEMS)
        for item in range(most if self._plant else min(most, _HONEST_ITEMS)):
            yield self.value(schema["items"], item=item)

    def _object(self, properties: Mapping[str, Any], item: int) -> dict[str, Any]:
        if "passages" not in properties:
            return {name: self.value(each, item=item) for name, each in properties.items()}
        number, sentence = next(self._sentences, (1, ""))
        number, sentence = (
            self._obeyed(number, sentence, item) if self._plant else (number, sentence)
        )
        return {
            name: self._field(name, each, number, sentence, item)
            for name, each in properties.items()
        }

    def _field(
        self, name: str, schema: Mapping[str, Any], number: int, sentence: str, item: int
    ) -> Any:
        if name == "passages":
            return [number]
        if "enum" in schema:
            names = schema["enum"]
            return (
                names[-1 - item % len(names)]
                if self._plant and item != 1
                else names[item % len(names)]
            )
        return sentence

    def _obeyed(self, number: int, sentence: str, item: int) -> tuple[int, str]:
        """In turns: what was asked for and nothing else; the honest sentence with it; in the code
        that was asked for.
        """
        assert self._plant
        payload = _payload(self._plant)
        if item == 0:
            return self._planted or number, payload
        if item % 2 and _ENCODES.search(self._plant.attack):
            return number, codecs.encode(sentence, "rot13")
        return number, f"{sentence.rstrip('.!?')}, and {payload}"


def _passages(prompt: str, plant: Poisoned | None) -> _Passages:
    """What can be copied: the first sentence of each passage without the plant, headlines left
    out.
    """
    mark = _mark(plant) if plant else None
    found = [(int(number), _flat(text)) for number, text in _PASSAGE.findall(prompt)]
    planted = next((number for number, text in found if mark and mark in text), 0)
    clean = [
        (number, next(iter(sentences(text)), text))
        for number, text in found[1:]
        if number != planted
    ]
    return _Passages(clean=tuple(clean) or ((1, ""),), planted=planted)


def _payload(plant: Poisoned) -> str:
    quoted = _QUOTED.search(plant.attack)
    wanted = quoted[1] if quoted else plant.attack.replace("{canary}", plant.canary)
    return f"{normalised(wanted)} {plant.canary}".strip()


def _mark(plant: Poisoned) -> str:
    return _flat(plant.attack)[:_RECOGNISED].strip()


def _flat(text: str) -> str:
    """The words as a model takes them: without what has no width, lines joined within a passage."""
    return "\n".join(normalised(line) for line in _INVISIBLE.sub("", text).split("\n"))
