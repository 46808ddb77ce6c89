"""The locks: an exact version of everything that gets installed, the hashes of its files, and no
addresses.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, project
from tests.packaging.closure import closure
from tools.lock import LEVELS, blocks, constraints, written

LINES = [
    line
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
BUILT_BY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
SEVERAL = """\
one==1.0 ; python_full_version < '3.11.5' \\
    --hash=sha256:aa
one==2.0 ; python_full_version >= '3.11.5' \\
    --hash=sha256:bb
two==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc \\
    --hash=sha256:dd
"""


@cache
def lock(level: str) -> dict[str, str]:
    """What a level installs in addition to the levels before it."""
    return blocks((ROOT / "requirements" / f"{level}.txt").read_text("utf-8"))


def locked(level: str) -> dict[str, str]:
    """Everything that a level installs."""
    levels = list(LEVELS)
    return {
        name: text
        for each in levels[: levels.index(level) + 1]
        for name, text in lock(each).items()
    }


def test_each_constraint_is_an_exact_version_without_an_address() -> None:
    version = r"[a-z0-9.-]+==[A-Za-z0-9._!+]+( ; python_full_version [<>=]+ '[0-9.]+')?"

    assert [line for line in LINES if not re.fullmatch(version, line)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_lock_has_versions_and_hashes_and_nothing_else(level: str) -> None:
    text = (ROOT / "requirements" / f"{level}.txt").read_text("utf-8")
    start = r"# .*|-r \w+\.txt|[a-z0-9.-]+==[A-Za-z0-9._!+]+( ; [^\\]+)? \\"

    assert [
        line
        for line in text.splitlines()
        if not re.fullmatch(rf"{start}|    --hash=sha256:[0-9a-f]{{64}}( \\)?", line)
    ] == []
    assert [
        name for name, block in lock(level).items() if "--hash=" not in block.splitlines()[1]
    ] == []
    assert [
        name for name, block in lock(level).items() if re.search(r"(?<!\\)\n    --", block)
    ] == []


@pytest.mark.parametrize(
    ("level", "extras"),
    [("base", ()), ("mail", ("mail", "serve")), ("test", ("test",)), ("dev", ("dev",))],
)
def test_a_lock_holds_everything_that_gets_installed_and_what_builds_the_project(
    level: str, extras: tuple[str, ...]
) -> None:
    builders = {canonicalize_name(Requirement(text).name) for text in BUILT_BY}

    assert sorted((set(closure(*extras)) | builders) - set(locked(level))) == []


def test_the_constraints_are_the_versions_of_the_locks() -> None:
    versions = "".join(text for _, text in sorted(locked("dev").items()))

    assert sorted(LINES) == sorted(constraints(versions).splitlines())


def test_each_pin_is_within_the_bounds_that_the_project_declares() -> None:
    pins = {
        canonicalize_name(name): version.partition(" ")[0]
        for name, _, version in (line.partition("==") for line in LINES)
    }
    extras = project()["optional-dependencies"]
    declared = [
        Requirement(text)
        for text in (
            *BUILT_BY,
            *project()["dependencies"],
            *(each for one in extras.values() for each in one),
        )
    ]

    outside = [
        str(requirement)
        for requirement in declared
        if canonicalize_name(requirement.name) in pins
        and not requirement.specifier.contains(
            pins[canonicalize_name(requirement.name)], prereleases=True
        )
    ]

    assert outside == []


@pytest.mark.parametrize("name", ["Makefile", "deploy/Containerfile"])
def test_nothing_is_installed_without_a_hash(name: str) -> None:
    text = (
        (ROOT / name).read_text("utf-8").replace("$(INSTALL)", "pip install").replace("\\\n", " ")
    )
    installs = [
        part
        for line in text.splitlines()
        for part in line.split("&&")
        if "pip install " in part and ":=" not in part
    ]
    locked_or_ours = re.compile(
        r"--require-hashes --requirement requirements/|--no-deps --no-build-isolation .*\.$"
    )

    unlocked = [
        install.strip() for install in installs if not locked_or_ours.search(install.strip())
    ]

    assert len(installs) >= 2
    assert [each for each in unlocked if not each.endswith(" uv")] == []  # which makes the locks


def test_the_image_is_made_from_a_base_that_cannot_change() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text("utf-8")

    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", text, re.M)
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["${BASE}", "${BASE}"]


def test_several_versions_of_a_package_stay_together_with_their_markers() -> None:
    assert {name: text.count("sha256") for name, text in blocks(SEVERAL).items()} == {
        "one": 2,
        "two": 2,
    }
    assert constraints(SEVERAL).splitlines() == [
        "one==1.0 ; python_full_version < '3.11.5'",
        "one==2.0 ; python_full_version >= '3.11.5'",
        "two==1.0",
    ]


def test_each_lock_begins_with_the_one_before_it_and_adds_what_that_lacks() -> None:
    whole = {name: f"{name}==1\n" for name in "abcd"}

    assert written(whole, ["a", "ba", "cab", "abcd"]) == [
        "a==1\n",
        "-r base.txt\nb==1\n",
        "-r mail.txt\nc==1\n",
        "-r test.txt\nd==1\n",
    ]
