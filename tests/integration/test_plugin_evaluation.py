"""The plugin `evaluation` switched off: what it adds is not there, and says how to get it; the rest
works.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.integration.test_cli import UNREACHABLE, as_json, result_of

_COMMANDS = {
    "eval": ("eval", "--list"),
    "explain": ("explain", "some-story"),
    "why-not": ("why-not", "https://nowhere.example/a"),
    "runs replay": ("runs", "replay", "last"),
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_of_the_plugin_says_how_to_switch_it_on(tmp_path: Path, name: str) -> None:
    off = House(tmp_path, f"[plugins.evaluation]\nenabled = false\n{UNREACHABLE}")
    begun = f"aggregator: `{name}` belongs to the plugin evaluation"

    assert result_of(off, *_COMMANDS[name]) == (
        2,
        "",
        f"{begun}, which is off: set enabled = true under [plugins.evaluation] in the"
        " configuration\n",
    )
    assert result_of(off, "--without-plugins", *_COMMANDS[name]) == (
        2,
        "",
        f"{begun}, which is off: leave out --without-plugins\n",
    )


def test_without_the_plugin_a_refresh_makes_the_site_and_the_history_of_runs_is_shown(
    tmp_path: Path,
) -> None:
    off = House(tmp_path, f"[plugins.evaluation]\nenabled = false\n{UNREACHABLE}")
    refreshed = as_json(off, "refresh")

    assert (off.site / "about" / "index.html").is_file()
    assert [run["run"] for run in as_json(off, "runs", "list")["runs"]] == [refreshed["run"]]


def test_the_help_of_a_group_lists_the_commands_that_plugins_add_to_it(tmp_path: Path) -> None:
    house = House(tmp_path, UNREACHABLE)
    (_, with_all, _), (_, without, _) = (
        result_of(house, *options, "runs", "--help") for options in ((), ("--without-plugins",))
    )

    assert "  replay  Rewrite the stories of a run from stored data.\n" in with_all
    assert with_all.replace(
        "  replay  Rewrite the stories of a run from stored data.\n", ""
    ) == without.replace("  list  ", "  list    ").replace("  show  ", "  show    ")
