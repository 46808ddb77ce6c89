"""What turned in how a source answers, in words for the report: it recovered, moved, or asks to be
followed elsewhere. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.crawl.redirects import is_adoptable
from aggregator.domain.source import FetchState


def turns(before: FetchState | None, after: FetchState) -> Iterator[str]:
    """The turns between two states of one source, a sentence each; failures are told elsewhere."""
    known = before or FetchState(source_key=after.source_key, url=after.url)
    if known.failures and not after.failures:
        since = f" since {known.failing_since:%Y-%m-%d}" if known.failing_since else ""
        yield (
            f"answers again after {known.failures}"
            f" {'failure' if known.failures == 1 else 'failures'}{since}"
        )
    if after.ask_url and after.ask_url != known.ask_url:
        yield f"moved for good, as its server says: asked at {after.ask_url} from now on"
    if known.ask_url and not after.ask_url:
        yield f"asked at {after.url} again: {known.ask_url} did not serve"
    if (
        after.moved_to
        and after.moved_to != known.moved_to
        and not is_adoptable(after.ask_url or after.url, after.moved_to)
    ):
        yield (
            f"redirects for good to {after.moved_to}, another party's: followed each time; make it"
            " the url if that is right"
        )
