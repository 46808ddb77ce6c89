"""Our own words on the pages, as messages: names of lanes and reasons. What a page says of sources
is in its records.
"""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.claim import Rejection
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

REJECTION_NAMES: dict[Rejection, str] = {
    Rejection.EMPTY: said("empty or no sentence"),
    Rejection.NO_CITATION: said("cites no passage"),
    Rejection.UNKNOWN_PASSAGE: said("cites a passage that does not exist"),
    Rejection.QUOTE_NOT_FOUND: said("its quote does not stand in the passage"),
    Rejection.QUOTE_TOO_LONG: said("quotes more than is fair"),
    Rejection.NUMBER: said("a number that the passage does not give"),
    Rejection.DATE: said("a date that the passage does not give"),
    Rejection.NAME: said("a name that the passage does not give"),
    Rejection.VERSION: said("a version that the passage does not give"),
    Rejection.QUOTATION: said("words in quotation marks that nobody said"),
    Rejection.LINK: said("contains a link"),
    Rejection.MARKUP: said("contains markup"),
    Rejection.LEAK: said("talks of its own task"),
    Rejection.SPEAKER: said("said by somebody else"),
    Rejection.NEGATION: said("says no where the passage says yes, or the reverse"),
    Rejection.DIRECTION: said("turns the passage round"),
    Rejection.CERTAINTY: said("tells as done what the passage leaves open"),
    Rejection.SUPPORT: said("too little of it stands in the passage"),
    Rejection.DANGLING: said("cannot stand alone"),
    Rejection.PHRASE: said("an empty phrase"),
    Rejection.EARLIER: said("tells as news what an earlier report says"),
    Rejection.REASON: said("quotes what happened as the reason why it matters"),
    Rejection.REPEATED: said("says again what was said"),
    Rejection.SHARE: said("would show more of an article than is fair"),
}
