"""Our own words on the pages, as messages: names of lanes, verdicts on sources, ways of reading and
facts. What a page says of sources is in its records.
"""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.source import Lane, Verdict
from aggregator.domain.story import FactKind
from aggregator.domain.wording import said

LANE_NAMES: dict[Lane, str] = {
    Lane.NEWS: said("News"),
    Lane.LAB: said("Labs and vendors"),
    Lane.PAPER: said("Papers"),
    Lane.RELEASE: said("Releases"),
    Lane.LETTER: said("Letters and blogs"),
    Lane.COMMUNITY: said("Community"),
}

VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.OK: said("answers"),
    Verdict.NEW: said("not asked yet"),
    Verdict.RETIRED: said("gone"),
    Verdict.QUARANTINED: said("in quarantine"),
    Verdict.UNREADABLE: said("cannot be read"),
    Verdict.UNREACHABLE: said("cannot be reached"),
    Verdict.REDIRECTED: said("moved"),
    Verdict.DROPPED: said("lists too little"),
    Verdict.JUMPED: said("lists too much"),
    Verdict.UNDATED: said("without dates"),
    Verdict.PAYWALLED: said("closed pages"),
    Verdict.STALE: said("silent"),
}

READ_NAMES: dict[Read, str] = {
    Read.FULL: said("full text"),
    Read.EXCERPT: said("feed excerpt only"),
    Read.HEADLINE: said("headline only"),
}

FACT_NAMES: dict[FactKind, str] = {
    FactKind.ADDED: said("new"),
    FactKind.CHANGED: said("changed"),
    FactKind.WITHDRAWN: said("withdrawn"),
}
