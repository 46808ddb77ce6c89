"""What an operator can do about an address of a source that fails, in a sentence. Pure."""

from __future__ import annotations

from aggregator.domain.source import Source, SourceKind

# The first words of a reason, as `crawl.outcome` and `crawl.robots` write it.
_BY_REASON = {
    ("http 404", "http 410"): "It is gone: find the new address and set it as url, or delete it.",
    ("http 401", "http 403", "http 451"): (
        "Its server turns this machine away: try from another network, or put another URL first."
    ),
    ("http 429", "http 503"): "Its server asks for fewer visits: wait, it is tried again later.",
    ("http 5",): "Its server has a fault: wait, it is tried again later.",
    ("disallowed by robots.txt",): (
        "Its publisher closes this page to crawlers: use a feed of theirs, or a mirror."
    ),
    ("host name", "no connection", "no answer", "connection"): (
        "Nothing answers: check the network and the spelling of the URL, then check again."
    ),
}


def advice(way: Source, reason: str, *, unreadable: bool) -> str:
    """What to do about an address that failed for this reason."""
    if unreadable and way.kind in (SourceKind.LISTING, SourceKind.REGISTRY):
        return "Open the page and compare it with its [sources.listing] table."
    if unreadable and way.kind is SourceKind.MIRROR:
        return "The mirror is broken or was taken over: report it to who makes it, or delete it."
    if unreadable:
        return "Check that the URL still leads to a feed; `aggregator sources add` finds a new one."
    for beginnings, sentence in _BY_REASON.items():
        if reason.startswith(beginnings):
            return sentence
    return "It is tried again at growing intervals; check whether it has moved."
