"""What is wrong with the system, as conditions: each is reported once when it begins and once when
it is over. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.health import SystemHealth, is_silent, newest_failures
from aggregator.domain.operation.report import Reach, Run, RunKind
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import AlertSettings
from aggregator.domain.wording import counted

_IN_A_ROW = 2  # one failure may be the weather


@frozen
class Condition:
    """One thing that is wrong: a name that stays the same while it lasts, what is so, and what to
    do.
    """

    key: str
    what: str
    remedy: str


@frozen
class OpenAlert:
    """A condition that the operator was written about, and since when; `ended` once its end was
    reported, too.
    """

    key: str
    what: str
    since: datetime
    ended: datetime | None = None


def conditions(seen: SystemHealth, alerts: AlertSettings) -> tuple[Condition, ...]:
    """What is wrong now, in the order of weight."""
    return (*_failed(seen), *_silent(seen, alerts), *_sources(seen), *_mail(seen.mail))


def _failed(seen: SystemHealth) -> list[Condition]:
    """Work that failed twice in a row, kind by kind."""
    return [
        Condition(
            key=f"run:{kind.value}",
            what=_failure_text(kind, failed),
            remedy=f"`aggregator runs show {failed[0].id}`, then `aggregator doctor`",
        )
        for kind in RunKind
        if len(
            failed := newest_failures(
                [
                    run
                    for run in (seen.refreshes if kind is RunKind.REFRESH else seen.others)
                    if run.kind is kind
                ]
            )
        )
        >= _IN_A_ROW
    ]


def _failure_text(kind: RunKind, failed: Sequence[Run]) -> str:
    reason = failed[0].error.partition("\n")[0] or "it was interrupted"
    return f"{kind.value} failed {len(failed)} times in a row: {reason}"


def _silent(seen: SystemHealth, alerts: AlertSettings) -> list[Condition]:
    """The condition that nothing refreshes, as when the machine was off, or a worker hangs; none
    where refreshes fail, which is reported already.
    """
    if seen.done is None or not is_silent(seen, alerts) or seen.failed_in_a_row >= _IN_A_ROW:
        return []
    since = f"{seen.done.started:%Y-%m-%d %H:%M} UTC"
    remedy = (
        "check that `aggregator run` or a worker is running; see `aggregator runs list`,"
        " then `aggregator doctor`"
    )
    return [Condition(key="silence", what=f"no refresh has finished since {since}", remedy=remedy)]


def _sources(seen: SystemHealth) -> list[Condition]:
    """Sources that died, one condition each; where no source can be read, one condition for all."""
    asked = sum(count for name, count in seen.sources.items() if name not in ("new", "off"))
    if seen.reach is Reach.FAILED or (asked > 1 and len(seen.failing) == asked):
        return [
            Condition(
                key="sources",
                what="nothing could be fetched: none of the sources that were due could be read",
                remedy="check the machine's network, then run `aggregator sources check`",
            )
        ]
    return [
        Condition(
            key=f"source:{key}",
            what=f"source {key}: {why}",
            remedy=f"find its new URL, or run `aggregator sources disable {key}`",
        )
        for key, why in sorted(seen.dead.items())
    ]


def _mail(states: Mapping[str, int]) -> list[Condition]:
    doubt = states.get(DeliveryState.DOUBT.value, 0)
    if not doubt:
        return []
    return [
        Condition(
            key="mail:doubt",
            what=f"{counted(doubt, 'email')} in doubt",
            remedy="`aggregator digest resolve`",
        )
    ]
