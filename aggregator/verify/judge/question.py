"""What a judge is asked, by the kind of model it is, and what its answer says. Pure.

Granite Guardian is asked whether the claim is *not* grounded: its Yes is a risk. Its builds to 3.2
take the premise under the role `context`, the later ones under `document`, and answer within
`<score>`. MiniCheck was trained on "Document: … Claim: …". Any other model gets a question in plain
words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import StrEnum

from aggregator.domain.ids import sha256_of
from aggregator.ports import Question, Reply, Token
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import plain_renderer

_FOLDER = TEMPLATES / "prompts" / "judge"
_render = plain_renderer(_FOLDER)
_WORD_TOKENS = 4  # "Yes", a full stop, and what a model may put before it
_SCORE_TOKENS = 16  # "<score> no </score>"
_GROUNDEDNESS = "groundedness"  # the name by which Guardian's template knows the risk
_GUARDIAN = re.compile(r"granite-?(\d+)(?:\.(\d+))?-guardian|granite-guardian-(\d+)(?:\.(\d+))?")
_WITH_DOCUMENTS = (3, 3)  # the first Guardian that takes documents
_ANSWER = re.compile(r"\b(yes|no)\b", re.IGNORECASE)


class Form(StrEnum):
    """How a model is asked."""

    CHAT = "chat"
    CONTEXT = "guardian with context"
    DOCUMENT = "guardian with document"
    MINICHECK = "minicheck"


def form_of(model: str) -> Form:
    """How a model of this name is asked."""
    name = model.lower()
    if "minicheck" in name:
        return Form.MINICHECK
    if found := _GUARDIAN.search(name):
        major, minor = (int(number or 0) for number in (found[1] or found[3], found[2] or found[4]))
        return Form.DOCUMENT if (major, minor) >= _WITH_DOCUMENTS else Form.CONTEXT
    return Form.CHAT


def fact_checker(models: Sequence[str]) -> str | None:
    """The first of some models that was made to check facts and may be used by anybody; None where
    there is none. MiniCheck's licence forbids commercial use, so it is only taken by name.
    """
    return next((model for model in sorted(models) if _GUARDIAN.search(model.lower())), None)


def question(form: Form, premise: str, claim: str, *, is_inferred: bool = False) -> Question:
    """The question whether a premise states a claim; a chat model is asked of an inferred one
    whether it is plausible, as models made to check facts know one question only.
    """
    messages: tuple[tuple[str, str], ...]
    match form:
        case Form.CHAT:
            template = "plausible.txt" if is_inferred else "support.txt"
            user = _render(template, premise=premise, claim=claim)
            messages = (("system", _render("support_system.txt")), ("user", user))
        case Form.MINICHECK:
            user = _render("support_minicheck.txt", premise=premise, claim=claim)
            messages = (("user", user),)
        case Form.CONTEXT | Form.DOCUMENT:
            role = "context" if form is Form.CONTEXT else "document"
            messages = (("system", _GROUNDEDNESS), (role, premise), ("assistant", claim))
    tokens = _SCORE_TOKENS if form is Form.DOCUMENT else _WORD_TOKENS
    return Question(messages=messages, premise=premise, most_tokens=tokens)


def question_digest(form: Form) -> str:
    """A short digest of how a model of a form is asked."""
    asked = [
        question(form, "PREMISE", "CLAIM", is_inferred=is_inferred) for is_inferred in (False, True)
    ]
    form_words = f"{form}\n{[(each.messages, each.most_tokens) for each in asked]}"
    return sha256_of(form_words)[:8]


def probability(reply: Reply, form: Form) -> float | None:
    """The probability that the premise states the claim; None where the answer is neither yes nor
    no. Without log-probabilities it is 1 or 0.
    """
    spoken = [token for token in reply.tokens if _plain(token.text) in ("yes", "no")]
    yes = next(
        (found for token in (*spoken, *reply.tokens) if (found := _yes(token)) is not None), None
    )
    if yes is None:
        word = _ANSWER.search(reply.text)
        yes = None if word is None else float(word[0].lower() == "yes")
    if yes is None:
        return None
    return 1.0 - yes if form in (Form.CONTEXT, Form.DOCUMENT) else yes


def _yes(token: Token) -> float | None:
    """How likely yes is at the place of a token; None where neither yes nor no is likely there.

    Where one of both is not among the likeliest, it is at most as likely as the last of them.
    """
    likely = {
        word: sum(math.exp(number) for text, number in token.likeliest if _plain(text) == word)
        for word in ("yes", "no")
    }
    if not any(likely.values()):
        return None
    least = math.exp(min(logarithm for _, logarithm in token.likeliest))
    yes, no = (chance or least for chance in likely.values())
    return yes / (yes + no)


def _plain(text: str) -> str:
    """A token without what stands around its word; some tokenizers mark a space with ▁ or Ġ."""
    return text.strip(" \t\n▁Ġ*.,:\"'").lower()
