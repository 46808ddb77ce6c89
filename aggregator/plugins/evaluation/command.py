"""`eval`: which engine and model analyse stories best on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Printed, awaited, flag, pass_settings, table
from aggregator.cli.progress import watcher

if TYPE_CHECKING:
    from aggregator.domain.operation.evaluation import Outcome, Score
    from aggregator.domain.settings import AnalysisSettings, Settings
    from aggregator.ports import Engine, ModelEngine
    from aggregator.services import Services, Watch
    from aggregator.story.stage.judging import SentenceJudge

_ENGINES = ("ollama", "openai", "extractive")


@click.command("eval")
@click.option(
    "--engine",
    type=click.Choice(_ENGINES),
    help="Engine that runs the models. Default: analysis.engine.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Model to score; may be repeated. Default: the configured one.",
)
@flag("--no-judge", help="Use no judge: score what passes the exact checks alone.")
@click.option(
    "--stories", type=click.IntRange(min=1), help="Number of stories to score. Default: all."
)
@flag("--list", "is_list", help="Only show the scores of earlier runs.")
@pass_settings
def evaluate(
    settings: Settings,
    engine: str | None,
    models: tuple[str, ...],
    no_judge: bool,
    stories: int | None,
    is_list: bool,
) -> Printed:
    """Score models and rules on invented stories.

    Counts facts reported, falsehoods printed, true sentences rejected by the checks, empty
    sections, tokens and seconds. Saves the scores, and the prompt format to use with each model.
    """
    from aggregator.plugins.evaluation.gold import advice, is_fit, ranked

    if is_list:
        scored = _kept(settings)
    else:
        asked = _engines(settings, engine, models)
        with watcher() as watch:
            scored = awaited(_scores(asked, stories, watch, no_judge=no_judge))
    known = ranked(scored)
    objects = [{**asdict(score), "fit": is_fit(score)} for score in known]
    same = [score for score in known if score.cases == scored[0].cases] if scored else []
    advised = advice(same) if same else "No scores yet: run `aggregator eval`."
    return {"advice": advised, "scores": objects}, _as_text(known, advised)


def _engines(settings: Settings, engine: str | None, models: Sequence[str]) -> list[Settings]:
    """The settings of each engine to score: the rules, then each model."""
    from aggregator.domain.settings import EngineChoice

    analysis = settings.analysis
    chosen = EngineChoice(engine) if engine else analysis.engine
    rules = replace(settings, analysis=replace(analysis, engine=EngineChoice.EXTRACTIVE))
    if chosen is EngineChoice.EXTRACTIVE:
        if models:
            raise click.BadParameter("the extractive engine takes no --model", param_hint="--model")
        return [rules]
    one = replace(
        analysis,
        engine=EngineChoice.OPENAI if chosen is EngineChoice.OPENAI else EngineChoice.OLLAMA,
    )
    served = [_with_model(one, model) for model in models] or [one]
    return [rules, *(replace(settings, analysis=each) for each in served)]


def _with_model(settings: AnalysisSettings, model: str) -> AnalysisSettings:
    if settings.server is settings.openai:
        return replace(settings, openai=replace(settings.openai, model=model))
    return replace(settings, ollama=replace(settings.ollama, model=model))


def _kept(settings: Settings) -> list[Score]:
    """The scores of earlier runs, the newest first; none where there is no database."""
    from aggregator.bootstrap import open_stored
    from aggregator.store.writing.models import kept_scores

    with open_stored(settings.database) as connection:
        return list(kept_scores(connection)) if connection else []


async def _scores(
    asked: Sequence[Settings], stories: int | None, watch: Watch, *, no_judge: bool
) -> list[Score]:
    """The scores in the order asked, then those of earlier runs on the same stories. Raises
    LlmError where a model does not answer.
    """
    from aggregator.bootstrap import open_services
    from aggregator.plugins.evaluation.cases import load_cases
    from aggregator.plugins.evaluation.scoring import engine_score, keep
    from aggregator.store.writing.models import kept_scores

    cases = load_cases()[:stories]
    found: list[Score] = []
    for one in asked:
        async with open_services(one, None) as services, AsyncExitStack() as open_models:
            engine = await _engine(services, open_models)
            services.database.upgrade(services.clock.now())
            judge = await _judge(services, engine, no_judge=no_judge)
            score = await engine_score(engine, cases, one.analysis, judge, services.clock, watch)
            found.append(score)
            keep(services.database, score, services.clock.now())
            with services.database.reading() as connection:
                before = kept_scores(connection)
    scored = {_key(score) for score in found}
    same = (score for score in before if score.cases == found[0].cases)
    return [*found, *(score for score in same if _key(score) not in scored)]


def _key(score: Score) -> tuple[str, str, str, str]:
    return score.digest, score.prompts, score.judge, score.cases


async def _engine(services: Services, open_models: AsyncExitStack) -> Engine | ModelEngine:
    from aggregator.bootstrap import model_engine
    from aggregator.domain.settings import EngineChoice

    analysis = services.settings.analysis
    if analysis.engine is EngineChoice.EXTRACTIVE:
        return services.engine
    return await model_engine(analysis, open_models)


async def _judge(
    services: Services, engine: Engine | ModelEngine, *, no_judge: bool
) -> SentenceJudge:
    from aggregator.ports import ModelEngine
    from aggregator.story.stage.judging import SentenceJudge, sentence_judge

    if not isinstance(engine, ModelEngine):
        return SentenceJudge()
    return SentenceJudge(why="--no-judge") if no_judge else await sentence_judge(services)


def _as_text(scores: Sequence[Score], advised: str) -> str:
    if not scores:
        return advised
    cost = ("engine", "model", "stories", "form", "in schema", "past anchors", "tokens", "seconds")
    pages = (
        "model",
        "page content",
        "facts in its own words",
        "by the model",
        "in all",
        "falsehoods",
        "truths rejected",
        "empty sections",
    )
    lines = [
        table(cost, [_cost(score) for score in scores]),
        "Tokens (read + written + judged) and seconds are per story.",
        table(pages, [row for score in scores for row in _pages(score)]),
        advised,
    ]
    lines += [
        f"printed by {_name(score)}: {falsehood}"
        for score in scores
        for falsehood in score.outcome.false
    ]
    lines += [
        f"not written by {_name(score)}: {failure}"
        for score in scores
        for failure in score.failures
    ]
    return "\n".join(lines)


def _name(score: Score) -> str:
    return score.model or score.engine


def _cost(score: Score) -> tuple[str, ...]:
    number, is_model = score.stories or 1, bool(score.model)
    tokens = (score.read_tokens, score.written_tokens, score.judged_tokens)
    return (
        score.engine,
        score.model or "–",
        str(score.stories),
        score.form or "–",
        f"{score.valid_share:.0%} of {score.calls}" if is_model else "–",
        f"{score.passed_share:.0%} of {score.proposed}" if is_model else "–",
        " + ".join(f"{each / number:.0f}" for each in tokens) if is_model else "–",
        f"{score.seconds / number:.1f}",
    )


def _pages(score: Score) -> list[tuple[str, ...]]:
    """What the anchors alone let through, and what would be printed; of rules that is one."""
    if not score.model:
        return [_page(score, score.printed, "chosen by rules")]
    printed = (
        f"printed, judged by {score.judge}"
        if score.judge
        else f"printed: quotations only ({score.why})"
    )
    return [
        _page(score, score.anchors, "passed by anchors alone"),
        _page(score, score.printed, printed),
    ]


def _page(score: Score, outcome: Outcome, what: str) -> tuple[str, ...]:
    facts = score.facts or 1
    return (
        _name(score),
        what,
        f"{outcome.facts_written / facts:.0%}",
        f"{outcome.facts_unaided / facts:.0%}" if score.model else "–",
        f"{outcome.facts_reported / facts:.0%} of {score.facts}",
        f"{len(outcome.false)} of {score.falsehoods}",
        f"{outcome.truths_refused} of {score.facts}" if score.model else "–",
        f"{outcome.empty} of {score.sections}",
    )
