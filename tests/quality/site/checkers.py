"""The validators that people check pages with, from npm at exact versions: Nu, html-validate,
Lighthouse, axe-core.

They are installed once, into `build/`, from the package.json and the lock beside this module;
install scripts do not run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.quality.site.browsers import CHROMIUM, FLAGS

_HERE = Path(__file__).parent
_CACHE = _HERE.parents[2] / "build" / "checkers"
_INSTALL_S = 600
_LONGEST_S = 3_600
_TELLING = 20  # findings of a check that are told in full
# `standard` with accessibility; that the doctype is written small is no mistake.
_RULES = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "rules": {"doctype-style": "off"},
    "elements": ["html5"],
}
# properties of CSS that Nu does not know yet
_NEWER = ("anchor-name", "position-anchor", "position-area", "position-try-fallbacks")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class MissingError(Exception):
    """A program that a check needs is not on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a validator found: how much in how many files, and the first of it."""

    files: int
    errors: int
    told: tuple[str, ...]


def tools() -> Path:
    """The folder with the packages; installs them where they are not there or others. Raises
    MissingError.
    """
    lock = (_HERE / "package-lock.json").read_bytes()
    done = _CACHE / "installed.json"
    if not done.is_file() or done.read_bytes() != lock:
        npm = _program("npm")
        _CACHE.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_HERE / name, _CACHE / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        ended = subprocess.run(
            command, cwd=_CACHE, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
        if ended.returncode:
            raise MissingError(f"npm could not install the checkers: {ended.stderr.strip()[:500]}")
        done.write_bytes(lock)
    return _CACHE / "node_modules"


def nu(site: Path) -> Checked:
    """Errors of the Nu validator in all pages, style sheets and drawings. Raises MissingError."""
    jar = tools() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [_program("java"), "-jar", str(jar), "--errors-only", "--format", "json", "--stdout"]
    messages, files = [], 0
    for kind, option in (
        ("html", "--skip-non-html"),
        ("css", "--skip-non-css"),
        ("svg", "--skip-non-svg"),
    ):
        found = sorted(site.rglob(f"*.{kind}"))
        files += len(found)
        if found:
            messages += json.loads(_output([*command, option, str(site)]))["messages"]
    told = [
        f"{message['url'].partition(site.name + '/')[2]}:{message.get('lastLine', 0)}:"
        f" {message['message']}"
        for message in messages
        if not any(name in message["message"] for name in _NEWER)
    ]
    return Checked(files=files, errors=len(told), told=tuple(told[:_TELLING]))


def html_validate(site: Path) -> Checked:
    """Errors of html-validate, which is stricter than Nu, in all pages. Raises MissingError."""
    program = tools() / "html-validate" / "bin" / "html-validate.mjs"
    rules = _CACHE / "rules.json"
    rules.write_text(json.dumps(_RULES), "utf-8")
    command = [
        _program("node"),
        str(program),
        "--config",
        str(rules),
        "--formatter",
        "json",
        f"{site}/**/*.html",
    ]
    found = json.loads(_output(command))
    told = [
        f"{Path(each['filePath']).relative_to(site)}:{message['line']}: {message['message']}"
        f" ({message['ruleId']})"
        for each in found
        for message in each["messages"]
    ]
    return Checked(
        files=len(list(site.rglob("*.html"))), errors=len(told), told=tuple(told[:_TELLING])
    )


def lighthouse(url: str) -> dict[str, Any]:
    """The scores of a page on a telephone, by category, and the audits that cost points. Raises
    MissingError.
    """
    if not CHROMIUM.exists():
        raise MissingError(f"no browser: {CHROMIUM} is missing; apt-get install chromium")
    program = tools() / "lighthouse" / "cli" / "index.js"
    command = [
        _program("node"),
        str(program),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]
    report = json.loads(_output(command, {"CHROME_PATH": str(CHROMIUM)}))
    scores = {name: report["categories"][name]["score"] or 0.0 for name in CATEGORIES}
    lost = sorted(
        f"{name}: {each['id']} {report['audits'][each['id']].get('displayValue', '')}".strip()
        for name in CATEGORIES
        for each in report["categories"][name]["auditRefs"]
        if each["weight"]
        and (report["audits"][each["id"]]["score"] or 0) < 1
        and _counts(report["audits"][each["id"]])
    )
    return {**scores, "lost": lost}


def _counts(audit: dict[str, Any]) -> bool:
    return audit["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(
            f"{name} is not installed: apt-get install"
            f" {'default-jre-headless' if name == 'java' else 'nodejs npm'}"
        )
    return found


def _output(command: list[str], more: dict[str, str] | None = None) -> str:
    """What a checker prints; it ends with 1 where it found something, and says what is wrong
    elsewhere.

    Into a file: what node writes to a pipe is cut at 64 KiB where the program ends at once, as
    Lighthouse does.
    """
    environment = {**os.environ, **(more or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        done = subprocess.run(
            command,
            stdout=printed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_LONGEST_S,
            check=False,
            env=environment,
        )
        printed.seek(0)
        told = printed.read()
    if not told.lstrip().startswith(("{", "[")):
        raise RuntimeError(
            f"{Path(command[0]).name} said nothing that can be read: {done.stderr.strip()[-1_000:]}"
        )
    return told
