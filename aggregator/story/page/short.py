"""In which form a model is asked for a page: in one answer, section by section, or not at all.

The form is decided by what a model's answers were, never by its name, and is kept by the digest of
its build.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

_MOST_FAILURES = 2  # stories that a model may fail on in a form


class Form(StrEnum):
    """How a page is asked for; in the last form a model notes facts and rules write."""

    WHOLE = "whole"
    SHORT = "short"
    FACTS = "facts"


_NEXT = {Form.WHOLE: Form.SHORT, Form.SHORT: Form.FACTS, Form.FACTS: Form.FACTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """The form that a model gets, and on how many stories in a row it failed in that form."""

    form: Form = Form.WHOLE
    failures: int = 0

    def after(self, form: Form, *, is_fit: bool) -> Fitness:
        """What is known after one more story was asked for in a form: of two failures in a row the
        next form follows.
        """
        if form is not self.form:
            return self
        if is_fit:
            return replace(self, failures=0)
        if self.failures + 1 < _MOST_FAILURES:
            return replace(self, failures=self.failures + 1)
        return Fitness(form=_NEXT[self.form])
