"""A case for each reason to reject a claim: a new gate needs one here.

A case is a claim that only one gate rejects, a similar true claim that all gates accept, and the
path that both take: the functions that a refresh calls, so that a disconnected gate is noticed.
All texts are ours.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from aggregator.domain.claim import Citation, Claim, ClaimKind, Draft, Rejection, TimelineRow
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import AnalysisSettings, Settings
from aggregator.ports import Engine, FinishReason, ModelEngine, Prompt, Reply, WritingOptions
from aggregator.store.news import articles, stories
from aggregator.store.writing import analyses
from aggregator.story.run import Unanalysed, analyse
from aggregator.story.sections import writing_of
from aggregator.story.stage.checked import tried
from aggregator.story.stage.gating import Gates
from aggregator.story.stage.judging import SentenceJudge
from aggregator.story.stage.stored import shown_stories
from aggregator.verify.gates import explained
from tests.builders import NOON, headline
from tests.fakes import FakeLlm
from tests.integration.stored import keep
from tests.unit.story.makers import reported, story

OPENED = "Northwind opened a research centre in Bergen on Monday and hired 300 people for it."
AURORA = "Northwind released Aurora 2.5 to developers in Norway after a year of trials."
SAID = "Ada Holt of Northwind said that Aurora runs on one graphics card without a contract."
DOUBTED = "Erik Dahl of Halden said that prices of computing will fall in Oslo next spring."
QUOTED = "“We listened to the hospitals for a year,” said Ada Holt of Northwind."
LICENCE = "The licence means that developers in small companies could help themselves for free."
EXPECTED = (  # too long to be quoted: rules foretell nothing from it
    "Northwind told the hospitals of Norway at the fair in Bergen on Friday that it will open a "
    "second centre for all of them by March 2027 without asking any for a contract or a fee."
)
BOTH = "Aurora runs on one graphics card, Ada Holt said. Prices fall, said Erik Dahl of Halden."
LENGTHY = (
    "Halden sells its cards in Oslo and in Bergen and in Tromso and in Trondheim and in Hamar and "
    "in Molde and in Bodo and in Narvik and in Alta, where the company opened a shop."
)
REPORT = reported(
    "Northwind opens a research centre in Bergen",
    *(OPENED, AURORA, SAID, DOUBTED, QUOTED, LICENCE, EXPECTED, BOTH, LENGTHY),
)
SIXTY = "Northwind employed 60 people in Bergen when it opened its first office."
ARCHIVED = 11  # the number of that passage in the evidence, after those of the report
ARCHIVE = reported("Northwind counts its people", SIXTY, key="ledger", hours=-24 * 90)
UNTITLED = replace(ARCHIVE.article, passages=ARCHIVE.article.passages[1:])
STORY = replace(story(REPORT), background=(replace(ARCHIVE, article=UNTITLED),))
SETTINGS = AnalysisSettings()
OPTIONS = WritingOptions(language="en", quote_words=25, evidence_tokens=3000)
ENGINE = ModelEngine(
    name="ollama",
    model="m",
    digest="f" * 64,
    prompts="1",
    llm=FakeLlm(lambda _: ""),
    options=OPTIONS,
)
ACTION = {"role": "product", "trigger": "", "effort": "days"}
PREDICTION = {"by": "2027-03-31", "likelihood": "likely", "sign": "The second centre opened."}


@frozen
class Outcome:
    """The outcome of a claim: whether it is still where it was put, and everything that was
    rejected.
    """

    stands: bool
    refused: dict[Rejection, int]


Way = Callable[[Any, Connection], Outcome]


def written(text: str, cited: str = OPENED, *, quote: str | None = None) -> Claim:
    """A claim in other words than the passage that it cites; by default it quotes the whole
    passage.
    """
    (passage,) = {passage.key for passage in REPORT.article.passages if passage.text == cited}
    quoted = Citation(passage=passage, quote=cited if quote is None else quote)
    return Claim(text=text, kind=ClaimKind.WRITTEN, citations=(quoted,))


def analysed(**sections: Any) -> tuple[Draft, dict[Rejection, int]]:
    """What a refresh keeps of a draft with these sections, and what it rejects."""
    draft = Draft(headline=headline(REPORT.article), **sections)
    engine = Engine(name="extractive", model=None, rules="", draft=lambda _: draft)
    result = analyse(STORY, engine, Gates.around(STORY, SETTINGS).over, NOON)
    assert not isinstance(result, Unanalysed)
    return result.kept, dict(result.rejected)


def by_draft(claim: Claim, _: Connection) -> Outcome:
    """A claim in the draft of any engine."""
    kept, refused = analysed(takeaways=(claim,))
    return Outcome(stands=claim in kept.takeaways, refused=refused)


def by_draft_after_another(claim: Claim, _: Connection) -> Outcome:
    """A claim in a draft that mentions the people and the centre first."""
    first = written("Northwind hired 300 people for its research centre in Bergen.")
    kept, refused = analysed(what_changed=(first,), takeaways=(claim,))
    return Outcome(stands=claim in kept.takeaways, refused=refused)


def by_timeline(day: date, _: Connection) -> Outcome:
    """A timeline row that dates the opening to a day."""
    row = TimelineRow(
        day=day,
        precision=Precision.DAY,
        planned=False,
        this_event=False,
        claim=written("Northwind opened a research centre in Bergen."),
    )
    kept, refused = analysed(timeline=(row,))
    return Outcome(stands=row in kept.timeline, refused=refused)


def by_page(quote_least: int, connection: Connection) -> Outcome:
    """A valid claim on the page of a story, with this limit on the words shown of its short
    article.
    """
    claim = written("Northwind released Aurora 2.5 to developers in Norway.", AURORA)
    hook = written("Northwind hired 300 people for its research centre in Bergen.")
    draft = Draft(headline=headline(REPORT.article), hook=hook, what_changed=(claim,))
    engine = Engine(name="extractive", model=None, rules="", draft=lambda _: draft)
    result = analyse(STORY, engine, Gates.around(STORY, SETTINGS).over, NOON)
    assert not isinstance(result, Unanalysed)
    keep(connection, REPORT.article)
    stories.save_story(connection, STORY)
    articles.place_article(connection, REPORT.article.id, STORY.id, None)
    analyses.save_analyses(connection, [result], "")
    limits = replace(SETTINGS, quote_least=quote_least, quote_share=0.0, quote_opened=0.0)
    (page,) = shown_stories(connection, Settings(analysis=limits))
    stands = bool(page.analysis.kept.what_changed)
    return Outcome(stands=stands, refused=dict(page.analysis.rejected))


NOTHING: dict[str, Any] = {key: [] for key in writing_of()} | {
    "hook": {"text": "Northwind hired 300 people for its centre in Bergen.", "facts": [2]}
}


def by_model(section: str, item: dict[str, Any]) -> Outcome:
    """The only item that a model returns for a section of the page, without any repair.

    It rests on the first fact, which its passages state; the hook on the second.
    """
    texts = dict(enumerate([*REPORT.article.passages, *UNTITLED.passages], start=1))
    of_item = {
        "kind": "context",
        "text": texts[item["passages"][0]].text,
        "passages": item["passages"],
    }
    facts = [of_item, {"kind": "context", "text": OPENED, "passages": [2]}]
    first = 1 if of_item["text"] == OPENED else 2  # a fact that is noted twice is one
    page = NOTHING | {
        "hook": NOTHING["hook"] | {"facts": [first]},
        section: [{**item, "facts": [1]}],
    }

    async def ask(purpose: str, prompt: Prompt) -> Reply:
        answer = {"facts": {"facts": facts}, "page": page}.get(purpose, {"text": "", "facts": []})
        return Reply(
            text=json.dumps(answer),
            prompt_tokens=1,
            completion_tokens=1,
            finish=FinishReason.STOP,
            seconds=0.1,
        )

    gates = Gates.around(STORY, SETTINGS)
    story = asyncio.run(tried(STORY, ENGINE, ask, gates, SentenceJudge(), NOON))
    result, trials = story.by_anchors.result, story.trials
    assert not isinstance(result, Unanalysed)
    kept = result.kept
    actions = [action.claim for action in kept.what_to_do_next]
    predictions = [implication.claim for implication in kept.implications]
    found = {"what_to_do_next": actions, "implications": predictions}.get(section)
    shown = {claim.text for claim in (getattr(kept, section) if found is None else found)}
    stands = item.get("action", item.get("text")) in shown
    return Outcome(stands=stands, refused=dict(trials.rejected))


def by_change(item: dict[str, Any], _: Connection) -> Outcome:
    """A change reported by a model."""
    return by_model("what_changed", item)


def by_reason(item: dict[str, Any], _: Connection) -> Outcome:
    """A model's reason why the news matters."""
    return by_model("why_it_matters", item)


