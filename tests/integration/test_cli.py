"""The command line on a small real database: exit codes, what goes to which stream, what each
command tells.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click
import pytest
from click.testing import CliRunner

from aggregator.adapters.locks import run_lock
from aggregator.cli.app import aggregator, main
from aggregator.cli.context import json_text, table
from aggregator.cli.refresh import scheduled_work
from aggregator.config.config_file import SCHEMA_NAME
from aggregator.config.configuration import load
from aggregator.config.registry_file import load_registry
from aggregator.domain.operation.report import RunKind
from aggregator.domain.settings import DatabaseSettings
from aggregator.store.database import Database
from aggregator.store.runs import start_run
from aggregator.store.schema import BEFORE_RELEASE, REVISION
from tests.acceptance.house import SEED, House, environment
from tests.messages import named
from tests.servers import MiniWeb
from tests.smtp_sink import Sink

pytestmark = pytest.mark.clock

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
PAGE = str(SEED / "pages" / "codingnews-example_2025_06_windsurf.html")
FEED = str(SEED / "feeds" / "the-decoder-com.xml")
UNREACHABLE = (
    '[[sources]]\nkey = "daily"\nname = "The Daily"\nurl = "http://127.77.9.1:8099/feed"\n'
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose first refresh is done; nothing changes it, and its web is gone."""
    with MiniWeb(SEED) as web:
        made = House.reading(tmp_path_factory.mktemp("house"), web)
        made.refreshed("--all")
    return made


@pytest.fixture
def lone(tmp_path: Path) -> House:
    """A house that was never refreshed, with one source that is not there."""
    return House(tmp_path, UNREACHABLE)


def database(of: House) -> Database:
    """The database of a house, migrated."""
    opened = Database(f"sqlite:///{of.folder / 'aggregator.db'}")
    opened.upgrade(NOW)
    opened.close()
    return opened


