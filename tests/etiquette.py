"""A town of feed servers that say when they may be asked, and hold every request against what they
said.

The clock stands still between runs. The servers keep their own books: what they allow is written
down from their own words, not from what our code makes of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from urllib.parse import urlsplit

from aggregator.adapters.rate_limits import RateLimits
from aggregator.crawl.polling import retry_after
from aggregator.ports import Hop, Request, Response
from tests.fakes import FixedClock

BEGIN = datetime(2026, 6, 1, 0, 7, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOONEST = (
    HOUR - MINUTE
)  # conditional requests come hourly at most, give or take the minute of a schedule
SOONEST_WHOLE = 4 * HOUR - MINUTE  # unconditional ones
MOST_WISH = DAY  # a max-age or ttl beyond this is a typing error
LISTED = 15
GAPS = (
    30 * MINUTE,
    3 * HOUR,
    9 * HOUR,
    DAY,
    3 * DAY,
)  # between two posts, by the number of the server


class Kind(Enum):
    """How a server behaves."""

    ETAG = "an ETag"
    LAST_MODIFIED = "a Last-Modified"
    MAX_AGE = "both, and max-age of two hours"
    EXPIRES = "Expires in three hours"
    TTL = "a ttl of 180 minutes"
    UPDATE_PERIOD = "syn:updatePeriod, four times a day"
    SKIP_HOURS = "skipHours, the night"
    SKIP_DAYS = "skipDays, the week-end"
    TYPING_ERROR = "a max-age of a year"
    BUSY_SECONDS = "now and then 429 with seconds"
    BUSY_DATE = "now and then 429 with a date"
    CLOSED_FOR_HOLIDAYS = "once 503 for ten days"
    MOVED = "301 within its domain"
    MOVED_AWAY = "308 to another party"
    MOVED_FOR_NOW = "302"
    GONE = "410 from the fourth day"
    WHOLE = "no validator"
    ILL = "500 every fourth day"
    PLATFORM = "one of many on a platform, which says 429 now and then"
    GONE_BRIEFLY = "410 once"


@dataclass(slots=True, kw_only=True)
class Server:
    """One feed, its posts, and its book: what it allows, what it gave, and what was asked."""

    number: int
    kind: Kind
    asked: int = 0
    not_modified: int = 0
    allowed: datetime = BEGIN
    etag: str | None = None
    last_modified: str | None = None
    has_given: bool = False
    gone: int = 0
    old_asked: list[datetime] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key of the source."""
        return f"s{self.number}"

    @property
    def url(self) -> str:
        """The address in the configuration."""
        host = f"blog{self.number}.platform" if self.kind is Kind.PLATFORM else f"s{self.number}"
        return f"https://{host}.example/feed"

    @property
    def target(self) -> str:
        """Where the feed stands, if not there."""
        return {
            Kind.MOVED: f"https://feeds.s{self.number}.example/new",
            Kind.MOVED_AWAY: f"https://s{self.number}.elsewhere.example/new",
            Kind.MOVED_FOR_NOW: f"https://s{self.number}.example/for-now",
        }.get(self.kind, self.url)

    @property
    def gap(self) -> timedelta:
        """The time between two of its posts."""
        return GAPS[self.number // len(Kind) % len(GAPS)]

    def newest(self, now: datetime) -> int:
        """The number of its newest post."""
        return int((now - BEGIN + 60 * DAY) / self.gap)

    def posted(self, post: int) -> datetime:
        """When a post was published."""
        return BEGIN - 60 * DAY + post * self.gap

    def document(self, now: datetime) -> bytes:
        """The feed with its newest posts."""
        said = {
            Kind.TTL: "<ttl>180</ttl>",
            Kind.UPDATE_PERIOD: (
                "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
            ),
            Kind.SKIP_HOURS: (
                f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6))}</skipHours>"
            ),
            Kind.SKIP_DAYS: "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>",
        }.get(self.kind, "")
        newest = self.newest(now)
        items = "".join(
            f"<item><title>Post {post}</title><link>https://s{self.number}.example/{post}</link>"
            f"<pubDate>{format_datetime(self.posted(post))}</pubDate></item>"
            for post in range(newest, newest - LISTED, -1)
        )
        head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        return (
            "<?xml"
            f' version="1.0"?>{head}<channel><title>{self.key}</title>{said}{items}</channel>'
            f"</rss>".encode()
        )


