"""The plugin `predictions` switched off: nothing becomes due, and there is no scorecard."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.hooks.plugins import Plugins, activate
from aggregator.pipeline import STAGES, stages
from tests.acceptance.house import House
from tests.integration.test_cli import UNREACHABLE, as_json, result_of


def test_the_command_says_how_to_switch_it_on_and_a_refresh_makes_no_scorecard(
    tmp_path: Path,
) -> None:
    off = House(tmp_path, f"[plugins.predictions]\nenabled = false\n{UNREACHABLE}")
    refreshed = as_json(off, "refresh")

    front = (off.site / "index.html").read_text("utf-8")
    assert (refreshed["predictions"], (off.site / "scorecard").exists(), "scorecard" in front) == (
        {"due": 0},
        False,
        False,
    )
    assert result_of(off, "predictions", "list") == (
        2,
        "",
        "aggregator: `predictions` belongs to the plugin predictions, which is off: set enabled ="
        " true under [plugins.predictions] in the configuration\n",
    )


@pytest.mark.parametrize("is_on", [True, False])
def test_the_stage_stands_between_the_rules_and_the_site_and_goes_with_the_plugin(
    *, is_on: bool
) -> None:
    activate(Plugins(() if is_on else ("predictions",)))
    try:
        names = [stage.name for stage in stages()]
    finally:
        activate(Plugins())

    ours = [stage.name for stage in STAGES]
    cluster = ours.index("cluster") + 1
    ours[cluster:cluster] = ["confirm", "vote"]  # of other plugins
    ours.insert(ours.index("rank") + 1, "note")
    ours.insert(ours.index("publish"), "calendar")
    if is_on:
        ours.insert(ours.index("publish"), "predictions")
    assert names == ours
