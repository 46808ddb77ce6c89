"""What is known of a judge: how it did on claims whose truth is known, and the rates that follow.

How a threshold follows from it stands in `verify.judge.policy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from math import ceil

from aggregator.domain.frozen import frozen


def judge_key(digest: str, prompts: str) -> str:
    """The build of a judge and the version of its question in short."""
    return f"{digest.removeprefix('sha256:')[:12]} {prompts}"


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
    """An invented story."""

    headline: str
    articles: tuple[JudgedArticle, ...]


@frozen
class Outcome:
    """What became of a labelled claim, inferred or stated. `score` is the judge's probability, None
    where the anchors refused it, so that no judge was asked.
    """

    story: str
    is_true: bool
    score: float | None
    is_inferred: bool = False


@frozen
class Share:
    """A measured share, with what it is at least and at most: each bound holds with 90 %."""

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

    While it is under way, `left` is the number of claims that it may still be asked of, and `pace`
    how many of them the last run asked. `further` are true claims that it was asked of afterwards,
    which thresholds do not rest on; `is_whole` once these were all.
    """

    model: str
    digest: str
    prompts: str
    labelled: str
    made: datetime
    outcomes: tuple[Outcome, ...]
    left: int = 0
    pace: int = 0
    further: tuple[Outcome, ...] = ()
    is_whole: bool = False

    @property
    def key(self) -> str:
        """The build of the judge and the version of its question, as drafts are kept with it."""
        return judge_key(self.digest, self.prompts)

    @property
    def done(self) -> float:
        """The share of the claims that it was asked of."""
        return len(self.outcomes) / (len(self.outcomes) + self.left)

    @property
    def runs_left(self) -> int:
        """About how many more runs it takes, at most."""
        return ceil(self.left / max(1, self.pace))


@frozen
class WrittenDraft:
    """A sentence as a model had it when it came to the judge. `cited` are the keys of passages;
    `score` is the judge's probability, None where it was not asked.
    """

    story_id: str
    text: str
    cited: tuple[str, ...]
    is_inferred: bool
    score: float | None = None


@frozen
class Sample:
    """A random sample of a writer's drafts that somebody read: how many, and how many are false."""

    false: int = 0
    read: int = 0

    def joined(self, other: Sample) -> Sample:
        """Both samples as one."""
        return Sample(false=self.false + other.false, read=self.read + other.read)


@frozen
class LabelledSet:
    """The stories by name and the claims on them; `digest` changes with anything in these. `audits`
    are the samples of statements and of inferences that were checked before the release, by writer.
    """

    stories: Mapping[str, LabelledStory]
    claims: tuple[LabelledClaim, ...]
    digest: str
    audits: Mapping[str, tuple[Sample, Sample]] = field(default_factory=dict)


@frozen
class Prior:
    """The share of a writer's drafts that is taken to be false before they are judged. `audited` is
    the number of its drafts that somebody read to find it; 0 where it is assumed. `is_raised` where
    it is an estimate, because the judge rejects more drafts than that share explains.
    """

    share: float
    audited: int = 0
    is_raised: bool = False


@frozen
class Priors:
    """The priors of a writer's statements and of its inferences."""

    stated: Prior
    inferred: Prior


@frozen
class JudgeRates:
    """What a page says of the judge of its sentences: the share of false drafts that it would let
    pass, and of true ones that it refuses. `prior`, `audited` and `is_raised` are those of the
    writer's statements, None on pages from before they were kept.
    """

    model: str
    digest: str
    threshold: float
    false_passed: float
    true_refused: float
    prior: float | None = None
    audited: int | None = None
    is_raised: bool = False
