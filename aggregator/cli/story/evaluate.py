"""`eval`: which engine and model analyse stories best on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.arguments import NEW_FILE
from aggregator.cli.context import Invocation, pass_invocation, table

if TYPE_CHECKING:
    from aggregator.domain.operation.evaluation import Score
    from aggregator.domain.settings import AnalysisSettings

_ENGINES = ("ollama", "openai", "extractive")


@click.command("eval")
@click.option(
    "--engine",
    type=click.Choice(_ENGINES),
    help="Who serves the models; that of the settings unless told.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="A model to score; may be given again. Default: the one set.",
)
@click.option(
    "--stories", type=click.IntRange(min=1), help="So many of the stories; all unless told."
)
@click.option("--save", type=NEW_FILE, help="Keep the scores in a file, and compare with it.")
@pass_invocation
def evaluate(
    invocation: Invocation,
    engine: str | None,
    models: tuple[str, ...],
    stories: int | None,
    save: Path | None,
) -> None:
    """Score models, and the rules, on stories of our own.

    Shape, gates, facts, traps and cost of what they tell.
    """
    from aggregator.cli.progress import set_up_log, watcher
    from aggregator.domain.operation.evaluation import advice, is_fit, ranked

    settings = invocation.settings().analysis
    set_up_log(verbose=invocation.verbose)
    before = _saved_scores(save)
    with watcher() as watch:
        scored = asyncio.run(_scores(_engines(settings, engine, models), stories, watch))
    known = ranked(_merged(before, scored))
    if save:
        _save(save, known)
    objects = [{**asdict(score), "fit": is_fit(score)} for score in known]
    same = [score for score in known if score.stories == scored[0].stories]
    invocation.result({"advice": advice(same), "scores": objects}, _as_text(known, advice(same)))


def _engines(
    settings: AnalysisSettings, engine: str | None, models: Sequence[str]
) -> list[AnalysisSettings]:
    """The settings of each engine to score: the rules, then each model."""
    from aggregator.domain.settings import EngineChoice

    chosen = EngineChoice(engine) if engine else settings.engine
    rules = replace(settings, engine=EngineChoice.EXTRACTIVE)
    if chosen is EngineChoice.EXTRACTIVE:
        if models:
            raise click.BadParameter("the extractive engine has no models", param_hint="--model")
        return [rules]
    one = replace(
        settings,
        engine=EngineChoice.OPENAI if chosen is EngineChoice.OPENAI else EngineChoice.OLLAMA,
    )
    return [rules, *([_with_model(one, model) for model in models] or [one])]


def _with_model(settings: AnalysisSettings, model: str) -> AnalysisSettings:
    from aggregator.domain.settings import EngineChoice

    if settings.engine is EngineChoice.OPENAI:
        return replace(settings, openai=replace(settings.openai, model=model))
    return replace(settings, ollama=replace(settings.ollama, model=model))


async def _scores(
    asked: Sequence[AnalysisSettings], stories: int | None, watch: Any
) -> list[Score]:
    """The scores in the order asked. Raises LlmError where a model does not answer."""
    from contextlib import AsyncExitStack

    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import model_engine
    from aggregator.config.evaluation_file import load_cases
    from aggregator.domain.settings import EngineChoice
    from aggregator.ops.evaluation import engine_score
    from aggregator.story.rules.extractive import extractive_engine

    cases = load_cases()[:stories]
    found = []
    for settings in asked:
        async with AsyncExitStack() as open_models:
            is_rules = settings.engine is EngineChoice.EXTRACTIVE
            engine = (
                extractive_engine(settings)
                if is_rules
                else await model_engine(settings, open_models)
            )
            found.append(await engine_score(engine, cases, settings, SystemClock(), watch))
    return found


def _saved_scores(file: Path | None) -> list[Score]:
    """The scores of a file; none where there is none. Raises ConfigError, and a usage error where
    it cannot be written.
    """
    import json
    import os

    from aggregator.domain.operation.evaluation import Score
    from aggregator.errors import ConfigError

    if file is None:
        return []
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise click.BadParameter(
            f"{file} cannot be written; mend its owner, or name another file", param_hint="--save"
        )
    if not file.exists():
        return []
    try:
        rows = json.loads(file.read_text("utf-8"))["scores"]
        return [
            Score(**{**row, "sprung": tuple(row["sprung"]), "failures": tuple(row["failures"])})
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            str(file), [f"holds no scores of `aggregator eval` ({error}); name another file"]
        ) from error


def _merged(before: Sequence[Score], now: Sequence[Score]) -> list[Score]:
    """All scores, a newer one in place of that of the same build of a model on as many stories."""
    return list(
        {
            (score.engine, score.model, score.digest, score.stories): score
            for score in (*before, *now)
        }.values()
    )


def _save(file: Path, scores: Sequence[Score]) -> None:
    import json

    file.write_text(
        json.dumps({"scores": [asdict(score) for score in scores]}, ensure_ascii=False, indent=1)
        + "\n",
        "utf-8",
    )


def _as_text(scores: Sequence[Score], advised: str) -> str:
    heads = (
        "engine",
        "model",
        "stories",
        "in schema",
        "past gates",
        "own",
        "facts told",
        "traps",
        "tokens a story",
        "s a story",
    )
    lines = [table(heads, [_row(score) for score in scores]), advised]
    lines += [
        f"trap sprung by {score.model or score.engine}: {trap}"
        for score in scores
        for trap in score.sprung
    ]
    lines += [
        f"not told by {score.model or score.engine}: {failure}"
        for score in scores
        for failure in score.failures
    ]
    return "\n\n".join((lines[0], "\n".join(lines[1:])))


def _row(score: Score) -> tuple[str, ...]:
    number = score.stories or 1
    is_model = bool(score.model)
    return (
        score.engine,
        score.model or "–",
        str(score.stories),
        f"{score.valid_share:.0%} of {score.calls}" if is_model else "–",
        f"{score.passed_share:.0%} of {score.proposed}" if is_model else "–",
        str(score.own),
        f"{score.coverage:.0%} of {score.facts}",
        f"{len(score.sprung)} of {score.traps}",
        f"{score.read_tokens / number:.0f} + {score.written_tokens / number:.0f}"
        if is_model
        else "–",
        f"{score.seconds / number:.1f}",
    )
