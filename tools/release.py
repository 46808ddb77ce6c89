"""Builds a release: wheel, source archive, list of components, notes and checksums.

    python -m tools.release [FOLDER] [--tag v0.2.0] [--as-is]

All bytes follow from the commit: SOURCE_DATE_EPOCH is its time unless it is set. The list of
components (CycloneDX) has the locked versions of the extras mail and serve. Refused are a
changelog whose newest section is not the version's, and without --as-is also a checkout with
changes, changes under [Unreleased], and a tag that names another version. `make release` runs this.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SECTION = re.compile(
    r"^## \[(?P<name>[^\]]+)\].*?\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def version() -> str:
    """The version of pyproject.toml, the only place that names it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def sections(changelog: str) -> list[tuple[str, str]]:
    """The name and the text of each section, the newest first."""
    return [(found["name"], found["text"].strip()) for found in _SECTION.finditer(changelog)]


def notes(changelog: str, released: str) -> str:
    """The section of a version. Raises ValueError where it is not the newest."""
    name, text = sections(changelog)[1]
    if name != released:
        raise ValueError(f"the newest section of the changelog is {name}, not {released}")
    return f"{text}\n"


def refusal(changelog: str, released: str, tag: str | None, changed: str) -> str:
    """Why this is not to be released; empty where it is."""
    if tag and tag != f"v{released}":
        return f"the tag {tag} is not v{released}, the version of pyproject.toml"
    if sections(changelog)[0] != ("Unreleased", ""):
        return "move what is under [Unreleased] in the changelog to the section of the version"
    return f"commit or remove these first:\n{changed}" if changed else ""


def checksums(folder: Path) -> str:
    """The SHA-256 of each file of a folder, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def build(folder: Path) -> None:
    """Writes all files of the release into an emptied folder. Raises ValueError, OSError and
    CalledProcessError.
    """
    released = version()
    text = notes((ROOT / "CHANGELOG.md").read_text("utf-8"), released)
    if "SOURCE_DATE_EPOCH" not in os.environ:
        os.environ["SOURCE_DATE_EPOCH"] = _git("log", "-1", "--format=%ct")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python, stem = sys.executable, f"ai_news_aggregator-{released}"
    # The wheel is built from the source archive, which proves that nothing is missing in it.
    subprocess.run(
        [python, "-m", "build", "--no-isolation", "--outdir", folder, "."],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    command = [
        python,
        "-W",
        "ignore",
        "-m",
        "cyclonedx_py",
        "requirements",
        "--output-reproducible",
    ]
    command += ["--pyproject", "pyproject.toml", "--output-file", str(folder / f"{stem}.cdx.json")]
    subprocess.run([*command, "requirements/mail.txt"], cwd=ROOT, check=True)
    (folder / f"{stem}-notes.md").write_text(text, "utf-8")
    (folder / "SHA256SUMS").write_text(checksums(folder), "utf-8")


def main() -> None:
    """Builds the release, or ends with 1 and the reason."""
    parser = argparse.ArgumentParser(description="Build a release.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    parser.add_argument("--tag", help="the tag that is released; must be v and the version")
    parser.add_argument("--as-is", action="store_true", help="build what is no release yet, too")
    given = parser.parse_args()
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if not given.as_is and (
        reason := refusal(changelog, version(), given.tag, _git("status", "--porcelain"))
    ):
        sys.exit(reason)
    try:
        build(given.folder.resolve())
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.write((given.folder / "SHA256SUMS").read_text("utf-8"))


if __name__ == "__main__":
    main()
