"""Replies of models: what is no answer is `Unusable`; of what is one, only known passages and whole
sentences remain.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim, ClaimKind, Role
from aggregator.ports import FinishReason, Reply
from aggregator.story.model.prompt import MOST_CHARACTERS, Section
from aggregator.story.model.reply import Unusable, Written, quote_for, written

TEXTS = (
    "Northwind opens a second model",
    "Northwind released the weights of its second model on Saturday. The licence is Apache 2.0.",
    "Halden cut the price of its API by a third. Ada Holt said that hospitals asked for it.",
    "Nobody had expected such haste in Bergen.",
)
PASSAGES = {
    n: Passage(article_id="a1", version=1, n=n - 1, text=text)
    for n, text in enumerate(TEXTS, start=1)
}
QUOTE_WORDS = 25
HALDEN = "Halden cut the price of its API by a third."


def reply(text: str, finish: FinishReason = FinishReason.STOP) -> Reply:
    """A reply of a model, costs made up."""
    return Reply(text=text, finish=finish, prompt_tokens=100, completion_tokens=20, seconds=0.1)


def read(section: Section, answer: Any) -> Written | Unusable:
    """What comes of an answer, given as JSON or as a value."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return written(section, reply(text), PASSAGES, QUOTE_WORDS)


def why(*statements: Any) -> tuple[Claim, ...]:
    """The claims of the section that has statements only."""
    found = read(Section.WHY, {"why_it_matters": list(statements)})
    assert isinstance(found, Written), found
    return found.why_it_matters


def said(text: str, *passages: int) -> dict[str, Any]:
    """A statement as a model writes it."""
    return {"text": text, "passages": list(passages)}


def cited(claim: Claim) -> list[str]:
    """The passages that a claim cites."""
    return [citation.passage for citation in claim.citations]


ANSWERS: dict[Section, dict[str, Any]] = {
    Section.BRIEF: {"hook": said(HALDEN, 3), "what_changed": [said(HALDEN, 3)]},
    Section.WHY: {"why_it_matters": [said(HALDEN, 3)]},
    Section.NEXT: {
        "what_to_do_next": [
            {
                "role": "developers",
                "action": HALDEN,
                "trigger": HALDEN,
                "effort": "days",
                "passages": [3],
            },
        ]
    },
    Section.CARE: {"who_should_care": [{"role": "developers", "reason": HALDEN, "passages": [3]}]},
    Section.TAKEAWAYS: {"takeaways": [said(HALDEN, 3)]},
    Section.FORETOLD: {
        "foretold": [
            said(HALDEN, 3) | {"by": "2026-09-30", "likelihood": "likely", "sign": "Halden did."}
        ]
    },
}


def claims_in(found: Written) -> list[Claim]:
    """Every claim of a reply."""
    actions = [
        each for action in found.what_to_do_next for each in (action.claim, action.trigger) if each
    ]
    several = (
        *found.what_changed,
        *found.why_it_matters,
        *actions,
        *(audience.claim for audience in found.who_should_care),
    )
    foretold = (implication.claim for implication in found.implications)
    return [claim for claim in (found.hook, *several, *found.takeaways, *foretold) if claim]


@pytest.mark.parametrize(
    ("section", "count", "kind"),
    [
        pytest.param(Section.BRIEF, 2, ClaimKind.WRITTEN, id="brief"),
        pytest.param(Section.WHY, 1, ClaimKind.INFERRED, id="why"),
        pytest.param(Section.NEXT, 2, ClaimKind.INFERRED, id="next"),
        pytest.param(Section.CARE, 1, ClaimKind.INFERRED, id="care"),
        pytest.param(Section.TAKEAWAYS, 1, ClaimKind.WRITTEN, id="takeaways"),
        pytest.param(Section.FORETOLD, 1, ClaimKind.INFERRED, id="foretold"),
    ],
)
def test_an_answer_in_the_schema_is_read_into_claims_of_its_section(
    section: Section, count: int, kind: ClaimKind
) -> None:
    found = read(section, ANSWERS[section])

    assert isinstance(found, Written)
    assert [(claim.text, claim.kind, cited(claim)) for claim in claims_in(found)] == [
        (HALDEN, kind, ["a1.1.2"])
    ] * count


