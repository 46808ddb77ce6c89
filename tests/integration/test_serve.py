"""The web app of the subscribers, over HTTP in this process and a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import httpx
import pytest

from aggregator.digest.mail.tokens import TRIAL_KEY, unsubscribe_token
from aggregator.domain.publishing.subscriber import Followed, SubscriberStatus
from aggregator.domain.settings import MetricsSettings, Settings
from aggregator.errors import MailError
from aggregator.site.head import subscribe_url
from aggregator.store.database import Database
from aggregator.store.publishing.subscribers import request_count
from aggregator.store.runs import finish_run, start_run
from tests.builders import leverage_story, sample_standings
from tests.integration.web_app import KEY, WebApp, in_web_app, settings_of, text_of
from tests.memory_site import MemoryContent, publish, site_pages

pytestmark = pytest.mark.clock

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"


def multipart(
    boundary: str, *, quoted: bool = False, disposition: str = 'form-data; name="List-Unsubscribe"'
) -> tuple[str, bytes]:
    body = (
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\nOne-Click\r\n--{boundary}--\r\n"
    )
    return (
        (
            f'multipart/form-data; boundary="{boundary}"'
            if quoted
            else f"multipart/form-data; boundary={boundary}"
        ),
        body.encode(),
    )


SHAPES: list[tuple[dict[str, str], bytes]] = [
    ({"Content-Type": FORM}, ONE_CLICK),
    ({"Content-Type": f"{FORM}; charset=UTF-8"}, ONE_CLICK),
    ({"Content-Type": FORM.upper()}, ONE_CLICK),
    ({"content-type": FORM, "Connection": "close"}, ONE_CLICK + b"\r\n"),
    ({"Content-Type": FORM}, b"List-Unsubscribe=One%2DClick"),
    ({"Content-Type": FORM}, b"list-unsubscribe=one-click"),
    ({"Content-Type": FORM}, b"List-Unsubscribe=One-Click&extra=1"),
    ({"Content-Type": FORM}, b"extra=&List-Unsubscribe=One-Click"),
    (
        {
            "Content-Type": FORM,
            "Referer": "https://mail.provider.example/",
            "Origin": "https://mail.provider.example",
        },
        ONE_CLICK,
    ),
    (
        {"Content-Type": FORM, "Cookie": "session=1; other=2", "Authorization": "Basic eDp5"},
        ONE_CLICK,
    ),
    ({"Content-Type": FORM, "User-Agent": "", "Accept": "*/*"}, ONE_CLICK),
    (
        {"Content-Type": FORM, "User-Agent": "GmailImageProxy", "Accept-Encoding": "identity"},
        ONE_CLICK,
    ),
    ({}, ONE_CLICK),
    ({"Content-Type": "text/plain"}, ONE_CLICK),
    ({}, b""),
    ({"Content-Type": "multipart/form-data"}, ONE_CLICK),
    *(
        ({"Content-Type": kind}, body)
        for kind, body in (
            multipart("----WebKitFormBoundary7MA4YWxkTrZu0gW"),
            multipart("a b'()+_,-./:=?", quoted=True),
            multipart("x", disposition='form-data; name=List-Unsubscribe; charset="utf-8"'),
        )
    ),
    ({"Content-Type": FORM}, ONE_CLICK + b"&padding=" + b"x" * 100_000),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def test_who_subscribes_confirms_chooses_and_leaves(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        sent = await web_app.subscribe(
            " Reader@Example.org ", role=["security", "king"], section="papers"
        )
        assert (sent.status_code, sent.headers["location"]) == (303, "subscribe/sent")
        (letter,) = web_app.mailer.taken
        assert letter.envelope_to == "Reader@example.org"

        page = await web_app.client.get(f"/confirm/{web_app.token()}")
        assert web_app.subscribers()[0].standing is SubscriberStatus.PENDING
        assert '<form method="post">' in page.text
        done = await web_app.client.post(f"/confirm/{web_app.token()}")
        (here,) = web_app.subscribers()
        assert (done.status_code, here.standing) == (200, SubscriberStatus.CONFIRMED)
        assert "weekly" not in page.text + done.text  # it may be a daily one that was asked for
        assert (here.roles, here.sections) == (("security",), ("papers",))
        assert here.consent.network == "192.0.2.0/24"
        assert here.consent.form == "https://mail.example/subscribe"
        again = await web_app.client.post(f"/confirm/{web_app.token()}")
        assert again.status_code == 410

        token = unsubscribe_token(KEY, here.id, here.generation)
        shown = await web_app.client.get(f"/preferences/{token}")
        assert "R•••@example.org" in shown.text
        assert "eader@" not in shown.text
        saved = await web_app.client.post(
            f"/preferences/{token}", data={"role": "policy", "section": ["news", "releases"]}
        )
        assert "Saved" in saved.text
        assert (web_app.subscribers()[0].roles, web_app.subscribers()[0].sections) == (
            ("policy",),
            ("news", "releases"),
        )

        assert '<form method="post">' in (await web_app.client.get(f"/unsubscribe/{token}")).text
        assert (await web_app.client.post(f"/unsubscribe/{token}")).status_code == 200
        assert web_app.subscribers()[0].standing is SubscriberStatus.UNSUBSCRIBED
        assert (await web_app.client.get(f"/preferences/{token}")).status_code == 404

    in_web_app(database, settings, visit)


def test_what_a_browser_follows_is_shown_first_and_kept_only_when_saved(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        token = unsubscribe_token(KEY, here.id, here.generation)
        brought = {
            "follow": [
                "entity/vllm vLLM",
                "topic/chips <b>Chips</b>",
                "entity/vllm Doppelt",
                "entity/../x X",
                "javascript:alert(1) x",
                "role/none",
            ]
        }
        before = web_app.state()
        shown = await web_app.client.get(f"/preferences/{token}", params=brought)
        assert web_app.state() == before
        assert "Press Save" in shown.text
        assert 'value="entity/vllm vLLM" checked' in shown.text
        assert "&lt;b&gt;Chips&lt;/b&gt;" in shown.text
        assert [word in shown.text for word in ("Doppelt", "javascript", "<b>Chips")] == [False] * 3
        assert f'href="https://news.example/following/#mail={token}"' in shown.text

        saved = await web_app.client.post(
            f"/preferences/{token}", data={"follow": ["entity/vllm vLLM", "x"], "role": "policy"}
        )
        (kept,) = web_app.subscribers()
        assert kept.follows == (Followed(path="entity/vllm", name="vLLM"),)
        assert kept.roles == ("policy",)
        assert 'href="https://news.example/following/#entity%2Fvllm=vLLM"' in saved.text
        await web_app.client.post(f"/preferences/{token}", data={"role": "policy"})
        assert web_app.subscribers()[0].follows == ()

    in_web_app(database, settings, visit)


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(
    database: Database, settings: Settings
) -> None:
    answers: list[tuple[int, list[tuple[str, str]], str]] = []

    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed("known@example.org")
        left = await web_app.subscribed("left@example.org")
        await web_app.client.post(f"/unsubscribe/{unsubscribe_token(KEY, left.id, 0)}")
        await web_app.subscribe("pending@example.org")
        web_app.mailer.taken.clear()
        for address in (here.address, left.address, "pending@example.org", "new@example.org"):
            answer = await web_app.client.post("/subscribe", data={"address": address})
            answers.append((answer.status_code, answer.headers.multi_items(), answer.text))
        await web_app.app.state.outbox.wait_idle()

    web_app = in_web_app(database, settings, visit)

    assert len(set(map(repr, answers))) == 1
    assert [letter.envelope_to for letter in web_app.mailer.taken] == [
        "left@example.org",
        "new@example.org",
    ]


def test_a_wish_is_kept_before_its_answer_for_the_next_process(
    database: Database, settings: Settings
) -> None:
    async def asked() -> int:
        died = WebApp(database, settings)  # its outbox never works
        async with died.client as client:
            answer = await client.post("/subscribe", data={"address": "reader@example.org"})
        return answer.status_code

    async def visit(web_app: WebApp) -> None:
        await web_app.app.state.outbox.wait_idle()
        assert (await web_app.client.get("/healthz")).json()["waiting"] == 0

    status = asyncio.run(asked())
    with database.reading() as connection:
        kept = request_count(connection)
    web_app = in_web_app(database, settings, visit)

    assert (status, kept) == (303, 1)
    assert [letter.envelope_to for letter in web_app.mailer.taken] == ["reader@example.org"]


def test_every_shape_of_one_click_unsubscribes_and_may_come_twice(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number, (headers, body) in enumerate(SHAPES):
            web_app.clock.advance(3600)
            here = await web_app.subscribed(f"reader{number}@example.org")
            link = f"/unsubscribe/{unsubscribe_token(KEY, here.id, here.generation)}"
            answers = [
                await web_app.client.post(link, headers=headers, content=body) for _ in range(2)
            ]
            after = web_app.state()
            answers.append(await web_app.client.post(link, headers=headers, content=body))
            assert [answer.status_code for answer in answers] == [200, 200, 200]
            assert all(
                "set-cookie" not in answer.headers and "location" not in answer.headers
                for answer in answers
            )
            assert web_app.state() == after

    web_app = in_web_app(database, settings, visit)

    assert len(SHAPES) == 20
    assert {subscriber.standing for subscriber in web_app.subscribers()} == {
        SubscriberStatus.UNSUBSCRIBED
    }
    assert {subscriber.generation for subscriber in web_app.subscribers()} == {1}


def test_openings_of_links_change_nothing(database: Database, settings: Settings) -> None:
    prefetches: list[dict[str, str]] = [
        {}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"},
        {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"},
    ]  # fmt: skip

    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        await web_app.subscribe("pending@example.org")
        token = unsubscribe_token(KEY, here.id, here.generation)
        before = web_app.state()
        links = [
            f"/unsubscribe/{token}",
            f"/unsubscribe/{token}?List-Unsubscribe=One-Click",
            f"/preferences/{token}?role=policy",
            f"/confirm/{web_app.token()}",
            "/subscribe?address=x@example.org",
        ]
        for method, headers, link in product(("GET", "HEAD"), prefetches, links):
            answer = await web_app.client.request(method, link, headers=headers)
            assert answer.status_code == 200
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            assert [(await web_app.client.request(method, link)).status_code for link in links] == [
                405
            ] * 5
        await web_app.app.state.outbox.wait_idle()
        assert web_app.state() == before

    web_app = in_web_app(database, settings, visit)

    assert len(web_app.mailer.taken) == 2


def test_the_links_of_a_test_email_say_what_they_are_and_change_nothing(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        token = unsubscribe_token(TRIAL_KEY, here.id, here.generation)
        before = web_app.state()
        for method in ("GET", "POST"):
            for place in ("unsubscribe", "preferences"):
                data = {"role": "policy"} if method == "POST" else None
                answer = await web_app.client.request(method, f"/{place}/{token}", data=data)
                assert (answer.status_code, "test email" in answer.text) == (404, True)
        assert web_app.state() == before

    in_web_app(database, settings, visit)


def test_forged_links_are_answered_alike_and_change_nothing(
    database: Database, settings: Settings
) -> None:
    answers: set[tuple[int, str]] = set()

    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        token = unsubscribe_token(KEY, here.id, here.generation)
        before = web_app.state()
        forged = [
            token[:-1] + ("0" if token[-1] != "0" else "1"),
            token.upper(),
            f"{here.id}.0.{'0' * 40}",
            "x",
            "x" * 5_000,
            "%00",
            "%0d%0aX: y",
        ]
        for item in forged:
            for method, place in (
                ("GET", "unsubscribe"),
                ("POST", "unsubscribe"),
                ("GET", "preferences"),
                ("POST", "preferences"),
            ):
                data = {"role": "policy"} if method == "POST" else None
                answer = await web_app.client.request(method, f"/{place}/{item}", data=data)
                answers.add((answer.status_code, answer.text))
            assert (await web_app.client.post(f"/confirm/{item}")).status_code == 410
        assert web_app.state() == before

    in_web_app(database, settings, visit)

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nX: y",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "<script>alert(1)</script>@example.org",
        "x" * 9_000,
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(
    database: Database, settings: Settings, address: str
) -> None:
    answers: list[httpx.Response] = []

    async def visit(web_app: WebApp) -> None:
        answers.append(
            await web_app.subscribe(address, name="A\r\nBcc: b@example.org", role="security")
        )

    web_app = in_web_app(database, settings, visit)

    assert answers[0].status_code == 422
    assert 'aria-invalid="true"' in answers[0].text
    assert "<script>" not in answers[0].text
    assert 'value="security" checked' in answers[0].text  # what was chosen stays
    assert (web_app.mailer.taken, web_app.subscribers()) == ([], ())


def test_a_name_with_a_header_in_it_goes_into_no_letter(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        await web_app.subscribe(
            "a@example.org", name="A\r\nBcc: b@example.org", role="x\r\nBcc: b@example.org"
        )

    web_app = in_web_app(database, settings, visit)

    (letter,) = web_app.mailer.taken
    assert b"b@example.org" not in letter.content


def test_a_robot_that_fills_every_field_is_told_the_same_and_sends_nothing(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        answer = await web_app.subscribe("a@example.org", homepage="https://spam.example")
        assert answer.headers["location"] == "subscribe/sent"

    web_app = in_web_app(database, settings, visit)

    assert (web_app.mailer.taken, web_app.subscribers()) == ([], ())


def test_a_flood_from_one_network_is_stopped_with_a_clear_answer(
    database: Database, settings: Settings
) -> None:
    answers: list[httpx.Response] = []

    async def visit(web_app: WebApp) -> None:
        for number in range(300):
            client = web_app.client_at(f"198.51.100.{number % 250}")
            answers.append(await web_app.subscribe(f"victim{number}@example.org", client))
        other = await web_app.subscribe("other@example.org", web_app.client_at("203.0.113.5"))
        assert other.status_code == 303
        web_app.clock.advance(int(answers[-1].headers["retry-after"]))
        later = await web_app.subscribe("later@example.org", web_app.client_at("198.51.100.1"))
        assert later.status_code == 303

    web_app = in_web_app(database, settings, visit)

    assert [answer.status_code for answer in answers] == [303] * 20 + [429] * 280
    assert answers[-1].headers["retry-after"] == "3600"
    assert "Try again in 60 minutes" in answers[-1].text
    assert len(web_app.mailer.taken) == 22


def test_one_machine_is_stopped_before_its_network(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        statuses = [
            (await web_app.subscribe(f"a{number}@example.org")).status_code for number in range(12)
        ]
        assert statuses == [303] * 10 + [429] * 2
        assert (
            await web_app.subscribe("b@example.org", web_app.client_at("192.0.2.78"))
        ).status_code == 303

    in_web_app(database, settings, visit)


def test_who_asks_too_often_is_told_so_before_the_form_is_read(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(10):
            await web_app.subscribe(f"a{number}@example.org")
        unread = await web_app.client.post(
            "/subscribe", headers={"Content-Type": FORM}, content=b"address=no-address"
        )
        assert unread.status_code == 429

    in_web_app(database, settings, visit)


def test_a_flood_on_one_address_from_everywhere_sends_one_letter(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(200):
            await web_app.subscribe("victim@example.org", web_app.client_at(f"10.{number}.0.1"))

    web_app = in_web_app(
        database, replace(settings, serve=replace(settings.serve, trusted_proxies=())), visit
    )

    assert len(web_app.mailer.taken) == 1


def test_a_proxy_that_is_trusted_says_who_asks(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        proxy = web_app.client_at("10.0.0.1")
        proxy.headers["X-Forwarded-For"] = "6.6.6.6, 203.0.113.9, 10.0.0.2"
        await web_app.subscribe("a@example.org", proxy)
        web_app.client.headers["X-Forwarded-For"] = "6.6.6.6"
        await web_app.subscribe("b@example.org")

    web_app = in_web_app(database, settings, visit)

    assert {
        subscriber.address: subscriber.consent.network for subscriber in web_app.subscribers()
    } == {
        "a@example.org": "203.0.113.0/24",
        "b@example.org": "192.0.2.0/24",
    }


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param(
            {"Content-Type": FORM}, b"address=a@example.org&x=" + b"x" * 17_000, 413, id="too long"
        ),
        pytest.param(
            {"Content-Type": "application/json"}, b'{"address": "a@example.org"}', 415, id="JSON"
        ),
        pytest.param(
            {"Content-Type": "multipart/form-data; boundary=x"}, b"no parts", 415, id="multipart"
        ),
        pytest.param(
            {"Content-Type": FORM}, b"&".join(b"a=1" for _ in range(200)), 400, id="200 fields"
        ),
        pytest.param({"Content-Type": FORM}, b"\xff\xfe\x00", 422, id="no text"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(
    database: Database, settings: Settings, headers: dict[str, str], body: bytes, status: int
) -> None:
    async def visit(web_app: WebApp) -> None:
        assert (
            await web_app.client.post("/subscribe", headers=headers, content=body)
        ).status_code == status

    assert in_web_app(database, settings, visit).subscribers() == ()


def test_a_letter_that_the_server_refused_may_be_asked_for_again(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        web_app.mailer._errors["a@example.org"] = [MailError("451 come back later", status=451)]
        await web_app.subscribe("a@example.org")
        assert web_app.mailer.taken == []
        await web_app.subscribe("a@example.org")

    assert len(in_web_app(database, settings, visit).mailer.taken) == 1


def test_pages_of_tokens_are_kept_and_told_nowhere(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        here = await web_app.subscribed()
        token = unsubscribe_token(KEY, here.id, here.generation)
        for path in (
            "/subscribe",
            f"/unsubscribe/{token}",
            f"/preferences/{token}",
            "/confirm/x",
            "/nothing-here",
        ):
            headers = (await web_app.client.get(path)).headers
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-robots-tag"] == "noindex"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["strict-transport-security"] == "max-age=31536000"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]

    in_web_app(database, settings, visit)


def test_the_site_is_served_as_it_lies_there(database: Database, settings: Settings) -> None:
    site = Path(settings.site.output)
    (site / "week").mkdir(parents=True)
    (site / "index.html").write_text("front", "utf-8")
    (site / "week" / "index.html").write_text("week", "utf-8")
    (site / "feed.xml").write_text("<feed/>", "utf-8")
    (site / "_headers").write_text("x", "utf-8")
    (site / ".hidden").write_text("x", "utf-8")
    (site.parent / "secret.txt").write_text("secret", "utf-8")
    (site / "link.txt").symlink_to(site.parent / "secret.txt")

    async def visit(web_app: WebApp) -> None:
        assert (await web_app.client.get("/")).text == "front"
        assert (await web_app.client.get("/week/")).text == "week"
        moved = await web_app.client.get("/week")
        assert (moved.status_code, moved.headers["location"]) == (308, "./week/")
        assert (await web_app.client.get("/feed.xml")).headers[
            "content-type"
        ] == "application/atom+xml; charset=utf-8"
        for path in (
            "/_headers",
            "/.hidden",
            "/link.txt",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/week/%00",
            "/a" * 3_000,
        ):
            assert (await web_app.client.get(path)).status_code == 404, path
        page = await web_app.client.get("/subscribe")
        style = page.text.partition('rel="stylesheet" href="./')[2].partition('"')[0]
        served = await web_app.client.get(f"/{style}")
        assert (served.status_code, served.headers["content-type"]) == (
            200,
            "text/css; charset=utf-8",
        )

    in_web_app(database, settings, visit)


def test_the_site_is_compressed_for_whom_asks_and_pages_with_tokens_never(
    database: Database, settings: Settings
) -> None:
    site = Path(settings.site.output)
    site.mkdir(parents=True)
    (site / "index.html").write_text("one story after another, " * 500, "utf-8")
    (site / "card.png").write_bytes(b"a picture " * 500)

    async def visit(web_app: WebApp) -> None:
        async def got(path: str, **headers: str) -> httpx.Response:
            return await web_app.client.get(path, headers={"Accept-Encoding": "gzip", **headers})

        page = await got("/")
        assert (page.headers["content-encoding"], page.headers["vary"]) == (
            "gzip",
            "Accept-Encoding",
        )
        assert int(page.headers["content-length"]) < 500 < len(page.text)
        plain = await web_app.client.get("/", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert (plain.text, plain.headers["etag"]) == (page.text, page.headers["etag"])
        known = await got("/", **{"If-None-Match": page.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
        part = await got("/", Range="bytes=0-599")
        assert (part.status_code, part.text) == (206, page.text[:600])
        for path in ("/card.png", "/subscribe"):
            assert "content-encoding" not in (await got(path)).headers, path

    in_web_app(database, settings, visit)


def test_the_page_of_what_is_not_there_has_the_policy_of_the_site_and_nothing_of_the_file(
    database: Database, settings: Settings
) -> None:
    site = Path(settings.site.output)
    site.mkdir(parents=True)
    (site / "index.html").write_text("front", "utf-8")
    (site / "404.html").write_text("nothing here", "utf-8")

    async def visit(web_app: WebApp) -> None:
        front, form, gone = [
            await web_app.client.get(path) for path in ("/", "/subscribe", "/static/old.css")
        ]
        assert (gone.status_code, gone.text) == (404, "nothing here")
        assert gone.headers["content-security-policy"] == front.headers["content-security-policy"]
        assert gone.headers["content-security-policy"] != form.headers["content-security-policy"]
        assert gone.headers["x-content-type-options"] == "nosniff"
        assert "cache-control" not in gone.headers
        feed = await web_app.client.get("/feed.xml")
        assert (feed.status_code, feed.headers["content-type"]) == (
            404,
            front.headers["content-type"],
        )

    in_web_app(database, settings, visit)


def test_without_a_site_or_a_sender_the_app_says_so(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        assert (await web_app.client.get("/")).status_code == 404
        assert (await web_app.client.get("/subscribe")).status_code == 503
        assert (
            await web_app.client.post("/subscribe", data={"address": "a@example.org"})
        ).status_code == 503
        health = (await web_app.client.get("/healthz")).json()
        assert health == {
            "status": "ok",
            "database": "ok",
            "refresh": "ok",
            "mail": "off",
            "waiting": 0,
        }

    in_web_app(database, replace(settings, email=replace(settings.email, from_="")), visit)


def test_health_tells_of_a_database_that_cannot_be_read(tmp_path: Path, settings: Settings) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)

    async def visit(web_app: WebApp) -> None:
        answer = await web_app.client.get("/healthz")
        assert (answer.status_code, answer.json()["database"]) == (503, "failing")
        assert (await web_app.subscribe("reader@example.org")).status_code == 500
        assert (
            await web_app.client.post(f"/unsubscribe/{unsubscribe_token(KEY, 'a', 0)}")
        ).status_code == 500

    with Database(f"sqlite:///{broken}") as database:
        in_web_app(database, settings, visit)


@pytest.mark.parametrize(("hours", "status"), [(25, 200), (27, 503)])
def test_health_tells_when_no_refresh_came_to_its_end_for_long(
    database: Database, settings: Settings, hours: int, status: int
) -> None:
    async def visit(web_app: WebApp) -> None:
        with database.writing() as connection:
            start_run(connection, "one", web_app.clock.now() - timedelta(hours=hours))
            finish_run(connection, "one", {"run": "one"})
            start_run(connection, "two", web_app.clock.now() - timedelta(hours=1))
            finish_run(connection, "two", {"error": "the disk is full"})
        assert (await web_app.client.get("/healthz")).status_code == status

    in_web_app(database, settings, visit)


@pytest.mark.parametrize(
    ("failed", "status", "refresh"),
    [(0, 200, "ok"), (5, 200, "ok"), (6, 200, "degraded"), (10, 503, "failed")],
)
def test_health_tells_when_the_last_refresh_could_fetch_little_or_nothing(
    database: Database, settings: Settings, failed: int, status: int, refresh: str
) -> None:
    async def visit(web_app: WebApp) -> None:
        asked = {"ok": 10 - failed, "not_modified": 0, "not_due": 3, "failed": failed}
        idle = {"ok": 0, "not_modified": 0, "not_due": 13, "failed": 0}
        with database.writing() as connection:
            for hours, sources in ((2, asked), (1, idle)):
                start_run(connection, f"{hours}", web_app.clock.now() - timedelta(hours=hours))
                finish_run(connection, f"{hours}", {"sources": sources})
        answer = await web_app.client.get("/healthz")
        assert (answer.status_code, answer.json()["refresh"]) == (status, refresh)

    in_web_app(database, settings, visit)


@pytest.mark.parametrize(
    ("metrics", "headers", "status"),
    [
        pytest.param(MetricsSettings(), {}, 404, id="off, as shipped"),
        pytest.param(
            MetricsSettings(endpoint=True, networks=("192.0.2.0/24",)),
            {},
            200,
            id="asked from a network of ours",
        ),
        pytest.param(MetricsSettings(endpoint=True), {}, 404, id="asked from elsewhere"),
        pytest.param(
            MetricsSettings(endpoint=True, networks=("0.0.0.0/0",)),
            {"X-Forwarded-For": "127.0.0.1"},
            404,
            id="through a proxy",
        ),
    ],
)
def test_metrics_are_for_who_asks_directly_from_a_network_of_ours(
    database: Database,
    settings: Settings,
    metrics: MetricsSettings,
    headers: dict[str, str],
    status: int,
) -> None:
    async def visit(web_app: WebApp) -> None:
        answer = await web_app.client.get("/metrics", headers=headers)
        assert (answer.status_code, "aggregator_sources{" in answer.text) == (status, status == 200)

    in_web_app(database, replace(settings, metrics=metrics), visit)


def test_the_letter_leads_to_the_app(database: Database, settings: Settings) -> None:
    async def visit(web_app: WebApp) -> None:
        await web_app.subscribe("reader@example.org")

    (letter,) = in_web_app(database, settings, visit).mailer.taken
    assert "https://mail.example/confirm/" in text_of(letter)
    assert b"List-Unsubscribe" not in letter.content


@pytest.mark.parametrize("public", ["", "https://mail.example"])
def test_the_site_leads_to_the_form_where_there_is_one(settings: Settings, public: str) -> None:
    settings = replace(settings, serve=replace(settings.serve, public_url=public))
    content = MemoryContent(
        stories=(leverage_story(),),
        statuses=sample_standings(),
        engine="extractive",
        subscribe=subscribe_url(settings),
    )

    publish(site_pages(content, settings.site), Path(settings.site.output), settings.site, {})

    front = (Path(settings.site.output) / "index.html").read_text("utf-8")
    assert ('<a href="https://mail.example/subscribe">Subscribe by email</a>' in front) == bool(
        public
    )
    assert ("Subscribe by email" in front) == bool(public)
