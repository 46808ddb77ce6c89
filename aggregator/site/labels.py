"""The names of lanes, source verdicts, kinds of reading and kinds of facts, as messages."""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.operation.source_status import HealthStatus
from aggregator.domain.source import Lane
from aggregator.domain.story import HistoryKind
from aggregator.domain.wording import N_

LANE_NAMES: dict[Lane, str] = {
    Lane.NEWS: N_("News"),
    Lane.LAB: N_("Labs, companies and authorities"),
    Lane.PAPER: N_("Papers"),
    Lane.RELEASE: N_("Releases"),
    Lane.LETTER: N_("Newsletters and blogs"),
    Lane.COMMUNITY: N_("Community"),
}

VERDICT_NAMES: dict[HealthStatus, str] = {
    HealthStatus.OK: N_("responds"),
    HealthStatus.NEW: N_("not fetched yet"),
    HealthStatus.RETIRED: N_("gone"),
    HealthStatus.QUARANTINED: N_("in quarantine"),
    HealthStatus.UNREADABLE: N_("unreadable"),
    HealthStatus.UNREACHABLE: N_("unreachable"),
    HealthStatus.REDIRECTED: N_("moved"),
    HealthStatus.DROPPED: N_("too few entries"),
    HealthStatus.JUMPED: N_("too many entries"),
    HealthStatus.UNDATED: N_("without dates"),
    HealthStatus.PAYWALLED: N_("pages blocked"),
    HealthStatus.STALE: N_("silent"),
}

READ_NAMES: dict[Read, str] = {
    Read.FULL: N_("read in full"),
    Read.EXCERPT: N_("feed excerpt only"),
    Read.HEADLINE: N_("headline only"),
}

FACT_NAMES: dict[HistoryKind, str] = {
    HistoryKind.ADDED: N_("new"),
    HistoryKind.CHANGED: N_("changed"),
    HistoryKind.WITHDRAWN: N_("withdrawn"),
}
