"""Our own words on the pages, as messages: names of lanes, verdicts on sources, ways of reading and
facts. What a page says of sources is in its records.
"""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.source import Lane, Verdict
from aggregator.domain.story import FactKind
from aggregator.domain.wording import N_

LANE_NAMES: dict[Lane, str] = {
    Lane.NEWS: N_("News"),
    Lane.LAB: N_("Labs and vendors"),
    Lane.PAPER: N_("Papers"),
    Lane.RELEASE: N_("Releases"),
    Lane.LETTER: N_("Letters and blogs"),
    Lane.COMMUNITY: N_("Community"),
}

VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.OK: N_("answers"),
    Verdict.NEW: N_("not asked yet"),
    Verdict.RETIRED: N_("gone"),
    Verdict.QUARANTINED: N_("in quarantine"),
    Verdict.UNREADABLE: N_("cannot be read"),
    Verdict.UNREACHABLE: N_("cannot be reached"),
    Verdict.REDIRECTED: N_("moved"),
    Verdict.DROPPED: N_("lists too little"),
    Verdict.JUMPED: N_("lists too much"),
    Verdict.UNDATED: N_("without dates"),
    Verdict.PAYWALLED: N_("closed pages"),
    Verdict.STALE: N_("silent"),
}

READ_NAMES: dict[Read, str] = {
    Read.FULL: N_("full text"),
    Read.EXCERPT: N_("feed excerpt only"),
    Read.HEADLINE: N_("headline only"),
}

FACT_NAMES: dict[FactKind, str] = {
    FactKind.ADDED: N_("new"),
    FactKind.CHANGED: N_("changed"),
    FactKind.WITHDRAWN: N_("withdrawn"),
}
