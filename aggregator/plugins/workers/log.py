"""The log lines of Procrastinate in our log."""

from __future__ import annotations

import logging

from procrastinate.exceptions import ProcrastinateException

from aggregator.errors import AggregatorError
from aggregator.log import log


class _LogHandler(logging.Handler):
    """Writes Procrastinate's log lines to our log: a failure with its reason, a bug with its
    traceback.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Logs one record."""
        error = record.exc_info[1] if record.exc_info else None
        is_failure = isinstance(error, AggregatorError | ProcrastinateException)
        more = (
            {"reason": first_line(error)}
            if error and is_failure
            else {"exc_info": error}
            if error
            else {}
        )
        log().log(record.levelno, record.getMessage(), **more)


def forward_log() -> None:
    """Sends what Procrastinate logs to our log, from warnings up."""
    theirs = logging.getLogger("procrastinate")
    theirs.handlers, theirs.propagate = [_LogHandler(logging.WARNING)], False


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or of its cause's."""
    return str(error.__cause__ or error).strip().partition("\n")[0]