@pytest.mark.parametrize("section", Section)
def test_an_answer_cut_at_the_token_limit_is_unusable_even_if_it_is_whole_json(
    section: Section,
) -> None:
    found = written(
        section, reply(json.dumps(ANSWERS[section]), FinishReason.LENGTH), PASSAGES, QUOTE_WORDS
    )

    assert found == Unusable(reason="the answer was cut at the token limit")


@pytest.mark.parametrize("section", Section)
def test_an_answer_cut_anywhere_is_unusable(section: Section) -> None:
    whole = json.dumps(ANSWERS[section])

    assert [
        end for end in range(len(whole)) if not isinstance(read(section, whole[:end]), Unusable)
    ] == []


@pytest.mark.parametrize("section", Section)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n\t", id="white space"),
        pytest.param("null", id="null"),
        pytest.param("42", id="a number"),
        pytest.param('"text"', id="a text"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="an object without the fields"),
        pytest.param("<html>It works!</html>", id="a web page"),
        pytest.param("Sure! Here is the JSON you asked for:", id="chatter"),
        pytest.param('{"unexpected": ["shape", 1, null]}', id="another shape"),
        pytest.param("{" * 100_000, id="brackets without end"),
        pytest.param('{"why_it_matters":' * 5_000, id="depth without end"),
        pytest.param("\ud800", id="half a character"),
        pytest.param("\x00\x01", id="control characters"),
    ],
)
def test_what_is_not_in_the_schema_is_unusable(section: Section, text: str) -> None:
    found = read(section, text)

    assert isinstance(found, Unusable)
    assert len(found.reason) <= 160


@pytest.mark.parametrize(
    ("section", "answer"),
    [
        pytest.param(
            Section.WHY, {"why_it_matters": "Prices fall."}, id="a text where a list is due"
        ),
        pytest.param(
            Section.WHY, {"why_it_matters": ["Prices fall."]}, id="texts where statements are due"
        ),
        pytest.param(
            Section.WHY,
            {"why_it_matters": [said("Prices fall.") | {"passages": 3}]},
            id="a bare number",
        ),
        pytest.param(
            Section.WHY,
            {"why_it_matters": [said("Prices fall.") | {"passages": ["three"]}]},
            id="a number in words",
        ),
        pytest.param(
            Section.WHY,
            {"why_it_matters": [said("Prices fall.", *[3] * 51)]},
            id="numbers without end",
        ),
        pytest.param(
            Section.WHY,
            {"why_it_matters": [{"text": 42, "passages": [3]}]},
            id="a number where text is due",
        ),
        pytest.param(Section.BRIEF, {"hook": None, "what_changed": []}, id="no hook"),
        pytest.param(Section.BRIEF, {"hook": said("Prices fall.", 3)}, id="half a brief"),
        pytest.param(
            Section.CARE,
            {"who_should_care": [{"reason": "Prices fall.", "passages": [3]}]},
            id="no role",
        ),
    ],
)
def test_an_answer_of_another_shape_is_unusable(section: Section, answer: Any) -> None:
    assert isinstance(read(section, answer), Unusable)


@pytest.mark.parametrize(
    "role",
    ["everyone", "Developers", "", "developers ", "security, developers", None, 3, ["developers"]],
)
@pytest.mark.parametrize("section", [Section.NEXT, Section.CARE])
def test_a_role_outside_the_closed_list_is_unusable(section: Section, role: Any) -> None:
    answer = json.loads(json.dumps(ANSWERS[section]))
    next(iter(answer.values()))[0]["role"] = role

    assert isinstance(read(section, answer), Unusable)


