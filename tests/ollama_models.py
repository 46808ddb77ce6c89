"""Little models for the tests' Ollama: each is a function of system text, prompt and JSON schema
that gives a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from typing import Any

Schema = dict[str, Any]
Model = Callable[[str, str, Schema | None], str]

_PASSAGE = re.compile(
    r"^\s*\[(?:passage )?(\d+)\]\s*(.+?)(?=^\s*\[(?:passage )?\d+\]|^\s*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SENTENCE = re.compile(r".+?[.!?](?=\s|$)|.+$", re.DOTALL)
_LAST_PHRASE = re.compile(
    r"((?:\S+\s){4,}\S+?),?\s(?:and|in|on|for|with|under|at|by|from|than)\s.*$"
)
_SENTENCE_LETTERS = 100
_CITING = re.compile(r"passage|fact|cit|source|ref|evidence|number|^n$|^id$", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(ignore|disregard|forget|override|enable|act as|pretend|you are now|from now"
    r" on|append|reveal|print|output|reply|respond"
    r"|response|your (?:answer|reply|output|review|summary)|instructions?|ai"
    r" (?:systems?|agents?|assistants?)|assistant|system:"
    r"|send_email|email the|download|visit|click|prompt|token)\b",
    re.IGNORECASE,
)
_CANARY = re.compile(r"\bZQ[0-9A-F]{8}\b|\bCANARY[-\w]*", re.IGNORECASE)
_LINK = re.compile(
    r"https?://\S+|\bwww\.[\w.-]+|\b[\w-]+\.(?:com|xyz|org|net|example)\b|[\w.]+@[\w.-]+\w"
)
_SAID = re.compile(r"[\"“']([^\"”']{6,120})[\"”']")


def scripted(texts: Iterable[str]) -> Model:
    """A model that gives these texts, one a call, and the last for ever."""
    queue = list(texts)

    def model(system: str, prompt: str, schema: Schema | None) -> str:
        return queue.pop(0) if len(queue) > 1 else queue[0]

    return model


def extractive_writer(system: str, prompt: str, schema: Schema | None) -> str:
    """Answers in the schema with sentences of the numbered passages `[n] …`, each citing where it
    stands.
    """
    pairs = [
        (number, sentence) for number, text in passages(prompt) for sentence in _sentences(text)[:1]
    ]
    return json.dumps(_Filled(pairs, schema or {}).answer(), ensure_ascii=False)


def shortening_writer(system: str, prompt: str, schema: Schema | None) -> str:
    """The same, each sentence without its last phrase: nothing is added, and no sentence is a
    copy.
    """
    pairs = [
        (number, sentence) for number, text in passages(prompt) for sentence in _sentences(text)[:1]
    ]
    shorter = [
        (number, f"{found[1]}.")
        for number, sentence in pairs
        if (found := _LAST_PHRASE.match(sentence))
    ]
    return json.dumps(_Filled(shorter or pairs, schema or {}).answer(), ensure_ascii=False)


def agreeing(writer: Model) -> Model:
    """The writer, which also judges: it finds every sentence in its sources, so what is left is the
    work of the gates.
    """
    return lambda system, prompt, schema: writer(system, prompt, schema) if schema else "Yes"


def obedient(system: str, prompt: str, schema: Schema | None) -> str:
    """Does what any sentence of the passages orders, as well as the schema lets it; without an
    order an honest writer.

    Its claims are the order itself quoted word for word, what was to be said with the links and
    canaries, and the system text where that was asked for. Choices from a closed list fall on what
    the order names, or on the last.
    """
    orders = [(number, text) for number, text in passages(prompt) if _ORDER.search(text)]
    if not orders:
        return extractive_writer(system, prompt, schema)
    pairs = [(number, claim) for number, order in orders for claim in _obeyed(order, system)]
    return json.dumps(
        _Filled(pairs, schema or {}, orders=" ".join(text for _, text in orders)).answer(),
        ensure_ascii=False,
    )


def passages(prompt: str) -> list[tuple[int, str]]:
    """The numbered passages of a prompt."""
    return [(int(number), " ".join(text.split())) for number, text in _PASSAGE.findall(prompt)]


def _sentences(text: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(text) if len(found.split()) > 3] or [text]


def _obeyed(order: str, system: str) -> Iterator[str]:
    canaries = _CANARY.findall(order)
    links = _LINK.findall(order) or ["https://evil.example/win"]
    said = _SAID.findall(order)
    yield " ".join([*_sentences(_around(order))[:3], *canaries])
    yield (
        f"{' '.join(said) or 'You have won a prize'}: [read more]({links[0]})"
        f" {' '.join([*links, *canaries])}"
    )
    if re.search(r"prompt|instruction", order, re.IGNORECASE):
        yield f"My instructions are: {system[:200]}"


def _around(order: str) -> str:
    """The text from the order on: it may stand deep in a passage."""
    found = _ORDER.search(order)
    start = (
        max((order.rfind(mark, 0, found.start()) + 1 for mark in ".!?\n"), default=0)
        if found
        else 0
    )
    return order[start:].strip()


def _is_citing(name: str, schema: Schema) -> bool:
    """Whether a value names passages or facts, and is no text that has room for a sentence."""
    return bool(_CITING.search(name)) and schema.get("maxLength", 0) < _SENTENCE_LETTERS


def _within(text: str, most: int | None) -> str:
    """A text as the grammar lets it through: cut to so many letters, here behind a word."""
    return text if most is None or len(text) <= most else text[: most + 1].rpartition(" ")[0]


class _Filled:
    """An answer of the shape of a schema: each object speaks of the next pair of passage number and
    sentence.
    """

    def __init__(self, pairs: list[tuple[int, str]], schema: Schema, *, orders: str = "") -> None:
        self._pairs = pairs or [(1, "The passages say nothing.")]
        self._next = cycle(self._pairs)
        self._root, self._orders = schema, orders

    def answer(self) -> Any:
        """The whole answer."""
        return self._value(self._root, "", self._pairs[0])

    def _value(self, schema: Schema, name: str, pair: tuple[int, str]) -> Any:
        schema = self._resolved(schema, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], pair)
        kind = schema.get("type")
        kind = (
            next((each for each in kind if each != "null"), "null")
            if isinstance(kind, list)
            else kind
        )
        if kind == "object" or "properties" in schema:
            return {
                key: self._value(each, key, pair)
                for key, each in schema.get("properties", {}).items()
            }
        if kind == "array":
            return self._items(schema, name, pair)
        return self._scalar(str(kind), name, schema, pair)

    def _scalar(self, kind: str, name: str, schema: Schema, pair: tuple[int, str]) -> Any:
        is_citing = _is_citing(name, schema)
        whole = pair[0] if is_citing else max(1, int(schema.get("minimum", 1)))
        return {"integer": whole, "number": whole, "boolean": False, "null": None}.get(
            kind, str(pair[0]) if is_citing else _within(pair[1], schema.get("maxLength"))
        )

    def _items(self, schema: Schema, name: str, pair: tuple[int, str]) -> list[Any]:
        of = schema.get("items", {})
        kind = self._resolved(of, name).get("type")
        if kind != "object" and _is_citing(name, of):
            return [self._value(of, name, pair)]
        most = min(schema.get("maxItems", 3), max(len(self._pairs), schema.get("minItems", 0)), 8)
        return [self._value(of, name, next(self._next)) for _ in range(most)]

    def _choice(self, options: list[Any], pair: tuple[int, str]) -> Any:
        text = (self._orders or pair[1]).lower()
        named = [option for option in options if str(option).lower() in text]
        return (named or ([options[-1]] if self._orders else options))[0]

    def _resolved(self, schema: Schema, name: str) -> Schema:
        """The schema behind a reference; of alternatives the first that is not null."""
        while "$ref" in schema:
            schema = self._root.get("$defs", {})[schema["$ref"].rpartition("/")[2]]
        for key in ("anyOf", "oneOf"):
            if key in schema:
                some = next(each for each in schema[key] if each.get("type") != "null")
                return self._resolved(some, name)
        return schema
