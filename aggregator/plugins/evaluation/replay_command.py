"""`runs replay`: the stories of a run, written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Printed, pass_settings, with_services
from aggregator.cli.progress import watcher
from aggregator.cli.runs import past_run
from aggregator.domain.wording import counted
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings

_object = shape("run same left")


@click.command()
@click.argument("run_id", metavar="ID")
@pass_settings
def replay(settings: Settings, run_id: str) -> Printed:
    """Rewrite the stories of a run from stored data.

    ID: the id of a refresh or replay, or `last` for the newest refresh.

    Changed stories are published. Nothing is fetched, and stored model answers are reused. Stories
    rewritten since then belong to the run that wrote them last.
    """
    from aggregator.domain.operation.report import RunKind
    from aggregator.plugins.evaluation.replay import replay_run

    past = past_run(settings, run_id, RunKind.REFRESH)
    if past.kind not in (RunKind.REFRESH, RunKind.REPLAY):
        what = f"{past.id} wrote no stories: it was a run of kind {past.kind}; choose a refresh"
        raise click.BadParameter(what, param_hint="ID")
    with watcher() as watch:
        done = with_services(settings, None, lambda services: replay_run(services, past, watch))
    as_object = _object(done) | {"replays": past.id, "changed": list(done.changed)}
    summary = (
        f"{counted(done.same, 'story', 'stories')} unchanged, {len(done.changed)} changed;"
        f" {counted(done.published.written, 'page')} written."
    )
    left = (
        f" Left as before, because their model does not respond:"
        f" {counted(done.left, 'story', 'stories')}."
        if done.left
        else ""
    )
    return as_object, summary + left
