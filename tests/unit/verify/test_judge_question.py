"""How each kind of model is asked, and what its answer says."""

from __future__ import annotations

from math import log

import pytest

from aggregator.ports import FinishReason, Reply, Token
from aggregator.verify.judge.question import (
    Form,
    fact_checker,
    form_of,
    probability,
    question,
    question_digest,
)


def answered(text: str, *tokens: tuple[str, dict[str, float]]) -> Reply:
    return Reply(
        text=text,
        tokens=tuple(
            Token(
                text=word, likeliest=tuple((other, log(chance)) for other, chance in likely.items())
            )
            for word, likely in tokens
        ),
        prompt_tokens=10,
        completion_tokens=2,
        finish=FinishReason.STOP,
        seconds=0.1,
    )


@pytest.mark.parametrize(
    ("model", "form"),
    [
        ("qwen3:4b-instruct", Form.CHAT),
        ("granite3.3:8b", Form.CHAT),
        ("granite3-guardian:2b", Form.CONTEXT),
        ("granite3-guardian", Form.CONTEXT),
        ("ibm/granite3.2-guardian:5b", Form.CONTEXT),
        ("ibm/granite3.3-guardian:8b", Form.DOCUMENT),
        ("granite4.1-guardian:8b", Form.DOCUMENT),
        ("ibm-granite/granite-guardian-3.1-8b", Form.CONTEXT),
        ("bespoke-minicheck", Form.MINICHECK),
        ("Bespoke-MiniCheck-7B", Form.MINICHECK),
    ],
)
def test_a_model_is_asked_as_it_was_trained_to_be(model: str, form: Form) -> None:
    assert form_of(model) is form


def test_a_guardian_is_taken_by_itself_and_minicheck_only_by_name() -> None:
    assert fact_checker(["qwen3:4b-instruct", "bespoke-minicheck", "granite3-guardian:2b"]) == (
        "granite3-guardian:2b"
    )
    assert fact_checker(["bespoke-minicheck", "qwen3:4b-instruct"]) is None


@pytest.mark.parametrize(
    ("form", "roles"),
    [
        (Form.CHAT, ["system", "user"]),
        (Form.CONTEXT, ["system", "context", "assistant"]),
        (Form.DOCUMENT, ["system", "document", "assistant"]),
        (Form.MINICHECK, ["user"]),
    ],
)
def test_every_form_shows_premise_and_claim(form: Form, roles: list[str]) -> None:
    asked = question(form, "The premise.", "The claim.")

    shown = "\n".join(text for _, text in asked.messages)
    assert [role for role, _ in asked.messages] == roles
    assert ("The premise." in shown, "The claim." in shown) == (True, True)


def test_a_chat_model_is_asked_of_what_is_inferred_whether_it_is_plausible() -> None:
    stated, inferred = (
        question(Form.CHAT, "The premise.", "The claim.", is_inferred=is_inferred).messages[1][1]
        for is_inferred in (False, True)
    )

    assert ("plausible" in stated, "plausible" in inferred) == (False, True)
    assert stated.split("\n\nThe sentence")[0].startswith(inferred.partition("\n\nThe ")[0])


def test_a_model_made_to_check_facts_is_asked_one_question() -> None:
    for form in (Form.CONTEXT, Form.DOCUMENT, Form.MINICHECK):
        assert question(form, "P.", "C.") == question(form, "P.", "C.", is_inferred=True)


def test_the_digest_of_a_question_differs_by_form() -> None:
    assert len({question_digest(form) for form in Form}) == len(Form)


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        pytest.param(
            Form.CHAT,
            answered("Yes.", ("Yes", {"Yes": 0.6, "No": 0.2, "yes": 0.1}), (".", {".": 1.0})),
            7 / 9,
            id="what both words share",
        ),
        pytest.param(
            Form.CONTEXT, answered("No", ("No", {"Yes": 0.2, "No": 0.8})), 0.8, id="a risk is a no"
        ),
        pytest.param(
            Form.DOCUMENT,
            answered(
                "<score> no </score>",
                ("<", {"<": 0.99, "no": 0.01}),
                (" no", {" no": 0.9, " yes": 0.1}),
            ),
            0.9,
            id="the word within the tags counts",
        ),
        pytest.param(
            Form.CHAT,
            answered("To", ("To", {"To": 0.5, "Yes": 0.3, "No": 0.1})),
            0.75,
            id="a word that was not spoken, but likely",
        ),
        pytest.param(
            Form.CHAT,
            answered("Yes", ("Yes", {"Yes": 0.9, "Maybe": 0.1})),
            0.9,
            id="a word beyond the likeliest is at most as likely as the last",
        ),
        pytest.param(Form.CHAT, answered("Yes, it does."), 1.0, id="the word alone, yes"),
        pytest.param(Form.MINICHECK, answered("No"), 0.0, id="the word alone, no"),
        pytest.param(Form.CONTEXT, answered("Yes"), 0.0, id="the word alone, a risk"),
        pytest.param(Form.CHAT, answered("I cannot tell."), None, id="neither"),
        pytest.param(Form.CHAT, answered("Nothing of it."), None, id="a word that begins with no"),
    ],
)
def test_an_answer_is_read_as_a_probability(
    form: Form, given: Reply, expected: float | None
) -> None:
    assert probability(given, form) == (None if expected is None else pytest.approx(expected))