def by_action(item: dict[str, Any], _: Connection) -> Outcome:
    """An action that a model recommends."""
    return by_model("what_to_do_next", ACTION | item)


def by_takeaway(item: dict[str, Any], _: Connection) -> Outcome:
    """A takeaway from a model."""
    return by_model("takeaways", item)


def by_prediction(item: dict[str, Any], _: Connection) -> Outcome:
    """A model's prediction."""
    return by_model("implications", PREDICTION | item)


HIRED = "Northwind hired 300 people for its research centre in Bergen."
SOUND = written(HIRED)
SECOND = "Northwind will open a second centre by March 2027 without asking for a fee."


@frozen
class Case:
    """What is rejected, what is accepted, and the path that both take: most are claims of a
    draft.
    """

    why: str
    reason: Rejection
    refused: Any
    sound: Any = SOUND
    way: Way = by_draft


CASES = (
    Case(
        why="no word",
        reason=Rejection.EMPTY,
        refused=written("…"),
    ),
    Case(
        why="cites nothing",
        reason=Rejection.NO_CITATION,
        refused=replace(written(HIRED), citations=()),
    ),
    Case(
        why="cites a passage beside one that is not there",
        reason=Rejection.UNKNOWN_PASSAGE,
        refused=replace(
            written(HIRED),
            citations=(*written(HIRED).citations, Citation(passage="none.1.1", quote="Bergen")),
        ),
    ),
    Case(
        why="quotes what the passage does not say",
        reason=Rejection.QUOTE_NOT_FOUND,
        refused=written(HIRED, quote="hired 400 people"),
        sound=written(HIRED, quote="hired 300 people"),
    ),
    Case(
        why="quotes more words than it may",
        reason=Rejection.QUOTE_TOO_LONG,
        refused=written("Halden sells its cards in Oslo.", LENGTHY),
        sound=written("Halden sells its cards in Oslo.", LENGTHY, quote=LENGTHY[:60]),
    ),
    Case(
        why="another number",
        reason=Rejection.NUMBER,
        refused=written(HIRED.replace("300", "400")),
    ),
    Case(
        why="a number that the story gives to something else",
        reason=Rejection.NUMBER,
        refused=written("Northwind employed 300 people in Bergen when it opened its office."),
        sound=written("Northwind employed 60 people in Bergen when it opened its office."),
    ),
    Case(
        why="copied from another passage than it cites",
        reason=Rejection.QUOTE_NOT_FOUND,
        refused=replace(written(OPENED, AURORA), kind=ClaimKind.EXTRACTED),
        sound=replace(written(OPENED), kind=ClaimKind.EXTRACTED),
    ),
    Case(
        why="another day than that of the passage",
        reason=Rejection.DATE,
        refused=written("Northwind opened a research centre in Bergen on 28 June 2026."),
        sound=written("Northwind opened a research centre in Bergen on 29 June 2026."),
    ),
    Case(
        why="a row of the timeline on a day that no passage states",
        reason=Rejection.DATE,
        refused=date(2026, 6, 28),
        sound=date(2026, 6, 29),
        way=by_timeline,
    ),
    Case(
        why="a prediction for which neither passage nor writer has a day",
        reason=Rejection.DATE,
        refused={
            "text": "Prices of computing will fall in Oslo, Erik Dahl of Halden said.",
            "by": "",
            "passages": [5],
        },
        sound={"text": SECOND, "passages": [8]},
        way=by_prediction,
    ),
    Case(
        why="another name",
        reason=Rejection.NAME,
        refused=written(HIRED.replace("Bergen", "Paris")),
    ),
    Case(
        why="another version",
        reason=Rejection.VERSION,
        refused=written(AURORA.replace("2.5", "2.6"), AURORA),
        sound=written(AURORA, AURORA),
    ),
    Case(
        why="other words in quotation marks",
        reason=Rejection.QUOTATION,
        refused=written("Northwind “listened to hospitals in a year”, said Ada Holt.", QUOTED),
        sound=written("Northwind “listened to the hospitals for a year”, said Ada Holt.", QUOTED),
    ),
    Case(
        why="an address",
        reason=Rejection.LINK,
        refused=written("Northwind hired 300 people for its research centre (northwind.com)."),
        sound=written("Northwind hired 300 people for its research centre (in Bergen)."),
    ),
    Case(
        why="bold",
        reason=Rejection.MARKUP,
        refused=written(HIRED.replace("300 people", "**300 people**")),
    ),
    Case(
        why="talks of the task",
        reason=Rejection.LEAK,
        refused=written(f"Certainly, {HIRED}"),
    ),
    Case(
        why="a sentence of the prompt",
        reason=Rejection.LEAK,
        refused=written(f"{HIRED[:-1]}: {explained(Rejection.PHRASE)}"),
    ),
    Case(
        why="attributed to the wrong speaker",
        reason=Rejection.SPEAKER,
        refused=written("Erik Dahl said that Aurora runs on one graphics card.", BOTH),
        sound=written("Ada Holt said that Aurora runs on one graphics card.", BOTH),
    ),
    Case(
        why="an empty phrase",
        reason=Rejection.PHRASE,
        refused=written(f"{HIRED[:-1]}, a testament to Bergen."),
    ),
    Case(
        why="advice that fits any news",
        reason=Rejection.PHRASE,
        refused={"action": "Stay aware of whatever comes next.", "passages": [7]},
        sound={
            "action": "Plan for the second centre that Northwind will open by March 2027.",
            "passages": [8],
        },
        way=by_action,
    ),
    Case(
        why="a prediction of a trend",
        reason=Rejection.PHRASE,
        refused={"text": SECOND.replace("will open", "could open"), "passages": [8]},
        sound={"text": SECOND, "passages": [8]},
        way=by_prediction,
    ),
    Case(
        why="news of an earlier report",
        reason=Rejection.EARLIER,
        refused={"text": SIXTY, "passages": [ARCHIVED]},
        sound={"text": "Northwind released Aurora 2.5 in Norway.", "passages": [3]},
        way=by_change,
    ),
    Case(
        why="a quotation that is no reason",
        reason=Rejection.REASON,
        refused={"text": SAID, "passages": [4]},
        sound={"text": LICENCE, "passages": [7]},
        way=by_reason,
    ),
    Case(
        why="said before in the draft",
        reason=Rejection.REPEATED,
        refused=written("Northwind hired 300 people for its centre in Bergen."),
        sound=written("Northwind opened a research centre in Bergen on Monday."),
        way=by_draft_after_another,
    ),
    Case(
        why="said before by the model",
        reason=Rejection.REPEATED,
        refused={"text": "Northwind hired 300 people for the centre in Bergen.", "passages": [2]},
        sound={"text": "Northwind released Aurora 2.5 in Norway.", "passages": [3]},
        way=by_takeaway,
    ),
    Case(
        why="more of a short article than a page may show",
        reason=Rejection.SHARE,
        refused=8,
        sound=100,
        way=by_page,
    ),
)
