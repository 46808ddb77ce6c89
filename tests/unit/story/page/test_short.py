"""The form of a page's question is decided by what a model's answers were."""

from __future__ import annotations

import pytest

from aggregator.story.page.question import Fitness, Form


def after(*outcomes: tuple[Form, bool]) -> Form:
    """The form after these outcomes."""
    fitness = Fitness()
    for form, is_fit in outcomes:
        fitness = fitness.after(form, is_fit=is_fit)
    return fitness.form


@pytest.mark.parametrize(
    ("outcomes", "form"),
    [
        ([], Form.WHOLE),
        ([(Form.WHOLE, False)], Form.WHOLE),
        ([(Form.WHOLE, False), (Form.WHOLE, True), (Form.WHOLE, False)], Form.WHOLE),
        ([(Form.WHOLE, False), (Form.SHORT, True), (Form.WHOLE, False)], Form.SHORT),
        ([(Form.WHOLE, False)] * 2 + [(Form.SHORT, True), (Form.SHORT, False)], Form.SHORT),
        ([(Form.WHOLE, False)] * 2 + [(Form.SHORT, False)] * 2, Form.FACTS),
        ([(Form.WHOLE, False)] * 2 + [(Form.SHORT, False)] * 2 + [(Form.SHORT, False)], Form.FACTS),
    ],
    ids=["nothing", "once", "not in a row", "twice", "part by part", "not at all", "for good"],
)
def test_two_failures_in_a_row_lead_to_the_next_form(
    outcomes: list[tuple[Form, bool]], form: Form
) -> None:
    assert after(*outcomes) is form
