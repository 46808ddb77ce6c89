"""constraints.txt: an exact version of everything that gets installed, and nothing but versions."""

from __future__ import annotations

import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, project
from tests.packaging.closure import closure

LINES = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_each_line_is_an_exact_version_without_an_address() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._!+]+", line)] == []


def test_everything_that_gets_installed_is_pinned() -> None:
    pinned = {canonicalize_name(line.partition("==")[0]) for line in LINES}

    assert sorted(set(closure("embed", "dev")) - pinned) == []


def test_each_pin_is_within_the_bounds_that_the_project_declares() -> None:
    pins = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
    extras = project()["optional-dependencies"]
    declared = [
        Requirement(text)
        for text in (*project()["dependencies"], *extras["embed"], *extras["mail"], *extras["serve"], *extras["dev"])
    ]

    outside = [
        str(each)
        for each in declared
        if canonicalize_name(each.name) in pins
        and not each.specifier.contains(pins[canonicalize_name(each.name)], prereleases=True)
    ]

    assert outside == []