def test_fields_that_nobody_asked_for_are_left_aside() -> None:
    extra = {
        "why_it_matters": [said(HALDEN, 3) | {"url": "https://evil.example"}],
        "links": ["https://evil.example"],
        "hook": 1,
    }

    assert read(Section.WHY, extra) == read(Section.WHY, ANSWERS[Section.WHY])


def test_of_a_field_that_comes_twice_the_last_counts() -> None:
    twice = (
        '{"why_it_matters": [{"text": "First.", "passages": [1]}], "why_it_matters": [{"text":'
        ' "Second.", "passages": [1]}]}'
    )
    found = read(Section.WHY, twice)

    assert isinstance(found, Written)
    assert [matter.text for matter in found.why_it_matters] == ["Second."]


def test_more_entries_than_were_asked_for_are_left_out() -> None:
    many = read(
        Section.TAKEAWAYS,
        {"takeaways": [said(f"Halden cut its price by {n}.", 3) for n in range(50)]},
    )

    assert isinstance(many, Written)
    assert len(many.takeaways) == 5


@pytest.mark.parametrize("number", [0, -1, 5, 99, 10**30])
def test_a_passage_that_was_never_given_is_not_cited(number: int) -> None:
    assert [cited(claim) for claim in why(said(HALDEN, number, 3))] == [["a1.1.2"]]


def test_a_statement_without_passages_cites_the_one_that_it_was_made_from() -> None:
    assert [cited(claim) for claim in why(said(HALDEN))] == [["a1.1.2"]]


def test_a_statement_that_no_passage_shares_a_word_with_cites_nothing() -> None:
    assert [claim.citations for claim in why(said("Bananas ripen quickly."))] == [()]


def test_a_passage_named_twice_is_cited_once() -> None:
    assert [cited(claim) for claim in why(said(HALDEN, 3, 3, 3))] == [["a1.1.2"]]


def test_a_statement_rests_on_the_first_two_passages_it_names_and_on_the_one_that_says_it() -> None:
    assert [cited(claim) for claim in why(said(HALDEN, 1, 2, 4, 3))] == [
        ["a1.1.0", "a1.1.1", "a1.1.2"]
    ]


def test_a_role_is_told_once_with_its_first_reason() -> None:
    one, two = (
        {"role": "policy", "reason": f"Halden cut {what}.", "passages": [3]}
        for what in ("prices", "jobs")
    )
    found = read(Section.CARE, {"who_should_care": [one, two]})

    assert isinstance(found, Written)
    assert [(audience.role, audience.claim.text) for audience in found.who_should_care] == [
        (Role.POLICY, "Halden cut prices.")
    ]


@pytest.mark.parametrize("effort", ["", "minutes", "days or weeks", "Days"])
def test_an_effort_outside_the_closed_list_is_not_told(effort: str) -> None:
    (action,) = ANSWERS[Section.NEXT]["what_to_do_next"]
    found = read(Section.NEXT, {"what_to_do_next": [action | {"effort": effort}]})

    assert isinstance(found, Written)
    assert [action.effort for action in found.what_to_do_next] == [""]


def test_an_action_without_words_goes_with_its_trigger_and_a_trigger_without_words_alone() -> None:
    (action,) = ANSWERS[Section.NEXT]["what_to_do_next"]
    found = read(
        Section.NEXT, {"what_to_do_next": [action | {"action": " "}, action | {"trigger": ""}]}
    )

    assert isinstance(found, Written)
    assert [(action.claim.text, action.trigger) for action in found.what_to_do_next] == [
        (HALDEN, None)
    ]


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\x00", "[3]", "[1] [2]."])
def test_a_statement_without_words_is_no_claim_or_one_that_a_gate_refuses_as_empty(
    text: str,
) -> None:
    assert [
        claim for claim in why(said(text, 3)) if any(char.isalpha() for char in claim.text)
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        f"{HALDEN[:-1]} [3].",
        f"{HALDEN} [3]",
        f"{HALDEN[:-1]} [3, 4].",
        f"{HALDEN} [3] [4]",
        f"{HALDEN[:-1]}[3].",
        f"  {HALDEN}\n[3]  ",
        f"{HALDEN[:-1]} [ 3 ] .",
    ],
)
def test_numbers_in_brackets_at_the_end_are_no_part_of_a_statement(text: str) -> None:
    assert [claim.text for claim in why(said(text, 3))] == [HALDEN]


