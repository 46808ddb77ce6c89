"""Scripted writers: what writers of known faults score by the code of `eval`.

They answer from the evaluation set instead of thinking, one by one in the shape that is asked for,
so they cost nothing and need no server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from aggregator.domain.fact import FactKind
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import AnalysisSettings
from aggregator.english.lexical import carrying, content_words
from aggregator.english.text import sentences
from aggregator.plugins.demo.script import scripted_reply
from aggregator.plugins.evaluation.gold import Case, holds
from aggregator.plugins.evaluation.scoring import ROOMIEST, section_of
from aggregator.ports import (
    ModelEngine,
    ModelFacts,
    Prompt,
    Reply,
    WritingOptions,
)
from aggregator.story.fact_question import MOST_EVENTS, MOST_FACTS
from aggregator.story.page.question import repair_key
from aggregator.story.prompts import model_rules
from aggregator.story.sections import writing_of

_CONTEXT_TOKENS = 8192
_EVIDENCE_TOKENS = 4000
_FALSE_EVERY = 3  # sentence of the careless writer
_EVENTS = (FactKind.EVENT, FactKind.CHANGE, FactKind.PLAN)  # listed as events, any other as facts
_NEXT = "what_changed"
_KIND_IN = {  # of the facts that a section is written from
    "hook": FactKind.EVENT,
    "what_changed": FactKind.CHANGE,
    "why_it_matters": FactKind.EFFECT,
    "takeaways": FactKind.FIGURE,
    "mechanism": FactKind.CAUSE,
}
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_BESIDE = re.compile(r" \([^()]*\)$")  # kind, day and sources of a fact


@frozen
class Line:
    """A sentence that a scripted writer writes; an action is for a `role`."""

    section: str
    text: str
    role: str | None = None


def _nothing(case: Case) -> Iterator[Line]:
    yield from ()


def _copies(case: Case) -> Iterator[Line]:
    for fact in case.facts:
        for sentence in [each for each in stated(case) if holds(each, fact.needs)][:1]:
            yield Line(section=section_of(fact), text=sentence, role=fact.role)


def _truths(case: Case) -> Iterator[Line]:
    for fact in case.facts:
        yield Line(section=section_of(fact), text=fact.text, role=fact.role)


def _falsehoods(case: Case) -> Iterator[Line]:
    for place, falsehood in enumerate(case.falsehoods):
        section = ROOMIEST if place < writing_of()[ROOMIEST].most else _NEXT
        yield Line(section=section, text=falsehood.text)


def _mixed(case: Case) -> Iterator[Line]:
    falsehoods = iter(case.falsehoods)
    for line, number in zip(_truths(case), count(1)):
        falsehood = next(falsehoods, None) if number % _FALSE_EVERY == 0 else None
        yield Line(section=ROOMIEST, text=falsehood.text) if falsehood else line


# from what says nothing to what says all that is true; the two in between say what is false
WRITERS: Mapping[str, Callable[[Case], Iterator[Line]]] = {
    "silent": _nothing,
    "copier": _copies,
    "liar": _falsehoods,
    "careless": _mixed,
    "strong": _truths,
}


def scripted_engine(name: str, cases: Sequence[Case], settings: AnalysisSettings) -> ModelEngine:
    """The engine of a scripted writer, by its name in `WRITERS`."""
    return ModelEngine(
        name="scripted",
        model=name,
        digest=f"scripted {name}",
        prompts=model_rules(),
        llm=ScriptedLlm(name, cases),
        options=WritingOptions(
            language=settings.language,
            quote_words=settings.quote_words,
            hook_words=settings.hook_words,
            evidence_tokens=_EVIDENCE_TOKENS,
        ),
    )


class ScriptedLlm:
    """A language model that answers by a script, about these cases alone."""

    def __init__(self, name: str, cases: Sequence[Case]) -> None:
        self._name, self._cases, self._lines = name, cases, WRITERS[name]

    async def facts(self) -> ModelFacts:
        """What answers."""
        return ModelFacts(
            model=self._name,
            digest=f"scripted {self._name}",
            context=_CONTEXT_TOKENS,
            server="scripted",
            version="1",
        )

    async def answer(self, prompt: Prompt) -> Reply:
        """The answer of the script: facts, sections, or where sentences were refused, nothing."""
        case = self._case(prompt)
        numbered = {int(number): text for number, text in _NUMBERED.findall(prompt.prefix)}
        lines = list(self._lines(case))
        asked = prompt.schema["properties"]
        answer: dict[str, object]
        if "events" in asked:
            answer = _noted(case, numbered) if lines else {key: [] for key in asked}
        elif repair_key(1) in asked:
            answer = dict.fromkeys(asked, "")
        else:
            facts = {number: _BESIDE.sub("", text) for number, text in numbered.items()}
            answer = {section: _entries(section, lines, facts) for section in asked}
        text = json.dumps(answer, ensure_ascii=False)
        return scripted_reply(prompt, text)

    def _case(self, prompt: Prompt) -> Case:
        return next(
            case
            for case in self._cases
            if any(member.article.title in prompt.prefix for member in case.story.members)
        )


def stated(case: Case) -> Iterator[str]:
    """Every sentence of a case that an engine may rest on, headlines left out."""
    for member in case.story.members:
        for passage in member.article.passages[1:]:
            yield from sentences(passage.text)


def _noted(case: Case, passages: Mapping[int, str]) -> dict[str, object]:
    """The sentences of the passages as facts, those first that hold what is to be reported."""
    found = [
        (f"{sentence} [{number}]", _kind(case, sentence))
        for number, text in passages.items()
        for sentence in sentences(text)
        if sentence.endswith((".", "”", '"'))
    ]
    found.sort(key=lambda pair: pair[1] is FactKind.CONTEXT)
    changes = [f"{kind}: {line}" for line, kind in found if kind in _EVENTS]
    others = [f"{kind}: {line}" for line, kind in found if kind not in _EVENTS]
    return {"events": changes[:MOST_EVENTS], "facts": others[:MOST_FACTS], "attributes": []}


def _kind(case: Case, sentence: str) -> FactKind:
    """The kind of the facts that stand where this sentence is to be reported; context where nothing
    has to be reported of it.
    """
    sections = [section_of(fact) for fact in case.facts if holds(sentence, fact.needs)]
    kinds = [_KIND_IN[section] for section in sections if section in _KIND_IN]
    return next(iter(kinds), FactKind.CONTEXT)


def _entries(
    section: str, lines: Sequence[Line], facts: Mapping[int, str]
) -> list[dict[str, object]]:
    parts = {number: content_words(text) for number, text in facts.items()}
    return [
        {
            "text": line.text,
            "facts": carrying(content_words(line.text), parts),
            **({"role": line.role} if line.role else {}),
        }
        for line in lines
        if line.section == section
    ]
