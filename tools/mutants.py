"""Breaks the program in one place at a time and reports the breaks that no test notices.

`python -m tools.mutants` works through `mutants.toml`, which names the places: a file, the exact
text there, what replaces it, and the nearest tests. Each break is tried in a copy of the tree.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 2
FEWEST_CAUGHT = 58  # of all; the rest allows for breaks that no cheap test can notice
TIMEOUT_S = 120  # of the tests of one break; they take seconds
_COPIED = ("aggregator", "deploy", "migrations", "templates", "tests", "tools")
_FAILED = 1  # pytest's exit code for tests that ran and failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One break, and the tests that should notice it."""

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of the tests on a broken program."""

    mutant: Mutant
    is_caught: bool
    because: str


def mutants(table: Path = ROOT / "tools" / "mutants.toml") -> tuple[Mutant, ...]:
    """The breaks of the table, in its order."""
    rows = tomllib.loads(table.read_text("utf-8"))["mutant"]
    return tuple(Mutant(**row | {"tests": tuple(row["tests"])}) for row in rows)


def mistakes(several: Sequence[Mutant], root: Path = ROOT) -> list[str]:
    """What is wrong with a table: texts that do not occur exactly once, tests that are missing."""
    found = []
    for place, each in enumerate(several):
        file = root / each.file
        times = file.read_text("utf-8").count(each.old) if file.is_file() else 0
        if times != 1:
            found.append(f"{each.what}: its text is found {times} times in {each.file}, not once")
        if any(each.what == other.what for other in several[:place]):
            found.append(f"{each.what}: two mutants have this name")
        missing = [test for test in each.tests if not _is_test(root, test)]
        found += [f"{each.what}: there is no test {test}" for test in missing]
    return found


def tried(mutant: Mutant, tree: Path) -> Trial:
    """Breaks a copy of the tree, runs the tests of the break there, and restores the copy."""
    file = tree / mutant.file
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(mutant.old, mutant.new), "utf-8")
    try:
        return _judged(mutant, tree)
    finally:
        file.write_text(whole, "utf-8")
        # Python considers a compiled file current if the source's size and time in seconds match.
        Path(cache_from_source(str(file))).unlink(missing_ok=True)


def all_tried(several: Sequence[Mutant], root: Path = ROOT) -> Iterator[Trial]:
    """The trials of all breaks, in order; `AT_ONCE` run in parallel, each in its own copy."""
    folders, threads = tempfile.TemporaryDirectory(prefix="mutants-"), ThreadPoolExecutor(AT_ONCE)
    with folders as folder, threads as pool:
        trees = SimpleQueue[Path]()
        for n in range(AT_ONCE):
            trees.put(copied(root, Path(folder) / str(n) / root.name))

        def one(mutant: Mutant) -> Trial:
            tree = trees.get()
            try:
                return tried(mutant, tree)
            finally:
                trees.put(tree)

        yield from pool.map(one, several)


def copied(root: Path, tree: Path) -> Path:
    """A copy of what the tests need, without build results and stored data."""
    tree.mkdir(parents=True)
    for file in (path for path in root.iterdir() if path.suffix in {".md", ".toml"}):
        shutil.copy2(file, tree)
    for name in _COPIED:
        shutil.copytree(root / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def failing(tests: Sequence[str], root: Path = ROOT) -> str:
    """Which of these tests fails though nothing is broken, empty if none does.

    A test that fails by itself would seem to catch everything.
    """
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        code, because = _ran(tests, copied(root, Path(folder) / root.name), len(tests) * TIMEOUT_S)
    return because if code else ""


def _judged(mutant: Mutant, tree: Path) -> Trial:
    """Only tests that ran and failed count; tests that could not be collected notice nothing."""
    try:
        code, because = _ran(mutant.tests, tree, TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return Trial(mutant=mutant, is_caught=True, because=f"no end within {TIMEOUT_S} s")
    return Trial(mutant=mutant, is_caught=code == _FAILED, because=because)


def _ran(tests: Sequence[str], tree: Path, timeout_s: float) -> tuple[int, str]:
    """pytest's exit code, and the first test that failed. Raises `subprocess.TimeoutExpired`."""
    options = ("-x", "-q", "-n0", "--tb=line", "-k", "not postgresql")
    done = subprocess.run(
        (sys.executable, "-m", "pytest", *options, *tests),
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, failed[0] if failed else f"pytest ended with {done.returncode}"


def _is_test(root: Path, test: str) -> bool:
    path, _, name = test.partition("::")
    file = root / path
    return file.is_file() and (not name or f"def {name}(" in file.read_text("utf-8"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Tries all breaks of the table, and returns 0 if enough are noticed."""
    about = "Break the program in one place at a time and run the nearest tests."
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--only", default="", help="try only the places whose name contains this")
    options.add_argument("--verbose", action="store_true", help="print what noticed each break")
    chosen = options.parse_args(arguments)
    several = mutants()
    if wrong := mistakes(several):
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    several = tuple(mutant for mutant in several if chosen.only in mutant.what)
    if why := failing(sorted({test for mutant in several for test in mutant.tests})):
        print(f"the tests fail though nothing is broken: {why}", file=sys.stderr)
        return 2
    caught = 0
    for trial in all_tried(several):
        caught += trial.is_caught
        if not trial.is_caught or chosen.verbose:
            said = "caught" if trial.is_caught else "survived"
            print(f"{said}: {trial.mutant.what} ({trial.mutant.file}; {trial.because})", flush=True)
    print(f"caught {caught} of {len(several)}")
    return int(caught < min(FEWEST_CAUGHT, len(several)))


if __name__ == "__main__":
    sys.exit(main())
