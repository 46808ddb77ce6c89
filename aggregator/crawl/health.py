"""The health of a source, and when its entries are held in quarantine. Pure.

A document is compared with the one before it and with what the source usually lists. If it is out
of all proportion, the source goes into quarantine: its new entries are held, it is fetched once a
day, and the first good visit after a day releases it. A source that merely cannot be reached only
backs off; what its operator can do about that is said in a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from aggregator.domain.dates import plausible
from aggregator.domain.entry import Feed
from aggregator.domain.fetch_state import FetchState, SourceDay
from aggregator.domain.operation.source_status import HealthStatus, SourceHealth
from aggregator.domain.source import Source, SourceKind
from aggregator.domain.web.urls import registrable_domain
from aggregator.domain.wording import N_, translated_message
from aggregator.templating.translation import IN_ENGLISH, Translations

HISTORY_DAYS = 30
QUARANTINE = timedelta(days=1)

_LEAST_DOCUMENTS = 3  # before anything is usual
# times what is usual; feeds of the captured web grow by a third from one day to the next at most
_JUMP = 5
_LEAST_USUAL = 10  # entries: a feed of three that lists twelve has not jumped
_DROP = 4  # the part of what is usual
_LEAST_SHARED = 5  # entries of which a share is shown
_LEAST_WALLED_PAGES = 5
_RHYTHM_DATES = 31  # of the newest entries: what a source did years ago is not its rhythm
_LEAST_GAPS = 3
# a gap four times as long as any but the longest tenth: of 75 captured feeds, those that did end
_QUIET_GAPS = 4
_LEAST_QUIET = timedelta(days=5)  # a long weekend
_MOST_QUIET = timedelta(days=400)  # a yearly report, a month late
_QUIET_WITHOUT_RHYTHM = timedelta(days=120)
_MANY_DAYS = 730  # shown in years from here on

# Why a source is in quarantine, as it is kept: in English, with figures large enough for the
# plural.
_ELSEWHERE = N_("it now answers from %(here)s instead of %(before)s")
_MORE = N_("it lists %(items)s entries instead of about %(usual)s")
_UNDATED = N_(
    "%(dated)s of its %(items)s entries have a plausible date; before, %(were)s of %(of)s did"
)
_ALL_NEW = N_("all of its %(items)s entries are new at once")
_SUSPICIONS = (_ELSEWHERE, _MORE, _UNDATED, _ALL_NEW)
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


def with_document(state: FetchState, feed: Feed, url: str, now: datetime) -> FetchState:
    """The state with the counts and dates of a document served by `url`; implausible dates are not
    counted.
    """
    dated = [
        entry.published.at
        for entry in feed.entries
        if entry.published and plausible(entry.published.at, now)
    ]
    moments = sorted(set(dated))
    return replace(
        state,
        items=len(feed.entries),
        dated=len(dated),
        newest=min(moments[-1], now) if moments else state.newest,
        gap_s=_gap_s(moments[-_RHYTHM_DATES:]),
        answered_from=registrable_domain(url),
        left_out=feed.left_out,
    )


def with_quarantine(
    before: FetchState | None,
    state: FetchState,
    history: Sequence[SourceDay],
    today: SourceDay,
    now: datetime,
) -> FetchState:
    """The state after a visit, put into quarantine or released from it by comparison with
    `history`.

    `today` is this visit alone; its `new` counts the entries that the store had not seen.
    """
    if today.failed:
        return state
    if since := state.route_since:  # what another address listed is no measure
        history = [day for day in history if day.day >= since.date()]
    if today.read:
        newest = now if today.new and not state.dated else state.newest
        state = replace(
            state, usual_items=_usual_items(history) or state.usual_items, newest=newest
        )
        compared = before if before and before.url == state.url else None
        if compared and (suspicion := _suspicion(compared, state, history, today, now)):
            state = replace(state, quarantined=now, quarantine_reason=suspicion)
    if state.quarantined is None:
        return state
    if now - state.quarantined >= QUARANTINE:
        return replace(state, quarantined=None, quarantine_reason="")
    return replace(state, due=max(state.due or now, now + QUARANTINE))


def health(
    source: Source,
    state: FetchState | None,
    *,
    pages: int = 0,
    walled: int = 0,
    words: Translations = IN_ENGLISH,
) -> SourceHealth:
    """The verdict on a source as of its last visit, why, and what to do; of `pages` asked for,
    `walled` were closed to us.

    What to do is for the operator, and in English.
    """
    if state is None or state.last_tried is None:
        return SourceHealth(
            verdict=HealthStatus.NEW,
            why=words("Not fetched yet."),
            remedy="`aggregator refresh` fetches it.",
        )
    found = (
        _trouble(source, state, words) or _oddity(state, words) or _paywalled(pages, walled, words)
    )
    return (
        found
        or _stale(state, words)
        or SourceHealth(
            verdict=HealthStatus.OK, why=_sentence(rhythm_words(state, words) or words("responds"))
        )
    )


def rhythm_words(state: FetchState, words: Translations) -> str:
    """`rarely more than 3 days between entries`; nothing where too few entries are dated."""
    if state.gap_s is None:
        return ""
    return words("rarely more than %(span)s between entries", span=_span(state.gap_s, words))


def _trouble(source: Source, state: FetchState, words: Translations) -> SourceHealth | None:
    if state.retired:
        return SourceHealth(
            verdict=HealthStatus.RETIRED,
            since=state.retired,
            why=words("Its URL is permanently gone (http 410); it is no longer fetched."),
            remedy="Set a new url, or set enabled = false.",
        )
    if state.quarantined:
        return SourceHealth(
            verdict=HealthStatus.QUARANTINED,
            since=state.quarantined,
            why=(
                f"{_sentence(translated_message(state.quarantine_reason, _SUSPICIONS, words))}"
                f" {words('New entries are held back.')}"
            ),
            remedy=(
                "It is released automatically after a good fetch a day later; set enabled"
                " = false if the site was taken over."
            ),
        )
    if state.failing_since:
        reason = state.reason or words("no reason recorded")
        return SourceHealth(
            verdict=HealthStatus.UNREADABLE if state.unreadable else HealthStatus.UNREACHABLE,
            since=state.failing_since,
            why=(
                words("Its response cannot be read: %(reason)s.", reason=reason)
                if state.unreadable
                else words("The last attempt failed: %(reason)s.", reason=reason)
            ),
            remedy=advice(source, state.reason or "", unreadable=state.unreadable),
        )
    moved = state.ask_url or state.moved_to
    if moved and registrable_domain(moved) != registrable_domain(source.url):
        return SourceHealth(
            verdict=HealthStatus.REDIRECTED,
            since=state.moved_since,
            why=words("It has moved permanently to another site: %(address)s", address=moved),
            remedy="If that is still the publisher, set it as the url in config.toml.",
        )
    return None


def _oddity(state: FetchState, words: Translations) -> SourceHealth | None:
    items, dated, usual = state.items, state.dated or 0, state.usual_items
    if items is None:
        return None
    if usual is not None and items * _DROP <= usual:
        return SourceHealth(
            verdict=HealthStatus.DROPPED,
            why=_listed(items, usual, words),
            remedy="Check whether its entries have moved elsewhere.",
        )
    if usual is not None and _has_jumped(items, usual):
        return SourceHealth(
            verdict=HealthStatus.JUMPED,
            why=_listed(items, usual, words),
            remedy=(
                "Check that it is still the same feed; include and exclude filter its entries."
            ),
        )
    if items and dated * 2 < items:
        return SourceHealth(
            verdict=HealthStatus.UNDATED,
            why=_few_dated(items, dated, words),
            remedy="The others take the date of their page, or the day they are first seen.",
        )
    return None


def _listed(items: int, usual: int, words: Translations) -> str:
    entries = words.counted(items, "%s entry", "%s entries")
    return words(
        "It lists %(entries)s instead of about %(usual)s.",
        entries=entries,
        usual=words.number(usual),
    )


def _few_dated(items: int, dated: int, words: Translations) -> str:
    entries = words.counted(items, "%s entry", "%s entries")
    if not dated:
        return words("None of its %(entries)s has a plausible date.", entries=entries)
    if dated == 1:
        return words("Only one of its %(entries)s has a plausible date.", entries=entries)
    return words(
        "Of its %(entries)s, %(dated)s have a plausible date.",
        entries=entries,
        dated=words.number(dated),
    )


def _paywalled(pages: int, walled: int, words: Translations) -> SourceHealth | None:
    if pages < _LEAST_WALLED_PAGES or walled * 2 < pages:
        return None
    return SourceHealth(
        verdict=HealthStatus.PAYWALLED,
        why=words(
            "%(walled)s of %(pages)s requested pages are blocked or behind a paywall.",
            walled=words.number(walled),
            pages=words.number(pages),
        ),
        remedy="Its stories rest on the feed alone; a source that can be read in full gives more.",
    )


def _stale(state: FetchState, words: Translations) -> SourceHealth | None:
    if state.newest is None or state.last_ok is None:
        return None
    if state.last_ok - state.newest <= _bearable(state.gap_s):
        return None
    day = words.day(state.newest.date())
    why = words("It responds, but lists nothing newer than %(day)s.", day=day)
    if state.gap_s is not None:
        span = _span(state.gap_s, words)
        why = words(
            "It responds, but lists nothing newer than %(day)s; it was rarely quiet for"
            " more than %(span)s before.",
            day=day,
            span=span,
        )
    return SourceHealth(
        verdict=HealthStatus.STALE,
        since=state.newest,
        why=why,
        remedy="Check whether its publisher has stopped or now posts elsewhere.",
    )


def _bearable(gap_s: int | None) -> timedelta:
    if gap_s is None:
        return _QUIET_WITHOUT_RHYTHM
    return min(max(timedelta(seconds=_QUIET_GAPS * gap_s), _LEAST_QUIET), _MOST_QUIET)


def _suspicion(
    before: FetchState,
    state: FetchState,
    history: Sequence[SourceDay],
    today: SourceDay,
    now: datetime,
) -> str:
    """What makes a document one that cannot be the source's own work; nothing where it can."""
    home = {before.answered_from, registrable_domain(state.url)}
    if before.answered_from and state.answered_from not in home:
        return _ELSEWHERE % {"here": state.answered_from, "before": before.answered_from}
    if sum(day.read for day in history) < _LEAST_DOCUMENTS:
        return ""
    items, dated, usual = (
        state.items or 0,
        state.dated or 0,
        max(state.usual_items or 0, before.items or 0),
    )
    if _has_jumped(items, usual):
        return _MORE % {"items": f"{items:,}", "usual": usual}
    if _has_lost_its_dates(before, items, dated):
        return _UNDATED % {
            "dated": dated,
            "items": f"{items:,}",
            "were": before.dated,
            "of": before.items,
        }
    if _is_all_new(before, today, items, now):
        return _ALL_NEW % {"items": f"{items:,}"}
    return ""


