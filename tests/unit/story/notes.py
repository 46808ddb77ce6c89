"""A story of two reports and what a good model notes and writes of it, for the tests of facts and
page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aggregator.domain.claim import Claim, Rejection
from aggregator.domain.fact import Fact
from aggregator.errors import LlmError
from aggregator.ports import FinishReason, Prompt, Reply
from aggregator.story.answers import Unusable
from aggregator.story.facts import noted
from aggregator.story.material import Material, material_of
from aggregator.story.page.question import repair_key
from aggregator.story.sections import writing_of
from aggregator.verify.gates import Refusal
from tests.unit.story.makers import reported, story

DAILY = reported(
    "Northwind opens its second model under a free licence",
    "Northwind released the weights of its second model under a free licence on Saturday.",
    "The second model has 12 billion parameters and runs on one graphics card, Northwind says.",
    "Ada Holt, who leads research at Northwind, told The Daily that hospitals in Norway asked"
    " for it.",
    "The licence means that developers in small companies could help themselves without a"
    " contract.",
    "Northwind plans to publish the training code on 1 September 2026.",
    "Halden, a rival in Bergen, sells access to its 70 billion parameter model through an API.",
    key="daily",
)
LEDGER = reported(
    "Northwind opens second model, undercuts Halden",
    "Analysts at Ferrow Research estimate that Halden earned 40 million dollars from its API in"
    " 2025.",
    "Halden said on Saturday that it will cut the price of its API by a third.",
    key="ledger",
    hours=4,
)
STORY = story(DAILY, LEDGER)

EVENT = "Northwind released the weights of its second model on Saturday."
CUT = "Halden will cut the price of its API by a third."
PLAN = "Northwind plans to publish the training code on 1 September 2026."
SIZE = "The second model of Northwind has 12 billion parameters."
FREED = "Developers in small companies could use the model without a contract."
ASKED = "Hospitals in Norway asked for the model, Ada Holt told The Daily."
EARNED = "Ferrow Research estimates that Halden earned 40 million dollars from its API in 2025."


def event(text: str, *passages: int, kind: str = "event", day: str = "") -> str:
    """A line of the first list, as a model writes it."""
    return f"{kind}, {day}: {line(text, *passages)}" if day else other(text, *passages, kind=kind)


def other(text: str, *passages: int, kind: str = "context") -> str:
    """A line of the second list."""
    return f"{kind}: {line(text, *passages)}"


def line(text: str, *numbers: int) -> str:
    """A sentence as a model writes it."""
    return f"{text} {list(numbers)}" if numbers else text


NOTES: dict[str, Any] = {
    "events": [
        event(EVENT, 2),
        event(CUT, 10, kind="change"),
        event(PLAN, 6, kind="plan", day="2026-09-01"),
    ],
    "facts": [
        other(SIZE, 3, kind="figure"),
        other(FREED, 5, kind="effect"),
        other(ASKED, 4, kind="reaction"),
        other(EARNED, 9, kind="figure"),
    ],
    "attributes": [],
}

HOOK = "Northwind freed the weights of its second model on Saturday."
CHANGE = "Halden answers by cutting the price of its API by a third."
WHY = "Developers in small companies save the contract that they needed before."
STEP = "Compare the second model with the API of Halden."
CARE = "Hospitals in Norway have asked for the model."
POINTS = (
    "With 12 billion parameters, the second model runs on one graphics card.",
    "Halden has 40 million dollars a year to lose, by an estimate of Ferrow Research.",
)


PAGE: dict[str, Any] = {
    "hook": line(HOOK, 1),
    "what_changed": [line(CHANGE, 2)],
    "why_it_matters": [line(WHY, 5)],
    "what_to_do_next": [
        {"role": "developers", "action": line(STEP, 1, 2), "trigger": "", "effort": "days"}
    ],
    "who_should_care": [{"role": "research", "reason": line(CARE, 6)}],
    "takeaways": [line(POINTS[0], 4), line(POINTS[1], 7)],
    "mechanism": [],
    "implications": [],
}


def material(*members: Any, tokens: int = 3000) -> Material:
    """The material of a story, that of the two reports by default."""
    made = material_of(
        story(*members) if members else STORY,
        language="en",
        quote_words=25,
        evidence_tokens=tokens,
    )
    assert made is not None
    return made


def reply(answer: Mapping[str, Any] | str) -> Reply:
    """An answer as it comes from a model."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Reply(
        text=text, finish=FinishReason.STOP, prompt_tokens=1, completion_tokens=1, seconds=0.0
    )


def read(answer: Mapping[str, Any] | str, of: Material | None = None) -> tuple[Fact, ...]:
    """What is noted of an answer that is one."""
    found = of or material()
    made = noted(reply(answer), found.evidence, found.days, found.names, found.quote_words)
    assert not isinstance(made, Unusable), made
    return made


def facts() -> tuple[Fact, ...]:
    """The facts of the good notes."""
    return read(NOTES)


def kind_of_question(prompt: Prompt) -> str:
    """What a question is for: facts, page, a part, or repair."""
    keys = list(prompt.schema["properties"])
    if "events" in keys:
        return "facts"
    if repair_key(1) in keys:
        return "repair"
    return "page" if len(keys) > 1 else keys[0]


def model(
    answers: Mapping[str, Mapping[str, Any] | str | LlmError],
) -> Callable[[Prompt], str | LlmError]:
    """A model that answers by what a question is for, else as the good one does."""
    good: dict[str, Any] = {"facts": NOTES, "page": PAGE, "repair": {repair_key(1): ""}}
    good |= {key: {key: PAGE[key]} for key in writing_of() if key in PAGE}

    def answer(prompt: Prompt) -> str | LlmError:
        found = (good | dict(answers))[kind_of_question(prompt)]
        return json.dumps(found) if isinstance(found, Mapping) else found

    return answer


def refusing(*wrong: str, reason: Rejection = Rejection.NUMBER) -> Any:
    """A check that turns away what has one of these words, which it names."""

    def check(claim: Claim, before: Sequence[Claim]) -> Refusal | None:
        found = tuple(each for each in wrong if each in claim.text)
        if found:
            return Refusal(reason=reason, because="A number is in no passage.", words=found)
        again = claim.text in {each.text for each in before}
        return Refusal(reason=Rejection.REPEATED) if again else None

    return check
