"""The styles of our mails beside what mail clients make of them."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aggregator.digest.mail.letters import confirmation_mail, edition_mail
from tests.unit.digest.makers import EMAIL, LINKS, SITE, long_week, ordinary_week, quiet_week

CLIENTS = {"gmail", "outlook-windows", "outlook-com", "outlook-macos", "apple-mail"}
SUPPORT = tomllib.loads(Path(__file__).with_name("mail_clients.toml").read_text("utf-8"))
_OF_LONGER = re.compile(r"(border|margin|padding)(?:-(?:top|right|bottom|left))?(?:-color)?|font")


class Styles(HTMLParser):
    """Which properties an inlined style sets on which elements, with the values."""

    def __init__(self, html: str) -> None:
        """Reads the mail."""
        super().__init__()
        self.found: set[tuple[str, str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps what the style of the element sets."""
        for rule in (dict(attrs).get("style") or "").split(";"):
            name, _, value = rule.partition(":")
            if name.strip():
                self.found.add((tag, _property(name.strip()), value.strip()))


def _property(name: str) -> str:
    """The name under which the table has a property."""
    if name.startswith("font-") and name != "font-variant-numeric":
        return "font"
    longer = _OF_LONGER.fullmatch(name)
    return longer[1] or name if longer else name


def mails() -> dict[str, str]:
    made = {
        name: edition_mail(week, LINKS, SITE, EMAIL)
        for name, week in (
            ("ordinary", ordinary_week()),
            ("quiet", quiet_week()),
            ("long", long_week()),
        )
    }
    html = {name: mail.html for name, mail in made.items() if mail}
    return html | {"confirmation": confirmation_mail("https://a.example/", SITE, EMAIL).html}


@pytest.mark.parametrize(("name", "html"), mails().items(), ids=list(mails()))
def test_no_style_is_used_where_a_mail_client_would_drop_what_matters(name: str, html: str) -> None:
    used = Styles(html).found
    unknown = {of for _, of, _ in used if of not in SUPPORT}
    lost = {(tag, of) for tag, of, _ in used if tag in SUPPORT.get(of, {}).get("never_on", ())}
    values = {
        (of, value)
        for _, of, value in used
        if value not in SUPPORT.get(of, {}).get("values", [value])
    }

    assert len(used) > 20
    assert (unknown, lost, values) == (set(), set(), set())


def test_of_every_style_that_a_client_drops_it_is_said_what_its_reader_misses() -> None:
    dropped = {name for name, of in SUPPORT.items() if CLIENTS & set(of)}

    assert {name for name in dropped if not SUPPORT[name].get("without")} == set()
    assert {name for name, of in SUPPORT.items() if not of["tested"]} == set()
