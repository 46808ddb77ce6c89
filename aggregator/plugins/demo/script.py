"""The demo's model and judge: a script that answers from the sentences in `demo/pages/`.

It writes the stories that have a page there and agrees to the shipped sentences alone. Of the
claims that a judge is calibrated on it knows the labels; it errs on some, so that the pages show
what an error rate looks like.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import LabelledSet
from aggregator.domain.settings import AnalysisSettings
from aggregator.english.lexical import carrying, content_words
from aggregator.english.text import estimated_tokens, words
from aggregator.errors import LlmError
from aggregator.ports import (
    FinishReason,
    JudgeSeat,
    ModelEngine,
    ModelFacts,
    Prompt,
    Reply,
    WritingOptions,
)
from aggregator.resources import DEMO
from aggregator.story.answers import apart
from aggregator.story.facts import cell_sentence
from aggregator.story.page.question import repair_key
from aggregator.story.prompts import model_rules
from aggregator.verify.judge.premise import statements

MODEL = "demo script"
_CONTEXT_TOKENS = 16_384
_EVIDENCE_TOKENS = 12_000
_FEWEST_TOKENS = 300  # of the reports of a story: one with a single report has no page here
_EVENTS = ("event", "change", "plan")
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_EARLIER = "\nEARLIER REPORTS"
_BESIDE = re.compile(r" \([^()]*\)$")  # kind, day and sources of a fact
_HEAD = re.compile(r"^(\w+)(?:, [\d-]+)?: ")  # of a shipped fact
_BORNE_OUT, _LEAST_BORNE_OUT = 0.8, 0.3  # of the words of a fact; of the facts of a page
_TRUE, _FALSE = 0.97, 0.02
_DAY_BESIDE = re.compile(r" \((?:by )?\d{1,2} \w+ \d{4}\)\.$")  # as the judge is asked
_ERRS_ON = {True: 0.1, False: 0.06}  # share of the true and of the false claims


@dataclass(frozen=True, kw_only=True)
class ScriptedPage:
    """What the script writes of a story: facts as lines with their kind, attributes, the sections
    of the page, and a sentence for the opening of the edition.
    """

    facts: tuple[str, ...]
    attributes: tuple[Mapping[str, str], ...]
    sections: Mapping[str, Any]
    opening: str = ""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The facts without their kinds and days."""
        return tuple(_HEAD.sub("", fact) for fact in self.facts)

    def sentences(self) -> Iterator[str]:
        """All that a judge may be asked about."""
        yield from self.texts
        yield self.opening
        for entries in self.sections.values():
            for entry in entries if isinstance(entries, list) else [entries]:
                values = [entry] if isinstance(entry, str) else entry.values()
                yield from (apart(value)[0] for value in values)
        yield from (cell_sentence(**cell) for cell in self.attributes)