def test_white_space_and_invisible_characters_are_made_plain() -> None:
    assert [
        claim.text for claim in why(said("Halden\n\ncut\u00a0\u200bits  price\u202e.\x07", 3))
    ] == ["Halden cut its price."]


def test_a_statement_is_its_first_sentence_as_a_second_would_borrow_its_support() -> None:
    assert [
        claim.text for claim in why(said(f"{HALDEN} Ada Holt said that hospitals asked for it.", 3))
    ] == [HALDEN]


def test_a_statement_that_the_grammar_cut_in_its_only_sentence_is_none() -> None:
    assert why(said("Halden cut the price " + "of its API " * 40, 3)) == ()


def test_a_statement_that_the_grammar_cut_keeps_what_was_whole() -> None:
    text = f"{HALDEN} Ada Holt said that " + "nobody had expected such haste " * 10

    assert [claim.text for claim in why(said(text[:MOST_CHARACTERS], 3))] == [HALDEN]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("halden cut its price", "Halden cut its price."),
        ("Halden cut its price,", "Halden cut its price."),
        ("xAI cut its price", "xAI cut its price."),
        ("Halden cut its price!", "Halden cut its price!"),
    ],
)
def test_a_statement_is_shown_as_a_sentence(text: str, shown: str) -> None:
    assert [claim.text for claim in why(said(text, 3))] == [shown]


def test_a_hook_is_cut_at_a_clause_where_it_is_longer_than_a_line() -> None:
    hook = (
        "Halden cut the price of its API by a third on Saturday, which hospitals had asked for in a"
        " letter to its founder that three universities of the north had signed."
    )

    found = read(Section.BRIEF, {"hook": said(hook, 3), "what_changed": []})

    assert isinstance(found, Written)
    assert [claim.text for claim in (found.hook,) if claim] == [
        "Halden cut the price of its API by a third on Saturday."
    ]


def test_a_hook_that_cannot_be_cut_is_none() -> None:
    hook = "Halden cut " + "the price of the model of the year " * 5 + "again."

    assert read(Section.BRIEF, {"hook": said(hook, 3), "what_changed": []}) == Written()


def test_a_single_sentence_that_is_too_long_stays_for_the_gates_to_judge() -> None:
    text = "Halden cut the price " + "of its price " * 15 + "again."

    assert [claim.text for claim in why(said(text, 3))] == [text]


def test_the_quote_of_a_citation_is_the_sentence_of_the_passage_that_says_it() -> None:
    claims = why(said("Hospitals had asked for it, said Holt.", 3))

    assert [citation.quote for claim in claims for citation in claim.citations] == [
        "Ada Holt said that hospitals asked for it."
    ]


_WORDS = (
    "Halden Northwind cut price model 3.5 12% U.S. Dr. “said it” (again) – and, but; that… why? no!"
    " é 東京 [3] \" ' $1,000".split(" ")
)


@pytest.mark.parametrize("seed", range(60))
def test_a_quote_stands_in_its_passage_and_is_not_too_long_whatever_both_are(seed: int) -> None:
    dice = random.Random(seed)
    gaps = (" ", " ", " ", "  ", "\u00a0", ". ")
    passage = "".join(
        dice.choice(_WORDS) + dice.choice(gaps) for _ in range(dice.randint(1, 120))
    ).strip()
    text = " ".join(dice.choice(_WORDS) for _ in range(dice.randint(1, 30)))
    quotes = [(most, quote_for(text, passage, most)) for most in (1, 2, 9, 25)]

    assert [
        (most, quote)
        for most, quote in quotes
        if quote not in passage or not 0 < len(quote.split()) <= most
    ] == []
