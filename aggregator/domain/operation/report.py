"""What a run did: counts, failures and times, as `refresh --json` prints them and the store keeps
them; and the work units that a refresh is cut into for workers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import frozen


class RunKind(StrEnum):
    """What work a run was."""

    REFRESH = "refresh"
    EDITION = "edition"
    DIGEST = "digest"
    BACKUP = "backup"
    RETENTION = "retention"
    REPLAY = "replay"


_DEMO = "Meanwhile, `aggregator demo` shows a site of invented news offline."
_OF_SOURCES = frozenset({"fetch", "extract", "health"})  # stages whose failures are a source's own


class RunState(StrEnum):
    """How a run ended. One without a report is under way, or died: its lock shows which."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    OPEN = "open"


class Reach(StrEnum):
    """How many of the sources that were due a refresh could read: most of them or none was due,
    less than half, or none.
    """

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@frozen
class Run:
    """One run as it is kept: its report as `--json` printed it, with `error` where it failed; None
    where it has not ended.
    """

    id: str
    kind: RunKind
    started: datetime
    report: dict[str, Any] | None = None

    @property
    def state(self) -> RunState:
        """How it ended."""
        if self.report is None:
            return RunState.OPEN
        if "interrupted" in self.report:
            return RunState.INTERRUPTED
        return RunState.FAILED if "error" in self.report else RunState.DONE

    @property
    def error(self) -> str:
        """Why it failed, or nothing."""
        return str((self.report or {}).get("error", ""))

    @property
    def ended(self) -> datetime | None:
        """When it ended, if its report says so."""
        seconds = (self.report or {}).get("seconds")
        return (
            self.started + timedelta(seconds=seconds) if isinstance(seconds, int | float) else None
        )

    @property
    def reach(self) -> Reach | None:
        """How many sources it could read; None where none was due, or it was no refresh."""
        sources = (self.report or {}).get("sources", {})
        failed = sources.get("failed", 0)
        due = failed + sources.get("ok", 0) + sources.get("not_modified", 0)
        return _reach(due, failed) if due else None

    @property
    def failed_sources(self) -> frozenset[str]:
        """The keys of the sources that failed in it."""
        failures = (self.report or {}).get("failures", ())
        return frozenset(one["source"] for one in failures if one["stage"] in _OF_SOURCES)


def _reach(due: int, failed: int) -> Reach:
    if due and failed == due:
        return Reach.FAILED
    return Reach.DEGRADED if failed * 2 > due else Reach.OK


@frozen
class Failure:
    """A failed source, or `pages` pages of it for one reason: at which stage, why, and when it
    is tried next.
    """

    source: str
    stage: str
    reason: str
    next_try: datetime | None = None
    pages: int = 0

    @property
    def is_of_source(self) -> bool:
        """Whether a whole source failed, rather than some of its pages or a later stage, such as a
        model.
        """
        return not self.pages and self.stage in _OF_SOURCES


@frozen
class Note:
    """A change in the state of a source that is no failure: it answers again, it moved, it was
    retired, held back or released.
    """

    source: str
    text: str


@frozen
class RunReport:
    """The counts of one refresh. Field names join the contract's nested keys with an underscore.

    `is_cut_off`: none of the sources that were due could be reached.
    """

    run: str
    seconds: float
    engine: str
    sources_ok: int = 0
    sources_not_modified: int = 0
    sources_not_due: int = 0
    sources_failed: int = 0
    entries_new: int = 0
    entries_off_topic: int = 0
    articles_new: int = 0
    articles_failed: int = 0
    stories_new: int = 0
    stories_updated: int = 0
    claims_kept: int = 0
    claims_rejected: tuple[tuple[str, int], ...] = ()
    analysed: int = 0
    predictions_due: int = 0
    tokens_prompt: int = 0
    tokens_completion: int = 0
    tokens_judged: int = 0
    pages_written: int = 0
    pages_unchanged: int = 0
    pages_removed: int = 0
    stages: tuple[tuple[str, float], ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()
    is_cut_off: bool = False

    @property
    def sources_due(self) -> int:
        """How many sources were asked."""
        return self.sources_ok + self.sources_not_modified + self.sources_failed

    @property
    def reach(self) -> Reach:
        """How many of them could be read."""
        return _reach(self.sources_due, self.sources_failed)

    @property
    def advice(self) -> str:
        """Why the run read nothing and what to do about it; empty if there is nothing to do."""
        if self.is_cut_off:
            return (
                "No source could be reached. Check this machine's network, DNS and proxy,"
                f" then refresh again: all sources are still due. {_DEMO}"
            )
        if self.sources_ok or self.sources_not_modified:
            return ""
        if self.sources_failed:
            return (
                "No source responded. Check that this machine is online, then run"
                f" `aggregator doctor`. {_DEMO}"
            )
        if self.sources_not_due:
            return (
                "No source is due yet. `aggregator refresh --all` fetches them now,"
                " unless their server asked us to wait."
            )
        return (
            "There is no source to read. Follow one with `aggregator sources add URL`, a list with"
            " `aggregator sources import FILE.opml`, or ours on AI with"
            ' `sources_from = "package"` in config.toml; then refresh again.'
        )


def report_object(report: RunReport) -> dict[str, Any]:
    """The report in the shape of the contract for `refresh --json`. It has no notes: `sources list
    --json` shows what holds.
    """
    return {
        "run": report.run,
        "seconds": report.seconds,
        "reach": report.reach,
        "sources": {
            "ok": report.sources_ok,
            "not_modified": report.sources_not_modified,
            "not_due": report.sources_not_due,
            "failed": report.sources_failed,
        },
        "entries": {"new": report.entries_new, "off_topic": report.entries_off_topic},
        "articles": {"new": report.articles_new, "failed": report.articles_failed},
        "stories": {"new": report.stories_new, "updated": report.stories_updated},
        "claims": {"kept": report.claims_kept, "rejected": dict(report.claims_rejected)},
        "analysed": report.analysed,
        "predictions": {"due": report.predictions_due},
        "engine": report.engine,
        "tokens": {
            "prompt": report.tokens_prompt,
            "completion": report.tokens_completion,
            "judged": report.tokens_judged,
        },
        "pages": {
            "written": report.pages_written,
            "unchanged": report.pages_unchanged,
            "removed": report.pages_removed,
        },
        "stages": dict(report.stages),
        "failures": [_failure_object(failure) for failure in report.failures],
    } | ({"advice": report.advice} if report.advice else {})


def _failure_object(failure: Failure) -> dict[str, Any]:
    values: dict[str, Any] = {
        "source": failure.source,
        "stage": failure.stage,
        "reason": failure.reason,
    }
    values |= {"next_try": failure.next_try.isoformat()} if failure.next_try else {}
    return values | ({"pages": failure.pages} if failure.pages else {})


class Step(StrEnum):
    """The steps of a refresh as workers take them, in the order of the table of stages: one begins
    when the one before is done.
    """

    FETCH = "fetch"  # the sources of a domain
    EXTRACT = "extract"  # the pages of a domain
    CLUSTER = "cluster"  # all at once: an article may join any story
    REMEMBER = "remember"  # the histories of some stories
    TELL = "tell"  # a story by the model
    ANALYSE = "analyse"  # some stories by rules
    PUBLISH = "publish"  # all at once: the site is one folder
