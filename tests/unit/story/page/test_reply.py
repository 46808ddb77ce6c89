"""From a model's answer to sentences: citations are the passages of the facts that it names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.story.answers import Unusable
from aggregator.story.page.reply import Sources, rewritten, written
from aggregator.story.page.sentences import Sentence, draft_of
from aggregator.story.sections import writing_of
from tests.unit.story import notes


def sources() -> Sources:
    """What the page is read against."""
    return Sources(facts=notes.facts(), sentences=notes.material().sentences, quote_words=25)


def read(answer: Any, *sections: str) -> list[Sentence]:
    """The sentences of an answer that is one."""
    made = written(notes.reply(answer), sources(), sections or tuple(writing_of()))
    assert not isinstance(made, Unusable)
    return made


def claim(answer: Any, section: str = "what_changed") -> Claim:
    """The one claim of an answer with one sentence."""
    (sentence,) = read({section: [answer]}, section)
    return sentence.claim


def test_a_good_answer_fills_the_page_in_its_order() -> None:
    draft = draft_of(notes.material().headline, read(notes.PAGE))

    assert [each.text for each in draft.claims()][1:] == [
        notes.HOOK,
        notes.CHANGE,
        notes.WHY,
        notes.STEP,
        notes.CARE,
        *notes.POINTS,
    ]
    assert [(each.role, each.effort) for each in draft.what_to_do_next] == [("developers", "days")]


def test_a_sentence_cites_the_passages_of_the_facts_that_it_names() -> None:
    first, second = notes.facts()[0], notes.facts()[6]
    made = claim(notes.line("Northwind gives away what Halden earned 40 million with.", 1, 7))

    assert made.citations == (*second.citations, *first.citations)  # the fuller one first


def test_every_citation_of_a_page_is_verbatim_in_its_passage() -> None:
    of = notes.material()
    claims = draft_of(of.headline, read(notes.PAGE)).claims()
    cited = [citation for each in claims for citation in each.citations]

    assert len(cited) >= 8
    assert all(each.quote in of.texts[each.passage] for each in cited)


def test_what_is_inferred_is_marked_as_such_and_has_its_premise() -> None:
    kinds = {each.section: each.claim.kind for each in read(notes.PAGE)}
    (why,) = read({"why_it_matters": notes.PAGE["why_it_matters"]}, "why_it_matters")

    assert (kinds["hook"], kinds["why_it_matters"], kinds["what_to_do_next"]) == (
        ClaimKind.WRITTEN,
        ClaimKind.INFERRED,
        ClaimKind.INFERRED,
    )
    assert [each.text for each in why.facts] == [notes.FREED]


@pytest.mark.parametrize(
    ("section", "entry", "kind"),
    [
        pytest.param(
            "who_should_care",
            {"role": "research", "reason": notes.line(notes.CARE, 6)},
            ClaimKind.WRITTEN,
            id="one fact has it all",
        ),
        pytest.param(
            "who_should_care",
            {
                "role": "research",
                "reason": notes.line("Hospitals are asking for a model of 12 billion.", 6, 4),
            },
            ClaimKind.WRITTEN,
            id="two facts have it all, in other forms",
        ),
        pytest.param(
            "who_should_care",
            {"role": "research", "reason": notes.line(f"{notes.CARE[:-1]} and may save.", 6, 5)},
            ClaimKind.INFERRED,
            id="a conclusion is added",
        ),
        pytest.param(
            "what_to_do_next",
            {"role": "research", "action": notes.line(notes.CARE, 6)},
            ClaimKind.INFERRED,
            id="a step is nobody's fact",
        ),
    ],
)
def test_among_inferences_what_a_fact_states_is_no_inference(
    section: str, entry: dict[str, Any], kind: ClaimKind
) -> None:
    assert claim(entry, section).kind is kind


@pytest.mark.parametrize("numbers", [[], [0, 99]], ids=["none", "never given"])
def test_a_sentence_that_names_no_fact_rests_on_the_one_that_says_the_same(
    numbers: list[int],
) -> None:
    made = claim({"text": "Halden will cut the price of its API.", "facts": numbers})

    assert made.citations == notes.facts()[1].citations


def test_a_sentence_that_names_the_first_facts_whatever_it_says_cites_the_one_that_says_it() -> (
    None
):
    made = claim(
        notes.line("Halden will cut the price of its API by a third, it says.", 1, 3, 4, 5)
    )

    assert made.citations == notes.facts()[1].citations


def test_a_sentence_is_read_without_what_stands_beside_its_fact() -> None:
    made = claim(notes.line("Halden will cut its prices. (change; 5 July 2026; The Ledger)", 2))
    other = claim(notes.line("Halden will cut its prices (by a third).", 2))

    assert (made.text, other.text) == (
        "Halden will cut its prices.",
        "Halden will cut its prices (by a third).",
    )


def test_a_sentence_that_rests_on_nothing_has_no_citation() -> None:
    assert claim({"text": "Osprey bought Kestrel.", "facts": []}).citations == ()


def test_a_sentence_of_an_article_word_for_word_is_the_quotation_that_it_is() -> None:
    copied = "Halden said on Saturday that it will cut the price of its API by a third"
    made = claim(notes.line(copied, 1))

    assert (made.kind, made.text, [each.passage for each in made.citations]) == (
        ClaimKind.EXTRACTED,
        f"{copied}.",
        [notes.LEDGER.article.passages[2].key],
    )


def test_of_a_page_that_was_cut_the_whole_sentences_are_read() -> None:
    text = json.dumps(notes.PAGE)
    made = read(text[: text.index(notes.CARE) + 5])

    assert [each.claim.text for each in made] == [
        notes.HOOK,
        notes.CHANGE,
        notes.WHY,
        notes.STEP,
    ]


def test_a_part_has_no_more_sentences_than_it_has_room_for() -> None:
    made = read({"what_changed": [notes.line(f"Change {n} is here.", 1) for n in range(5)]})

    assert len(made) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"who_should_care": [{"role": "nobody", "reason": "They do.", "facts": [1]}]},
        {"who_should_care": [{"reason": "They do.", "facts": [1]}]},
        {"what_to_do_next": [{"role": "developers", "action": "", "facts": [1]}]},
        {"implications": [{"text": "It will come.", "by": "2026-09-01", "facts": [3]}]},
        {"what_changed": 7, "takeaways": [1, None, ["text"]]},
    ],
    ids=["no such role", "no role", "no text", "no likelihood", "out of shape"],
)
def test_an_entry_out_of_shape_is_left_out(answer: Any) -> None:
    assert read(answer) == []


def test_an_answer_to_another_question_is_unusable() -> None:
    assert isinstance(written(notes.reply({"opening": []}), sources(), ["takeaways"]), Unusable)


def test_a_role_is_given_once() -> None:
    entry = {"role": "research", "reason": notes.CARE, "facts": [6]}

    assert len(read({"who_should_care": [entry, entry]})) == 1


def test_a_sentence_written_anew_keeps_its_part_and_role() -> None:
    (step,) = read({"what_to_do_next": notes.PAGE["what_to_do_next"]}, "what_to_do_next")
    answer = {"sentence_1": {"text": "Test the second model.", "facts": [1]}}
    (again,) = rewritten(notes.reply(answer), [step], sources())

    assert again is not None
    assert (again.claim.text, again.role, again.effort, again.facts) == (
        "Test the second model.",
        "developers",
        "days",
        notes.facts()[:1],
    )


@pytest.mark.parametrize(
    "answer",
    [{"sentence_1": ""}, {"sentence_1": notes.line(notes.STEP, 1)}, {}, "no JSON"],
    ids=["empty", "the same again", "left out", "no answer"],
)
def test_a_sentence_that_is_not_written_anew_is_none(answer: Any) -> None:
    (step,) = read({"what_to_do_next": notes.PAGE["what_to_do_next"]}, "what_to_do_next")

    assert rewritten(notes.reply(answer), [step], sources()) == (None,)
