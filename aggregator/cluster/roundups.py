"""Which articles gather many events: newsletters, weekly reviews, lists. They must not glue stories
together.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.domain.source import Lane

_SERIES = re.compile(
    r"""
      \b(?:last|this|the)\ (?:past\ )?(?:week|month)\ in\b
    | \b(?:week|month|year)\ in\ (?:review|ai)\b
    | \b(?:weekly|daily|monthly|morning|evening)\b | \bnewsletter
    | (?<!review\ )\bround-?ups?\b | \bdigest\b | \bbriefing\b
    | ^recaps?\b | \b(?:week|month|day|year|event|conference)(?:\ \d+|ly)?\ recap\b
    | ^\[?ai\ ?news\b | ^import\ ai\ \d
    | \b(?:podcast|episode|ep|issue|vol|volume|edition)\.?\ ?(?:no\.\ ?)?\#?\d | (?:^|\s)\#\d+
    | ^(?:\w+\ )?news:\ | ^the\ download: | \blive\ ?blog\b | \blive\ updates?\b
    | \bhighlights\b | \bpredictions\ for\b
    | ^(?:top|the)\ \d+\b
    | ^\d+\ (?:\w+\ )?
        (?:best|ways|things|reasons|predictions|tips|tools|trends|lessons|takeaways)\b
    | \b(?:best|top|year|trends|favou?rites?)\ (?:\w+\ )?of\ (?:20\d\d|the\ (?:week|month|year))
    | ^links\b | \bstate\ of\b
    | ^not\ much\ happened\b
    | ^(?:changelog|release\ notes|what'?s\ new|updates?|news)\b(?!\ \d)
    | \b20\d\d\ retrospective\b | \bopen\ thread\b
    """,
    re.VERBOSE,
)
_JOINTS = re.compile(r"[,;+|]|\s[-–—&]\s|->")


@lru_cache(maxsize=32_768)
def is_roundup(title: str, lane: Lane) -> bool:
    """Whether a title announces a gathering of events; a letter that lists three subjects in its
    title is one too.
    """
    plain = title.replace("’", "'").strip().lower()
    return bool(_SERIES.search(plain)) or (lane is Lane.LETTER and len(_JOINTS.findall(plain)) >= 2)
