"""The outcome of fetching an article's page: its text, a failure with the next try, or a page that
is closed to AI systems. Pure.

A body is not read here; whoever finds that it cannot be read reports it with `unreadable_page`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.crawl.outcome import status_words
from aggregator.crawl.polling import (
    DAY,
    retry_after,
)
from aggregator.domain.article import WALLED
from aggregator.domain.frozen import frozen
from aggregator.domain.wording import N_
from aggregator.errors import PausedError, RefusedError, WebError
from aggregator.ports import Response

PAGE_BACK_OFF = timedelta(
    hours=1
)  # after a first failure of a page, doubled by each further one, up to a day
HOST_GONE_WAIT = timedelta(
    hours=24
)  # a host that has no name or answers nobody is seldom back within the day
PAGE_GONE_WAIT = timedelta(
    days=7
)  # missing, paid for or forbidden: that rarely changes, and the feed's excerpt is there
NOT_A_PAGE_WAIT = timedelta(days=30)  # a PDF or a film stays one
_GONE = frozenset({401, 402, 403, 404, 410, 451})
_BUSY = frozenset({429, 503})
# Cloudflare's `cf-mitigated: challenge`, never answered.
CHALLENGE = N_("its server asks for proof that the visitor is human")
_LASTING = (
    "http 4",
    "not a page",
    "disallowed",
    CHALLENGE,
)  # reasons that say the same at the next try
_PASSING = ("http 408 request timeout", "http 425 too early", "http 429 too many requests")
_NOT_HAD = N_("the page could not be fetched")
_PAGE_TYPES = ("text/", "application/xhtml+xml", "application/xml")


@frozen
class PageRequest:
    """An article's page to be asked for; `failures` counts the tries in a row that failed
    before.
    """

    article_id: str
    url: str
    failures: int = 0


@frozen
class PageFetched:
    """A page with its text still in it. `failures` as before, should it turn out unreadable."""

    article_id: str
    response: Response
    failures: int = 0


@frozen
class PageFailed:
    """A page that could not be had, and when it may be asked for again."""

    article_id: str
    reason: str
    next_try: datetime
    failures: int

    @property
    def is_walled(self) -> bool:
        """Whether the page was refused to us, as to those who do not pay or log in."""
        return self.reason.startswith(("http 401", "http 402", "http 403"))

    @property
    def shortfall(self) -> str:
        """The reason shown to readers: a refusal in its own words, one phrase for whatever the next
        try may fix.

        A stall of the resolver, a reset or a busy server differ from one run to the next, and a
        published page must not.
        """
        if self.reason == status_words(HTTPStatus.PAYMENT_REQUIRED):
            return WALLED
        return (
            self.reason
            if self.reason.startswith(_LASTING) and self.reason not in _PASSING
            else _NOT_HAD
        )


@frozen
class PageClosed:
    """A page whose publisher closes its text to AI systems, and by which word; no text of it is
    kept.
    """

    article_id: str
    reserved: str


PageOutcome = PageFetched | PageFailed | PageClosed


def page_outcome(
    ask: PageRequest, answer: Response | WebError, now: datetime
) -> PageFetched | PageFailed:
    """The outcome of fetching an article's page, from the answer or the error."""
    if isinstance(answer, PausedError):
        next_try = answer.retry_after or now + PAGE_BACK_OFF
        return PageFailed(
            article_id=ask.article_id,
            reason=answer.reason,
            next_try=next_try,
            failures=ask.failures,
        )
    if isinstance(answer, WebError):
        return _page_failed(ask, answer.reason, now + _wait_without_answer(ask, answer))
    if answer.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return _page_failed(ask, CHALLENGE, now + PAGE_GONE_WAIT)
    if answer.status != HTTPStatus.OK:
        return _page_failed(ask, status_words(answer.status), _next_page_try(ask, answer, now))
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith(_PAGE_TYPES):
        return _page_failed(ask, f"not a page: {kind[:60]}", now + NOT_A_PAGE_WAIT)
    return PageFetched(article_id=ask.article_id, response=answer, failures=ask.failures)


def _wait_without_answer(ask: PageRequest, error: WebError) -> timedelta:
    if isinstance(error, RefusedError):
        return PAGE_GONE_WAIT
    return HOST_GONE_WAIT if error.unreachable else _wait_after(ask.failures)


def unreadable_page(fetched: PageFetched, reason: str, now: datetime) -> PageFailed:
    """The outcome for a page in which no text was found, or that broke its reader."""
    next_try = now + _wait_after(fetched.failures)
    return PageFailed(
        article_id=fetched.article_id,
        reason=reason,
        next_try=next_try,
        failures=fetched.failures + 1,
    )


def _wait_after(failures: int) -> timedelta:
    return min(PAGE_BACK_OFF * (1 << min(failures, 20)), DAY)


def _page_failed(ask: PageRequest, reason: str, next_try: datetime) -> PageFailed:
    return PageFailed(
        article_id=ask.article_id, reason=reason, next_try=next_try, failures=ask.failures + 1
    )


def _next_page_try(ask: PageRequest, answer: Response, now: datetime) -> datetime:
    if answer.status in _GONE:
        return now + PAGE_GONE_WAIT
    if answer.status in _BUSY:
        return retry_after(answer.headers, now) or now + PAGE_BACK_OFF
    return now + _wait_after(ask.failures)
