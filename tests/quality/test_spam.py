"""The mails look like no spam, by SpamAssassin's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.adapters.spamassassin import is_installed
from aggregator.digest.mail.letters import confirmation_letter, digest_letter
from tests.quality.mail import KEY, NOW, SUBSCRIBER, signing_key
from tests.quality.spam import MOST, score
from tests.unit.digest.makers import hostile_week, long_week, ordinary_week, quiet_week


def letters(folder: Path) -> Iterator[tuple[str, bytes]]:
    """One letter of each kind, signed."""
    settings = signing_key(folder).settings()
    weeks = {
        "ordinary": ordinary_week(),
        "quiet": quiet_week(),
        "long": long_week(),
        "hostile": hostile_week(3),
    }
    for name, stored in weeks.items():
        letter = digest_letter(stored, SUBSCRIBER, settings, KEY, NOW)
        assert letter is not None
        yield name, letter.content
    yield "confirmation", confirmation_letter(SUBSCRIBER, "t" * 43, settings, NOW).content


def test_no_mail_looks_like_spam(tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip("SpamAssassin is not installed: apt-get install spamassassin")

    scores = {name: score(content) for name, content in letters(tmp_path)}

    assert {name: told for name, told in scores.items() if told[0] > MOST} == {}


def test_spam_is_told_from_a_mail() -> None:
    if not is_installed():
        pytest.skip("SpamAssassin is not installed: apt-get install spamassassin")
    # its own test text
    gtube = (
        b"Subject:"
        b" x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"
    )

    assert score(gtube)[0] > 100
