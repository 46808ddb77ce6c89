"""`aggregator predictions`: what was predicted, what is due, and the judgement on it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import NOW, Printed, awaited, flag, pass_settings
from aggregator.cli.progress import watcher
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.prediction import Prediction
    from aggregator.domain.settings import Settings
    from aggregator.plugins.predictions.judging import OperatorDecision, PossibleEvidence

_OUTCOMES = ("came-true", "did-not", "undecidable", "withdrawn", "open")


@click.group()
def predictions() -> None:
    """Show predictions, and judge those that are due."""


@predictions.command("list")
@flag(
    "--due",
    "only_due",
    help="Only those that are due, with passages that may decide them.",
)
@flag("--all", "everything", help="Include judged and withdrawn predictions.")
@NOW
@pass_settings
def list_predictions(
    settings: Settings, only_due: bool, everything: bool, now: datetime | None
) -> Printed:
    """List predictions, earliest due date first, each event once."""
    found, judged = awaited(_predictions(settings, now, only_due=only_due, everything=everything))
    objects = [
        _object(prediction) | {"evidence": [asdict(one) for one in near]}
        for prediction, near in found
    ]
    nothing = "No predictions yet: no source has predicted anything for a date."
    nothing = f"No open predictions; {judged} judged (--all shows them)." if judged else nothing
    nothing = "No predictions are due." if only_due else nothing
    text = "\n\n".join(_as_text(prediction, near) for prediction, near in found)
    return {"predictions": objects}, text or nothing


@predictions.command("score")
@click.argument("which", metavar="ID")
@click.argument("outcome", metavar="OUTCOME", type=click.Choice(_OUTCOMES))
@click.option(
    "--passage", default="", metavar="KEY", help="Passage of a stored article that decides it."
)
@click.option(
    "--url",
    default="",
    metavar="ADDRESS",
    help="URL of the evidence, if no stored article decides it.",
)
@click.option("--note", default="", metavar="TEXT", help="Note to print beside it.")
@NOW
@pass_settings
def score_prediction(
    settings: Settings,
    which: str,
    outcome: str,
    passage: str,
    url: str,
    note: str,
    now: datetime | None,
) -> Printed:
    """Judge a prediction and update the scorecard.

    OUTCOME: came-true, did-not, undecidable, open (reverts a judgement) or withdrawn (hides what
    was not a prediction).
    """
    from aggregator.domain.prediction import Outcome
    from aggregator.plugins.predictions.judging import OperatorDecision

    verdict = OperatorDecision(
        outcome=Outcome(outcome.replace("-", "_")), passage=passage, url=url, note=note
    )
    with watcher() as watch:
        judged = awaited(_score(settings, which, verdict, now, watch))
    where = f"The scorecard is published: {settings.site.base_url}/scorecard/"
    return _object(judged), f"{_as_text(judged, ())}\n{where}"


async def _predictions(
    settings: Settings, now: datetime | None, *, only_due: bool, everything: bool
) -> tuple[list[tuple[Prediction, tuple[PossibleEvidence, ...]]], int]:
    """The predictions with what may decide them, due by the clock asked for; and how many are
    judged.
    """
    from aggregator.bootstrap import open_services
    from aggregator.domain.prediction import Outcome, without_repeats
    from aggregator.plugins.predictions.judging import evidence
    from aggregator.plugins.predictions.store import stored_predictions

    async with open_services(settings, now) as services:
        if services.database.known_revision() is None:
            return [], 0
        services.database.demand_current()
        today = services.clock.now().date()
        with services.database.reading() as connection:
            stored = without_repeats(stored_predictions(connection, withdrawn=everything))
            kept = [
                replace(prediction, is_due=prediction.implication.horizon < today)
                for prediction in stored
            ]
            waiting = {Outcome.DUE} if only_due else {Outcome.DUE, Outcome.OPEN}
            chosen = [
                prediction for prediction in kept if everything or prediction.outcome in waiting
            ]
            listed = [
                (prediction, evidence(connection, services, prediction) if only_due else ())
                for prediction in chosen
            ]
            return listed, sum(prediction.decision is not None for prediction in kept)


async def _score(
    settings: Settings, which: str, verdict: OperatorDecision, now: datetime | None, watch: Any
) -> Prediction:
    from aggregator.bootstrap import open_run
    from aggregator.plugins.predictions.judging import decide
    from aggregator.site.stage.publish import publish_stage

    async with open_run(settings, now) as services:
        judged = decide(services, which, verdict)
        publish_stage(services, watch, full=False)
        return judged


_object = shape(
    "id noted outcome horizon=implication.horizon likelihood=implication.likelihood"
    " sign=implication.sign story=story_id text=implication.claim.text decided=decision.at"
    " passage=decision.citation.passage url=. note=.",
    url=lambda prediction: prediction.decision.url if prediction.decision else "",
    note=lambda prediction: prediction.decision.note if prediction.decision else "",
)


def _as_text(prediction: Prediction, near: tuple[PossibleEvidence, ...]) -> str:
    from aggregator.site.story.implications import OUTCOME_NAMES, is_own_sign

    implication = prediction.implication
    lines = [
        (
            f"{prediction.id}  {OUTCOME_NAMES[prediction.outcome]}, by {implication.horizon},"
            f" {implication.likelihood}"
        ),
        f"  {implication.claim.text}",
    ]
    if not is_own_sign(implication):
        lines.append(f"  comes true if: {implication.sign}")
    lines += [f"  --passage {one.passage}  {one.source}: {one.sentence}" for one in near]
    return "\n".join(lines)
