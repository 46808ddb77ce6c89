"""The licences of everything that comes with an install: permissive or weak copyleft, and known."""

from __future__ import annotations

import re
from importlib.metadata import Distribution

import pytest

from tests.architecture.tree import project
from tests.packaging.closure import closure

# SPDX identifiers, and the words of classifiers and free texts. Longer names first: "lgpl" before
# "gpl".
_ALLOWED = re.compile(
    r"\b(MIT(-0|-CMU)?|0?BSD([ -][0-9]-clause)?|Apache([ -]2(\.0)?)?|PSF(-2\.0)?|Python Software"
    r" Foundation|CNRI-Python|ISC"
    r"|MPL[ -]?2?(\.0)?|Mozilla Public License|LGPL\S*|Lesser General Public License"
    r"|Unlicense|Zlib|HPND|CC0-1\.0|Public Domain)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(AGPL|Affero|SSPL|BUSL|Commons Clause|(?<!L)GPL|(?<!Lesser )General Public License)",
    re.IGNORECASE,
)

_NO_LICENCE = frozenset(
    {"License :: OSI Approved", "License :: DFSG approved"}
)  # say of a licence that it is a good one


def statements(found: Distribution) -> list[str]:
    """What a distribution says of its licence, most exact first: SPDX expression, classifiers, free
    text.
    """
    if expressions := found.metadata.get_all("License-Expression"):
        return [str(expression) for expression in expressions]
    classifiers = [
        each for each in found.metadata.get_all("Classifier") or () if each.startswith("License ::")
    ]
    named = [
        classifier.rpartition("::")[2].strip()
        for classifier in classifiers
        if classifier not in _NO_LICENCE
    ]
    texts = found.metadata.get_all("License") or ()
    told = (
        [" OR ".join(named)] if named else [str(text).strip().partition("\n")[0] for text in texts]
    )
    return told or [
        line
        for file in found.metadata.get_all("License-File") or ()
        for line in _first_line(found, str(file))
    ]


def _first_line(found: Distribution, file: str) -> list[str]:
    """How a licence file begins: "MIT License"."""
    text = found.read_text(f"licenses/{file}") or found.read_text(file) or ""
    return text.strip().splitlines()[:1]


def is_allowed(statement: str) -> bool:
    """Whether one of the alternatives of a statement is wholly made of licences that we can live
    with.
    """
    alternatives = re.split(r"\s+OR\s+", statement.replace("(", " ").replace(")", " "))
    return any(
        all(_is_fine(part) for part in re.split(r"\s+AND\s+", alternative))
        for alternative in alternatives
    )


def _is_fine(part: str) -> bool:
    return bool(_ALLOWED.search(part)) and not _REFUSED.search(part)


def test_no_dependency_has_a_licence_that_is_refused_or_unknown() -> None:
    extras = tuple(project()["optional-dependencies"])

    refused = {
        name: statements(found)
        for name, found in closure(*extras).items()
        if not any(is_allowed(statement) for statement in statements(found))
    }

    assert refused == {}


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause", True),
        ("BSD License", True),
        ("Apache-2.0", True),
        ("Apache License 2.0", True),
        ("MPL-2.0 AND MIT", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("LGPL-3.0-or-later", True),
        ("GPL-2.0-or-later OR MIT", True),
        ("BSD-3-Clause AND 0BSD AND (MIT OR Zlib)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("SSPL-1.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_is_judged_by_its_alternatives(statement: str, *, allowed: bool) -> None:
    assert is_allowed(statement) is allowed
