"""Updates the locks: exact versions of everything that is installed, with the hashes of all their
files.

    python -m tools.lock           the newest versions that pyproject.toml allows
    python -m tools.lock --keep    keeps the locked versions; adds new requirements, removes old
      ones

`requirements/base.txt`, `mail.txt`, `test.txt` and `dev.txt` are for pip's --require-hashes; each
includes the one before it. `constraints.txt` has the same versions, for anything else that is
installed. One lock serves all Pythons and platforms: uv resolves for all of them together, with
markers. `make constraints` runs this where uv is installed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
FOLDER = _ROOT / "requirements"
CONSTRAINTS = _ROOT / "constraints.txt"
LEVELS = {  # each includes the one before it
    "base": (),
    "mail": ("mail", "serve"),
    "test": ("test",),
    "dev": ("dev",),
}
_UNIVERSAL = ("--universal", "--python-version", "3.11", "--no-header", "--no-annotate")
_HEAD = "# {what}. Renew with: make constraints\n"


def blocks(lock: str) -> dict[str, str]:
    """The text of each package in a lock by name, with all its versions together."""
    found: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if re.match(r"[a-z0-9]", line):
            name = line.partition("==")[0]
        if name:
            found[name] = found.get(name, "") + line
    return found


def constraints(lock: str) -> str:
    """The versions of a lock, one per line, with a marker only if a package has several."""
    lines = [line.rstrip("\\\n ") for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    several = Counter(line.partition("==")[0] for line in lines)
    kept = (
        line if several[line.partition("==")[0]] > 1 else line.partition(" ;")[0] for line in lines
    )
    return "".join(f"{line}\n" for line in kept)


def written(whole: dict[str, str], names: Sequence[Iterable[str]]) -> list[str]:
    """The lock of each level: a line that includes the level before it, then what that one
    lacks.
    """
    files, known = [], set[str]()
    for level, wanted in enumerate(names):
        added = sorted(set(wanted) - known)
        known.update(added)
        before = f"-r {list(LEVELS)[level - 1]}.txt\n" if level else ""
        files.append(before + "".join(whole[name] for name in added))
    return files


def _compiled(extras: Sequence[str], *options: str) -> str:
    """The project's requirements with these extras, and its build requirements, as resolved by
    uv.
    """
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".in") as build:
        build.write("\n".join(project["build-system"]["requires"]))
        build.flush()
        wanted = [part for extra in extras for part in ("--extra", extra)]
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", build.name]
        command += [*wanted, *_UNIVERSAL, *options]
        return subprocess.run(
            command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


def main() -> None:
    """Writes all five files."""
    parser = argparse.ArgumentParser(description="Update the locks.")
    parser.add_argument("--keep", action="store_true", help="keep the versions that are locked")
    kept = ("--constraint", str(CONSTRAINTS)) if parser.parse_args().keep else ()
    whole = _compiled(LEVELS["dev"], "--generate-hashes", *kept)
    CONSTRAINTS.write_text(
        _HEAD.format(what="Exact versions of all that is installed") + constraints(whole), "utf-8"
    )
    names = [
        blocks(_compiled(extras, "--constraint", str(CONSTRAINTS))) for extras in LEVELS.values()
    ]
    FOLDER.mkdir(exist_ok=True)
    for level, text in zip(LEVELS, written(blocks(whole), names), strict=True):
        head = _HEAD.format(what="Exact versions, and hashes of all their files")
        (FOLDER / f"{level}.txt").write_text(head + text, "utf-8")


if __name__ == "__main__":
    main()
