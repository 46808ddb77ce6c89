"""The site on GitHub Pages: run after run on a new machine, with the database carried over, and the
steps of its workflow.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import socketserver
import subprocess
import sys
import sysconfig
import tarfile
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import loaded
from tests.acceptance.house import NOW, SEED, House, environment
from tests.architecture.tree import ROOT
from tests.servers import MiniWeb

EXAMPLE = ROOT / "examples" / "pages"
LATER = "2026-07-06T07:00Z"
WORKFLOW = yaml.safe_load((EXAMPLE / "pages.yml").read_text("utf-8"))
PROGRAM = WORKFLOW["env"]["PROGRAM"].replace("OWNER", "newsroom")
(INSTALL,) = (
    step for step in WORKFLOW["jobs"]["refresh"]["steps"] if step.get("name") == "Install"
)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
_SOURCE = re.findall(
    r"^COPY (\w.+) \S+$", (ROOT / "deploy" / "Containerfile").read_text("utf-8"), re.M
)
# `aggregator` as the scripts call it: a copy of the program that is loaded here.
_ASKING = """\
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as asking:
    asking.connect(os.environ["ASKED"])
    asking.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n")
    code, out, err = json.load(asking.makefile())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="apt-get install gpg")


@dataclass(kw_only=True)
class Machines:
    """A repository with releases; each run has a machine of its own, empty but for the
    repository.
    """

    folder: Path
    web: MiniWeb
    key: str = "a long passphrase"
    run: Path = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        (self.folder / "releases").mkdir()
        (self.folder / "bin").mkdir()
        shutil.copy(Path(__file__).with_name("gh.sh"), self.folder / "bin" / "gh")
        asking = self.folder / "bin" / "aggregator"
        asking.write_text(f"#!{sys.executable} -IS\n{_ASKING}", "utf-8")
        asking.chmod(0o755)

    def begin(self) -> None:
        """A new machine with the repository."""
        self.count += 1
        self.run = House.reading(self.folder / f"run-{self.count}", self.web).folder
        for script in EXAMPLE.glob("*.sh"):
            shutil.copy(script, self.run)

    def begin_empty(self) -> None:
        """A new machine with a database that holds nothing yet."""
        self.begin()
        self.done("./state.sh", "load")
        House.in_folder(self.run).run("db", "upgrade")

    def tried(self, *command: str, fail_at: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a script on the machine."""
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
        own = {
            "RELEASES": str(self.folder / "releases"),
            "STATE_KEY": self.key,
            "FAIL_AT": fail_at,
            "ASKED": str(self.folder / "asked"),
        }
        return subprocess.run(
            command,
            cwd=self.run,
            env=environment() | own | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def done(self, *command: str) -> str:
        """What a script printed that went well."""
        done = self.tried(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refreshed(self, now: str) -> str:
        """The hash of the pages after a refresh on a new machine, with what was saved last."""
        self.begin()
        self.done("./state.sh", "load")
        return self.done("./refresh.sh", "--now", now)

    def assets(self, prefix: str) -> list[str]:
        """The names of what is kept."""
        return sorted(path.name for path in self.folder.glob(f"releases/state/{prefix}-*"))


class _Copies(socketserver.StreamRequestHandler):
    """Runs the command that a script asks for."""

    def handle(self) -> None:
        arguments, folder, environ = json.loads(self.rfile.readline())
        done = loaded.run(arguments, Path(folder), environ, 120)
        self.wfile.write(json.dumps([done.returncode, done.stdout, done.stderr]).encode())


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with (
        MiniWeb(SEED) as web,
        socketserver.UnixStreamServer(str(tmp_path / "asked"), _Copies) as copies,
    ):
        answering = threading.Thread(target=copies.serve_forever, kwargs={"poll_interval": 0.05})
        answering.start()
        yield Machines(folder=tmp_path, web=web)
        copies.shutdown()
        answering.join()


def test_a_second_run_reads_and_publishes_nothing_new_and_a_killed_one_loses_nothing(
    machines: Machines,
) -> None:
    first = machines.refreshed(NOW)
    unpublished = machines.tried("./state.sh", "is-published", first).returncode
    machines.done("./state.sh", "save")
    machines.done("./state.sh", "published", first)
    read = len(machines.web.asked)

    second = machines.refreshed(LATER)
    published = machines.tried("./state.sh", "is-published", second).returncode
    killed = [
        machines.tried("./state.sh", "save", fail_at=command).returncode
        for command in ("upload", "view")
    ]
    machines.begin()
    machines.done("./state.sh", "load")

    feeds = (machines.run / "config.toml").read_text("utf-8")
    again = {machines.web.url_of(asked.url) for asked in machines.web.asked[read:]}
    assert [url for url in again if url not in feeds and not url.endswith("/robots.txt")] == []
    assert (unpublished, published, killed) == (1, 0, [1, 1])
    assert first == second
    assert len(machines.assets("database")) == 2
    assert (machines.run / "aggregator.db").stat().st_size > 0


def test_only_the_newest_copies_are_kept_and_none_shows_what_it_holds(machines: Machines) -> None:
    machines.begin_empty()
    for _ in range(4):
        machines.done("./state.sh", "save")
    newest = machines.folder / "releases" / "state" / machines.assets("database")[-1]
    beginning = newest.read_bytes()[:15]
    newest.write_bytes(b"half an upload")
    machines.begin()
    continued = machines.tried("./state.sh", "load")

    assert len(machines.assets("database")) == 3
    assert beginning != b"SQLite format 3"
    assert (continued.returncode, f"{newest.name} cannot be read" in continued.stderr) == (0, True)
    assert (machines.run / "aggregator.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("fault", ["another key", "no answer"])
def test_a_database_that_cannot_be_had_ends_the_run_instead_of_beginning_anew(
    machines: Machines, fault: str
) -> None:
    machines.begin_empty()
    machines.done("./state.sh", "save")
    machines.begin()
    machines.key = "another" if fault == "another key" else machines.key
    loaded = machines.tried("./state.sh", "load", fail_at="list" if fault == "no answer" else "")

    assert loaded.returncode == 1
    assert not (machines.run / "aggregator.db").exists()


@dataclass(kw_only=True)
class Runner:
    """A machine of GitHub on which a workflow runs: nothing there but what its steps bring. Git
    finds the program's repository in a folder, and pip the libraries among those of the tests.
    """

    folder: Path
    program: Path
    repository: Path
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("bin", "releases", "home", "temporary"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("gh.sh"), self.folder / "bin" / "gh")
        venv = self.folder / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        (packages,) = venv.glob("lib/python3*/site-packages")
        (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")

    def job(self, name: str) -> None:
        """Runs the steps of a job."""
        work = self.folder / name
        work.mkdir()
        for step in WORKFLOW["jobs"][name]["steps"]:
            if "run" in step:
                done = self.step(step, work)
                assert done.returncode == 0, done.stderr
            elif step["uses"].startswith("actions/checkout@"):
                shutil.copytree(self.repository, work, dirs_exist_ok=True)

    def step(
        self, step: dict[str, Any], work: Path, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs the commands of a step as GitHub does; its outputs are known to later ones."""
        output = self.folder / "output"
        output.write_text("", "utf-8")
        own = {
            "PATH": f"{self.folder}/bin:{self.folder}/python/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(self.folder / "temporary"),
            "RELEASES": str(self.folder / "releases"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.program}.insteadOf",
            "GIT_CONFIG_VALUE_0": PROGRAM.split()[0],
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        given = {name: self._filled(text) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["/usr/bin/bash", "-e", "-c", step["run"]],
            cwd=work,
            env=own | WORKFLOW["env"] | {"PROGRAM": PROGRAM} | given | env,
            capture_output=True,
            text=True,
            timeout=240,
        )
        for name, _, text in (line.partition("=") for line in output.read_text().splitlines()):
            self.known[f"steps.{step['id']}.outputs.{name}"] = text
        return done

    def _filled(self, text: str) -> str:
        known = {"github.token": "token", "secrets.STATE_KEY": "a long passphrase", **self.known}
        outputs = WORKFLOW["jobs"]["refresh"]["outputs"]
        for name, of in outputs.items():
            known[f"needs.refresh.outputs.{name}"] = known.get(of[4:-3], "")
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], text)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the program, at the tag of its version."""
    folder = tmp_path_factory.mktemp("origin") / "program"
    folder.mkdir()
    for name in " ".join(_SOURCE).split():
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)
    identity = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@news.example",
        "-c",
        "commit.gpgsign=false",
    )
    for command in ("init", "add .", "commit -m All", f"tag v{VERSION}"):
        git = ["git", "-C", str(folder), *identity, *command.split()]
        subprocess.run(git, check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture
def runner(tmp_path: Path, program: Path) -> Runner:
    repository = tmp_path / "repository"
    repository.mkdir()
    return Runner(folder=tmp_path / "machine", program=program, repository=repository)


def test_the_steps_of_the_workflow_install_refresh_and_keep_what_they_made(
    runner: Runner,
) -> None:
    with MiniWeb(SEED) as web:
        shutil.copy(
            House.reading(runner.folder / "house", web).folder / "config.toml", runner.repository
        )
        for script in EXAMPLE.glob("*.sh"):
            shutil.copy(script, runner.repository)

        runner.job("refresh")
    runner.job("note")

    installed = runner.folder.glob("python/lib/python3*/site-packages/aggregator/cli/app.py")
    kept = sorted(path.name for path in (runner.folder / "releases" / "state").iterdir())
    hash_of_pages = runner.known["steps.refresh.outputs.hash"]
    assert len(list(installed)) == 1
    assert (runner.folder / "refresh" / "site" / "index.html").is_file()
    assert [name.split("-")[0] for name in kept] == ["database", "published"]
    assert kept[1].endswith(f"-{hash_of_pages}")
    assert runner.known["steps.refresh.outputs.changed"] == "true"


@pytest.mark.parametrize("is_whole", [True, False], ids=["as its digest says", "another"])
def test_the_program_can_come_from_an_archive_only_with_its_digest(
    runner: Runner, program: Path, *, is_whole: bool
) -> None:
    archive = runner.folder / "source.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        made.add(program, f"ai_news_aggregator-{VERSION}")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest() if is_whole else "0" * 64
    address = f"file://{archive} sha256:{digest}"

    done = runner.step(INSTALL, runner.folder, PROGRAM=address)

    assert (done.returncode == 0) is is_whole
    assert (runner.folder / "python" / "bin" / "aggregator").exists() is is_whole
    assert ("did NOT match" in done.stderr) is not is_whole


def test_a_workflow_that_nobody_told_where_the_program_is_says_what_to_set(runner: Runner) -> None:
    done = runner.step(INSTALL, runner.folder, PROGRAM=WORKFLOW["env"]["PROGRAM"])

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("PROGRAM in pages.yml still names OWNER: set the address")
