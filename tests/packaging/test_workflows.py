"""The workflows and compose.yaml are valid by their schemas, and no workflow gives away more than
it must.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS += sorted((ROOT / "examples").rglob("*.yml"))
BIN = Path(sys.executable).parent


def problems(*command: str | Path) -> str:
    """What a linter finds wrong; empty where nothing is."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def invalid(schema: str, *paths: Path) -> str:
    """What breaks a schema that comes with check-jsonschema."""
    return problems("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *paths)


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps of all jobs of a workflow."""
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_the_workflows_are_valid_and_a_typing_mistake_in_one_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")

    assert invalid("github-workflows", *WORKFLOWS) == ""
    assert "run-on" in invalid("github-workflows", wrong)


def test_no_workflow_is_open_to_an_attack_that_zizmor_knows(tmp_path: Path) -> None:
    zizmor = ("zizmor", "--offline", "--no-progress", "--quiet")
    wrong = tmp_path / "wrong.yml"
    injected = "run: echo ${{ github.event.pull_request.title }}"
    wrong.write_text(WORKFLOWS[0].read_text("utf-8").replace("run: .ci/run", injected), "utf-8")

    assert problems(*zizmor, *WORKFLOWS) == ""
    assert "template-injection" in problems(*zizmor, wrong)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.name))
def test_an_action_is_pinned_by_its_commit_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")

    assert used != []
    assert [action for action in used if not pinned.fullmatch(action)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.name))
def test_the_commands_of_a_workflow_are_what_bash_reads(path: Path) -> None:
    for step in steps(path):
        if "run" in step:
            done = subprocess.run(
                ["bash", "-n"], input=step["run"], capture_output=True, text=True, timeout=10
            )
            assert done.stderr == ""


def test_compose_is_valid_and_a_typing_mistake_in_it_is_found(tmp_path: Path) -> None:
    path, wrong = ROOT / "deploy" / "compose.yaml", tmp_path / "compose.yaml"
    wrong.write_text(path.read_text("utf-8").replace("restart:", "restarts:"), "utf-8")

    assert invalid("compose-spec", path) == ""
    assert "restarts" in invalid("compose-spec", wrong)


def test_what_is_added_to_the_containers_stands_in_a_profile_and_is_reached_on_purpose() -> None:
    found = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]
    open_ports = {
        name: [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")]
        for name, service in found.items()
    }

    assert {service.get("profiles", [""])[0] for service in found.values()} == {
        "",
        "mail",
        "ollama",
        "tls",
    }
    assert {name for name, ports in open_ports.items() if ports} == {"tls"}
    assert "web:8080" in found["tls"]["command"]
