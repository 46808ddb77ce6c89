"""Our own words on the pages: names of lanes and reasons. What a page says of sources is in its records."""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.claim import Rejection
from aggregator.domain.source import Lane, Verdict
from aggregator.domain.story import FactKind

LANE_NAMES: dict[Lane, str] = {
    Lane.NEWS: "News",
    Lane.LAB: "Labs and vendors",
    Lane.PAPER: "Papers",
    Lane.RELEASE: "Releases",
    Lane.LETTER: "Letters and blogs",
    Lane.COMMUNITY: "Community",
}

VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.OK: "answers",
    Verdict.NEW: "not asked yet",
    Verdict.RETIRED: "gone",
    Verdict.QUARANTINED: "in quarantine",
    Verdict.UNREACHABLE: "cannot be reached",
    Verdict.REDIRECTED: "moved",
    Verdict.DROPPED: "lists too little",
    Verdict.JUMPED: "lists too much",
    Verdict.UNDATED: "without dates",
    Verdict.PAYWALLED: "closed pages",
    Verdict.STALE: "silent",
}

READ_NAMES: dict[Read, str] = {
    Read.FULL: "full text",
    Read.EXCERPT: "feed excerpt only",
    Read.HEADLINE: "headline only",
}

FACT_NAMES: dict[FactKind, str] = {
    FactKind.ADDED: "new",
    FactKind.CHANGED: "changed",
    FactKind.WITHDRAWN: "withdrawn",
}

REJECTION_NAMES: dict[Rejection, str] = {
    Rejection.EMPTY: "empty or no sentence",
    Rejection.NO_CITATION: "cites no passage",
    Rejection.UNKNOWN_PASSAGE: "cites a passage that does not exist",
    Rejection.QUOTE_NOT_FOUND: "its quote does not stand in the passage",
    Rejection.QUOTE_TOO_LONG: "quotes more than is fair",
    Rejection.NUMBER: "a number that the passage does not give",
    Rejection.DATE: "a date that the passage does not give",
    Rejection.NAME: "a name that the passage does not give",
    Rejection.VERSION: "a version that the passage does not give",
    Rejection.QUOTATION: "words in quotation marks that nobody said",
    Rejection.LINK: "contains a link",
    Rejection.MARKUP: "contains markup",
    Rejection.LEAK: "talks of its own task",
    Rejection.SPEAKER: "said by somebody else",
    Rejection.NEGATION: "says no where the passage says yes, or the reverse",
    Rejection.DIRECTION: "turns the passage round",
    Rejection.SUPPORT: "too little of it stands in the passage",
    Rejection.DANGLING: "cannot stand alone",
    Rejection.PHRASE: "an empty phrase",
    Rejection.REPEATED: "says again what was said",
    Rejection.SHARE: "would show more of an article than is fair",
}
