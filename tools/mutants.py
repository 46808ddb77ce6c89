"""Breaks the program in one place at a time and reports the breaks that no test notices.

`python -m tools.mutants` works through `mutants.toml`, which names the places: a file, the exact
text there, what replaces it, and the nearest tests. Each break is tried in a copy of the tree.
`--random SEED` tries breaks that are drawn from all of the core instead (`random_mutants.py` says
which there are, and which tests run).
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

from tools.random_mutants import Nearness, drawn

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 2
FEWEST_CAUGHT = 58  # of the table; the rest allows for breaks that no cheap test can notice
FEWEST_DRAWN_CAUGHT = 54  # of sixty at random, some of which change nothing that matters
TIMEOUT_S = 120  # of one test file; most take seconds
COPIED = (
    *("aggregator", "bench", "calibration", "demo", "deploy", "docs", "examples", "migrations"),
    *("requirements", "templates", "tests", "tools"),
)
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


def random_mutants(seed: int, root: Path = ROOT) -> tuple[Mutant, ...]:
    """The breaks that this seed draws from the core; each has its whole module as text."""
    nearness, chosen = Nearness(root), []
    for one in drawn(seed, root):
        whole = (root / one.file).read_text("utf-8")
        chosen.append(
            Mutant(
                what=one.what(whole),
                file=one.file,
                old=whole,
                new=one.applied(whole),
                tests=nearness.tests(one.file),
            )
        )
    return tuple(chosen)


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
    for file in (path for path in root.iterdir() if path.suffix in {".json", ".md", ".toml"}):
        shutil.copy2(file, tree)
    for name in COPIED:
        shutil.copytree(root / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def noticing(trial: Trial) -> tuple[str, ...]:
    """The test that noticed a break, with all its cases; none if time ran out."""
    kind, _, test = trial.because.partition(" ")
    return (test.split()[0].partition("[")[0],) if kind in {"FAILED", "ERROR"} else ()


def failing(tests: Sequence[str], root: Path = ROOT) -> str:
    """Which of these tests fails though nothing is broken, empty if none does.

    A test that fails by itself would seem to catch everything.
    """
    if not tests:
        return ""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        code, because = _ran(tests, copied(root, Path(folder) / root.name), len(tests) * TIMEOUT_S)
    return because if code else ""


def _judged(mutant: Mutant, tree: Path) -> Trial:
    """Only tests that ran and failed count; tests that could not be collected notice nothing."""
    if not mutant.tests:  # pytest would run all
        return Trial(mutant=mutant, is_caught=False, because="no test is near")
    timeout_s = TIMEOUT_S * len(mutant.tests)
    try:
        code, because = _ran(mutant.tests, tree, timeout_s)
    except subprocess.TimeoutExpired:
        return Trial(mutant=mutant, is_caught=True, because=f"no end within {timeout_s} s")
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
    """Tries the breaks of the table, or random ones, and returns 0 if enough are noticed."""
    about = "Break the program in one place at a time and run the nearest tests."
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--only", default="", help="try only the places whose name contains this")
    options.add_argument("--random", type=int, metavar="SEED", help="draw sixty places of the core")
    options.add_argument("--most", type=int, metavar="N", help="try only the first N places")
    options.add_argument("--verbose", action="store_true", help="print what noticed each break")
    chosen = options.parse_args(arguments)
    is_random = chosen.random is not None
    several = random_mutants(chosen.random) if is_random else mutants()
    if wrong := () if is_random else mistakes(several):
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    several = tuple(mutant for mutant in several if chosen.only in mutant.what)[: chosen.most]
    caught = []
    for trial in all_tried(several):
        caught += [trial] if trial.is_caught else []
        if not trial.is_caught or chosen.verbose:
            said = "caught" if trial.is_caught else "survived"
            print(f"{said}: {trial.mutant.what} ({trial.mutant.file}; {trial.because})", flush=True)
    if why := failing(sorted({test for trial in caught for test in noticing(trial)})):
        print(f"the tests fail though nothing is broken: {why}", file=sys.stderr)
        return 2
    print(f"caught {len(caught)} of {len(several)}")
    fewest = FEWEST_DRAWN_CAUGHT if is_random else FEWEST_CAUGHT
    return int(len(caught) < min(fewest, len(several)))


if __name__ == "__main__":
    sys.exit(main())
