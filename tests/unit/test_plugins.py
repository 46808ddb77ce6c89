"""Plugins as the program finds them: by their entry points, in a stated order, each guarded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from aggregator.config.config_file import config_schema
from aggregator.config.configuration import examined, shown
from aggregator.config.plugin_tables import with_plugin_kinds
from aggregator.domain.settings import SiteSettings
from aggregator.errors import GateError, PluginError
from aggregator.hooks.plugins import BUNDLED, Plugins, activate, bundled_names, plugins
from aggregator.site.publish.added import added_files
from tests.plugged import installed, of_the_guide

HEAD = "from aggregator.hooks.specifications import hook\n"
FILES = HEAD + "@hook\ndef site_files(): return [('{0}.txt', '')]\n"
RAISING = HEAD + "@hook\ndef {0}(): raise ValueError('broken')\n"
JOB = (
    HEAD
    + """
from aggregator.schedule import ScheduledTask
@hook
def jobs(): return [ScheduledTask(name='tidy', cron='* * * * *', run=print)]
"""
)
Installer = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Installs plugins for this test."""
    monkeypatch.syspath_prepend(tmp_path)
    yield partial(installed, tmp_path)
    for name in [name for name in sys.modules if name.startswith("aggregator_")]:
        del sys.modules[name]


def test_plugins_are_asked_by_name_the_bundled_ones_first(install: Installer) -> None:
    install(zebra=FILES.format("zebra"), aardvark=FILES.format("aardvark"))

    there = Plugins()

    assert there.names() == (*bundled_names(), "aardvark", "zebra")
    assert list(there.each("site_files", site=None, editions=())) == [
        ("aardvark", ("aardvark.txt", "")),
        ("zebra", ("zebra.txt", "")),
    ]


def test_what_is_off_is_not_even_imported(install: Installer) -> None:
    install(noisy="raise SystemError('imported')")

    there = Plugins(["noisy"])

    assert there.all("site_files", site=None, editions=()) == ()
    assert [one.enabled for one in there.listed() if one.name == "noisy"] == [False]
    assert "aggregator_noisy" not in sys.modules


def test_a_plugin_that_cannot_be_imported_is_named_and_the_others_go_on(install: Installer) -> None:
    install(broken="import no_such_module", fine=FILES.format("fine"))

    there = Plugins()

    assert there.all("site_files", site=None, editions=()) == (("fine.txt", ""),)
    problems = {one.name: one.problem for one in there.listed() if one.problem}
    assert problems == {"broken": "ModuleNotFoundError: No module named 'no_such_module'"}


def test_a_hook_that_raises_is_recorded_with_its_plugin(install: Installer) -> None:
    install(bad=RAISING.format("site_files"), fine=FILES.format("fine"))

    there = Plugins(["calendar"])
    found = there.all("site_files", site=None, editions=())

    assert found == (("fine.txt", ""),)
    assert [(one.plugin, one.hook, one.reason) for one in there.take_failures()] == [
        ("bad", "site_files", "ValueError: broken")
    ]
    assert there.take_failures() == ()


def test_gates_that_cannot_be_had_let_nothing_pass(install: Installer) -> None:
    install(strict=RAISING.format("gates"))

    with pytest.raises(GateError, match="a gate of the plugin strict failed: ValueError: broken"):
        Plugins().gates  # noqa: B018 - asking is what is tested


def test_a_key_that_two_plugins_take_is_an_error_that_names_both(install: Installer) -> None:
    install(one=JOB, two=JOB)

    with pytest.raises(PluginError, match=r"'tidy'.*by the plugin one and by the plugin two"):
        Plugins().keyed("jobs", "name", settings=None)


def test_a_key_of_the_program_itself_is_not_a_plugins(install: Installer) -> None:
    install(one=JOB)

    with pytest.raises(PluginError, match="by the program itself and by the plugin one"):
        Plugins().keyed("jobs", "name", ["tidy"], settings=None)


