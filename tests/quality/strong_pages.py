"""The frozen pages of a strong writer, and a model for the tests' Ollama that plays them.

It knows the form in which the product asks, so that the pages need not: it finds the story by the
passages that it is shown, gives its facts and its page in the schema of the question, answers a
refused sentence with the same sentence, and judges by the label of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.english.text import words
from aggregator.story.answers import sentence_of
from tests.ollama_models import Schema, extractive_writer, passages

FOLDER = Path(__file__).parents[1] / "corpus" / "strong_writer"
_EVENTS = frozenset({"event", "change", "plan"})
_ASKED = re.compile(r"SENTENCE\n(.*)\nEND OF SENTENCE", re.DOTALL)
_REFUSED = re.compile(r'^"(sentence_\d+)".* Refused: (.*)$', re.MULTILINE)
_LISTS = ("events", "attributes", "facts")
_PARTS = ("attribute", "product", "value")
_NEAR = 0.8  # share of a fact's words by which the question shows it


@frozen
class Line:
    """A sentence of a page. `entry` has what belongs to it: facts, role, day and so on."""

    section: str
    text: str
    label: str
    entry: Mapping[str, Any]

    @property
    def is_true(self) -> bool:
        """Whether the judge lets it pass."""
        return self.label != "false"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a strong model writes of a story."""

    name: str
    kind: str
    articles: tuple[str, ...]  # the paths of their addresses
    facts: tuple[Mapping[str, Any], ...]
    lines: tuple[Line, ...]

    @cached_property
    def passages(self) -> frozenset[str]:
        """All passages that its facts rest on, each as `path#number`."""
        return frozenset(key for fact in self.facts for key in fact["passages"])

    @property
    def days(self) -> frozenset[str]:
        """The days of its facts, and months; a bare year is no row of a timeline."""
        days = (fact.get("day", "") for fact in self.facts if "product" not in fact)
        return frozenset(day for day in days if len(day) > len("2026"))

    def within(self, paths: Collection[str]) -> Page:
        """The page without the passages of other articles than these, the facts that rest on
        nothing else, and the sentences that need one of those facts.
        """
        kept = [
            {**fact, "passages": [key for key in fact["passages"] if path_of(key) in paths]}
            for fact in self.facts
        ]
        facts = tuple(fact for fact in kept if fact["passages"])
        ids = {fact["id"] for fact in facts}
        lines = tuple(line for line in self.lines if ids.issuperset(line.entry["facts"]))
        return replace(self, facts=facts, lines=lines)


def frozen_pages(folder: Path = FOLDER) -> tuple[Page, ...]:
    """The pages in the order of their names."""
    return tuple(
        _page(json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))
    )


def path_of(passage: str) -> str:
    """The path of the article that a passage is named by."""
    return passage.partition("#")[0]


def spoken(text: str) -> str:
    """The words of a sentence, whatever its case and signs."""
    return " ".join(words(text))


def _page(raw: Mapping[str, Any]) -> Page:
    entries = [("headline", raw["headline"])]
    entries += [(section, entry) for section, listed in raw["page"].items() for entry in listed]
    return Page(
        name=raw["story"],
        kind=raw["kind"],
        articles=tuple(raw["articles"].values()),
        facts=tuple(
            {**fact, "passages": [_named(raw["articles"], key) for key in fact["passages"]]}
            for fact in raw["facts"]
        ),
        lines=tuple(
            Line(section=section, text=entry["text"], label=entry["label"], entry=entry)
            for section, entry in entries
        ),
    )


def _named(articles: Mapping[str, str], passage: str) -> str:
    letter, _, number = passage.partition(".")
    return f"{articles[letter]}#{number}"


