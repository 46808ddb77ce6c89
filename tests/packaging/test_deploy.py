"""The files of `deploy/` start commands that there are, as nobody in particular, with all that the
program needs.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml

from aggregator.cli.app import aggregator
from aggregator.cli.doctor import doctor
from aggregator.config.configuration import load
from aggregator.resources import DEFAULT_CONFIG
from tests.requirements import SYSTEMD

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVERS = ("nginx.conf", "Caddyfile")
SERVICES = sorted(DEPLOY.glob("*.service"))


def command(words: list[str]) -> click.Command:
    """The command that these words start, parsed with their options but not run. Raises UsageError
    where there is none.
    """
    name, *rest = (word for word in words if word != "--log-json")
    found = aggregator.commands[name]
    found.make_context(name, rest)
    return found


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(path: Path) -> None:
    (started,) = re.findall(
        r"^ExecStart=/opt/aggregator/\.venv/bin/aggregator (.+)$", path.read_text("utf-8"), re.M
    )

    assert command(started.split()).name in {"run", "refresh", "serve"}


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_as_a_user_of_its_own_who_writes_to_two_folders_one_of_them_private(
    path: Path,
) -> None:
    lines = path.read_text("utf-8").splitlines()

    wanted = (
        "User=aggregator",
        "StateDirectory=aggregator",
        "StateDirectoryMode=0700",
        "CacheDirectory=aggregator",
        "CacheDirectoryMode=0755",
        "UMask=0022",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
    )
    assert [each for each in wanted if each not in lines] == []


def test_the_units_are_what_systemd_reads(tmp_path: Path) -> None:
    analyze = SYSTEMD.needed()
    for path in (*SERVICES, *DEPLOY.glob("*.timer")):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text("utf-8"), flags=re.M)
        (tmp_path / path.name).write_text(text, "utf-8")
    units = [str(tmp_path / path.name) for path in (*SERVICES, *DEPLOY.glob("*.timer"))]
    done = subprocess.run(
        [analyze, "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = [
        line for line in done.stderr.splitlines() if str(tmp_path) in line or "aggregator" in line
    ]
    assert told == []


def test_the_user_of_the_units_is_made_and_the_web_servers_serve_the_folder_of_the_settings() -> (
    None
):
    made = (DEPLOY / "aggregator.sysusers").read_text("utf-8")
    output = tomllib.loads((DEPLOY / "config.local.toml").read_text("utf-8"))["site"]["output"]
    roots = [
        re.findall(r"^\s*root (?:\* )?(/[^;\s]+)", (DEPLOY / name).read_text("utf-8"), re.M)
        for name in SERVERS
    ]

    assert re.search(r"^u aggregator ", made, re.M)
    assert output == "/var/cache/aggregator/site"
    assert roots == [[output], [output]]


def test_the_image_holds_what_the_wheel_is_made_from_and_runs_as_a_user() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    wheel = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"][
        "build"
    ]["targets"]["wheel"]
    copied = set(re.findall(r"^COPY (.+) \S+$", text, re.M)[0].split()) | set(
        re.findall(r"^COPY ([\w/]+) [\w/]+$", text, re.M)
    )

    assert set(wheel["only-include"]) | set(wheel["force-include"]) <= copied
    assert re.findall(r"^USER (\d+)$", text, re.M) == ["10001"]
    assert not re.search(r"^COPY \. ", text, re.M), (
        "the whole checkout would take credentials along"
    )


def test_the_containers_start_commands_that_there_are() -> None:
    texts = [(DEPLOY / name).read_text("utf-8") for name in ("Containerfile", "compose.yaml")]
    started = [
        re.findall(r'"([^"]+)"', line)
        for text in texts
        for line in re.findall(r"(?:^CMD|command:) \[(.+)\]", text, re.M)
    ]
    health = re.findall(r'HEALTHCHECK .* CMD \["aggregator", (.+)\]', texts[0])

    assert [command(words).name for words in started] == ["run", "run", "serve"]
    assert command(re.findall(r'"([^"]+)"', health[0])) is doctor


def services() -> dict[str, Any]:
    """The services of compose.yaml, with the values that its variables have when nobody sets
    them.
    """
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (DEPLOY / "compose.yaml").read_text("utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def networks(service: dict[str, Any]) -> set[str]:
    """The networks that a service is on; without a word of it that of the whole file."""
    return set() if "network_mode" in service else set(service.get("networks", ["default"]))


@pytest.mark.parametrize("name", ["scheduler", "web"])
def test_a_container_asks_ollama_by_the_name_of_its_service_on_a_network_of_both(name: str) -> None:
    ours = services()[name]
    host = urlsplit(str(load(DEFAULT_CONFIG, ours["environment"]).analysis.ollama.host))
    ollama = services()[str(host.hostname)]

    assert (host.scheme, host.port, ollama["profiles"]) == ("http", 11434, ["ollama"])
    assert networks(ours) & networks(ollama)
    assert "ports" not in ollama, "it has no password"


def test_the_containers_start_without_the_profile_and_keep_what_they_must() -> None:
    found = services()
    volumes = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["volumes"]
    mounted = {each.partition(":")[0] for service in found.values() for each in service["volumes"]}

    assert [name for name, service in found.items() if "profiles" not in service] == [
        "scheduler",
        "web",
    ]
    assert all("ollama" not in service.get("depends_on", []) for service in found.values())
    assert mounted == set(volumes)


def test_the_web_servers_ask_the_app_for_all_that_only_it_has() -> None:
    from aggregator.serve import app as served

    routes = set(re.findall(r'Route\("/(\w+)', Path(served.__file__).read_text("utf-8"))) - {
        "health",
        "metrics",
    }
    missing = {
        (name, route)
        for name in SERVERS
        for route in routes
        if route not in (DEPLOY / name).read_text("utf-8")
    }

    assert missing == set()
