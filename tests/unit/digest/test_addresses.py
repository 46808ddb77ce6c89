"""Which addresses we write to, and when two are the same."""

from __future__ import annotations

import pytest

from aggregator.digest.mail.addresses import checked_address, comparable, mailbox
from aggregator.errors import MailError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("reader@Example.ORG", "reader@example.org", id="domain in small letters"),
        pytest.param(
            "  a.b+c@exämple.de ", "a.b+c@xn--exmple-cua.de", id="domain in ASCII, spaces forgiven"
        ),
        pytest.param("O'Brien@example.org", "O'Brien@example.org", id="case before the @ kept"),
    ],
)
def test_an_address_is_kept_as_an_envelope_takes_it(written: str, kept: str) -> None:
    assert checked_address(written) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "no email address given"),
        ("reader", "@-sign"),
        ("a@b", "period"),
        ("a@localhost", "not valid"),
        ("a@e.org\r\nBcc: b@e.org", "line break"),
        ("a@e.org\n", "line break"),
        ("a\x00@e.org", "control"),
        ("a\u202e@e.org", "control"),
        ("a\u2028b@e.org", "not an email address"),
        ("a@e.org,b@e.org", "invalid characters"),
        ("A <a@e.org>", "angle brackets"),
        ('"a b"@e.org', "Quoting"),
        ("é@e.org", "Internationalized"),
        ("a@[192.0.2.1]", "bracketed"),
        ("a" * 65 + "@e.org", "too long"),
        ("a" * 10_000 + "@e.org", "longer than 254"),
        ("a@" + "b." * 150 + "org", "longer than 254"),
        ("a@\ud800.org", "control"),
    ],
)
def test_what_is_no_address_is_refused_in_one_short_line(written: str, why: str) -> None:
    with pytest.raises(MailError) as refused:
        checked_address(written)

    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250


def test_spellings_of_one_address_are_equal() -> None:
    spellings = (
        "reader@exämple.de",
        "READER@EXÄMPLE.DE",
        "Reader@xn--exmple-cua.de",
        "reader@exa\u0308mple.de",
    )

    assert {comparable(spelling) for spelling in spellings} == {"reader@xn--exmple-cua.de"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("Reader+news@Example.org", "reader@example.org", id="a tag"),
        pytest.param("a+b+c@example.org", "a@example.org", id="two tags"),
        pytest.param("+news@example.org", "+news@example.org", id="nothing but a tag"),
        pytest.param(
            "r.e.ader+x@googlemail.com", "reader@gmail.com", id="dots where they are ignored"
        ),
        pytest.param("r.eader@example.org", "r.eader@example.org", id="dots where they may count"),
    ],
)
def test_a_mailbox_is_known_by_what_its_addresses_have_in_common(
    address: str, expected: str
) -> None:
    assert mailbox(address) == expected
