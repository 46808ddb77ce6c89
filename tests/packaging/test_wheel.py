"""The wheel: what is in it, and that the program runs from it in a clean environment, away from the
checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from aggregator.bootstrap import missing_libraries
from aggregator.domain.frozen import frozen
from tests.architecture.tree import ROOT


@frozen
class Installed:
    """A virtual environment with nothing of ours but the wheel. Dependencies are lent by the one
    that runs the tests.
    """

    folder: Path

    def run(self, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment in a folder, without what the tests' own environment
        says of Python or us.
        """
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "AGGREGATOR_", "VIRTUAL_ENV"))
        }
        program = self.folder / "bin" / command[0]
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, env=clean, capture_output=True, text=True, timeout=120
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without the network."""
    folder = tmp_path_factory.mktemp("dist")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    built = subprocess.run(build, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a virtual environment of its own."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "bin" / "python"),
        "--disable-pip-version-check",
    ]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120
    )
    (packages,) = folder.glob("lib/python3*/site-packages")
    # A folder that is named in a .pth file comes last, and .pth files in it, such as an editable
    # install's, are not read.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return Installed(folder=folder)


def files(folder: str) -> set[str]:
    """The files below a folder of the checkout that belong to a release."""
    paths = (ROOT / folder).rglob("*")
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_and_its_files_and_no_other_name(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    information = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    single = ("config.toml", "registry.toml")
    folders = ("templates", "migrations", "calibration", "demo", "examples/themes")
    beside = {
        f"aggregator/_data/{name}"
        for name in (*(name for folder in folders for name in files(folder)), *single)
    }

    assert names - information == files("aggregator") | beside


def test_the_wheel_carries_its_licence_and_names_its_command(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (licence,) = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
        (commands,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]

        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert b"aggregator = aggregator.__main__:main" in archive.read(commands)


def test_the_program_comes_from_the_wheel(installed: Installed, tmp_path: Path) -> None:
    told = installed.run(
        "python", "-c", "import aggregator.resources as r; print(r.__file__, r.DATA)", cwd=tmp_path
    )

    assert told.stderr == ""
    assert [Path(path).is_relative_to(installed.folder) for path in told.stdout.split()] == [
        True,
        True,
    ]


def test_a_library_that_is_missing_with_its_whole_package_is_named_and_no_error() -> None:
    names = ("json", "json.decoder", "no_such", "no_such.part", "json.no_part")

    assert missing_libraries(names) == ["no_such", "no_such.part", "json.no_part"]


def test_the_shell_completes_commands_and_options(installed: Installed, tmp_path: Path) -> None:
    completion = (
        'export PATH="$1:$PATH"; eval "$(_AGGREGATOR_COMPLETE=bash_source aggregator)";'
        " COMP_WORDS=(aggregator config s); COMP_CWORD=2; _aggregator_completion aggregator;"
        ' echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", completion, "bash", str(installed.folder / "bin")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.stdout.split(), done.stderr) == (["schema", "show"], "")


def test_help_is_given_from_another_folder(installed: Installed, tmp_path: Path) -> None:
    told = installed.run("aggregator", "--help", cwd=tmp_path)

    assert (told.returncode, told.stderr) == (0, "")
    assert "refresh" in told.stdout


def test_init_writes_a_sound_configuration(installed: Installed, tmp_path: Path) -> None:
    written = installed.run("aggregator", "init", cwd=tmp_path)
    checked = installed.run("aggregator", "config", "check", cwd=tmp_path)

    assert (written.returncode, checked.returncode) == (0, 0), written.stderr + checked.stderr
    assert (tmp_path / "config.schema.json").read_bytes() == (
        ROOT / "config.schema.json"
    ).read_bytes()


def test_a_mistake_in_the_configuration_ends_with_2_and_is_told_on_standard_error(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text("[fetch]\nper_hots = 1\n", "utf-8")

    checked = installed.run("aggregator", "config", "check", cwd=tmp_path)

    assert (checked.returncode, checked.stdout) == (2, "")
    assert ("fetch.per_hots" in checked.stderr, "per_host?" in checked.stderr) == (True, True)


def test_a_site_is_built_with_the_templates_and_migrations_of_the_wheel(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text('[site]\ntitle = "From the wheel"\n', "utf-8")

    refreshed = installed.run("aggregator", "refresh", cwd=tmp_path)

    assert refreshed.returncode == 0, refreshed.stderr
    assert "From the wheel" in (tmp_path / "site" / "index.html").read_text("utf-8")