def scripted_pages() -> tuple[ScriptedPage, ...]:
    """The shipped pages in the order of their names."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in sorted((DEMO / "pages").iterdir())]
    return tuple(
        ScriptedPage(
            facts=tuple(table["facts"]),
            attributes=tuple(table.get("attributes", ())),
            sections=table["page"],
            opening=table.get("opening", ""),
        )
        for table in tables
    )


def scripted_writer(pages: Sequence[ScriptedPage], settings: AnalysisSettings) -> ModelEngine:
    """The script as what writes."""
    return ModelEngine(
        name="demo",
        model=MODEL,
        digest=_digest(pages),
        prompts=model_rules(),
        llm=_Writer(pages),
        options=WritingOptions(
            language=settings.language,
            quote_words=settings.quote_words,
            evidence_tokens=_EVIDENCE_TOKENS,
            fewest_tokens=_FEWEST_TOKENS,
        ),
    )


def scripted_judge(pages: Sequence[ScriptedPage], labelled: LabelledSet) -> JudgeSeat:
    """The script as what judges."""
    digest = _digest(pages)
    return JudgeSeat(model=MODEL, digest=digest, prompts="demo", judge=_Judge(pages, labelled))


def _digest(pages: Sequence[ScriptedPage]) -> str:
    return f"demo {sha256_of(repr(pages))[:12]}"


def _facts(pages: Sequence[ScriptedPage]) -> ModelFacts:
    return ModelFacts(
        model=MODEL, digest=_digest(pages), context=_CONTEXT_TOKENS, server="demo", version="1"
    )


def scripted_reply(prompt: Prompt, text: str) -> Reply:
    """The reply of a script that says `text`, with the tokens that a model would have used."""
    return Reply(
        text=text,
        finish=FinishReason.STOP,
        prompt_tokens=sum(map(estimated_tokens, (prompt.system, prompt.prefix, prompt.task))),
        completion_tokens=estimated_tokens(text),
        seconds=0.0,
    )


class _Writer:
    """`ports.Llm` by the shipped pages."""

    def __init__(self, pages: Sequence[ScriptedPage]) -> None:
        self._pages = pages
        self._words = [[content_words(text) for text in page.texts] for page in pages]

    async def facts(self) -> ModelFacts:
        """What answers."""
        return _facts(self._pages)

    async def answer(self, prompt: Prompt) -> Reply:
        """The answer of the script to any question of a refresh."""
        own = prompt.prefix.partition(_EARLIER)[0]  # what the archive has is not the news
        shown = {int(number): text for number, text in _NUMBERED.findall(own)}
        text = json.dumps(self._answer(prompt.schema["properties"], shown), ensure_ascii=False)
        return scripted_reply(prompt, text)

    def _answer(self, asked: Mapping[str, Any], shown: Mapping[int, str]) -> dict[str, Any]:
        parts = {number: content_words(_BESIDE.sub("", text)) for number, text in shown.items()}
        if "events" in asked:
            return _noted(self._page(parts), parts)
        if "opening" in asked:
            found = sorted(self._opening(parts), key=lambda sentence: sentence["passages"])
            return {"opening": found}
        if "text" in asked:  # a trial
            return {key: "" if key == "text" else [] for key in asked}
        if repair_key(1) in asked:  # the script has no other sentences
            return dict.fromkeys(asked, "")
        page = self._page(parts)
        places = _places(page, parts)
        return {
            key: _filled(schema, page.sections.get(key, ()), places)
            for key, schema in asked.items()
        }

    def _page(self, parts: Mapping[int, frozenset[str]]) -> ScriptedPage:
        """The page whose facts the texts bear out best. Raises LlmError where those are few."""
        stated = frozenset[str]().union(*parts.values())
        shares = [[len(own & stated) / len(own) for own in facts] for facts in self._words]
        borne = [sum(share >= _BORNE_OUT for share in page) / len(page) for page in shares]
        best = max(range(len(borne)), key=borne.__getitem__)
        if borne[best] < _LEAST_BORNE_OUT:
            raise LlmError("the script of the demo has no page for this story", remedy="none")
        return self._pages[best]

    def _opening(self, parts: Mapping[int, frozenset[str]]) -> Iterator[dict[str, Any]]:
        """A sentence for each lead that has one, on the statement that is most like it."""
        for page in self._pages:
            own = content_words(page.opening)
            nearest = max(parts, key=lambda number: len(own & parts[number]), default=None)
            if nearest is not None and len(own & parts[nearest]) >= len(own) / 2:
                yield {"text": page.opening, "passages": [nearest]}


def _noted(page: ScriptedPage, parts: Mapping[int, frozenset[str]]) -> dict[str, Any]:
    """The facts of a page with the passages that carry them."""
    events = [fact for fact in page.facts if fact.startswith(_EVENTS)]
    return {
        "events": [_line(fact, parts) for fact in events],
        "facts": [_line(fact, parts) for fact in page.facts if fact not in events],
        "attributes": [
            {**each, "passages": carrying(content_words(" ".join(each.values())), parts)[:3]}
            for each in page.attributes
        ],
    }


def _places(page: ScriptedPage, parts: Mapping[int, frozenset[str]]) -> dict[int, int]:
    """Where a question shows the facts of a page, by their own numbers."""
    return {
        number: max(parts, key=lambda place: len(content_words(text) & parts[place]))
        for number, text in enumerate(page.texts, 1)
    }


def _line(text: str, parts: Mapping[int, frozenset[str]]) -> str:
    """A sentence with the numbers of what carries it."""
    numbers = carrying(content_words(_HEAD.sub("", text)), parts)[:3]
    return f"{text} [{', '.join(map(str, numbers))}]" if numbers else text


def _filled(schema: Mapping[str, Any], entries: Any, places: Mapping[int, int]) -> str | list[Any]:
    """A section in its schema: a sentence, sentences, or records with one, which name facts by
    their numbers in the question.
    """

    def line(text: str) -> str:
        plain, numbers = apart(text)
        shown = [str(places[number]) for number in numbers if number in places]
        return f"{plain} [{', '.join(shown)}]"

    if schema["type"] == "string":
        return line(entries) if entries else ""
    return [
        line(entry)
        if isinstance(entry, str)
        else {
            key: line(value) if key in ("text", "action", "reason") else value
            for key, value in entry.items()
        }
        for entry in entries
    ]


class _Judge:
    """`ports.Judge` by the shipped pages and the labels of the calibration."""

    spent_tokens = 0

    def __init__(self, pages: Sequence[ScriptedPage], labelled: LabelledSet) -> None:
        self._pages = pages
        self._true = "\n".join(_spoken(text) for page in pages for text in page.sentences())
        self._labels = {
            statement: claim.is_true
            for claim in labelled.claims
            for statement in statements(claim.text)
        }

    async def facts(self) -> ModelFacts:
        """What judges."""
        return _facts(self._pages)

    async def supports(self, premise: str, claim: str, *, is_inferred: bool = False) -> float:
        """High where the claim is shipped, or labelled, as true, but for the share it errs on."""
        label = self._labels.get(claim)
        if label is None:
            stated = (claim, _DAY_BESIDE.sub("", claim))
            return _TRUE if any(_spoken(each) in self._true for each in stated) else _FALSE
        drawn = int(sha256_of(claim)[:8], 16) / 16**8
        return _TRUE if label != (drawn < _ERRS_ON[label]) else _FALSE


def _spoken(text: str) -> str:
    return " ".join(words(text.lower()))