@dataclass(kw_only=True)
class StrongWriter:
    """The model. `keys` name passages by their plain text; `noted` counts the facts for
    which a question had room, by the name of the page.
    """

    pages: Sequence[Page]
    keys: Mapping[str, str]
    noted: dict[str, int] = field(default_factory=dict)

    def __call__(self, system: str, prompt: str, schema: Schema | None) -> str:
        """The answer to a question."""
        if schema is None:
            asked = _ASKED.search(prompt)
            return "Yes" if asked and self._is_true(asked[1]) else "No"
        properties = schema["properties"]
        if not self._is_known(prompt):  # a trial before the run
            return extractive_writer(system, prompt, schema)
        if "events" in properties:
            return json.dumps(self._facts(prompt, properties), ensure_ascii=False)
        if refused := _REFUSED.findall(prompt):
            again = {key: self._again(prompt, sentence) for key, sentence in refused}
            return json.dumps(again, ensure_ascii=False)
        return json.dumps(self._sections(prompt, properties), ensure_ascii=False)

    def _is_known(self, prompt: str) -> bool:
        """Whether a question shows passages or facts of a page."""
        is_shown = any(text in self.keys for _, text in passages(prompt))
        return is_shown or bool(self._page(prompt)[1])

    def _facts(self, prompt: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        shown = {self.keys[text]: number for number, text in passages(prompt) if text in self.keys}
        page = max(self.pages, key=lambda page: len(page.passages & shown.keys()))
        answer: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
        for fact in page.facts:
            numbers = [shown[key] for key in fact["passages"] if key in shown]
            listed = answer[_list_of(fact)]
            if numbers and len(listed) < properties[_list_of(fact)]["maxItems"]:
                listed.append(_noted(fact, numbers, properties[_list_of(fact)]["items"]))
        self.noted[page.name] = sum(map(len, answer.values()))
        return {name: answer[name] for name in properties}

    def _sections(self, prompt: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        page, numbers = self._page(prompt)
        return {
            section: _filled(
                schema, [each for each in page.lines if each.section == section], numbers
            )
            for section, schema in properties.items()
        }

    def _again(self, prompt: str, sentence: str) -> str:
        page, numbers = self._page(prompt)
        own = words(sentence)
        line = next((each for each in page.lines if words(sentence_of(each.text)) == own), None)
        facts = line.entry["facts"] if line else ()
        return _line(sentence, [numbers[each] for each in facts if each in numbers])

    def _page(self, prompt: str) -> tuple[Page, dict[int, int]]:
        """The page whose facts a question shows, and their numbers there by their own."""
        shown = {number: frozenset(words(text)) for number, text in passages(prompt)}
        found = [(page, dict(_numbers(page, shown))) for page in self.pages]
        return max(found, key=lambda pair: len(pair[1]))

    def _is_true(self, statement: str) -> bool:
        """Whether the sentence that a statement is part of is labelled so."""
        own = frozenset(words(statement))
        line = max(
            (each for page in self.pages for each in _judged(page)),
            key=lambda each: len(own & frozenset(words(each[0]))),
        )
        return line[1]


def _line(text: str, numbers: Sequence[int]) -> str:
    """A line with its numbers at its end."""
    return f"{text} [{', '.join(map(str, numbers))}]" if numbers else text


def _noted(fact: Mapping[str, Any], numbers: Sequence[int], schema: Schema) -> Any:
    """A fact as its list holds it: an object of its parts, or a line."""
    if schema["type"] == "object":
        return {
            key: numbers if key == "passages" else fact.get(key, "") for key in schema["properties"]
        }
    day = fact.get("day", "")
    head = f"{fact['kind']}, {day}" if day else fact["kind"]
    return _line(f"{head}: {fact['text']}", numbers)


def _stated(fact: Mapping[str, Any]) -> str:
    """The words by which a fact is known again in a question for the page."""
    return " ".join(fact[key] for key in _PARTS) if "product" in fact else fact["text"]


def _list_of(fact: Mapping[str, Any]) -> str:
    if "product" in fact:
        return "attributes"
    return "events" if fact["kind"] in _EVENTS else "facts"


def _numbers(page: Page, shown: Mapping[int, frozenset[str]]) -> Iterator[tuple[int, int]]:
    for fact in page.facts:
        own = frozenset(words(_stated(fact)))
        number = max(shown, key=lambda each: len(own & shown[each]), default=0)
        if number and len(own & shown[number]) >= _NEAR * len(own):
            yield fact["id"], number


def _filled(schema: Schema, lines: Sequence[Line], numbers: Mapping[int, int]) -> Any:
    """The lines of a section in its schema: one, or as many as there may be."""
    if schema["type"] == "string":
        return _entry(schema, lines[0], numbers) if lines else ""
    return [_entry(schema["items"], each, numbers) for each in lines[: schema["maxItems"]]]


def _entry(schema: Schema, line: Line, numbers: Mapping[int, int]) -> Any:
    text = _line(line.text, [numbers[each] for each in line.entry["facts"] if each in numbers])
    if schema["type"] == "string":
        return text
    values = {**line.entry, **dict.fromkeys(("text", "action", "reason"), text)}
    return {key: values.get(key, "") for key in schema["properties"]}


def _judged(page: Page) -> Iterable[tuple[str, bool]]:
    """All that a judge may be asked about, and whether it is true."""
    yield from ((line.text, line.is_true) for line in page.lines)
    yield from ((line.entry["trigger"], True) for line in page.lines if "trigger" in line.entry)
    yield from ((fact["text"], fact["label"] != "false") for fact in page.facts)
