"""What is found in the archive and said of it: records for commands, tools and scripts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from aggregator.domain.article import Verdict
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.plugins.questions.question import Evidence

MOST_QUOTED = 400  # characters of a sentence that is shown


@frozen
class FoundFact:
    """A sentence of an article as its publisher wrote it, with where it stands, and the verdict by
    which it was admitted. Of a source that may not be quoted there is a notice in place of it.
    """

    text: str
    passage: str
    source: str
    url: str
    published: date
    story: str
    verdict: Verdict = Verdict.EVIDENCE
    notice: str = ""


@frozen
class FoundStory:
    """A story with its headline and its page."""

    id: str
    headline: str
    url: str
    published: date


class SentenceKind(StrEnum):
    """Whose words an answer's sentence has."""

    QUOTED = "quoted"
    WRITTEN = "written"
    LISTED = "listed"  # what a list that is read as data states


@frozen
class AnswerSentence:
    """A sentence of an answer with the facts that it rests on, never none."""

    text: str
    kind: SentenceKind
    citations: tuple[FoundFact, ...]


@frozen
class AnswerValue:
    """A figure or day that sources give, with the facts that give it."""

    text: str
    facts: tuple[FoundFact, ...]


@frozen
class Answer:
    """What the archive says to a question: nothing where it does not know.

    `values` are the figures or days asked for, more than one where sources differ. `engine`
    is the model that wrote, or `rules`; `rates` are those of the judge that let its sentences pass.
    """

    question: str
    sentences: tuple[AnswerSentence, ...]
    values: tuple[AnswerValue, ...] = ()
    engine: str = "rules"
    rates: JudgeRates | None = None

    @property
    def is_known(self) -> bool:
        """Whether the archive knows an answer."""
        return bool(self.sentences)


def cut(text: str) -> str:
    """A text with at most 400 characters."""
    return text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 1].rstrip()}…"


def fact_of(evidence: Evidence, source: str, notice: str) -> FoundFact:
    """Evidence as it is shown, cut at 400 characters, or a notice in place of it."""
    found = evidence.found
    return FoundFact(
        text="" if notice else cut(evidence.text),
        notice=notice,
        passage=found.passage.key,
        source=source,
        url=found.url,
        published=found.published.date(),
        story=found.story_id,
    )


class CheckedVerdict(StrEnum):
    """What the archive says of a sentence."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"


@frozen
class CheckResult:
    """What the archive says of a sentence, why, and the facts that were compared with it.

    `rates` are those of the judge that was asked; None where code decided.
    """

    claim: str
    verdict: CheckedVerdict
    because: str
    facts: tuple[FoundFact, ...]
    rates: JudgeRates | None = None
