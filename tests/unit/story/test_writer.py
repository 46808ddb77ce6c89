"""A story from its articles to a draft by a scripted model: facts, page, repair by sentence, what
stands in for what failed twice, the short form; and nothing asked twice after a kill.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from aggregator.domain.claim import Draft, Rejection
from aggregator.errors import LlmError
from aggregator.ports import Prompt, Reply
from aggregator.story.page.question import Fitness, Form
from aggregator.story.page.settling import Check
from aggregator.story.rules.extractive import page_by_rules
from aggregator.story.writer import Writer, Written, draft_from, refused_of
from aggregator.verify.gates import Refusal
from tests.fakes import FakeLlm
from tests.unit.story import notes

WRONG = "Halden answers by cutting the price of its API by 45 percent."
LOOP = '{"hook": "' + "the model is the model of " * 9

Answers = Mapping[str, Mapping[str, Any] | str | LlmError]


class KilledError(Exception):
    """Stands for a kill in the middle of a run."""


@dataclass(slots=True)
class Desk:
    """A model whose answers are kept, as a run does; it may be killed at a question."""

    answers: Answers = field(default_factory=dict)
    kept: dict[Prompt, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    killed_at: int = 0

    async def ask(self, section: str, prompt: Prompt) -> Reply:
        """The kept answer, else the model's."""
        key = _key(prompt)
        if key not in self.kept:
            if self.killed_at and len(self.asked) + 1 == self.killed_at:
                raise KilledError
            self.asked.append(section)
            self.prompts.append(prompt)
            self.kept[key] = await FakeLlm(notes.model(self.answers)).answer(prompt)
        return self.kept[key]

    def known(self, prompt: Prompt) -> Reply | None:
        """The kept answer."""
        return self.kept.get(_key(prompt))

    def write(self, fitness: Fitness | None = None) -> Written:
        """The story as it is written first."""
        writer = Writer(self.ask, self.known)
        return asyncio.run(writer.write(notes.STORY, notes.material(), fitness or Fitness()))

    def draft(self, check: Check | None = None, fitness: Fitness | None = None) -> Draft:
        """The draft after all phases."""
        check = check or notes.refusing()
        story = self.write(fitness)
        refused = refused_of(story, check)
        if refused:
            story = asyncio.run(Writer(self.ask, self.known).repair(story, refused))
            refused = refused_of(story, check)
        by_rules = page_by_rules(notes.STORY, language="en", quote_words=25)
        return draft_from(story, refused, by_rules, check)


def _key(prompt: Prompt) -> Any:
    return (prompt.system, prompt.prefix, prompt.task, str(prompt.schema))


def wrong_page(text: str = WRONG) -> dict[str, Any]:
    """The good page with another sentence about what changed."""
    return notes.PAGE | {"what_changed": [notes.line(text, 2)]}


def test_a_story_is_asked_for_in_two_questions_and_the_page_rests_on_the_facts() -> None:
    desk = Desk()
    draft = desk.draft()

    assert desk.asked == ["facts", "page"]
    assert [draft.hook and draft.hook.text, *(each.text for each in draft.takeaways)] == [
        notes.HOOK,
        *notes.POINTS,
    ]
    cited = {each.passage for claim in draft.claims() for each in claim.citations}
    assert cited <= {each.key for each in notes.material().evidence.numbered().values()}


def test_a_fact_that_says_back_the_example_of_its_question_is_dropped() -> None:
    said_back = "Halden will cut the price of its Merlin API on Saturday."
    entries = [*notes.NOTES["events"], notes.event(said_back, 10)]
    desk = Desk({"facts": notes.NOTES | {"events": entries}})

    texts = [fact.text for fact in desk.write().facts]
    assert (said_back in texts, notes.CUT in texts) == (False, True)


def test_the_question_for_the_page_has_the_facts_and_no_passage() -> None:
    desk = Desk()
    desk.write()
    page = desk.prompts[1]

    assert f"[1] {notes.EVENT} (event; 4 July 2026)" in page.prefix
    assert "PASSAGES" not in page.prefix + page.task
    assert "and runs on one graphics card" not in page.prefix


def test_a_refused_sentence_alone_is_asked_for_anew_with_the_word_and_the_reason() -> None:
    desk = Desk({"page": wrong_page(), "repair": {"sentence_1": notes.line(notes.CHANGE, 2)}})
    draft = desk.draft(notes.refusing("45"))

    assert desk.asked == ["facts", "page", "repair"]
    assert all(each in desk.prompts[2].task for each in (WRONG, "A number is in no passage.", "45"))
    assert [each.text for each in draft.what_changed] == [notes.CHANGE]


def test_the_refused_sentences_of_a_page_are_asked_for_anew_in_one_question_and_not_all() -> None:
    desk = Desk()
    desk.draft(notes.refusing("e"))
    question = desk.prompts[-1]

    assert desk.asked.count("repair") == 1
    assert list(question.schema["properties"]) == [f"sentence_{place}" for place in range(1, 7)]


def test_a_question_for_sentences_anew_has_the_facts_that_they_need_by_their_numbers() -> None:
    desk = Desk({"page": wrong_page(), "repair": {"sentence_1": ""}})
    desk.draft(notes.refusing("45"))
    whole, repair = (
        set(re.findall(r"^\[\d+\] .+$", desk.prompts[at].prefix, re.M)) for at in (1, 2)
    )

    assert 0 < len(repair) < len(whole)
    assert repair <= whole