class Town:
    """The `Web` port of all servers, behind the manners of the real one. `faults` are requests that
    should not have been made.
    """

    def __init__(self, servers: int, clock: FixedClock) -> None:
        kinds = list(Kind)
        self.servers = [Server(number=n, kind=kinds[n % len(kinds)]) for n in range(servers)]
        self.faults: list[str] = []
        self.most_open: Counter[str] = Counter()
        self._clock, self._open = clock, Counter[str]()
        self._at = {url: server for server in self.servers for url in (server.url, server.target)}
        self.begin_run()

    def begin_run(self) -> None:
        """The manners, and what the platform said, live for one run."""
        self._manners = RateLimits(self._clock, concurrency=24, per_host=2, delay_s=0)
        self._platform_busy = False

    async def fetch(self, request: Request) -> Response:
        """The answer after redirects, as the real port gives it."""
        url, hops = request.url, list[Hop]()
        while True:
            async with self._manners.turn(url, request.spacing_s):
                answer = await self._visited(url, request)
            until = retry_after(answer.headers, self._clock.now())
            if answer.status == 429 or (answer.status == 503 and until):
                self._manners.paused(url, f"http {answer.status}", until)
            if "location" not in answer.headers:
                return Response(
                    url=url,
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    hops=tuple(hops),
                )
            hops.append(Hop(url=url, status=answer.status))
            url = answer.headers["location"]

    async def _visited(self, url: str, request: Request) -> Response:
        domain = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
        self._open[domain] += 1
        self.most_open[domain] = max(self.most_open[domain], self._open[domain])
        answer = self._answer(self._at[url], url, request)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._open[domain] -= 1
        self._platform_busy |= domain == "platform.example" and answer.status == 429
        return answer

    def _answer(self, server: Server, url: str, request: Request) -> Response:
        now = self._clock.now()
        if url == server.url != server.target:
            status = {Kind.MOVED: 301, Kind.MOVED_AWAY: 308}.get(server.kind, 302)
            self._hold_against_move(server, now)
            return Response(url=url, status=status, headers={"location": server.target})
        self._hold_against_book(server, request, now)
        server.asked += 1
        answer = self._refusal(server, now) or self._served(server, request, now)
        wait = (
            SOONEST
            if answer.status != 200 or server.etag or server.last_modified
            else SOONEST_WHOLE
        )
        server.allowed = max(server.allowed, now + wait)
        return Response(url=url, status=answer.status, headers=answer.headers, body=answer.body)

    def _hold_against_move(self, server: Server, now: datetime) -> None:
        seen = server.old_asked
        if server.kind is Kind.MOVED and len(seen) >= 3 and seen[-1] - seen[0] >= 3 * DAY:
            self._fault(server, "asked where it no longer lives")
        seen.append(now)

    def _hold_against_book(self, server: Server, request: Request, now: datetime) -> None:
        if now < server.allowed:
            self._fault(server, f"asked {server.allowed - now} too early")
        if server.has_given and (request.etag, request.last_modified) != (
            server.etag,
            server.last_modified,
        ):
            self._fault(server, "asked without the validators that it gave")
        is_asleep = server.kind is Kind.SKIP_HOURS and now.hour < 6
        is_off = server.kind is Kind.SKIP_DAYS and now.weekday() >= 5
        if server.has_given and (is_asleep or is_off):
            self._fault(server, "asked when it wants no visit")
        if server.gone >= 2:
            self._fault(server, "asked after it was reported as gone twice")
        if server.kind is Kind.PLATFORM and self._platform_busy:
            self._fault(server, "asked after its platform said 429")

    def _refusal(self, server: Server, now: datetime) -> Response | None:
        """What a server says instead of its feed, if it does at this visit; what it wants is
        written down.
        """
        if wanted := self._pause(server, now):
            status, said, pause = wanted
            server.allowed = now.replace(microsecond=0) + pause
            return Response(url="", status=status, headers={"retry-after": said})
        is_gone = server.kind is Kind.GONE and now >= BEGIN + 3 * DAY
        if is_gone or (server.kind is Kind.GONE_BRIEFLY and server.asked == 5):
            server.gone += 1
            return Response(url="", status=410)
        server.gone = 0
        return (
            Response(url="", status=500)
            if server.kind is Kind.ILL and (now - BEGIN).days % 4 == 3
            else None
        )

    def _pause(self, server: Server, now: datetime) -> tuple[int, str, timedelta] | None:
        """The pause that a server wants: the status, its words, and what they mean."""
        is_tenth = server.asked % 10 == 0
        match server.kind:
            case Kind.BUSY_SECONDS if is_tenth:
                return 429, "5400", timedelta(seconds=5_400)
            case Kind.BUSY_DATE if is_tenth:
                return 429, format_datetime(now + 2 * DAY, usegmt=True), 2 * DAY
            case Kind.CLOSED_FOR_HOLIDAYS if server.asked == 10:
                return 503, "864000", 10 * DAY
            case Kind.PLATFORM if server.number % 3 == 0 and is_tenth:
                return 429, "7200", 2 * HOUR
        return None

    def _served(self, server: Server, request: Request, now: datetime) -> Response:
        headers, fresh = self._wishes(server, now)
        server.allowed = now + fresh
        newest = server.newest(now)
        if server.kind is not Kind.WHOLE:
            server.etag = None if server.kind is Kind.LAST_MODIFIED else f'W/"{newest}"'
        if server.kind in {Kind.LAST_MODIFIED, Kind.MAX_AGE}:
            server.last_modified = format_datetime(server.posted(newest), usegmt=True)
        validators = {"etag": server.etag, "last-modified": server.last_modified}
        headers |= {name: value for name, value in validators.items() if value}
        is_known = server.has_given and (server.etag or server.last_modified)
        server.has_given = True
        if is_known and (request.etag, request.last_modified) == (
            server.etag,
            server.last_modified,
        ):
            server.not_modified += 1
            return Response(url="", status=304, headers=headers)
        return Response(
            url="",
            status=200,
            headers=headers | {"content-type": "application/rss+xml"},
            body=server.document(now),
        )

    def _wishes(self, server: Server, now: datetime) -> tuple[dict[str, str], timedelta]:
        """The headers by which a server says when it is to be asked again, and when that is, in its
        document or there.
        """
        expires = {
            "date": format_datetime(now, usegmt=True),
            "expires": format_datetime(now + 3 * HOUR, usegmt=True),
        }
        wishes: dict[Kind, tuple[dict[str, str], timedelta]] = {
            Kind.MAX_AGE: ({"cache-control": "public, max-age=7200"}, 2 * HOUR),
            Kind.EXPIRES: (expires, 3 * HOUR - timedelta(seconds=1)),  # a header has no fractions
            Kind.TTL: ({}, 3 * HOUR),
            Kind.UPDATE_PERIOD: ({}, 6 * HOUR),
            Kind.TYPING_ERROR: ({"cache-control": "max-age=31536000"}, MOST_WISH),
        }
        headers, fresh = wishes.get(server.kind, ({}, timedelta(0)))
        return dict(headers), fresh

    def _fault(self, server: Server, what: str) -> None:
        self.faults.append(
            f"{self._clock.now():%d %b %H:%M:%S} {server.key} ({server.kind.value}): {what}"
        )

    def told(self) -> Iterator[str]:
        """What was measured, a line each."""
        asked, not_modified = (
            sum(getattr(server, name) for server in self.servers)
            for name in ("asked", "not_modified")
        )
        yield (
            f"{len(self.servers)} feeds, {asked} requests, {not_modified} answered by 304,"
            f" {len(self.faults)} faults"
        )
        yield f"most connections to one registrable domain: {max(self.most_open.values())}"
        by_kind = defaultdict[Kind, list[int]](list)
        for server in self.servers:
            by_kind[server.kind].append(server.asked)
        for kind, counts in by_kind.items():
            yield f"{sum(counts) / len(counts):8.1f} requests a feed: {kind.value}"
