"""How Ctrl-C and SIGTERM end a command: immediately, keeping the work that is finished."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aggregator.errors import StoppedError

_BY_ITSELF = frozenset(
    {"run", "serve", "worker"}
)  # these run until stopped, and finish what they are doing first
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STOPPED = "stopped early. Finished work is kept; run the same command again to continue."


@contextmanager
def stoppable(command: Callable[[], str | None]) -> Iterator[None]:
    """Turns the first SIGINT or SIGTERM into StoppedError; a second one ends the process
    immediately.

    asyncio would not interrupt a computing stage until its next await, which may be minutes away.
    `command` is called when a signal arrives: click knows the name only once the command is
    running.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {signalled: signal.getsignal(signalled) for signalled in _SIGNALS}
    heard = [
        signalled for signalled in _SIGNALS if before[signalled] != signal.SIG_IGN
    ]  # the parent process may ignore it on purpose

    def stop(number: int, _frame: object) -> None:
        is_ours = command() not in _BY_ITSELF
        for signalled in heard:
            signal.signal(signalled, signal.SIG_DFL if is_ours else before[signalled])
        if is_ours:
            raise KeyboardInterrupt
        signal.raise_signal(number)

    for signalled in heard:
        signal.signal(signalled, stop)
    try:
        yield
    except KeyboardInterrupt as error:
        if command() in _BY_ITSELF:
            raise
        raise StoppedError(_STOPPED) from error
    finally:
        for signalled in heard:
            signal.signal(signalled, before[signalled])
