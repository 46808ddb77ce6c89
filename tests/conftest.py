"""What holds for every test: no socket of this process reaches beyond this machine, no name is
looked up elsewhere, and what commands print is as wide as into a pipe.
"""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from aggregator import log
from aggregator.domain.publishing.newsroom import open_newsroom, shipped_newsroom
from aggregator.hooks.plugins import activate, plugins
from tests import kept, loaded, postgres
from tests.requirements import POSTGRESQL, closing_lines


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return name in (None, "", "localhost") or ip_address(str(name)).is_loopback
    except ValueError:
        return False


def pytest_collection_finish() -> None:
    """What was collected stays: whoever looks for garbage need not look through six thousand tests
    again.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)  # the outermost wrapper ends last
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Ends with the tests skipped because a program is missing, and the command that installs
    it.
    """
    yield
    skipped = terminalreporter.getreports("skipped")
    for line in closing_lines(str(report.longrepr) for report in skipped):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that ran in this process leaves no level and no output to the next test's log."""
    yield
    log._pending.clear()
    if "structlog" in sys.modules:
        sys.modules["structlog"].reset_defaults()


@pytest.fixture(autouse=True)
def _plugins_of_its_own() -> Iterator[None]:
    """A command that ran in this process takes no plugins from the next test, and leaves no
    roles.
    """
    before = plugins()
    yield
    activate(before)
    open_newsroom(shipped_newsroom)


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def checked(sock: socket.socket, address: Any) -> Any:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise AssertionError(f"a test reached for {address}: tests stay on loopback")
        return address

    def look_up_here(host: Any, *rest: Any, **options: Any) -> Any:
        try:
            ip_address(host.decode() if isinstance(host, bytes) else host)
        except ValueError:
            if not _is_here(host):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return look_up(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            socket.socket, "connect", lambda sock, address: connect(sock, checked(sock, address))
        )
        patch.setattr(
            socket.socket,
            "connect_ex",
            lambda sock, address: connect_ex(sock, checked(sock, address)),
        )
        patch.setattr(socket, "getaddrinfo", look_up_here)
        yield


@pytest.fixture(autouse=True, scope="session")
def _as_wide_as_a_pipe() -> Iterator[None]:
    """pytest-xdist says how wide the terminal is, and tables would be folded to that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _made_once() -> Iterator[None]:
    """Commands that run as processes, and workers that read feeds and pages for a command in this
    process, are copies of one that has loaded the program; all of them keep what takes long.
    """
    with pytest.MonkeyPatch.context() as patch:
        kept.keep(patch)
        loaded.read_in_copies(patch)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server."""
    POSTGRESQL.needed()
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives the address of a database for a new house: a file in it, or a new one on a server, with
    tables.
    """
    if request.param == "sqlite":
        yield lambda: "sqlite:///aggregator.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def another() -> str:
        made.append(server.migrated())
        return made[-1]

    yield another
    for url in made:
        server.drop(url)
