"""An address hides its secrets from everything that turns it into text, and is still the
address.
"""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from aggregator.domain.entry import Entry, Feed, feed_without_secrets
from aggregator.domain.web.address import Address, link_without_secrets, masked, without_secrets
from aggregator.domain.web.urls import canonical_url, fetchable_url, host

WHOLE = "https://ada:pa55@lab.example/feed?page=2&token=s3cret#top"
SHOWN = "https://***@lab.example/feed?page=2&token=***#top"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(str, id="str"),
        pytest.param(lambda url: f"{url}", id="an f-string"),
        pytest.param(lambda url: "%s" % url, id="percent"),  # noqa: UP031 - how some libraries do it
        pytest.param("{0}".format, id="format"),
        pytest.param(lambda url: url + "", id="addition"),
        pytest.param(lambda url: url.encode().decode(), id="bytes"),
        pytest.param(lambda url: repr(url)[1:-1], id="repr"),
        pytest.param(lambda url: json.loads(json.dumps(url)), id="JSON"),
    ],
)
def test_no_text_that_is_made_of_an_address_has_its_secrets(made: object) -> None:
    assert made(Address(WHOLE)) == SHOWN  # type: ignore[operator]


def test_an_address_is_told_from_another_by_its_secrets_and_keeps_them_on_every_way() -> None:
    one = Address(WHOLE)
    copies = [Address(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))]

    assert [each.unmasked() for each in copies] == [WHOLE] * 3
    counted = {one: 1}[WHOLE]  # type: ignore[index]
    assert (one == WHOLE, one == SHOWN, one != Address(SHOWN), counted) == (True, False, True, 1)


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        pytest.param("http:ada:pw@h.example/x", "http:***@h.example/x", id="without slashes"),
        pytest.param(
            "https://ghp@h.example/", "https://***@h.example/", id="a token before the host"
        ),
        pytest.param(
            "https://ada:p/w@h.example/", "https://***@h.example/", id="a password with a slash"
        ),
        pytest.param(
            "https://ada:p w@h.example/", "https://***@h.example/", id="a password with a space"
        ),
        pytest.param("ada:pw@h.example:11434", "***@h.example:11434", id="a host and port"),
        pytest.param(
            "postgresql+psycopg://ada:pw@h/news", "postgresql+psycopg://***@h/news", id="a database"
        ),
        pytest.param(
            "https://h.example/?X-Amz-Signature=ab",
            "https://h.example/?X-Amz-Signature=***",
            id="by a word of a name",
        ),
        pytest.param(
            "https://h.example/?accessToken=ab",
            "https://h.example/?accessToken=***",
            id="by a word in capitals",
        ),
        pytest.param(
            "https://h.example/#access_token=ab",
            "https://h.example/#access_token=***",
            id="in the fragment",
        ),
        pytest.param(
            "https://h.example/?f=9f86d081884c7d65", "https://h.example/?f=***", id="hexadecimal"
        ),
        pytest.param(
            "https://h.example/?f=mZ4k-Qr8vT_2xLp7", "https://h.example/?f=***", id="base 64"
        ),
        pytest.param(
            "https://h.example/?9f86d081884c7d65", "https://h.example/?***", id="without a name"
        ),
        pytest.param(
            "https://h.example/?u=https%3A%2F%2Fx.example%2F%3Fkey%3D1",
            "https://h.example/?u=***",
            id="one within",
        ),
    ],
)
def test_a_secret_is_known_by_its_place_its_name_or_its_looks(whole: str, shown: str) -> None:
    assert (str(Address(whole)), Address(whole).unmasked()) == (shown, whole)


@pytest.mark.parametrize(
    "url",
    [
        "https://medium.com/@ada/feed",
        "http://[::1]:8080/feed",
        "127.0.0.1:11434",
        "postgresql+psycopg://news@127.0.0.1/news",
        "sqlite:////srv/a@b/news.db",
        "mailto:ada@h.example",
        "https://h.example/rss?q=artificial-intelligence-2026&keywords=gpt4o-vs-claude",
        "https://news.google.com/rss/search?q=ai&hl=en-US&gl=US&ceid=US:en",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCbfYPyITQ-7l4upoX8nvctg",
        "https://h.example/feed?id=123456789012345678",
    ],
)
def test_what_is_no_secret_is_shown(url: str) -> None:
    assert (str(Address(url)), Address(url).has_secrets) == (url, False)


def test_credentials_are_told_from_what_only_looks_drawn_at_random() -> None:
    urls = (
        "https://h.example/?f=9f86d081884c7d65",
        "https://h.example/?key=9f86d081884c7d65",
        "https://ada:pw@h.example/",
    )

    assert [Address(url).has_credentials for url in urls] == [False, True, True]


def test_an_address_in_a_sentence_is_hidden_in_its_place() -> None:
    said = f"no feed at {WHOLE}: see 'https://h.example/?key=1'. (http://x.example/?sig=2)"

    assert masked("bad (http://ada:p w@h.example/)") == "bad (http://***@h.example/)"
    for sign in ":;,.)":
        assert (
            masked(f"none at http://127.0.0.1:9{sign} start it")
            == f"none at http://127.0.0.1:9{sign} start it"
        )
    public = "http://h.example:80 and http://[::1]:80 are down: ask ada@h.example"
    assert masked(public) == public
    assert (
        masked(said)
        == f"no feed at {SHOWN}: see 'https://h.example/?key=***'. (http://x.example/?sig=***)"
    )


def test_what_is_made_of_an_address_hides_the_same() -> None:
    made = (fetchable_url(Address(WHOLE)), canonical_url(Address(WHOLE)))

    assert [(str(each), isinstance(each, Address) and each.unmasked()) for each in made] == [
        (
            "https://lab.example/feed?page=2&token=***",
            "https://lab.example/feed?page=2&token=s3cret",
        )
    ] * 2
    assert host(Address(WHOLE)) == "lab.example"


def test_what_a_server_says_that_was_shown_a_secret_is_told_without_it() -> None:
    secrets = Address("https://ada:pa55word@h.example/feed?token=s3cret%21&key=7").secrets

    assert without_secrets("s3cret! and s3cret%21, pa55word, 7", secrets) == "… and …, …, 7"
    links = (
        "https://h.example/a?token=s3cret%21&p=1#c",
        "https://h.example/a?token=s3cret%21",
        "https://h.example/s3cret!/b",
        "https://h.example/a?token=***",
    )
    assert [link_without_secrets(link, secrets) for link in links] == [
        "https://h.example/a?p=1#c", "https://h.example/a", "https://h.example/…/b",
        "https://h.example/a",
    ]  # fmt: skip


def test_a_feed_is_told_without_the_secrets_that_it_was_asked_with() -> None:
    said = Entry(
        source_key="a",
        guid="https://h.example/1?token=s3cret",
        url="https://h.example/1?token=s3cret",
        title="For s3cret",
        summary='<a href="https://h.example/1?token=s3cret">more</a>',
    )
    feed = feed_without_secrets(
        Feed(title="s3cret", entries=(said,)), ["https://h.example/feed?token=s3cret"]
    )

    assert ("s3cret" in repr(feed), feed.entries[0].url) == (False, "https://h.example/1")