def _has_lost_its_dates(before: FetchState, items: int, dated: int) -> bool:
    if before.items is None or before.dated is None or min(items, before.items) < _LEAST_SHARED:
        return False
    return before.dated * 5 >= before.items * 4 and dated * 5 <= items


def _is_all_new(before: FetchState, today: SourceDay, items: int, now: datetime) -> bool:
    """Whether nothing is left of the last document, though the source would have needed far longer
    to fill a new one.
    """
    if items < _LEAST_USUAL or today.new < items or before.gap_s is None or before.last_ok is None:
        return False
    return now - before.last_ok < timedelta(seconds=before.gap_s) * items / _QUIET_GAPS


def _has_jumped(items: int, usual: int) -> bool:
    return items >= _JUMP * max(usual, _LEAST_USUAL)


def _usual_items(history: Sequence[SourceDay]) -> int | None:
    listed = [day.items for day in history if day.items is not None]
    return median_low(listed) if sum(day.read for day in history) >= _LEAST_DOCUMENTS else None


def _gap_s(moments: Sequence[datetime]) -> int | None:
    """The longest gap between neighbours but for the longest tenth, so that a pinned entry of old
    is no rhythm.
    """
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    return int(gaps[len(gaps) - 1 - len(gaps) // 10]) if len(gaps) >= _LEAST_GAPS else None


def _span(seconds: int, words: Translations) -> str:
    hours = max(1, round(seconds / 3_600))
    if hours < 36:
        return words.counted(hours, "%s hour", "%s hours")
    days = round(hours / 24)
    if days < _MANY_DAYS:
        return words.counted(days, "%s day", "%s days")
    return words.counted(round(days / 365), "%s year", "%s years")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def advice(way: Source, reason: str, *, unreadable: bool) -> str:
    """What to do about an address that failed for this reason."""
    if unreadable and way.kind in (SourceKind.LISTING, SourceKind.REGISTRY):
        return "Open the page and compare it with its [sources.listing] table."
    if unreadable and way.kind is SourceKind.MIRROR:
        return "The mirror is broken or was taken over: report it to its maker, or delete it."
    if unreadable:
        return "Check that the URL still leads to a feed; `aggregator sources add` finds a new one."
    for beginnings, sentence in _BY_REASON.items():
        if reason.startswith(beginnings):
            return sentence
    return "It is tried again at growing intervals; check whether it has moved."
