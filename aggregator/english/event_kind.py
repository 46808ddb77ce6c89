"""What kind of event a report is about, by a linear model over the words of its headline and lede,
and over where its publisher files it.

The weights are data, `event_kinds.json`, fitted by `python -m tools.event_kinds` on labels of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from aggregator.english.linear_model import linear_model, model_words

LEDE_WORDS = 40  # what an article is about stands in its first sentence or two
_LONGEST = 24  # characters of a folder; a longer one is a title
_FILE = Path(__file__).with_name("event_kinds.json")


class EventKind(StrEnum):
    """What a report is about. A roundup gathers several events; a showcase and a question are what
    members of a community post; `other` is no news of this trade.
    """

    MODEL_RELEASE = "model release"
    PRODUCT = "product"
    FUNDING = "funding"
    ACQUISITION = "acquisition"
    BUSINESS = "business"
    LAW = "law"
    INCIDENT = "incident"
    RESEARCH = "research"
    OUTAGE = "outage"
    PEOPLE = "people"
    LABOUR = "labour"
    OPINION = "opinion"
    HOW_TO = "how-to"
    PROMOTION = "promotion"
    EVENT_NOTICE = "event notice"
    ROUNDUP = "roundup"
    SHOWCASE = "showcase"
    QUESTION = "question"
    OTHER = "other"


# what stands in lists only, never at the head of the front page or among the leads of an edition
NO_NEWS = frozenset(
    {
        EventKind.HOW_TO,
        EventKind.PROMOTION,
        EventKind.EVENT_NOTICE,
        EventKind.ROUNDUP,
        EventKind.SHOWCASE,
        EventKind.QUESTION,
    }
)


@lru_cache(maxsize=8_192)
def event_kinds(headline: str, lede: str, address: str) -> Mapping[EventKind, float]:
    """The probability of each kind; together they are 1. The address may be empty."""
    features = dict.fromkeys(event_features(headline, lede, address), 1.0)
    shares = linear_model(_FILE).shares(features)
    return {EventKind(kind): share for kind, share in shares.items()}


def event_features(headline: str, lede: str, address: str) -> frozenset[str]:
    """The features of a report: words and pairs of words of its headline, where it begins, the
    words of its lede, and the folders of its address. Figures are `<figure>`, amounts of money
    `<money>`.
    """
    title = model_words(headline)
    beginning = model_words(" ".join(lede.split()[:LEDE_WORDS]))
    return frozenset(
        (
            *title,
            *(f"{one} {other}" for one, other in pairwise(title)),
            *(f"^{word}" for word in title[:1]),
            *(f"lede {word}" for word in beginning),
            *_folders(address),
        )
    )


def _folders(address: str) -> frozenset[str]:
    """Where a publisher files a report: the folders of its path, without numbers and the last,
    which is its own, and the first name of a host below the publisher's: `blog`, `status`.
    """
    host, *path = address.partition("://")[2].lower().partition("?")[0].split("/")
    names = [name for name in path if name][:-1]
    below = host.split(".")[:-2]
    return frozenset(
        (
            *(f"/{name}" for name in names if len(name) <= _LONGEST and not name.isdigit()),
            *(f"//{name}" for name in below[:1] if name != "www" and not name.isdigit()),
        )
    )
