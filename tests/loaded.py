"""Commands of the program in processes that are copies of one that has loaded it: a new interpreter
takes longer to import, and to compile templates, than most commands take to work.

The fork server of the tests loads the program once, when it imports this module.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import aggregator
from aggregator.cli.app import main
from aggregator.domain.settings import EngineChoice, SiteSettings
from aggregator.extract import parser_pool
from aggregator.hooks.plugins import Plugins, activate
from aggregator.store.database import Database
from tests import kept
from tests.integration.stored import NOW

_PRELOAD = (__name__, "aggregator.extract.feed.feed", "aggregator.extract.page.article")
_ALSO = ("alembic.command", "sqlalchemy.dialects.sqlite", "structlog.stdlib")
# of a parser, as the program has them
LIMITS: dict[str, Any] = parser_pool.ParserPool.__init__.__kwdefaults__ or {}
_LOADED_BYTES = 640 * 2**20  # of address space: that of the fork server, and some more
_COPIES = multiprocessing.get_context("forkserver")
_NOWHERE = (Path(os.devnull), Path(os.devnull))


def run(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, as `subprocess.run` does.

    Raises:
        subprocess.TimeoutExpired: It was not over in time, and was killed.
    """
    with TemporaryDirectory() as out:
        files = Path(out, "stdout"), Path(out, "stderr")
        process = started(arguments, folder, environ, files)
        if is_killed_after(process, timeout_s):
            raise subprocess.TimeoutExpired(list(arguments), timeout_s)
        printed, said = (file.read_text("utf-8") for file in files)
    assert process.exitcode is not None
    return subprocess.CompletedProcess(list(arguments), process.exitcode, printed, said)


def started(
    arguments: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    files: tuple[Path, Path] = _NOWHERE,
    work: Callable[[Sequence[str]], None] = main,
) -> BaseProcess:
    """Starts a command; its standard output and error go to files."""
    process = _COPIES.Process(target=_command, args=(arguments, folder, dict(environ), files, work))
    process.start()
    return process


def is_killed_after(process: BaseProcess, seconds: float) -> bool:
    """Waits for the end of a command; whether it did not come in time, and was killed by
    SIGKILL.
    """
    process.join(seconds)
    if process.exitcode is not None:
        return False
    process.kill()
    process.join()
    return True


def read_in_copies(patch: pytest.MonkeyPatch) -> None:
    """Has parsers of this process be copies, which hold so much more memory from the beginning."""
    more = {name: LIMITS[name] + _LOADED_BYTES for name in ("memory_bytes", "grown_bytes")}
    patch.setattr(parser_pool.ParserPool.__init__, "__kwdefaults__", LIMITS | more)
    patch.setattr(parser_pool, "START_METHOD", "forkserver")


def read_as_the_program_does(patch: pytest.MonkeyPatch) -> None:
    """Has parsers of this process be programs of their own again, with the limits of the program:
    for what is said of their memory or their start.
    """
    patch.setattr(parser_pool, "START_METHOD", "spawn")
    patch.setattr(parser_pool.ParserPool.__init__, "__kwdefaults__", LIMITS)


def _command(
    arguments: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    files: tuple[Path, Path],
    work: Callable[[Sequence[str]], None],
) -> None:
    for number, file in enumerate(files, 1):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    path = environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [folder for folder in path if folder not in ("", *sys.path)]
    time.tzset()
    read_in_copies(pytest.MonkeyPatch())
    # Python starts another server in a copy, although this one could make more copies.
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    work(arguments)


def _load() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads is not copied whole
    modules = pkgutil.walk_packages(aggregator.__path__, f"{aggregator.__name__}.")
    for name in (*(module.name for module in modules), *_ALSO):
        if not name.endswith("__main__"):
            import_module(name)
    from tests.builders import sample_standings, sample_stories
    from tests.integration.newsroom import Newsroom, stored_stories
    from tests.memory_site import MemoryContent, publish, site_pages

    kept.keep(pytest.MonkeyPatch())
    content = MemoryContent(
        stories=sample_stories(2), statuses=sample_standings(), engine="extractive"
    )
    site = SiteSettings(base_url="https://news.example")
    with TemporaryDirectory() as folder:  # so that templates are compiled
        publish(site_pages(content, site), Path(folder), site, {})
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):  # so that statements are
        empty = Path(folder, "empty.db")
        with Database(f"sqlite:///{empty}") as database:
            database.upgrade(NOW)
        with Newsroom(Path(folder), *stored_stories(empty, Path(folder))) as room:
            room.refreshed("http://127.0.0.1:9", engine=EngineChoice.EXTRACTIVE)
    activate(Plugins())  # a copy finds those that are on its own path
    gc.collect()
    gc.freeze()


if "multiprocessing.forkserver" in " ".join(sys.orig_argv):
    _load()
else:
    multiprocessing.set_forkserver_preload(list(_PRELOAD))
