"""The log of a run: structlog, which the first line imports. A build without news logs none, and
does not wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from aggregator.domain.web.address import masked

_pending: list[
    Callable[[], None]
] = []  # what configures structlog as was asked last, until it is done


_carried: ContextVar[Mapping[str, str]] = ContextVar("carried", default=MappingProxyType({}))


@contextmanager
def carried(**values: str) -> Iterator[None]:
    """Has all lines that are logged within carry these values."""
    before = _carried.set({**_carried.get(), **values})
    try:
        yield
    finally:
        _carried.reset(before)


def with_carried(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The line with what it carries: a processor of structlog."""
    return {**_carried.get(), **event}


def log() -> Any:
    """structlog's logger, configured as `set_up_log` was asked to."""
    import structlog  # noqa: PLC0415 - what this page is for

    while _pending:
        _pending.pop()()
    return structlog.get_logger()


def set_up_log(least: int, *, as_json: bool, without: frozenset[str] = frozenset()) -> None:
    """Sends the log to standard error from the level `least` of `logging` on, but for the events
    `without`; each line an object, or written to be read.
    """
    _pending[:] = [lambda: _configure(least, as_json, without)]


def _without_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> dict[str, Any]:
    """The line with the secrets of addresses masked: the log also contains texts of libraries and
    strangers.
    """
    return {
        name: masked(value) if isinstance(value, str) else value for name, value in event.items()
    }


def _configure(least: int, as_json: bool, without: frozenset[str]) -> None:
    import structlog  # noqa: PLC0415

    def wanted(
        logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if event.get("event") in without:
            raise structlog.DropEvent
        return event

    told: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            wanted,
            with_carried,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            told,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        # standard error as it is now: what it was at the first line may be closed since
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
