"""What is known of a judge: how it did on claims whose truth is known, and the rates that follow.

How a threshold follows from it stands in `verify.judge.policy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from aggregator.domain.frozen import frozen


@frozen
class JudgedArticle:
    """An article as a judge sees it. `passages` are numbered in the order of its text, 0 is the
    headline.
    """

    source: str
    day: date
    passages: Mapping[int, str]


@frozen
class LabelledClaim:
    """A claim on a story of the shipped set, inferred or stated. `cited` are pairs of an article's
    place in the story and a passage's number; `error` names the kind of mistake in a false claim,
    empty in a true one.
    """

    story: str
    text: str
    is_true: bool
    error: str
    cited: tuple[tuple[int, int], ...]
    is_inferred: bool = False


@frozen
class LabelledStory:
    """An invented story. `for_fit` is False for the stories that are kept for reporting, which no
    threshold is chosen on.
    """

    headline: str
    articles: tuple[JudgedArticle, ...]
    for_fit: bool


@frozen
class LabelledSet:
    """The stories by name and the claims on them; `digest` changes with anything in it."""

    stories: Mapping[str, LabelledStory]
    claims: tuple[LabelledClaim, ...]
    digest: str


@frozen
class Outcome:
    """What became of a labelled claim. `score` is the judge's probability, None where the anchors
    refused it, so that no judge was asked.
    """

    story: str
    is_true: bool
    score: float | None


@frozen
class Share:
    """A measured share with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@frozen
class Point:
    """What a threshold does: the share of false claims that pass, and of true ones that are
    kept.
    """

    threshold: float
    false_passed: Share
    true_kept: Share


@frozen
class Calibration:
    """How a judge did on the shipped set. `digest` names the build of the model, `prompts` how it
    was asked, `labelled` which set it was and which code checked its claims.

    `fit` are the outcomes that the threshold follows from, `report` those that only tell how well
    it does.
    """

    model: str
    digest: str
    prompts: str
    labelled: str
    made: datetime
    fit: tuple[Outcome, ...]
    report: tuple[Outcome, ...]


@frozen
class JudgeRates:
    """What a page says of the judge of its sentences: the share of false drafts that it would let
    pass, and of true ones that it refuses.
    """

    model: str
    digest: str
    threshold: float
    false_passed: float
    true_refused: float
