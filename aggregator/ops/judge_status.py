"""What an operator is shown of the judge of the settings: whether it is calibrated, its threshold
and its rates.
"""

from __future__ import annotations

from aggregator.config.calibration_file import load_labelled
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import (
    Calibration,
    JudgeRates,
    Point,
    Prior,
    Share,
)
from aggregator.domain.settings import JudgeSettings
from aggregator.errors import DatabaseError
from aggregator.ports import ModelFacts
from aggregator.store.database import Database
from aggregator.store.writing.drafts import newest_writer
from aggregator.store.writing.models import kept_calibration
from aggregator.verify.judge.policy import Decision, rates
from aggregator.verify.judge.premise import basis_digest
from aggregator.verify.judge.question import form_of, question_digest
from aggregator.verify.stage import decided, under_way

CALIBRATE = "`aggregator model calibrate`"


@frozen
class Standing:
    """A judge that answered. `calibration` is None until that is begun, `decision` until it is
    finished.
    """

    model: str
    digest: str
    calibration: Calibration | None = None
    decision: Decision | None = None

    @property
    def rates(self) -> JudgeRates | None:
        """Its rates; None until it is calibrated, and where the page is the rules'."""
        if self.calibration is None or self.decision is None:
            return None
        return rates(self.calibration, self.decision)

    @property
    def words(self) -> str:
        """The standing in a sentence."""
        name = f"{self.model} (digest {self.digest.removeprefix('sha256:')[:12]})"
        if self.calibration is None:
            return f"{name} is not calibrated"
        if self.decision is None:
            return under_way(self.calibration)
        if self.decision.threshold is None or self.decision.found is None:
            return f"{name}: {self.decision.why}"
        inferred = self.decision.inferred
        return (
            f"{name} prints statements with a probability of at least"
            f" {self.decision.threshold:.3g}{taken(self.decision.prior)},"
            f" {'no inferences' if inferred is None else f'inferences from {inferred:.3g}'}:"
            f" {passes(self.decision.found)}"
        )


def standing(database: Database, facts: ModelFacts, settings: JudgeSettings) -> Standing:
    """What is known of a judge that answered. Raises `ConfigError` where the labelled set cannot be
    read; a database that cannot be read knows nothing.
    """
    found = _kept(database, facts)
    return Standing(
        model=facts.model,
        digest=facts.digest,
        calibration=found,
        decision=decision_for(database, found, settings) if found and not found.left else None,
    )


def decision_for(database: Database, calibration: Calibration, settings: JudgeSettings) -> Decision:
    """What the policy says of a calibrated judge behind the model that wrote last, with these
    settings.
    """
    with database.reading() as connection:
        writer, _ = newest_writer(connection) or ("", "")
        return decided(connection, calibration, writer, load_labelled(), settings)


def taken(prior: Prior | None) -> str:
    """The prior that a threshold rests on, in brackets; empty where it rests on none."""
    if prior is None:
        return ""
    how = f"from an audit of {prior.audited}" if prior.audited else "assumed"
    how = "estimated from its verdicts" if prior.is_raised else how
    return f" ({prior.share:.1%} of the drafts false, {how})"


def passes(point: Point) -> str:
    """The rates of a point in words."""
    return (
        f"it accepts {_words(point.false_passed)} of the false drafts and"
        f" {_words(point.true_kept)} of the true ones"
    )


def _words(share: Share) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _kept(database: Database, facts: ModelFacts) -> Calibration | None:
    prompts, labelled = question_digest(form_of(facts.model)), basis_digest(load_labelled())
    try:
        database.demand_current()
        with database.reading() as connection:
            return kept_calibration(connection, facts.digest, prompts, labelled)
    except DatabaseError:
        return None  # what is wrong with it is shown where it is looked at
