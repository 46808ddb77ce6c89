"""A site of a captured web, held to the rules of the web: `python -m tests.quality.site --data
CAPTURE --json`.

CAPTURE holds a map.json as tests/corpus/seed-story does. Beside its site stands a made-up one with
predictions, corrections, and stories that were merged or removed, which a capture lacks. `--only`
takes some of the checks; `--demo` checks the site of `aggregator demo`, which has pages by a model
(`--theme NAME` in the look of an example), and `--site FOLDER` one that is built already (its
addresses should be those of this machine), and no other; `--vectors FOLDER` adds the attack vectors
of a corpus. Ends with 1 where a check found something, with 2 where a program that it needs is
missing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.cli.theme import EXAMPLES
from aggregator.domain.settings import SiteSettings
from aggregator.resources import DEFAULT_REGISTRY, THEMES
from tests.quality.site import checkers, glued, machine, scripts, views, weight
from tests.quality.site.browsers import CHROMIUM, chromium
from tests.quality.site.captured import captured_site
from tests.quality.site.checkers import CATEGORIES, MissingError
from tests.quality.site.pages import addresses, file_of, kind, lists, telling
from tests.quality.site.sample import sample_site
from tests.quality.site.wire import serving

LEAST_SCORE = 0.98
_SCORED = (
    "front",
    "story/*",
    "week/*",
    "topic/*",
    "search",
)  # what Lighthouse looks at, where the site has it
_TOLD = 20
_LISTS_S = 60.0  # some hundred and fifty pages


def main() -> None:
    """Builds or takes a site, runs the checks, prints what they found."""
    options = _options()
    with (
        tempfile.TemporaryDirectory() as scratch,
        _site(options, Path(scratch)) as (site, home),
        _made_up(options, Path(scratch)) as made_up,
    ):
        found: dict[str, Any] = {
            "pages": len(addresses(site)),
            "kinds": sorted({kind(address) for address in addresses(site)}),
        }
        for name, check in _checks(site, home, made_up, options, Path(scratch)).items():
            if not options.only or name in options.only:
                began_s = time.monotonic()
                found[name] = check() | {"seconds": round(time.monotonic() - began_s, 1)}
    failed = [name for name, each in found.items() if isinstance(each, dict) and not each["passed"]]
    if options.json:
        sys.stdout.write(json.dumps(found | {"failed": failed}, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{name:<14} {each}\n" for name, each in found.items())
    sys.exit(1 if failed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made_of = parser.add_mutually_exclusive_group(required=True)
    made_of.add_argument("--data", type=Path, help="captured web")
    made_of.add_argument("--demo", action="store_true", help="the site of the demo")
    made_of.add_argument("--site", type=Path, help="site that is built already")
    parser.add_argument("--theme", choices=EXAMPLES, help="theme of the demo")
    parser.add_argument("--vectors", type=Path, help="folder with attack vectors as *.jsonl")
    parser.add_argument("--every", type=int, default=1, help="take each N-th vector")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CHECK",
        help="axe nu html-validate lighthouse weight machine glued vectors",
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@contextmanager
def _site(options: argparse.Namespace, scratch: Path) -> Iterator[tuple[Path, str]]:
    """The folder of the site and where it is served."""
    folder = options.site.resolve() if options.site else scratch / "house" / "site"
    with serving(folder) as address:
        if options.data:
            captured_site(options.data, scratch / "house", address)
        if options.demo:
            _build_demo(scratch / "house", urlsplit(address).port or 0, options.theme)
        yield folder, f"{address}/"


def _build_demo(folder: Path, port: int, theme: str | None) -> None:
    """Builds the demo in a folder, for an address with that port, in the look of an example."""
    program = [sys.executable, "-m", "aggregator"]
    command = [*program, "demo", "--once", "--into", str(folder), "--port", str(port)]
    subprocess.run(command, capture_output=True, check=True)
    if theme:
        shutil.copytree(THEMES / theme, folder / "theme")
        subprocess.run([*program, "build"], cwd=folder, capture_output=True, check=True)


@contextmanager
def _made_up(options: argparse.Namespace, scratch: Path) -> Iterator[list[tuple[Path, str]]]:
    """Beside a captured web the site of `sample`, for the pages that a capture lacks; a site that
    was given is judged alone.
    """
    if options.site or options.demo:
        yield []
        return
    with serving(scratch / "sample") as address:
        yield [(sample_site(scratch / "sample", SiteSettings(base_url=address)), f"{address}/")]


def _checks(
    site: Path,
    home: str,
    made_up: Sequence[tuple[Path, str]],
    options: argparse.Namespace,
    scratch: Path,
) -> dict[str, Callable[[], dict[str, Any]]]:
    sites = [(site, home), *made_up]
    checks: dict[str, Callable[[], dict[str, Any]]] = {
        "axe": partial(_axe, sites),
        "nu": lambda: _validated([checkers.nu(each) for each, _ in sites]),
        "html-validate": lambda: _validated([checkers.html_validate(each) for each, _ in sites]),
        "lighthouse": partial(_lighthouse, site, home),
        "weight": partial(_weight, site),
        "machine": partial(_machine, sites),
        "glued": partial(_glued, site),
    }
    if options.vectors:
        checks["vectors"] = partial(_vectors, options.vectors, options.every, scratch)
    return checks


def _axe(sites: Sequence[tuple[Path, str]]) -> dict[str, Any]:
    """The telling pages in every view; and every list page in the narrowest, for a minute a
    site.
    """
    axe = (checkers.tools() / "axe-core" / "axe.min.js").read_text("utf-8")
    pages, faults, left = 0, list[str](), list[str]()
    with chromium() as browser:
        for site, home in sites:
            chosen = telling(site)
            others = [each for each in lists(site) if each not in chosen]
            faults += views.faults(browser, home, chosen, axe)
            faults += views.faults(
                browser, home, views.in_time(others, _LISTS_S, left), axe, views.VIEWS[:1]
            )
            pages += len(chosen) + len(others)
    seen = {"pages": pages - len(left), "lists_left": len(left), "views": len(views.VIEWS)}
    return {"passed": not faults, **seen, "faults": len(faults), "told": faults[:_TOLD]}


def _validated(found: Sequence[checkers.Checked]) -> dict[str, Any]:
    files, errors = (
        sum(checked.files for checked in found),
        sum(checked.errors for checked in found),
    )
    told = [line for checked in found for line in checked.told]
    return {
        "passed": all(checked.files for checked in found) and not errors,
        "files": files,
        "errors": errors,
        "told": told,
    }


def _lighthouse(site: Path, home: str) -> dict[str, Any]:
    """The scores of the heaviest page of each kind that counts."""
    scores = {}
    for name in _SCORED:
        if alike := [address for address in addresses(site) if kind(address) == name]:
            heaviest = max(alike, key=lambda each: (file_of(site, each).stat().st_size, each))
            scores[heaviest or "front"] = checkers.lighthouse(home + heaviest)
    lowest = min(
        (score[category] for score in scores.values() for category in CATEGORIES), default=0.0
    )
    return {"passed": lowest >= LEAST_SCORE, "lowest": lowest, "scores": scores}


def _weight(site: Path) -> dict[str, Any]:
    heaviest = {name: asdict(each) for name, each in weight.heaviest(site).items()}
    passed = all(
        each["total"] <= weight.MOST_BYTES
        for name, each in heaviest.items()
        if name.startswith("story")
    )
    with chromium() as browser:
        loaded, missed = weight.in_a_browser(browser, site, telling(site))
    told = {"elsewhere": loaded[:_TOLD], "without_scripts": missed[:_TOLD]}
    return {"passed": passed and not loaded and not missed, "heaviest": heaviest, **told}


def _machine(sites: Sequence[tuple[Path, str]]) -> dict[str, Any]:
    faults = {
        f"{site.name}/{name}": each
        for site, _ in sites
        for name, each in machine.machine_files(site).items()
    }
    told = [f"{name}: {each}" for name, found in faults.items() for each in found]
    return {
        "passed": bool(faults) and not told,
        "files": len(faults),
        "faults": len(told),
        "told": told[:_TOLD],
    }


def _glued(site: Path) -> dict[str, Any]:
    found = glued.glued(site, _names(site.parent))
    told = [f"{address or 'front'}: {' '.join(each)}" for address, each in found.items()]
    return {"passed": not told, "words": sum(map(len, found.values())), "told": told[:_TOLD]}


def _names(house: Path) -> list[str]:
    """What the registry and the settings of a site say, as far as they lie beside it."""
    files = [
        DEFAULT_REGISTRY,
        *(house / name for name in ("config.toml", "config.local.toml", "registry.toml")),
    ]
    told = [tomllib.loads(path.read_text("utf-8")) for path in files if path.is_file()]
    return [word for each in (SiteSettings(), *told) for word in glued.words_of(each)]


def _vectors(folder: Path, every: int, scratch: Path) -> dict[str, Any]:
    if not CHROMIUM.exists():
        raise MissingError(f"no browser: {CHROMIUM} is missing; apt-get install chromium")
    found = scripts.trial(scripts.vectors(folder)[::every], scratch / "vectors")
    wrong = sum(found[name][each] for name in found if name != "vectors" for each in scripts.WRONG)
    return {"passed": found["vectors"] > 0 and not wrong, **found}


if __name__ == "__main__":
    try:
        main()
    except MissingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
