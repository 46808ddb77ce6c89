"""When the operator is written to: once a condition, once its end, not while the last letter is
young.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.domain.operation.health import SystemHealth
from aggregator.domain.operation.report import Run, RunKind, RunState
from aggregator.domain.settings import AlertSettings
from aggregator.plugins.notifications.conditions import Condition, OpenAlert, conditions
from aggregator.plugins.notifications.records import AlertChanges, alert_changes

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALERTS = AlertSettings(silence_hours=26)
A, B = (Condition(key=key, what=f"{key} is wrong", remedy="mend it") for key in "ab")


def alert(key: str, hours_ago: float, ended: float | None = None) -> OpenAlert:
    moment = NOW - timedelta(hours=hours_ago)
    return OpenAlert(
        key=key,
        what=f"{key} is wrong",
        since=moment,
        ended=None if ended is None else NOW - timedelta(hours=ended),
    )


@pytest.mark.parametrize(
    ("now_so", "before", "begun", "over"),
    [
        pytest.param((), (), "", "", id="all is well"),
        pytest.param((A,), (), "a", "", id="it begins"),
        pytest.param((A,), (alert("a", 5),), "", "", id="it lasts"),
        pytest.param((), (alert("a", 5),), "", "a", id="it is over"),
        pytest.param((), (alert("a", 5, 3),), "", "", id="its end was told"),
        pytest.param((A,), (alert("a", 5, 3),), "a", "", id="it comes back"),
        pytest.param((A, B), (alert("a", 5),), "b", "", id="another joins"),
        pytest.param((B,), (alert("a", 0.5),), "", "", id="the last letter is young"),
        pytest.param((B,), (alert("a", 5, 0.5),), "", "", id="the letter about an end is young"),
    ],
)
def test_a_condition_is_told_when_it_begins_and_when_it_is_over(
    now_so: tuple[Condition, ...], before: tuple[OpenAlert, ...], begun: str, over: str
) -> None:
    found = alert_changes(now_so, before, NOW, HOUR)

    assert (
        "".join(condition.key for condition in found.begun),
        "".join(each.key for each in found.over),
    ) == (begun, over)


STOPPED = Run(id="s", kind=RunKind.REFRESH, started=NOW, report={"interrupted": True})


def run(
    minutes_ago: int,
    error: str | None = None,
    *,
    is_open: bool = False,
    kind: RunKind = RunKind.REFRESH,
) -> Run:
    report = None if is_open else {"error": error} if error else {"run": "x"}
    return Run(
        id=f"r{minutes_ago}", kind=kind, started=NOW - timedelta(minutes=minutes_ago), report=report
    )


@pytest.mark.parametrize(
    ("runs", "keys"),
    [
        pytest.param((run(1, "full"),), [], id="one failure"),
        pytest.param((run(1, "full"), run(2)), [], id="one failure after a run that went well"),
        pytest.param((run(1, "full"), run(2, "full")), ["run:refresh"], id="two failures"),
        pytest.param(
            (run(0, is_open=True), run(1, "full"), run(2, "full")),
            ["run:refresh"],
            id="two, and one under way",
        ),
        pytest.param((run(0), run(1, "full"), run(2, "full")), [], id="it went well again"),
        pytest.param(
            (run(1, "full"), run(2, is_open=True)),
            ["run:refresh"],
            id="one that died, one that failed",
        ),
        pytest.param(
            (STOPPED, run(1, "full"), STOPPED), [], id="one failure, and two that somebody stopped"
        ),
        pytest.param(
            (run(1), run(2, is_open=True), run(3, is_open=True)),
            [],
            id="two that died before one that went well",
        ),
        pytest.param(
            (
                run(0, "no room", kind=RunKind.BACKUP),
                run(1),
                run(2, "no room", kind=RunKind.BACKUP),
            ),
            ["run:backup"],
            id="two failures of another kind",
        ),
    ],
)
def test_work_that_fails_twice_in_a_row_is_a_condition(
    runs: tuple[Run, ...], keys: list[str]
) -> None:
    refreshes = tuple(each for each in runs if each.kind is RunKind.REFRESH)
    seen = SystemHealth(
        now=NOW, refreshes=refreshes, others=tuple(each for each in runs if each not in refreshes)
    )

    assert [condition.key for condition in conditions(seen, ALERTS)] == keys


@pytest.mark.parametrize(
    ("runs", "keys"),
    [
        pytest.param((), [], id="before the first refresh nothing is late"),
        pytest.param((run(25 * 60),), [], id="a day ago"),
        pytest.param((run(27 * 60),), ["silence"], id="longer ago"),
        pytest.param((run(26 * 60, is_open=True), run(27 * 60)), ["silence"], id="one hangs since"),
        pytest.param(
            (run(60, "full"), run(120, "full"), run(27 * 60)),
            ["run:refresh"],
            id="they fail, which is told",
        ),
    ],
)
def test_no_refresh_for_long_is_a_condition(runs: tuple[Run, ...], keys: list[str]) -> None:
    done = next((each for each in runs if each.state is RunState.DONE), None)

    assert [
        condition.key
        for condition in conditions(SystemHealth(now=NOW, refreshes=runs, done=done), ALERTS)
    ] == keys


def test_each_dead_source_is_a_condition_but_a_machine_without_network_is_one() -> None:
    dead = {"daily": "gone for good", "weekly": "failing since May"}
    some = SystemHealth(now=NOW, sources={"well": 1, "dead": 2}, failing={"weekly": "x"}, dead=dead)
    none = SystemHealth(
        now=NOW,
        sources={"dead": 2, "failing": 1},
        failing={"a": "x", "daily": "x", "weekly": "x"},
        dead=dead,
    )

    assert [condition.key for condition in conditions(some, ALERTS)] == [
        "source:daily",
        "source:weekly",
    ]
    assert [condition.key for condition in conditions(none, ALERTS)] == ["sources"]


def test_mails_in_doubt_are_a_condition() -> None:
    assert [
        condition.key
        for condition in conditions(SystemHealth(now=NOW, mail={"doubt": 2, "sent": 9}), ALERTS)
    ] == ["mail:doubt"]


def test_no_news_is_none() -> None:
    assert not AlertChanges(begun=(), over=()).is_any
