"""`aggregator predictions`: what was predicted, what is due, and the judgement on it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import NOW, Invocation, awaited, pass_invocation, picked

if TYPE_CHECKING:
    from aggregator.domain.prediction import Prediction
    from aggregator.domain.settings import Settings
    from aggregator.plugins.predictions.judging import OperatorDecision, PossibleEvidence

_OUTCOMES = ("came-true", "did-not", "undecidable", "withdrawn", "open")


@click.group()
def predictions() -> None:
    """Show predictions, and judge those that are due."""


@predictions.command("list")
@click.option(
    "--due",
    "only_due",
    is_flag=True,
    help="Only those that are due, with passages that may decide them.",
)
@click.option("--all", "everything", is_flag=True, help="Include judged and withdrawn predictions.")
@NOW
@pass_invocation
def list_predictions(
    invocation: Invocation, only_due: bool, everything: bool, now: datetime | None
) -> None:
    """List predictions, earliest due date first, each event once."""
    found, judged = awaited(
        _predictions(invocation.settings(), now, only_due=only_due, everything=everything)
    )
    objects = [
        _object(prediction) | {"evidence": [asdict(one) for one in near]}
        for prediction, near in found
    ]
    nothing = "No predictions yet: no source has predicted anything for a date."
    nothing = f"No open predictions; {judged} judged (--all shows them)." if judged else nothing
    nothing = "No predictions are due." if only_due else nothing
    invocation.result(
        {"predictions": objects},
        "\n\n".join(_as_text(prediction, near) for prediction, near in found) or nothing,
    )


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
@pass_invocation
def score_prediction(
    invocation: Invocation,
    which: str,
    outcome: str,
    passage: str,
    url: str,
    note: str,
    now: datetime | None,
) -> None:
    """Judge a prediction and update the scorecard.

    OUTCOME: came-true, did-not, undecidable, open (reverts a judgement) or withdrawn (hides what
    was not a prediction).
    """
    from aggregator.cli.progress import set_up_log, watcher
    from aggregator.domain.prediction import Outcome
    from aggregator.plugins.predictions.judging import OperatorDecision

    settings = invocation.settings()
    set_up_log()
    verdict = OperatorDecision(
        outcome=Outcome(outcome.replace("-", "_")), passage=passage, url=url, note=note
    )
    with watcher() as watch:
        judged = awaited(_score(settings, which, verdict, now, watch))
    invocation.result(
        _object(judged),
        f"{_as_text(judged, ())}\nThe scorecard is published: {settings.site.base_url}/scorecard/",
    )


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


def _object(prediction: Prediction) -> dict[str, Any]:
    implication, decision = prediction.implication, prediction.decision
    return (
        picked(prediction, "id noted outcome")
        | picked(implication, "horizon likelihood sign")
        | {
            "story": prediction.story_id,
            "text": implication.claim.text,
            "decided": decision.at if decision else None,
            "passage": decision.citation.passage if decision and decision.citation else None,
            "url": decision.url if decision else "",
            "note": decision.note if decision else "",
        }
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