def test_a_plugin_named_as_a_bundled_one_is_an_error_that_names_both(install: Installer) -> None:
    install(demo=FILES.format("demo"))

    with pytest.raises(PluginError, match="'demo': that of bundled and that of aggregator-demo"):
        Plugins().names()


def test_an_item_without_its_key_is_recorded_and_left_out(install: Installer) -> None:
    install(odd=HEAD + "@hook\ndef jobs(): return ['tidy']\n")

    there = Plugins()

    assert there.keyed("jobs", "name", settings=None) == {}
    assert [one.reason for one in there.take_failures()] == ["'tidy' has no name"]


@pytest.mark.parametrize(
    "source", [{"kind": ["lines"]}, {"kind": "lines", "listing": "all"}, {"kind": 3}, "lines"]
)
def test_a_malformed_source_stays_as_it_is_written(install: Installer, source: object) -> None:
    install(lines=of_the_guide()["lines"])

    assert with_plugin_kinds({"sources": [source]}) == {"sources": [source]}


def test_files_that_are_none_are_recorded_and_the_others_published(install: Installer) -> None:
    given = "[('ok.txt', 'x'), 'bad', ('../up.txt', 'x'), ('n.txt', 3)]"
    install(odd=HEAD + f"@hook\ndef site_files(): return {given}\n")
    there = Plugins(["calendar"])
    before = plugins()
    activate(there)
    try:
        made = list(added_files((), site=SiteSettings(), editions=()))
    finally:
        activate(before)

    assert [file.path for page in made for file in page.files] == ["ok.txt"]
    assert len(there.take_failures()) == 3


def test_the_identity_names_who_takes_part_with_the_version(install: Installer) -> None:
    install(fine=FILES.format("fine"))

    assert Plugins(["calendar", "epub"]).identity("site_files") == "fine (aggregator-fine 1.0)"
    assert Plugins(["calendar", "epub", "fine"]).identity("site_files") == ""


def test_without_plugins_there_is_none(install: Installer) -> None:
    install(fine=FILES.format("fine"))

    there = Plugins(none=True)

    assert there.all("site_files", site=None, editions=()) == ()
    assert {one.origin for one in there.listed() if not one.enabled} == {BUNDLED}


def test_the_keys_of_a_plugin_are_shown_described_and_taken_from_the_environment(
    install: Installer, tmp_path: Path
) -> None:
    install(notes=of_the_guide()["notes"])
    config = tmp_path / "config.toml"
    config.write_text('[plugins.notes]\nfile = "mine.txt"\n', "utf-8")
    told = {"AGGREGATOR_PLUGINS__NOTES__FILE": "12", "AGGREGATOR_PLUGINS__DEMO__ENABLED": "false"}

    rows = {row.key: (row.typed, row.origin) for row in shown(config, told)}
    table = config_schema()["properties"]["plugins"]["properties"]["notes"]

    assert [rows[f"plugins.{key}"] for key in ("notes.file", "notes.enabled", "demo.enabled")] == [
        ("12", "environment"),  # what takes a text is no number
        (True, "default"),
        (False, "environment"),
    ]
    assert {row.key: row.origin for row in shown(config, {})}["plugins.notes.file"] == "config.toml"
    assert table["properties"]["file"] == {
        "default": "notes.txt",
        "description": "where the notes are kept",
        "type": "string",
    }


def test_a_variable_for_a_key_that_no_plugin_has_is_named(
    install: Installer, tmp_path: Path
) -> None:
    install(notes=of_the_guide()["notes"])
    (tmp_path / "config.toml").write_text("", "utf-8")

    _, problems = examined(tmp_path / "config.toml", {"AGGREGATOR_PLUGINS__NOTES__FIEL": "a"})

    assert problems == [
        "AGGREGATOR_PLUGINS__NOTES__FIEL: unknown setting in the environment; did you mean"
        " AGGREGATOR_PLUGINS__NOTES__FILE?"
    ]