def test_nothing_stands_in_for_what_is_refused_twice() -> None:
    again = {"sentence_1": notes.line(WRONG.replace("answers", "replies"), 2)}
    story = Desk({"page": wrong_page(), "repair": again}).write()
    check = notes.refusing("45")

    draft = draft_from(story, refused_of(story, check), None, check)
    assert draft.what_changed == ()


def test_a_refused_inference_is_no_quotation_that_says_nothing_of_the_kind() -> None:
    page = notes.PAGE | {
        "why_it_matters": [notes.line("Northwind released 45 models on Saturday.", 1)],
    }
    check = notes.refusing("45", "licence means")
    story = Desk({"page": page}).write()

    assert draft_from(story, refused_of(story, check), None, check).why_it_matters == ()


def test_a_part_that_the_model_leaves_empty_is_written_by_rules() -> None:
    draft = Desk({"page": notes.PAGE | {"takeaways": []}}).draft()
    by_rules = page_by_rules(notes.STORY, language="en", quote_words=25)

    assert by_rules
    assert {each.text for each in draft.takeaways} <= {claim.text for claim in by_rules.takeaways}
    assert draft.timeline == by_rules.timeline


def test_a_page_that_goes_round_is_asked_for_part_by_part_over_the_same_facts() -> None:
    desk = Desk({"page": LOOP})
    draft = desk.draft()

    assert desk.asked == ["facts", "page", *notes.PAGE]
    assert len({each.prefix for each in desk.prompts[1:]}) == 1
    assert draft.hook is not None
    assert draft.hook.text == notes.HOOK


def test_a_model_that_cannot_fill_a_page_is_asked_part_by_part_from_then_on() -> None:
    desk = Desk()
    desk.write(Fitness(form=Form.SHORT))

    assert desk.asked == ["facts", *notes.PAGE]


def test_of_a_model_that_cannot_write_rules_take_the_page() -> None:
    desk = Desk()
    draft = desk.draft(fitness=Fitness(form=Form.FACTS))

    assert desk.asked == ["facts"]
    assert draft == page_by_rules(notes.STORY, language="en", quote_words=25)


@pytest.mark.parametrize(
    ("page", "outcomes"),
    [
        (notes.PAGE, ((Form.WHOLE, True),)),
        (
            notes.PAGE | {"takeaways": [notes.line(notes.POINTS[0], 4)] * 300},
            ((Form.WHOLE, False), (Form.SHORT, True)),
        ),
        (LOOP, ((Form.WHOLE, False), (Form.SHORT, True))),
        ("no JSON", ((Form.WHOLE, False), (Form.SHORT, True))),
    ],
)
def test_it_is_told_in_which_forms_a_model_could_answer(page: Any, outcomes: Any) -> None:
    assert Desk({"page": page}).write().outcomes == outcomes


def test_where_no_fact_is_noted_rules_find_them() -> None:
    story = Desk({"facts": "I am sorry."}).write()

    assert (story.trials.unusable, len(story.facts)) == (1, 8)
    assert story.facts[0].text == notes.DAILY.article.passages[1].text


def test_few_facts_are_filled_up_with_sentences_that_say_something_else() -> None:
    few = {"events": [notes.event("Halden will cut the price of its API by a third.", 10)]}
    texts = [each.text for each in Desk({"facts": few}).write().facts]

    assert len(texts) == 8
    assert not any(each.startswith("Halden said on Saturday") for each in texts)


@pytest.mark.parametrize("page", [wrong_page(), LOOP], ids=["repaired", "part by part"])
def test_killed_at_any_question_a_story_ends_the_same_and_no_question_is_asked_twice(
    page: Any,
) -> None:
    answers = {"page": page, "repair": {"sentence_1": notes.line(notes.CHANGE, 2)}}
    whole = Desk(answers)
    expected = whole.draft(notes.refusing("45"))
    for question in range(1, len(whole.asked) + 1):
        first = Desk(answers, killed_at=question)
        with pytest.raises(KilledError):
            first.draft(notes.refusing("45"))
        second = Desk(answers, kept=first.kept)

        assert second.draft(notes.refusing("45")) == expected
        assert [*first.asked, *second.asked] == whole.asked


@pytest.mark.parametrize("form", list(Form))
def test_what_was_answered_is_read_whatever_form_the_model_has_by_then(form: Form) -> None:
    for page in (notes.PAGE, LOOP):
        desk = Desk({"page": page})
        before = desk.draft()
        asked = list(desk.asked)

        assert (desk.draft(fitness=Fitness(form=form)), desk.asked) == (before, asked)


def test_a_refusal_is_counted_by_its_reason() -> None:
    desk = Desk({"page": wrong_page()})
    story = desk.write()
    refused = refused_of(story, notes.refusing("45"))
    draft_from(story, refused, None, notes.refusing("45"))

    assert story.trials.rejected == {Rejection.NUMBER: 1}


def test_what_a_judge_turns_away_is_refused_like_what_a_check_does() -> None:
    story = Desk().write()
    judged = {story.sentences[1].claim: Refusal(reason=Rejection.JUDGED)}

    assert refused_of(story, notes.refusing(), judged) == {1: Refusal(reason=Rejection.JUDGED)}


def test_no_more_facts_are_shown_than_the_context_has_room_for() -> None:
    desk = Desk()
    writer = Writer(desk.ask, desk.known)
    story = asyncio.run(writer.write(notes.STORY, notes.material(tokens=150), Fitness()))

    assert 0 < len(story.facts) < len(notes.facts())
