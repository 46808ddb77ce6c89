"""What ends a command or a stage. Expected failures of one source, page or claim are values.

AggregatorError            exit 1
├── ConfigError            exit 2: every problem of the configuration at once
│   └── ThemeError         exit 2: the theme cannot be used; nothing is published with it
├── ArgumentError          exit 2: what a command was given is not of its form, or does not exist
├── PluginError            exit 2: a plugin is off, or two cannot be used together
│   └── GateError          a plugin's gate failed; caught where a story is written
├── DatabaseError          exit 1: the database cannot be opened or is damaged
│   └── UnknownSchemaError exit 2: written by a newer program, or by one from before 0.1.0
├── StoppedError           exit 1: stopped by Ctrl-C or SIGTERM
├── RunningError           exit 75: another run holds the lock
├── PublishError           exit 1: the site folder cannot be written
├── CatalogueError         exit 1: the words of a language cannot be read
├── EditionError           exit 1: an edition cannot be built, or is there already
│   └── NothingToPublishError exit 1: a week has no story to publish; its run did not fail
├── NamesError             exit 1: the DNS gave no answer
├── MailError              one message was not handed over; caught by the loop that sends
├── NotifyError            one notification was not sent; caught by the loop that sends
└── WebError               one request failed; caught by the loop that asked
    └── RefusedError       we refuse to ask at all (scheme, private network, robots.txt)
        └── PausedError    its server asked to be left alone for a while
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class AggregatorError(Exception):
    """Base of all; `exit_code` is what the command line returns."""

    exit_code = 1


class ConfigError(AggregatorError):
    """The configuration is wrong; `problems` holds one line for each mistake."""

    exit_code = 2

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        self.path, self.problems = path, tuple(problems)
        if len(problems) == 1:
            text = problems[0] if path in problems[0] else f"{path}: {problems[0]}"
        else:
            lines = (f"{path}: {len(problems)} problems", *(f"  {problem}" for problem in problems))
            text = "\n".join(lines)
        super().__init__(text)


class ThemeError(ConfigError):
    """The theme is wrong; each problem names its file and line."""


class ArgumentError(AggregatorError):
    """What a command was given is not of its form, or names what there is not; the message says
    what to give.
    """

    exit_code = 2


class PluginError(AggregatorError):
    """A plugin that is off is asked for, or two plugins cannot be used together."""

    exit_code = 2


class GateError(PluginError):
    """A plugin's gate raised, so nothing new may be printed of a story."""

    def __init__(self, plugin: str, reason: str) -> None:
        self.plugin, self.reason = plugin, reason
        super().__init__(f"a gate of the plugin {plugin} failed: {reason}")


class DatabaseError(AggregatorError):
    """The database cannot be opened, migrated or trusted."""


class UnknownSchemaError(DatabaseError):
    """The database's schema is newer than this program, or too old for it to upgrade; `remedy` says
    what to do.
    """

    exit_code = 2

    def __init__(self, reason: str, *, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}: {remedy}")


class StoppedError(AggregatorError):
    """The command was stopped by Ctrl-C or SIGTERM."""


class RunningError(AggregatorError):
    """Another run holds the lock (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


class PublishError(AggregatorError):
    """The site folder cannot be written."""


class CatalogueError(AggregatorError):
    """The file with the words of a language cannot be read."""


class EditionError(AggregatorError):
    """An edition cannot be built or changed; the message says what to do."""


class NothingToPublishError(EditionError):
    """A week has no story to publish: nothing is broken, and there is no edition of it."""


class WebError(AggregatorError):
    """A request got no usable answer.

    `transient` means that the same request may well succeed in a moment, `unreachable` that no
    connection to the host could be had, so that every other address of it would fail alike.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        transient: bool = False,
        unreachable: bool = False,
    ) -> None:
        self.reason, self.status = reason, status
        self.transient, self.unreachable = transient, unreachable
        super().__init__(reason)


class RefusedError(WebError):
    """We do not ask such an address: not http(s), not on a public network, or barred by
    robots.txt.
    """


class PausedError(RefusedError):
    """A server of the same registrable domain asked us in this run to wait; `retry_after` is until
    when, if it said so.
    """

    def __init__(self, reason: str, retry_after: datetime | None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class LlmError(AggregatorError):
    """A model gave no usable answer. `remedy` says what to do; `is_final` that asking again in this
    run is useless.
    """

    def __init__(self, reason: str, *, remedy: str, is_final: bool = False) -> None:
        self.reason, self.remedy, self.is_final = reason, remedy, is_final
        super().__init__(f"{reason}; {remedy}")


class MailError(AggregatorError):
    """A message was not handed over.

    `status` is the server's reply code, None where the connection failed. `is_permanent`: this
    address will not do later either. `is_certain` is False where the server may have taken the
    message although we did not hear so.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        is_permanent: bool = False,
        is_certain: bool = True,
    ) -> None:
        self.reason, self.status, self.is_permanent, self.is_certain = (
            reason,
            status,
            is_permanent,
            is_certain,
        )
        super().__init__(reason)


class NotifyError(AggregatorError):
    """A receiver was not notified. `is_certain` is False where the message may have arrived. The
    reason names neither the receiver's address nor what a server said, which may quote it.
    """

    def __init__(self, reason: str, *, is_certain: bool = True) -> None:
        self.reason, self.is_certain = reason, is_certain
        super().__init__(reason)


class DnsError(AggregatorError):
    """No server of the DNS answered: that is not to say that there is no such name."""


class BudgetSpentError(AggregatorError):
    """The time or the tokens that a run may spend with a model are gone."""