def result_of(of: House, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command, run in this process: a new one
    takes half a second.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(of.folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def as_json(of: House, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The object a command prints: the whole of its standard output."""
    found, out, err = result_of(of, "--json", *arguments)
    assert found == code, err
    printed: dict[str, Any] = json.loads(out)
    return printed


def story_of(of: House) -> tuple[str, dict[str, Any]]:
    """The folder and the JSON twin of the largest story."""
    paths = sorted(
        of.site.glob("story/*/index.json"), key=lambda path: (-path.stat().st_size, path)
    )
    return paths[0].parent.name, json.loads(paths[0].read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        pytest.param(("config", "check"), {"config", "sources", "enabled"}, id="config check"),
        pytest.param(("sources", "list"), {"sources"}, id="sources list"),
        pytest.param(("db", "check"), {"database", "schema", "problems"}, id="db check"),
        pytest.param(("db", "upgrade"), {"database", "schema", "backup"}, id="db upgrade"),
        pytest.param(("db", "readmit"), {"articles", "changed"}, id="db readmit"),
        pytest.param(("doctor",), {"findings"}, id="doctor"),
        pytest.param(("build",), {"pages"}, id="build"),
        pytest.param(
            ("extract", FEED),
            {"kind", "url", "title", "language", "warning", "count", "entries"},
            id="extract",
        ),
    ],
)
def test_json_is_one_object_on_standard_output_and_nothing_else(
    house: House, arguments: tuple[str, ...], keys: set[str]
) -> None:
    assert as_json(house, *arguments).keys() == keys


def test_a_process_sends_its_log_to_standard_error_and_its_result_to_standard_output(
    lone: House,
) -> None:
    done = lone.run("-v", "--json", "refresh")

    assert (done.returncode, json.loads(done.stdout)["sources"]["failed"]) == (0, 1)
    assert [
        item
        for item in ("source failed", "source=daily", "stage started")
        if item not in done.stderr
    ] == []


def test_a_person_reads_plain_lines_of_progress_and_each_failure_once(lone: House) -> None:
    done = lone.run("refresh")

    assert "reading sources: 1\n" in done.stderr
    assert "stage started" not in done.stderr
    assert (done.stdout + done.stderr).count("connection refused") == 1


def test_a_process_ends_with_the_code_of_its_error_and_a_message_for_the_person(
    lone: House,
) -> None:
    done = lone.run("--config", "none.toml", "refresh")

    assert (done.returncode, done.stdout) == (2, "")
    assert named(done.stderr.splitlines()[0]) == [
        "aggregator",
        "none.toml",
        "aggregator --config none.toml init",
    ]


def test_a_person_gets_a_table_and_is_told_where_the_site_is(lone: House) -> None:
    code, out, _ = result_of(lone, "refresh")

    assert code == 0
    assert [
        line
        for line in ("sources   0 read, 0 unchanged", "connection refused", str(lone.site))
        if line not in out
    ] == []


@pytest.mark.parametrize(
    ("level", "command"), [("", "aggregator serve"), ("1", "make serve")], ids=["itself", "make"]
)
def test_the_site_is_viewed_as_the_program_was_started(
    lone: House, monkeypatch: pytest.MonkeyPatch, level: str, command: str
) -> None:
    monkeypatch.setenv("MAKELEVEL", level)
    _, out, _ = result_of(lone, "refresh")

    assert f"To view it: {command}\n" in out


def test_a_refresh_that_reached_no_source_says_what_to_do_and_the_next_one_asks_again(
    lone: House,
) -> None:
    first, second = (
        as_json(lone, "refresh", "--now", f"2026-07-06T06:0{minute}Z") for minute in (0, 1)
    )
    _, out, _ = result_of(lone, "refresh", "--now", "2026-07-06T06:02Z")

    assert [
        (item["sources"]["failed"], item["sources"]["not_due"], len(item["failures"]))
        for item in (first, second)
    ] == [
        (1, 0, 1),
        (1, 0, 1),
    ]
    assert [item["reach"] for item in (first, second)] == ["failed", "failed"]
    assert out.splitlines()[-1] == "1 source was due; nothing could be fetched."
    assert second["advice"]
    assert second["advice"] in out
    front = (lone.site / "index.html").read_text("utf-8")
    assert "No source responded." in front
    assert ("aggregator demo" in second["advice"], "aggregator demo" in front) == (True, True)
    assert "<code>aggregator sources check</code>" in front


def test_a_refresh_in_which_nothing_is_due_names_the_option_that_asks_nevertheless(
    house: House, tmp_path: Path
) -> None:
    shutil.copytree(house.folder, tmp_path / "copy")
    copied = House.in_folder(tmp_path / "copy")

    report = as_json(copied, "refresh", "--now", "2026-07-06T06:01Z")

    assert (report["sources"]["not_due"], "`aggregator refresh --all`" in report["advice"]) == (
        7,
        True,
    )


def test_a_model_that_does_not_answer_is_no_source_that_failed(tmp_path: Path) -> None:
    model = '[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost = "http://127.0.0.1:9"\n'
    _, out, _ = result_of(House(tmp_path, model + UNREACHABLE), "refresh")
    sources, stages = out.partition("failed source")[2].split("failed stage")

    assert ("daily" in sources, "ollama" in sources, "no Ollama server answers" in stages) == (
        True,
        False,
        True,
    )


def test_every_step_is_logged_where_it_is_wanted(lone: House) -> None:
    assert "item done" in result_of(lone, "-v", "refresh")[2]


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        pytest.param(("nonsense",), "No such command", id="an unknown command"),
        pytest.param(("refresh", "--nonsense"), "No such option", id="an unknown option"),
        pytest.param(
            ("refresh", "--now", "yesterday"), "not an ISO 8601 time such as", id="no moment"
        ),
        pytest.param(
            ("refresh", "--source", "dayly"), "did you mean daily?", id="a source that is misspelt"
        ),
        pytest.param(
            ("refresh", "--source", "qqqqq"),
            "`aggregator sources list` shows the keys",
            id="a source like no other",
        ),
        pytest.param(
            ("--config", "none.toml", "refresh"),
            "run `aggregator --config none.toml init`",
            id="no configuration",
        ),
        pytest.param(
            ("--config", "", "refresh"),
            "is a folder; give the file",
            id="a folder for a configuration",
        ),
        pytest.param(
            ("edition", "build", "--week", "foo"),
            "'foo' is not an ISO week such as 2026-W47",
            id="no week",
        ),
        pytest.param(
            ("edition", "build", "--day", "2026-W47"),
            "'2026-W47' is not a day such as 2026-11-18",
            id="a week for a day",
        ),
        pytest.param(
            ("edition", "correct", "foo", "x"),
            "'foo' is neither an ISO week such as 2026-W47 nor a day such as 2026-11-18",
            id="no edition to correct",
        ),
        pytest.param(
            ("doctor", "--json"),
            "'--json'; put it before the command: aggregator --json doctor",
            id="an option behind",
        ),
        pytest.param(
            ("runs", "list", "-v"),
            "put it before the command: aggregator -v runs list",
            id="an option far behind",
        ),
    ],
)
def test_wrong_usage_ends_with_2_and_a_hint(
    lone: House, arguments: tuple[str, ...], reported: str
) -> None:
    code, out, err = result_of(lone, *arguments)

    assert (code, out, reported in err, lone.site.exists()) == (2, "", True, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("refresh", "--source", "qqqqq"),
        ("sources", "check", "qqqqq"),
        ("sources", "add", "qqqqq"),
        ("sources", "add", "ftp://lab.example/feed"),
        ("sources", "add", "http://127.0.0.1:9/", "--key", "Not A Key"),
        ("sources", "import", "nowhere.opml"),
        ("sources", "import", "config.toml"),
        ("sources", "export", "nowhere/out.opml"),
        ("sources", "enable", "qqqqq"),
        ("sources", "disable", "qqqqq"),
        ("sources", "forget", "qqqqq", "--yes"),
        ("sources", "forget", "qqqqq", "--undo"),
        ("extract", "nowhere.html"),
        ("extract", ""),
        ("story", "show", "qqqqq"),
        ("explain", "qqqqq"),
        ("why-not", "some words"),
        ("why-not", "lab.example/1"),
        ("edition", "build", "--week", "2026-W60"),
        ("edition", "correct", "2020-W01", "It was two."),
        ("edition", "correct", "2020-W01", " "),
        ("digest", "preview", "--edition", "2020-W01"),
        ("digest", "test", "qqqqq"),
        ("digest", "test", "a@example.org", "--edition", "2020-W01"),
        ("digest", "status", "--edition", "2020-W01"),
        ("digest", "approve", "--edition", "2020-W01"),
        ("digest", "hold", "--edition", "2020-W01"),
        ("digest", "send", "--edition", "2020-W01"),
        ("digest", "send", "--edition", "qqqqq"),
        ("digest", "resolve", "--edition", "2020-W01"),
        ("subscribers", "add", "qqqqq"),
        ("subscribers", "remove", "qqqqq"),
        ("subscribers", "remove", "nobody@example.org"),
        ("subscribers", "erase", "qqqqq", "--yes"),
        ("subscribers", "import", "nowhere.csv"),
        ("subscribers", "import", "config.toml", "--confirmed-elsewhere", "at the fair"),
        ("subscribers", "export", "--output", "nowhere/out.csv"),
        ("bounces", "read", "--maildir", "nowhere"),
        ("bounces", "read", "--maildir", "."),
        ("bounces", "read", "--mbox", "config.toml"),
        ("runs", "show", "qqqqq"),
        ("runs", "replay", "qqqqq"),
        ("predictions", "score", "qqqqq", "came-true"),
        ("db", "backup", "nowhere/kept.db"),
        ("db", "restore", "nowhere.db"),
        ("db", "copy", "qqqqq"),
        ("db", "copy", "sqlite:///aggregator.db"),
        ("worker", "--queues", "qqqqq"),
        ("eval", "--engine", "extractive", "--model", "qqqqq"),
        ("--config", "nowhere/config.toml", "init"),
    ],
    ids=" ".join,
)
def test_an_argument_that_names_nothing_or_is_not_of_its_form_is_wrong_usage(
    house: House, arguments: tuple[str, ...]
) -> None:
    code, out, err = result_of(house, *arguments)

    assert (code, out) == (2, ""), err


def commands_of(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group, those of plugins among them, by name."""
    context = click.Context(group)
    found = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return {name: command for name, command in found if command}


def every_command(
    group: click.Group = aggregator, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The words of every command that does something."""
    for name, command in commands_of(group).items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


def test_what_each_command_does_is_told_whole_on_eighty_columns() -> None:
    def cut(group: click.Group) -> Iterator[str]:
        room = 80 - 2 - 6 - max(map(len, commands_of(group)))  # less what click leaves free
        for command in commands_of(group).values():
            if len(result_of := command.get_short_help_str(1000)) > room:
                yield result_of
            if isinstance(command, click.Group):
                yield from cut(command)

    assert list(cut(aggregator)) == []


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_a_program_that_asked_for_json_gets_an_object_for_an_error_of_any_command(
    lone: House, command: tuple[str, ...]
) -> None:
    code, out, err = result_of(lone, "--json", *command, "--qqqqq")

    assert (code, json.loads(out)) == (
        2,
        {"error": {"message": "No such option '--qqqqq'.", "exit": 2}},
    )
    assert err.endswith("Error: No such option '--qqqqq'.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(
            ("--nonsense", "doctor"), 2, "No such option '--nonsense'", id="an option of no command"
        ),
        pytest.param(("nonsense",), 2, "No such command 'nonsense'", id="no command"),
        pytest.param(
            ("sources",),
            2,
            "Usage: aggregator sources [OPTIONS] COMMAND [ARGS]...",
            id="half a command",
        ),
        pytest.param(
            ("--config", "none.toml", "refresh"),
            2,
            "no such file: none.toml",
            id="configuration",
        ),
        pytest.param(
            ("edition", "build", "--week", "foo"), 2, "'foo' is not an ISO week", id="an argument"
        ),
        pytest.param(("db", "check"), 1, "no database at", id="what is not there yet"),
        pytest.param(("db", "backup", "kept.db"), 1, "nothing to back up yet", id="too early"),
    ],
)
def test_the_object_of_an_error_holds_what_a_person_reads_and_the_exit_code(
    lone: House, arguments: tuple[str, ...], code: int, message: str
) -> None:
    found, out, err = result_of(lone, "--json", *arguments)
    error = json.loads(out)["error"]

    assert (found, error["exit"], message in error["message"], error["message"] in err) == (
        code,
        code,
        True,
        True,
    )


@pytest.mark.parametrize("given", [(), ("--config", "other.toml")], ids=["usual", "given"])
def test_a_group_without_a_command_prints_its_help_once(
    lone: House, given: tuple[str, ...]
) -> None:
    code, _, err = result_of(lone, *given, "predictions")

    assert (code, err.count("Usage:"), "Error:" in err) == (2, 1, False)


def test_a_question_that_nobody_answers_is_an_error_object_too(lone: House) -> None:
    done = lone.run("--json", "subscribers", "erase", "reader@example.org")

    assert (done.returncode, json.loads(done.stdout)) == (
        1,
        {"error": {"message": "stopped before it finished", "exit": 1}},
    )


def test_another_run_under_way_is_an_error_object_with_the_code_to_try_again(lone: House) -> None:
    with run_lock(DatabaseSettings(url=f"sqlite:///{lone.folder / 'aggregator.db'}")):
        error = as_json(lone, "refresh", code=75)["error"]

    assert (error["exit"], "another run" in error["message"]) == (75, True)


def test_a_week_that_is_not_over_is_no_failed_run(lone: House) -> None:
    database(lone)
    code, _, err = result_of(
        lone, "edition", "build", "--week", "2026-W28", "--now", "2026-07-07T06:00Z"
    )

    assert (code, "is not over" in err, as_json(lone, "runs", "list")["runs"]) == (1, True, [])


def test_a_week_without_stories_is_a_run_that_did_not_fail(lone: House) -> None:
    database(lone)
    code, out, err = result_of(lone, "edition", "build", "--week", "2020-W01")
    (run,) = as_json(lone, "runs", "list")["runs"]
    lines = [result_of(lone, "runs", *words)[1] for words in (("list",), ("show", "last"))]

    assert (code, out, "no stories from week 2020-W01" in err) == (1, "", True)
    assert (run["kind"], run["state"], "error" in run["report"]) == ("edition", "done", False)
    assert [line for line in lines if "no stories from week 2020-W01" not in line] == []


def test_a_week_without_stories_is_no_failure_of_the_scheduler(lone: House) -> None:
    database(lone)
    with contextlib.chdir(lone.folder):
        scheduled_work(load(Path("config.toml"), {})).do[RunKind.EDITION](lambda: False)

    assert [item["state"] for item in as_json(lone, "runs", "list")["runs"]] == ["done"]


def test_a_source_that_is_off_is_not_asked_in_silence(lone: House) -> None:
    file = lone.folder / "config.toml"
    file.write_text(f"{file.read_text('utf-8')}enabled = false\n", "utf-8")
    code, out, err = result_of(lone, "refresh", "--source", "daily")

    assert (code, out, "`aggregator sources enable daily`" in err) == (
        2,
        "",
        True,
    )
    assert "`aggregator sources enable KEY`" in result_of(lone, "config", "check")[1]


def test_every_mistake_is_told_though_others_hide_the_settings(
    lone: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NTFY_URL", raising=False)
    wrong = (
        '[fetch]\ntimeout_s = "soon"\n[site]\nlanguage = "fr"\noutput = "."\n[notify]\n'
        'to = ["NTFY_URL", "ntfys://ntfy.example/${NTFY_TOPIC}"]\nfollow = ["topic:agentz"]\n'
    )
    (lone.folder / "config.toml").write_text(wrong + UNREACHABLE, "utf-8")
    (lone.folder / "overrides.toml").write_text("[[annotat]]\n", "utf-8")
    told = result_of(lone, "config", "check")

    (lone.folder / "config.toml").write_text(
        '[notify]\nto = ["NTFY_URL"]\nfollow = ["topic:agents"]\n' + UNREACHABLE, "utf-8"
    )
    (lone.folder / "overrides.toml").unlink()
    unset = result_of(lone, "config", "check")
    monkeypatch.setenv("NTFY_URL", "ntfys://ntfy.example/news")
    set_ = result_of(lone, "config", "check")

    assert (told[0], unset[0], set_[0], "NTFY_URL is not set" in unset[2]) == (2, 2, 0, True)
    assert [
        part
        for part in (
            "7 problems",
            "fetch.timeout_s",
            "no translation for 'fr'",
            "site.output: contains",
            "NTFY_URL is not set",
            "NTFY_TOPIC is not set",
            "topic:agentz is not in the registry, so nothing will match it; did you mean agents?",
            "annotate?",
        )
        if part not in told[2]
    ] == []


def test_overrides_are_checked_with_the_settings(lone: House) -> None:
    (lone.folder / "overrides.toml").write_text("[[annotat]]\n", "utf-8")
    code, out, err = result_of(lone, "config", "check")

    assert (code, out, "annotat: " in err, "annotate?" in err) == (2, "", True, True)


def test_the_doctor_names_the_configuration_that_is_not_there(lone: House) -> None:
    (finding,) = as_json(lone, "--config", "none.toml", "doctor", code=2)["findings"]

    assert finding["what"] == "no such file: none.toml"


def test_json_has_the_time_of_a_moment_and_a_day_without_one() -> None:
    shown = json_text({"at": datetime(2026, 7, 6, 5, 30, tzinfo=UTC), "day": date(2026, 7, 6)})

    assert json.loads(shown) == {"at": "2026-07-06T05:30:00+00:00", "day": "2026-07-06"}


def test_what_a_row_is_about_is_whole_on_a_narrow_terminal_and_no_cell_is_cut() -> None:
    key, value = (
        "hugging-face-daily-papers",
        "https://news.example/a/very/long/address/without/any/place/to/break",
    )
    shown = table(("source", "state", "address"), [(key, "not fetched yet", value)], width=60)

    assert (key in shown, "…" in shown, max(len(line) for line in shown.splitlines()) <= 60) == (
        True,
        False,
        True,
    )


def test_a_row_too_wide_is_shown_in_lines_and_a_cell_without_a_break_is_folded() -> None:
    shown = table(
        ("source", "state", "", "address"),
        [("daily", "", "←", "x" * 100), ("weekly", "ok", "", "界" * 30)],
        width=40,
    )

    assert shown.splitlines() == [
        "daily", "  ←", "  address:", f"  {'x' * 38}", f"  {'x' * 38}", f"  {'x' * 24}",
        "weekly", "  state: ok", "  address:", f"  {'界' * 19}", f"  {'界' * 11}",
    ]  # fmt: skip


def test_every_mistake_of_the_configuration_is_told_at_once_with_exit_code_2(lone: House) -> None:
    wrong = '[fetch]\nper_hots = 3\ntimeout_s = "soon"\n[site]\ntimezone = "Berlin"\n'
    (lone.folder / "config.toml").write_text(wrong + UNREACHABLE + 'lane = "gossip"\n', "utf-8")
    code, out, err = result_of(lone, "config", "check")

    assert (code, out) == (2, "")
    assert [
        item
        for item in (
            "4 problems",
            "per_host?",
            "timeout_s",
            "Europe/Berlin",
            "gossip",
        )
        if item not in err
    ] == []


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("refresh",), id="refresh"),
        pytest.param(("refresh", "--dry-run"), id="a plan"),
        pytest.param(("build",), id="build"),
        pytest.param(("run",), id="the scheduler"),
        pytest.param(("edition", "build"), id="edition build"),
        pytest.param(("edition", "list"), id="edition list"),
        pytest.param(("sources", "list"), id="sources list"),
        pytest.param(("story", "show", "abc"), id="story show"),
        pytest.param(("db", "check"), id="db check"),
        pytest.param(("db", "upgrade"), id="db upgrade"),
    ],
)
@pytest.mark.parametrize(
    ("revision", "remedy"),
    [
        pytest.param("9999", "upgrade the program", id="newer"),
        pytest.param("0015", "code of commit 9ed1e41", id="from before the release"),
    ],
)
def test_a_database_that_cannot_be_upgraded_ends_with_2_and_is_left_alone(
    lone: House, arguments: tuple[str, ...], revision: str, remedy: str
) -> None:
    with contextlib.closing(sqlite3.connect(database(lone).name)) as connection, connection:
        connection.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
    connection.close()
    code, out, err = result_of(lone, *arguments)

    assert (code, out, remedy in err, lone.site.exists()) == (2, "", True, False)


@pytest.mark.parametrize(
    "group", ["runs", "sources", "edition", "predictions"], ids=lambda group: f"{group} list"
)
def test_a_list_of_a_database_that_is_to_be_upgraded_says_so(lone: House, group: str) -> None:
    with contextlib.closing(sqlite3.connect(database(lone).name)) as connection, connection:
        connection.execute(f"UPDATE alembic_version SET version_num = '{BEFORE_RELEASE}'")
    connection.close()
    code, out, err = result_of(lone, group, "list")

    assert (code, out) == (1, "")
    assert {BEFORE_RELEASE, REVISION, "aggregator db upgrade"} <= set(named(err))


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-07-06T06:00Z", id="in UTC"),
        pytest.param("2026-07-06T08:00+02:00", id="in another zone"),
    ],
)
def test_the_frozen_moment_is_a_run_s_time(lone: House, now: str) -> None:
    assert as_json(lone, "refresh", "--now", now)["run"].startswith("20260706T060000-")


def test_a_moment_without_a_zone_is_utc_wherever_the_machine_stands(
    lone: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    done = lone.run("--json", "refresh", "--now", "2026-07-06T06:00")

    assert json.loads(done.stdout)["run"].startswith("20260706T060000-")


def test_the_scheduler_makes_up_for_the_first_run_and_ends_it_before_it_obeys_a_sigterm(
    lone: House,
) -> None:
    with subprocess.Popen(
        lone.command("run"), cwd=lone.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        first = next(line for line in process.stderr if "stage started" in line)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert (process.returncode, "stage=sources" in first, "scheduler stops" in rest) == (
        0,
        True,
        True,
    )
    assert (lone.site / "index.html").is_file()


def test_on_the_day_of_installation_the_first_edition_is_named_and_can_be_looked_at(
    house: House, tmp_path: Path
) -> None:
    shutil.copytree(house.folder, tmp_path / "copy")
    copied = House.in_folder(tmp_path / "copy")
    config = copied.folder / "config.toml"
    with Sink() as sink:
        mail = (
            '[email]\nfrom = "digest@news.example"\nsmtp_host = "127.0.0.1"\nsmtp_port ='
            f' {sink.port}\nsmtp_security = "none"\n'
        )
        config.write_text(mail + config.read_text("utf-8"), "utf-8")
        _, _, refused = result_of(copied, "edition", "build", "--now", "2026-07-05T07:00Z")
        shown = as_json(copied, "edition", "build", "--preview", "--now", "2026-07-05T07:00Z")
        letter = as_json(copied, "digest", "preview", "--now", "2026-07-05T07:00Z")
        tried = as_json(copied, "digest", "test", "me@desk.example")

    assert "2026-07-06 00:00 UTC" in refused
    assert "`aggregator edition build --preview`" in refused
    assert (shown["preview"], shown["number"], len(shown["sections"]) > 0) == (True, 1, True)
    assert (shown["title"] in letter["message"], tried["week"], len(sink.taken)) == (
        True,
        shown["week"],
        1,
    )
    assert as_json(copied, "edition", "list")["editions"] == []


def _listening() -> None:
    """Has a process hear Ctrl-C, whatever its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_refresh_that_is_stopped_says_that_its_work_is_kept_and_is_listed_as_interrupted(
    number: signal.Signals, tmp_path: Path
) -> None:
    with socket.create_server(("127.77.9.2", 0)) as silent:
        port = silent.getsockname()[1]
        house = House(tmp_path, UNREACHABLE.replace("127.77.9.1:8099", f"127.77.9.2:{port}"))
        config = house.folder / "config.toml"
        config.write_text(
            config.read_text("utf-8").replace("timeout_s = 45", "timeout_s = 300"), "utf-8"
        )
        with subprocess.Popen(
            house.command("refresh"),
            cwd=house.folder,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_listening,  # noqa: PLW1509 - a shell ignores Ctrl-C for what it runs behind
        ) as process:
            assert process.stderr is not None
            next(line for line in process.stderr if "reading sources" in line)
            with silent.accept()[0]:  # it has asked, and waits for an answer
                process.send_signal(number)
                rest = process.stderr.read()

    assert (process.returncode, "Traceback" in rest) == (1, False)
    assert "stopped" in rest
    assert [item["state"] for item in as_json(house, "runs", "list")["runs"]] == ["interrupted"]


def test_a_run_that_was_killed_is_listed_as_interrupted_unless_its_lock_is_held(
    lone: House,
) -> None:
    opened = database(lone)
    with opened.writing() as connection:
        for minute, kind in ((1, RunKind.REFRESH), (2, RunKind.REFRESH), (3, RunKind.BACKUP)):
            start_run(connection, f"run-{minute}", NOW + timedelta(minutes=minute), kind)
    opened.close()
    killed = [item["state"] for item in as_json(lone, "runs", "list")["runs"]]
    with run_lock(DatabaseSettings(url=f"sqlite:///{lone.folder / 'aggregator.db'}")):
        locked = [item["state"] for item in as_json(lone, "runs", "list")["runs"]]

    assert (killed, locked) == (
        ["open", "interrupted", "interrupted"],
        ["open", "open", "interrupted"],
    )
    assert "interrupted" in result_of(lone, "runs", "show", "run-1")[1]


# Settings

OPML = (
    '<opml version="2.0"><body><outline type="rss" text="A ward"'
    ' xmlUrl="https://ward.example/feed"/></body></opml>'
)


def test_init_writes_a_short_file_and_a_schema_and_never_over_a_file(tmp_path: Path) -> None:
    house = House(tmp_path, UNREACHABLE)
    (tmp_path / "config.toml").unlink()
    first, second = result_of(house, "init"), result_of(house, "init")
    elsewhere = result_of(house, "--config", "my news.toml", "init")

    assert (first[0], load(tmp_path / "config.toml", {}).sources_from) == (0, "package")
    assert json.loads((tmp_path / SCHEMA_NAME).read_text("utf-8")) == as_json(
        house, "config", "schema"
    )
    assert (second[0], second[1], "already exists" in second[2]) == (1, "", True)
    assert " aggregator --config 'my news.toml' refresh\n" in elsewhere[1]
    assert "`aggregator --config 'my news.toml' sources check`" in elsewhere[1]
    assert "`aggregator sources check`" in first[1]


def test_init_takes_the_answers_as_options(tmp_path: Path) -> None:
    house = House(tmp_path, "")
    (tmp_path / "list.opml").write_text(OPML, "utf-8")
    options = ("--title", "Ward", "--base-url", "https://w.example/", "--model", "none")

    (tmp_path / "config.toml").unlink()
    made = as_json(house, "init", *options, "--sources", "list.opml")
    settings = load(tmp_path / "config.toml", {})
    (tmp_path / "config.toml").unlink()
    wrong = result_of(house, "init", "--sources", "nowhere.opml")

    assert (made["sources"]["added"], [source.key for source in settings.sources]) == (
        ["a-ward"],
        ["a-ward"],
    )
    assert (settings.site.title, settings.site.base_url, settings.analysis.engine) == (
        "Ward",
        "https://w.example",
        "extractive",
    )
    assert (wrong[0], "nowhere.opml" in wrong[2]) == (2, True)
    assert not (tmp_path / "config.toml").exists()


def test_init_asks_in_a_terminal_and_again_after_a_wrong_answer(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"Ward notes\n\nwards.example\nhttps://wards.example\nnone\n\n")
    command = [sys.executable, "-m", "aggregator", "init"]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, timeout=60
    )
    os.close(theirs)
    settings = load(tmp_path / "config.toml", {})

    assert (done.returncode, settings.site.title, settings.site.base_url, settings.sources) == (
        0,
        "Ward notes",
        "https://wards.example",
        (),
    )
    assert "not an absolute http" in os.read(ours, 10_000).decode()


def test_init_writes_what_another_subject_needs_and_follows_none_of_our_sources(
    tmp_path: Path,
) -> None:
    config = str(tmp_path / "config.toml")
    refused = CliRunner().invoke(aggregator, ["--config", config, "init", "--subject", "a b c"])
    done = CliRunner().invoke(aggregator, ["--config", config, "init", "--subject", "nursing"])
    settings = load(tmp_path / "config.toml", {})

    assert (refused.exit_code, done.exit_code) == (2, 0)
    assert (settings.site.title, settings.site.description, settings.sources) == (
        "Nursing news, checked",
        "What happened in nursing, every sentence with its source.",
        (),
    )
    assert " AI" not in (tmp_path / "config.toml").read_text("utf-8").partition("[email]")[0]
    assert load_registry(tmp_path / "registry.toml").newsroom.subject.terms == ("nursing",)


def test_our_own_subject_in_small_letters_is_ours(tmp_path: Path) -> None:
    config = str(tmp_path / "config.toml")
    done = CliRunner().invoke(aggregator, ["--config", config, "init", "--subject", "ai"])

    assert done.exit_code == 0
    assert not (tmp_path / "registry.toml").exists()
    assert load(tmp_path / "config.toml", {}).sources


def test_each_setting_is_shown_with_where_it_comes_from(lone: House) -> None:
    (lone.folder / "config.local.toml").write_text("[fetch]\nper_host = 3\n", "utf-8")
    shown = as_json(lone, "config", "show", "--all")
    keys = (
        "fetch.per_host",
        "fetch.timeout_s",
        "fetch.respect_robots",
        "fetch.allow_private_networks",
        "site.language",
        "sources",
    )

    assert [shown[key] for key in keys] == [
        {"value": 3, "origin": "config.local.toml"},
        {"value": 45.0, "origin": "config.toml"},
        {"value": True, "origin": "default"},
        {"value": ["127.77.0.0/16"], "origin": "config.toml"},
        {"value": "en", "origin": "default"},
        {"value": {"on": 1, "off": 0}, "origin": "config.toml"},
    ]


def test_settings_that_are_rarely_changed_are_shown_where_they_were_or_on_request(
    lone: House,
) -> None:
    local = '[fetch]\nper_host = 3\n[site]\ntimezone = "UTC"\noutput = "site"\n'
    (lone.folder / "config.local.toml").write_text(local, "utf-8")
    common, every, changed = (
        as_json(lone, "config", "show", *words) for words in ((), ("--all",), ("--changed",))
    )
    left = len(every) - len(common)

    assert changed.keys() < common.keys() < every.keys()
    assert "site.timezone" in common
    assert "fetch.per_host" in changed
    assert {"site.timezone", "site.output"} & changed.keys() == set()
    assert {"cluster.registry", "plugins.cards.enabled"} & common.keys() == set()
    assert f"\n{left} more with --all" in result_of(lone, "config", "show")[1]


def test_a_file_that_changes_nothing_is_said_to_have_the_defaults(lone: House) -> None:
    (lone.folder / "config.toml").write_text('[site]\noutput = "site"\n', "utf-8")

    _, text, _ = result_of(lone, "config", "show", "--changed")

    assert text == "All settings have their defaults.\n"


def test_a_password_is_masked_for_programs_too(
    lone: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "AGGREGATOR_DATABASE__URL", "postgresql+psycopg://news:secret@db.example/news"
    )

    assert (
        as_json(lone, "config", "show")["database.url"]["value"]
        == "postgresql+psycopg://***@db.example/news"
    )
    assert "1 on, 0 off" in result_of(lone, "config", "show")[1]


# Sources


def test_sources_are_listed_with_what_they_gave(house: House) -> None:
    listed = {item["key"]: item for item in as_json(house, "sources", "list")["sources"]}
    seven = listed["mistralnews-example-feed"]

    assert (
        len(listed),
        seven["articles"],
        seven["state"],
        seven["failures"],
        seven["due"] > "2026-07-06",
    ) == (
        7,
        4,
        "ok",
        0,
        True,
    )


def test_a_source_is_off_not_asked_yet_or_failing_with_its_reason(lone: House) -> None:
    off = UNREACHABLE.replace("daily", "weekly") + 'enabled = false\nnote = "has closed"\n'
    (lone.folder / "config.toml").write_text(
        f"[fetch]\nallow_private_networks = true\n{UNREACHABLE}{off}", "utf-8"
    )
    before = as_json(lone, "sources", "list")["sources"]
    as_json(lone, "refresh")
    after = as_json(lone, "sources", "list")["sources"]

    assert [[item["state"] for item in listed] for listed in (before, after)] == [
        ["not fetched yet", "off"],
        ["connection refused", "off"],
    ]
    assert "has closed" in result_of(lone, "sources", "list")[1]


# Looking at a page, a feed, a story


def test_a_page_is_shown_as_the_extractor_sees_it(house: House) -> None:
    seen = as_json(house, "extract", PAGE)

    assert (seen["kind"], seen["language"], seen["published"]) == (
        "page",
        "en",
        "2025-06-03T18:00:00+00:00 (page)",
    )
    assert result_of(house, "extract", PAGE)[1].count(seen["paragraphs"][0]) == 1


def test_a_feed_is_shown_entry_by_entry(house: House) -> None:
    (entry,) = as_json(house, "extract", FEED)["entries"]

    assert entry == {
        "title": "Mistral founder Mensch: closed AI models make companies dependent",
        "url": "https://the-decoder.com/mistral-ceo-mensch-closed-models",
        "published": "2026-07-05T12:15:00+00:00",
        "words": 33,
        "full": False,
    }


def test_what_can_be_read_neither_as_feed_nor_as_page_says_why(lone: House) -> None:
    (lone.folder / "empty.html").write_bytes(b"")
    code, out, err = result_of(lone, "extract", "empty.html")

    assert (code, out, "as a feed: " in err, "as a page: " in err) == (1, "", True, True)


def test_a_file_that_is_not_there_is_told_by_name(lone: House) -> None:
    code, out, err = result_of(lone, "extract", "nowhere.html")

    assert (code, out, "nowhere.html" in err, "no such file" in err) == (2, "", True, True)


def test_a_page_on_a_private_network_is_not_asked(lone: House) -> None:
    code, out, err = result_of(lone, "extract", "http://10.0.0.1/secret")

    assert (code, out, "network" in err) == (1, "", True)


@pytest.mark.parametrize(
    "form",
    ["{id}", "{name}", "{url}", "{url}index.html"],
    ids=["id", "slug and id", "address", "a file of it"],
)
def test_a_story_is_shown_as_its_twin_with_the_reasons_of_its_importance(
    house: House, form: str
) -> None:
    name, twin = story_of(house)
    shown = as_json(house, "story", "show", form.format(id=twin["id"], name=name, url=twin["url"]))

    assert shown == twin
    assert "3 independent sources" in [reason["text"] for reason in shown["importance"]["reasons"]]


def test_a_story_is_told_to_a_person_with_its_sources(house: House) -> None:
    _, twin = story_of(house)
    code, out, _ = result_of(house, "story", "show", twin["id"])

    assert (
        code,
        twin["headline"]["text"] in out,
        all(source["url"] in out for source in twin["sources"]),
    ) == (0, True, True)


@pytest.mark.parametrize("of", ["house", "lone"], ids=["unknown", "before the first refresh"])
def test_a_story_that_is_not_there_is_told_by_its_id(
    of: str, request: pytest.FixtureRequest
) -> None:
    for asked in (("show", "nobody"), ("nobody",)):
        code, out, err = result_of(request.getfixturevalue(of), "story", *asked)

        assert (code, out, "no story has the id 'nobody'" in err) == (2, "", True)


def test_a_story_is_shown_without_the_word_show(house: House) -> None:
    name, twin = story_of(house)

    assert [as_json(house, "story", named) for named in (twin["id"], name, twin["url"])] == [
        twin
    ] * 3


# Database


def test_a_database_that_is_not_there_yet_fails_the_check_until_it_is_made(lone: House) -> None:
    before, is_made = result_of(lone, "db", "check"), (lone.folder / "aggregator.db").exists()
    made = as_json(lone, "db", "upgrade")
    after = as_json(lone, "db", "check")

    assert (before[0], "no database at" in before[2], is_made) == (1, True, False)
    assert (made["backup"], after["problems"], after["schema"]) == (None, [], made["schema"])


def test_a_damaged_database_ends_with_1_and_names_the_file(lone: House) -> None:
    (lone.folder / "aggregator.db").write_bytes(
        b"this is no database at all, but as long as the head of one is" * 20
    )
    code, out, err = result_of(lone, "refresh")

    assert (code, out, "aggregator.db" in err, "Traceback" in err) == (1, "", True, False)


def test_what_the_doctor_says_of_a_damaged_database_mends_it(lone: House) -> None:
    database(lone)
    kept, file = lone.folder / "kept.db", lone.folder / "aggregator.db"
    as_json(lone, "db", "backup", str(kept))
    file.write_bytes(b"this is no database at all, but as long as the head of one is" * 20)
    restored = as_json(lone, "db", "restore", "--force", str(kept))

    assert Path(restored["set_aside"]).read_bytes().startswith(b"this is no database")
    assert as_json(lone, "db", "check")["problems"] == []


@pytest.mark.parametrize("command", [("refresh",), ("build",), ("db", "upgrade")], ids=" ".join)
def test_a_lock_that_cannot_be_written_is_told_with_what_to_do(
    lone: House, command: tuple[str, ...]
) -> None:
    (lone.folder / "aggregator.db.run.lock").mkdir()
    code, out, err = result_of(lone, *command)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "aggregator.db.run.lock" in err
    assert str(lone.folder) in err.partition(";")[2]


# Doctor


def test_the_doctor_says_what_is_well_and_what_to_do(house: House) -> None:
    code, out, _ = result_of(house, "doctor")

    assert code == 0
    assert [
        item
        for item in (
            "ok       7 of 7 sources",
            "warning  site.contact",
        )
        if item not in out
    ] == []


def test_the_doctor_ends_with_1_where_something_is_broken_and_still_prints_its_findings(
    lone: House,
) -> None:
    (lone.folder / "aggregator.db").write_bytes(
        b"this is no database at all, but as long as the head of one is" * 20
    )
    findings = as_json(lone, "doctor", code=1)["findings"]

    remedies = [finding["remedy"] for finding in findings if finding["level"] == "error"]
    assert [named(remedy) for remedy in remedies] == [["aggregator db restore --force FILE"]]


# explain and why-not


def test_a_story_is_explained_for_people_and_for_scripts(house: House) -> None:
    folder, twin = story_of(house)
    explained = as_json(house, "explain", folder)
    code, out, _ = result_of(house, "explain", f"https://news.example/story/{folder}/")

    assert (code, explained["id"], explained["standing"]) == (0, twin["id"], "published")
    assert {item["url"] for item in explained["members"]} == {
        item["url"] for item in twin["sources"]
    }
    assert [
        item
        for item in (
            "Articles: ",
            f" {explained['place']} of {explained['places']} ",
            "Editions",
            "engine: extractive",
            twin["headline"]["text"],
        )
        if item not in out
    ] == []


def test_a_story_that_is_not_there_cannot_be_explained(house: House) -> None:
    code, _, err = result_of(house, "explain", "nobodyknows2")

    assert (code, "'nobodyknows2'" in err) == (2, True)


def test_what_became_of_an_address_is_told_with_what_to_do(house: House) -> None:
    _, twin = story_of(house)
    known = as_json(house, "why-not", twin["sources"][0]["url"])
    code, out, _ = result_of(house, "why-not", "https://nowhere.example/a")

    assert (known["found"], known["story"]["id"]) == (True, twin["id"])
    assert (code, "no feed listed it" in out, "What to do: " in out) == (0, True, True)


def test_before_the_first_refresh_there_is_nothing_to_ask(lone: House) -> None:
    code, _, err = result_of(lone, "why-not", "https://nowhere.example/a")

    assert (code, "no database yet at" in err) == (1, True)


def test_overrides_are_replayed_by_a_build_and_a_mistake_ends_it(
    tmp_path: Path, house: House
) -> None:
    copy = House(tmp_path / "copy", "")
    shutil.copytree(house.folder, copy.folder, dirs_exist_ok=True)
    _, twin = story_of(copy)
    overrides = copy.folder / "overrides.toml"
    overrides.write_text(
        f'[[annotate]]\nstory = "{twin["id"]}"\nnote = "Checked by hand."\n', "utf-8"
    )
    built = result_of(copy, "build")[0], story_of(copy)[1].get("operator")
    overrides.write_text("[[annotat]]\n", "utf-8")
    code, _, err = result_of(copy, "build")

    assert built == (0, {"note": "Checked by hand."})
    assert (code, "annotat: " in err, "annotate?" in err) == (2, True, True)


def test_the_history_of_runs_is_listed_and_shown(house: House) -> None:
    listed = as_json(house, "runs", "list")["runs"]
    shown = as_json(house, "runs", "show", listed[0]["run"])
    _, text, _ = result_of(house, "runs", "show", "last")

    assert (listed[0]["kind"], listed[0]["state"], shown) == ("refresh", "done", listed[0])
    assert [
        word
        for word in ("refresh 2026", "sources", "fetch took", "publish took")
        if word not in text
    ] == []


def test_before_the_first_run_there_is_no_history_and_nothing_to_mail(lone: House) -> None:
    code, out, _ = result_of(lone, "runs", "list")
    asked = [
        result_of(lone, *words)
        for words in (
            ("runs", "show", "last"),
            ("digest", "status"),
            ("sources", "forget", "daily", "--undo"),
        )
    ]

    assert (code, out, as_json(lone, "runs", "list")) == (
        0,
        "No runs yet.\n",
        {"runs": []},
    )
    missing = (
        f"aggregator: no database yet at {lone.folder / 'aggregator.db'}; `aggregator"
        " refresh` creates it\n"
    )
    assert asked == [(1, "", missing)] * 3


def test_what_told_no_stories_is_not_told_again_and_the_last_is_the_newest_refresh(
    lone: House,
) -> None:
    opened = database(lone)
    with opened.writing() as connection:
        start_run(connection, "a-refresh", NOW, RunKind.REFRESH)
        start_run(connection, "an-edition", NOW + timedelta(hours=1), RunKind.EDITION)
    opened.close()
    code, _, err = result_of(lone, "runs", "replay", "an-edition")

    assert (
        code,
        "an-edition wrote no stories" in err,
    ) == (2, True)
    assert as_json(lone, "runs", "replay", "last")["replays"] == "a-refresh"
    assert result_of(lone, "runs", "replay", "a-refresh")[0] == 0


def test_a_report_is_shown_in_words(house: House) -> None:
    text = result_of(house, "runs", "show", "last")[1]

    assert [word for word in ("{", "not_modified", "True", "None") if word in text] == []
    assert [words for words in ("unchanged, ", "not due, ", " kept, ") if words not in text] == []


def test_a_page_that_could_not_be_had_is_told_with_its_address(house: House, lone: House) -> None:
    with MiniWeb(SEED) as web:
        gone = web.url_of("https://the-decoder.com/nowhere")
        missing = result_of(house, "extract", gone)
    away = result_of(lone, "extract", "http://127.77.9.1:8099/page")

    assert (missing[0], missing[1], gone in missing[2], "http 404" in missing[2]) == (
        1,
        "",
        True,
        True,
    )
    assert (away[0], "http://127.77.9.1:8099/page" in away[2], "refused" in away[2]) == (
        1,
        True,
        True,
    )


def test_a_run_that_is_not_there_is_a_usage_error(house: House) -> None:
    code, _, err = result_of(house, "runs", "show", "20200101T000000-abcd")

    assert (code, "aggregator runs list" in err) == (2, True)


def test_log_lines_are_objects_where_that_is_asked_for(lone: House) -> None:
    _, _, err = result_of(lone, "--log-json", "refresh", "--now", "2026-07-06T06:00Z")
    lines = [json.loads(line) for line in err.splitlines()]
    failed = next(line for line in lines if line["event"] == "source failed")

    assert (failed["source"], failed["stage"], failed["run"].startswith("20260706T060000-")) == (
        "daily",
        "fetch",
        True,
    )


def test_what_is_no_longer_kept_is_forgotten_by_a_command(lone: House) -> None:
    database(lone)

    assert as_json(lone, "db", "prune")["forgotten"]["passages"] == 0


def test_the_scheduler_catches_up_once_all_that_it_missed(lone: House) -> None:
    now = datetime.now(UTC)
    config = lone.folder / "config.toml"
    last_hour = f'"{now - timedelta(hours=1):%M %H} * * *"'  # missed, and not again while it runs
    kinds = ("refresh", "edition", "backup", "retention")
    schedule = "\n".join(["[schedule]", *(f"{kind} = {last_hour}" for kind in kinds)])
    config.write_text(f"{schedule}\n{config.read_text('utf-8')}", "utf-8")
    opened = database(lone)
    with opened.writing() as connection:
        for kind in kinds:
            two_days_ago = now - timedelta(days=2)
            start_run(connection, f"past-{kind}", two_days_ago, RunKind(kind))
    opened.close()
    with subprocess.Popen(
        lone.command("run"), cwd=lone.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        wanted = {"database backed up", "forgotten", "stage=pages"}
        done = {
            word for line in iter_until(process.stderr, wanted) for word in wanted if word in line
        }
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0

    assert (done, len(list((lone.folder / "backups").glob("aggregator-*.db")))) == (wanted, 1)
    done_again = [
        item["kind"]
        for item in as_json(lone, "runs", "list")["runs"]
        if not item["run"].startswith("past-")
    ]
    assert sorted(done_again) == sorted(kinds)


def iter_until(stream: IO[str], words: set[str]) -> Iterator[str]:
    """The lines of a log until each of these words has stood in one."""
    missing = set(words)
    for line in stream:
        yield line
        missing = {word for word in missing if word not in line}
        if not missing:
            return


# imported while a command runs; swallows what a signal raises, as a search for a module may
_DEAF_MODULE = """\
import pathlib, signal, sys
sys.path.remove(str(pathlib.Path(__file__).parents[1]))
try:
    signal.raise_signal(signal.SIGINT)
    print("heard nothing", flush=True)
except BaseException:
    print("swallowed", flush=True)
del sys.modules["aiohttp"]
import aiohttp
"""


def test_a_ctrl_c_during_an_import_stops_a_refresh_once_the_import_is_done(lone: House) -> None:
    deaf = lone.folder / "deaf" / "aiohttp"
    deaf.mkdir(parents=True)
    (deaf / "__init__.py").write_text(_DEAF_MODULE, "utf-8")
    seen = environment()
    done = subprocess.run(
        lone.command("refresh"),
        cwd=lone.folder,
        env={**seen, "PYTHONPATH": f"{deaf.parent}:{seen['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=_listening,
    )

    assert (done.returncode, done.stdout.strip()) == (1, "heard nothing"), done.stderr
    assert "stopped early" in done.stderr
