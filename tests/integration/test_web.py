"""The real Web port against a small web on loopback: what it sends, what it bounds, and its words
for what goes wrong.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import pytest

from aggregator.adapters.clock import SystemClock
from aggregator.adapters.rate_limits import MOST_TIMEOUTS
from aggregator.adapters.web import ATTEMPTS, AiohttpWeb, user_agent
from aggregator.domain.settings import FetchSettings
from aggregator.errors import RefusedError, WebError
from aggregator.ports import Hop, Request, Response
from tests.servers import Fault, MiniWeb, Page

PAUSED = "not fetched: its server answered http {} to another request"
SETTINGS = FetchSettings(
    allow_private_networks=("127.77.0.0/16",),
    per_host_delay_s=0,
    timeout_s=45,
    max_bytes=1_000_000,
    concurrency=8,
)
PAGE, OTHER, LAB = "https://news.example/a", "https://news.example/b", "https://lab.example/feed"
TEXT = b"<p>" + b"words " * 2_000

Answer = TypeVar("Answer")


@pytest.fixture
def web() -> Iterator[MiniWeb]:
    pages = {
        PAGE: Page(body=TEXT),
        OTHER: Page(body=TEXT),
        LAB: Page(body=b"<rss/>", content_type="application/rss+xml"),
    }
    with MiniWeb(pages) as served:
        yield served


def _with_port(
    do: Callable[[AiohttpWeb], Awaitable[Answer]], settings: FetchSettings = SETTINGS
) -> Answer:
    async def done() -> Answer:
        async with AiohttpWeb(
            settings, "us/1.0 (+https://us.example)", SystemClock(), low_speed_window_s=0.3
        ) as port:
            return await do(port)

    return asyncio.run(done())


def _fetched(request: Request | str, settings: FetchSettings = SETTINGS) -> Response:
    asked = Request(url=request) if isinstance(request, str) else request
    return _with_port(lambda port: port.fetch(asked), settings)


def _reason(request: Request | str, settings: FetchSettings = SETTINGS) -> str:
    with pytest.raises(WebError) as failed:
        _fetched(request, settings)
    return failed.value.reason


def _reasons(port: AiohttpWeb, *urls: str) -> Awaitable[list[str]]:
    async def reason(url: str) -> str:
        try:
            return f"http {(await port.fetch(Request(url=url))).status}"
        except WebError as error:
            return error.reason

    async def one_after_another() -> list[str]:
        return [await reason(url) for url in urls]

    return one_after_another()


def test_a_page_comes_complete_with_headers_in_lower_case(web: MiniWeb) -> None:
    answer = _fetched(web.url_of(PAGE))

    assert (answer.url, answer.status, answer.content_type, answer.body, answer.hops) == (
        web.url_of(PAGE),
        200,
        "text/html; charset=utf-8",
        TEXT,
        (),
    )


def test_we_say_who_we_are_and_nothing_about_where_we_come_from(web: MiniWeb) -> None:
    _fetched(
        Request(
            url=web.url_of(PAGE),
            etag='W/"1"',
            last_modified="Sun, 05 Jul 2026 06:00:00 GMT",
            accept="text/html",
        )
    )

    sent = dict(web.asked[0].headers)
    assert (
        sent.pop("host").startswith("127.77."),
        "gzip" in sent.pop("accept-encoding"),
        sent,
    ) == (
        True,
        True,
        {
            "user-agent": "us/1.0 (+https://us.example)",
            "accept": "text/html",
            "if-none-match": 'W/"1"',
            "if-modified-since": "Sun, 05 Jul 2026 06:00:00 GMT",
        },
    )


def test_the_user_agent_names_a_page_to_turn_to() -> None:
    settings = FetchSettings(user_agent="us/1.0", contact_url="https://us.example/bot")

    assert user_agent(settings, "https://us.example") == "us/1.0 (+https://us.example/bot)"


def test_a_cookie_is_not_sent_back() -> None:
    url = "http://elsewhere.example/x"  # by name, through a proxy: jars hold nothing for numbers
    with MiniWeb({url: Page(body=TEXT, headers=(("Set-Cookie", "id=1; Path=/"),))}) as web:
        through = replace(SETTINGS, proxy=web.url_of("http://elsewhere.example"))
        _with_port(lambda port: _reasons(port, url, url), through)

    assert [("cookie" in asked.headers) for asked in web.asked] == [False, False]


def test_an_address_goes_out_as_it_was_published(web: MiniWeb) -> None:
    _fetched(web.url_of("https://news.example/x%2Fy%40z?q=%7Ea+b%20c&r=|"))

    assert web.asked[0].url == "https://news.example/x%2Fy%40z?q=%7Ea+b%20c&r=|"


def test_redirects_are_followed_and_kept_visible(web: MiniWeb) -> None:
    web.put(PAGE, Page(status=301, headers=(("Location", "https://lab.example/feed"),)))

    answer = _fetched(web.url_of(PAGE))

    assert (answer.url, answer.body, answer.hops) == (
        web.url_of(LAB),
        b"<rss/>",
        (Hop(url=web.url_of(PAGE), status=301),),
    )


def test_a_relative_redirect_is_led_from_where_it_stands(web: MiniWeb) -> None:
    web.put(PAGE, Page(status=302, headers=(("Location", "b?x=1#top"),)))

    assert _fetched(web.url_of(PAGE)).url == web.url_of(OTHER) + "?x=1"


def test_five_redirects_are_followed_and_not_a_sixth(web: MiniWeb) -> None:
    for n in range(6):
        web.put(f"https://news.example/{n}", Page(status=302, headers=(("Location", f"/{n + 1}"),)))
    web.put("https://news.example/6", Page(body=TEXT))

    reasons = _with_port(
        lambda port: _reasons(
            port, web.url_of("https://news.example/1"), web.url_of("https://news.example/0")
        )
    )

    assert reasons == ["http 200", "more than 5 redirects"]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        pytest.param(
            "file:///etc/passwd",
            "redirected to something that is not an http(s) URL",
            id="a file",
        ),
        pytest.param(
            "javascript:alert(1)",
            "redirected to something that is not an http(s) URL",
            id="a script",
        ),
        pytest.param("http://", "redirected to something that is not an http(s) URL", id="no host"),
        pytest.param(
            "http://127.0.0.1:8000/", "127.0.0.1 is not a public address", id="this machine"
        ),
        pytest.param(
            "http://0x7f.1:9/",
            "port 9 is not a usual web server port",
            id="a port of something else",
        ),
        pytest.param(
            "http://[::ffff:127.0.0.1]:8000/",
            "::ffff:7f00:1 is not a public address",
            id="wrapped in IPv6",
        ),
        pytest.param(
            "http://2130706433:8000/", "127.0.0.1 is not a public address", id="as one number"
        ),
    ],
)
def test_a_redirect_reaches_nothing_that_a_request_may_not(
    web: MiniWeb, location: str, reason: str
) -> None:
    web.put(PAGE, Page(status=302, headers=(("Location", location),)))

    assert (
        _reason(web.url_of(PAGE)).removesuffix(" (fetch.allow_private_networks would allow it)")
        == reason
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param(
            "ftp://news.example/a", "not an absolute http:// or https:// URL", id="another scheme"
        ),
        pytest.param("/a", "not an absolute http:// or https:// URL", id="relative"),
        pytest.param("http://[::1", "not an absolute http:// or https:// URL", id="broken"),
        pytest.param(
            "https://me:secret@news.example/",
            "the URL contains a user name or password",
            id="credentials",
        ),
        pytest.param(
            "http://news.example:25/",
            "port 25 is not a usual web server port",
            id="the port of mail",
        ),
        pytest.param(
            "http://localhost:8000/",
            "127.0.0.1 is not a public address",
            id="a name of this machine",
        ),
        pytest.param(
            "http://127.0.0.1:8000/", "127.0.0.1 is not a public address", id="this machine"
        ),
        pytest.param(
            "http://[::1]:8000/", "::1 is not a public address", id="this machine, by IPv6"
        ),
    ],
)
def test_what_we_do_not_ask_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        _fetched(url)

    assert refused.value.reason.startswith(reason)


def test_loopback_is_refused_unless_allowed(web: MiniWeb) -> None:
    reasons = [
        _with_port(
            lambda port: _reasons(port, web.url_of(PAGE)),
            replace(SETTINGS, allow_private_networks=allowed),
        )[0][:20]
        for allowed in (False, ("10.0.0.0/8",), ("127.77.0.0/16",), True)
    ]

    assert (reasons, len(web.asked)) == (["127.77.0.2 is not a "] * 2 + ["http 200"] * 2, 2)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.CUT, "body cut short"),
        (Fault.RESET, "body cut short"),
        (Fault.DROP, "connection closed without an answer"),
        (Fault.DRIP, "too slow: under 1 kB in 0.3 s"),
        (Fault.LOOP, "redirect loop"),
        (Fault.BOMB, "body larger than 1 MB"),
        (Fault.BAD_GZIP, "body cannot be decompressed"),
        (Fault.LONG_HEADER, "not a valid http answer: "),
        (Fault.GARBAGE, "not a valid http answer: "),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_what_goes_wrong_is_told_in_our_words(web: MiniWeb, fault: Fault, reason: str) -> None:
    web.misbehave(PAGE, fault)

    assert _reason(web.url_of(PAGE)).startswith(reason)


def test_silence_ends_after_the_timeout(web: MiniWeb) -> None:
    web.misbehave(PAGE, Fault.SILENCE)

    assert _reason(web.url_of(PAGE), replace(SETTINGS, timeout_s=0.2)) == "no answer within 0.2 s"


def test_redirects_do_not_lengthen_the_timeout(web: MiniWeb) -> None:
    web.put(PAGE, Page(status=302, headers=(("Location", OTHER),), delay_s=0.3))
    web.put(OTHER, Page(body=TEXT, delay_s=0.3))

    assert _reason(web.url_of(PAGE), replace(SETTINGS, timeout_s=0.5)) == "no answer within 0.5 s"


def test_a_body_is_bounded_after_decompression_and_before(web: MiniWeb) -> None:
    packed = gzip.compress(TEXT)
    web.put(PAGE, Page(body=packed, content_type="x/x", headers=(("Content-Encoding", "gzip"),)))

    answers = [
        _with_port(lambda port: _reasons(port, web.url_of(PAGE)), replace(SETTINGS, max_bytes=most))
        for most in (len(TEXT), len(TEXT) - 1, len(packed) - 1)
    ]

    assert [answer[0][:4] for answer in answers] == ["http", "body", "body"]


def test_a_body_that_says_it_is_too_large_is_not_begun(web: MiniWeb) -> None:
    web.misbehave(PAGE, Fault.DRIP)

    assert (
        _reason(web.url_of(PAGE), replace(SETTINGS, max_bytes=50_000)) == "body larger than 0.05 MB"
    )


def test_pictures_and_sound_are_not_downloaded(web: MiniWeb) -> None:
    web.put(PAGE, Page(body=b"x" * 5_000_000, content_type="audio/mpeg"))

    answer = _fetched(web.url_of(PAGE))

    assert (answer.status, answer.content_type, answer.body) == (200, "audio/mpeg", b"")


def test_a_status_is_an_answer_not_an_error(web: MiniWeb) -> None:
    web.misbehave(PAGE, Fault.BUSY)

    answers = [_fetched(web.url_of(PAGE)), _fetched(web.url_of("https://news.example/none"))]

    assert [(answer.status, answer.headers.get("retry-after")) for answer in answers] == [
        (429, "120"),
        (404, None),
    ]


def test_the_status_of_an_error_stands_though_its_body_is_too_large(web: MiniWeb) -> None:
    web.put(PAGE, Page(status=404, body=b"x" * 200_000))

    assert _fetched(web.url_of(PAGE)).status == 404


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (Fault.SERVER_ERROR, ATTEMPTS - 1),
        (Fault.CUT, ATTEMPTS - 1),
        (Fault.RESET, ATTEMPTS - 1),
        (Fault.DROP, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_passing_fault_is_asked_again(web: MiniWeb, fault: Fault, times: int) -> None:
    web.misbehave(PAGE, fault, times=times)

    assert (_fetched(web.url_of(PAGE)).body, web.times_asked(PAGE)) == (TEXT, times + 1)


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (Fault.SERVER_ERROR, ATTEMPTS),
        (Fault.CUT, ATTEMPTS),
        (Fault.DROP, 2),
        (Fault.BUSY, 1),
        (Fault.DRIP, 1),
        (Fault.LOOP, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_lasting_fault_is_asked_again_only_where_that_may_help(
    web: MiniWeb, fault: Fault, times: int
) -> None:
    web.misbehave(PAGE, fault)

    _with_port(lambda port: _reasons(port, web.url_of(PAGE)))

    assert web.times_asked(PAGE) == times


def test_a_server_that_says_when_to_come_back_is_not_asked_again_before(web: MiniWeb) -> None:
    web.put(PAGE, Page(status=503, headers=(("Retry-After", "120"),)))

    assert (_fetched(web.url_of(PAGE)).status, web.times_asked(PAGE)) == (503, 1)


def test_a_server_error_that_stays_is_the_answer(web: MiniWeb) -> None:
    web.misbehave(PAGE, Fault.SERVER_ERROR)

    assert _fetched(web.url_of(PAGE)).status == 500


def test_a_host_that_refused_a_connection_is_not_asked_again_in_a_run() -> None:
    with closing(socket.socket()) as bound:
        bound.bind(("127.77.0.1", 0))
        url = f"http://127.77.0.1:{bound.getsockname()[1]}/"

        async def asked(port: AiohttpWeb) -> list[str]:
            before = await _reasons(port, url)
            bound.listen()
            return [*before, *await _reasons(port, url)]

        assert _with_port(asked) == ["connection refused", "connection refused"]


def test_a_name_that_is_not_found_says_so() -> None:
    with pytest.raises(WebError) as failed:
        _fetched("https://nowhere.example/")

    assert (failed.value.reason, failed.value.unreachable) == ("host name not found", True)


def test_a_host_that_is_silent_again_and_again_is_given_up(web: MiniWeb) -> None:
    urls = [f"https://news.example/{n}" for n in range(MOST_TIMEOUTS + 20)]
    for url in urls:
        web.misbehave(url, Fault.SILENCE)

    reasons = _with_port(
        lambda port: _reasons(port, *map(web.url_of, urls), web.url_of(LAB)),
        replace(SETTINGS, timeout_s=0.1),
    )

    assert (reasons, len(web.asked)) == (
        ["no answer within 0.1 s"] * len(urls) + ["http 200"],
        MOST_TIMEOUTS + 1,
    )


def test_a_host_that_answers_in_between_is_not_given_up(web: MiniWeb) -> None:
    silent = [f"https://news.example/{n}" for n in range(MOST_TIMEOUTS)]
    for url in silent:
        web.misbehave(url, Fault.SILENCE)
    urls = [*silent[:-1], PAGE, silent[-1], OTHER]

    reasons = _with_port(
        lambda port: _reasons(port, *map(web.url_of, urls)), replace(SETTINGS, timeout_s=0.1)
    )

    assert (reasons[-3], reasons[-1]) == ("http 200", "http 200")


@pytest.mark.parametrize(
    ("page", "second"),
    [
        pytest.param(Page(status=429), PAUSED.format(429), id="429"),
        pytest.param(
            Page(status=503, headers=(("Retry-After", "3600"),)),
            PAUSED.format(503),
            id="503 that says for how long",
        ),
        pytest.param(Page(status=503), "http 200", id="503 of one address"),
    ],
)
def test_a_server_that_wants_to_be_left_alone_is_so_for_the_rest_of_the_run(
    web: MiniWeb, page: Page, second: str
) -> None:
    web.put("https://news.example/busy", page)
    urls = [web.url_of(url) for url in ("https://news.example/busy", OTHER, LAB)]

    reasons = _with_port(lambda port: _reasons(port, *urls))

    assert reasons == [f"http {page.status}", second, "http 200"]


def test_a_server_without_tls_is_told_apart() -> None:
    with MiniWeb({PAGE: Page(body=TEXT)}) as plain:
        reason = _reason(plain.url_of(PAGE).replace("http:", "https:"))

    assert reason.startswith("no secure connection: ")


def _all_at_once(urls: list[str], settings: FetchSettings) -> float:
    """Seconds that asking all of them took."""

    async def asked(port: AiohttpWeb) -> float:
        began_s = time.monotonic()
        await asyncio.gather(*(port.fetch(Request(url=url)) for url in urls))
        return time.monotonic() - began_s

    return _with_port(asked, settings)


def test_a_host_has_no_more_visitors_at_once_than_allowed(web: MiniWeb) -> None:
    urls = [web.url_of(f"https://news.example/{n}") for n in range(40)]

    _all_at_once(urls, replace(SETTINGS, per_host=2))

    assert web.most_open["news.example"] == 2


def test_requests_to_one_host_keep_their_distance_and_other_hosts_do_not_wait(web: MiniWeb) -> None:
    third, second_of_lab = "https://news.example/c", "https://lab.example/b"
    urls = [web.url_of(url) for url in (PAGE, OTHER, third, LAB, second_of_lab)]

    took_s = _all_at_once(urls, replace(SETTINGS, per_host_delay_s=0.25))
    asked = [asked.url for asked in web.asked]

    assert took_s >= 0.5  # two gaps at one host
    assert asked.index(second_of_lab) < asked.index(third)  # while the other has its one


def test_through_a_proxy_the_proxy_is_asked_wherever_it_lives(web: MiniWeb) -> None:
    proxy = web.url_of("https://lab.example").rstrip("/")

    answer = _fetched(
        "http://elsewhere.example/x", replace(SETTINGS, allow_private_networks=False, proxy=proxy)
    )

    assert (answer.status, [asked.url for asked in web.asked]) == (
        404,
        ["http://elsewhere.example/x"],
    )


def test_no_thread_outlives_a_port(web: MiniWeb) -> None:
    before = threading.active_count()

    _fetched(web.url_of(PAGE))

    assert threading.active_count() == before
