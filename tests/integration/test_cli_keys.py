"""`keys init`: the keys that the mail needs, made once, and the DNS record to publish."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import dkim
import pytest

from aggregator.digest.mail.tokens import token_key
from tests.acceptance.house import House
from tests.integration.test_cli import result_of
from tests.requirements import OPENSSL

NAMED = '[email]\ndkim_domain = "news.example"\ndkim_selector = "s1"\n'


@pytest.fixture(autouse=True)
def _openssl() -> None:
    OPENSSL.needed()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, NAMED)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_missing_keys_are_made_once_and_a_signature_agrees_with_the_record_that_is_printed(
    house: House,
) -> None:
    folder = house.folder / "credentials"
    first = json.loads(result_of(house, "--json", "keys", "init")[1])
    made = contents(folder)
    again = json.loads(result_of(house, "--json", "keys", "init")[1])

    assert [(each["file"], each["made"]) for each in first["keys"]] == [
        ("tokens.key", True),
        ("dkim.pem", True),
    ]
    assert [each["made"] for each in again["keys"]] == [False, False]
    assert (contents(folder), sorted(made)) == (made, ["dkim.pem", "tokens.key"])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})
    assert (first["dns"]["type"], first["dns"]["name"], again["dns"]) == (
        "TXT",
        "s1._domainkey.news.example",
        first["dns"],
    )
    mail = b"From: a@news.example\r\nSubject: x\r\n\r\nHello.\r\n"
    signed = dkim.sign(mail, b"s1", b"news.example", made["dkim.pem"]) + mail
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: first["dns"]["value"].encode())


def test_the_text_names_the_folder_to_back_up_and_the_record(house: House) -> None:
    code, out, _ = result_of(house, "keys", "init")

    assert code == 0
    assert f"Back up {house.folder / 'credentials'}" in out
    assert " s1._domainkey.news.example\n" in out
    assert " v=DKIM1; k=rsa; p=" in out


def test_a_key_that_was_there_stays_and_the_settings_that_are_missing_are_named(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, "")
    key = token_key(house.folder / "credentials")
    _, out, _ = result_of(house, "keys", "init")

    assert token_key(house.folder / "credentials") == key
    assert "set email.dkim_selector and email.dkim_domain" in out


def test_a_damaged_key_is_an_error_that_says_what_to_do(house: House) -> None:
    result_of(house, "keys", "init")
    (house.folder / "credentials" / "dkim.pem").write_text("no key")

    code, out, err = result_of(house, "keys", "init")

    assert (code, out) == (1, "")
    assert "dkim.pem" in err
    assert "restore it" in err


def test_without_openssl_the_error_names_the_package(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    code, _, err = result_of(house, "keys", "init")

    assert (code, err.endswith(": apt-get install openssl\n")) == (1, True)
