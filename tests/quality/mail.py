"""What mails hold where every text is hostile, and how fast they are made: `python -m
tests.quality.mail --json`.

Each message is checked as a mailbox provider would: List headers and Message-ID without encoded
words, DKIM over both List headers, line lengths, the size of the HTML, the subject as it reads when
decoded.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import dkim
from css_inline import CSSInliner

from aggregator.digest.mail.letters import MOST_HTML, digest_letter, edition_mail
from aggregator.digest.mail.message import header_text
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.subscriber import Consent, Subscriber, SubscriberStatus
from aggregator.domain.settings import Settings
from aggregator.errors import MailError
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import renderer
from tests.unit.digest.makers import EMAIL, LINKS, SITE, hostile_week, long_week, ordinary_week

NOW = datetime(2026, 7, 13, 6, 30, tzinfo=UTC)
KEY = b"k" * 32
MACHINE_READ = ("Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID")
SUBSCRIBER = Subscriber(
    id="abcdefghijkl",
    address="reader@mail.example",
    standing=SubscriberStatus.CONFIRMED,
    roles=(),
    topics=(),
    generation=2,
    created=NOW,
    consent=Consent(
        asked=NOW, network="192.0.2.0/24", form="https://news.example/", text_version="1"
    ),
)


@frozen
class SigningKey:
    """A fresh key: the folder with `dkim.pem`, and its DNS record."""

    folder: Path
    record: bytes

    def settings(self) -> Settings:
        """Settings that sign with it."""
        email = replace(
            EMAIL, dkim_domain="news.example", dkim_selector="week", credentials=str(self.folder)
        )
        return Settings(site=SITE, email=email)

    def dns(self, name: bytes, timeout: int = 5) -> bytes | None:
        """The record, for its own name only."""
        return self.record if name == b"week._domainkey.news.example." else None


def signing_key(folder: Path) -> SigningKey:
    """A key of 2,048 bits, made by openssl. Raises FileNotFoundError where that is not
    installed.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("openssl is not installed")
    path = folder / "dkim.pem"
    subprocess.run([openssl, "genrsa", "-out", path, "2048"], check=True, capture_output=True)
    public = subprocess.run(
        [openssl, "rsa", "-in", path, "-pubout"], check=True, capture_output=True, text=True
    ).stdout
    return SigningKey(
        folder=folder, record=b"v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1]).encode()
    )


def read(content: bytes) -> EmailMessage:
    """The message as a reader's program parses it."""
    message = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def part(content: bytes, kind: str) -> str:
    """The text or the HTML of a message."""
    found = read(content).get_body((kind,))
    return str(found.get_content()) if found else ""


def faults(content: bytes, key: SigningKey, subject: str) -> list[str]:
    """What is wrong with a message."""
    head, _, _ = content.partition(b"\r\n\r\n")
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", head).decode("ascii", "replace")
    fields = dict(line.partition(": ")[::2] for line in unfolded.split("\r\n"))
    signed = (
        fields.get("DKIM-Signature", "")
        .partition(" h=")[2]
        .partition(";")[0]
        .replace(" ", "")
        .split(":")
    )
    html = part(content, "html")
    checks: dict[str, Callable[[], bool]] = {
        "line ends": lambda: content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r"),
        "line over 998": lambda: max(map(len, content.split(b"\r\n"))) <= 998,
        "not ASCII": content.isascii,
        "encoded words": lambda: all("=?" not in fields.get(name, "=?") for name in MACHINE_READ),
        "header added": lambda: (
            not {"Bcc", "X-Evil"} & set(fields) and unfolded.count("\r\nSubject:") == 1
        ),
        "subject": lambda: read(content)["Subject"] == header_text(subject),
        "List headers not signed": lambda: (
            {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed)
        ),
        "DKIM": lambda: bool(dkim.verify(content, dnsfunc=key.dns)),
        "HTML too large": lambda: len(html.encode()) <= MOST_HTML,
        "HTML empty": lambda: SITE.title in html and SITE.title in part(content, "plain"),
        "link to leave": lambda: all(
            "/unsubscribe/abcdefghijkl.2." in part(content, kind) for kind in ("html", "plain")
        ),
        "link with another scheme": lambda: not re.search(r'href="(?!https?://)', html),
        "something remote": lambda: (
            not re.search(r"(?i)<(?:img|link|script|iframe|object)\b|url\(|@import", html)
        ),
    }
    return [name for name, is_held in checks.items() if not is_held()]


def report(editions: Iterable[StoredEdition], key: SigningKey) -> dict[str, object]:
    """What came of one letter an edition."""
    settings, found, wrong = key.settings(), Counter[str](), []
    built = largest = longest = 0
    seconds = 0.0
    for place, stored in enumerate(editions):
        started = time.perf_counter()
        try:
            letter = digest_letter(stored, SUBSCRIBER, settings, KEY, NOW)
        except (MailError, ValueError) as error:
            found["not built"] += 1
            wrong.append(f"{place}: {error}")
            continue
        seconds += time.perf_counter() - started
        mail = edition_mail(stored, LINKS, SITE, EMAIL)
        assert letter is not None
        assert mail is not None
        built += 1
        names = faults(letter.content, key, mail.subject)
        found.update(names)
        wrong += [f"{place}: {name}" for name in names]
        largest = max(largest, len(part(letter.content, "html").encode()))
        longest = max(longest, *map(len, letter.content.split(b"\r\n")))
    return {
        "built": built,
        "failures": sum(found.values()),
        "faults": dict(sorted(found.items())),
        "first": wrong[:5],
        "largest_html": largest,
        "longest_line": longest,
        "builds_per_s": round(built / seconds, 1) if seconds else None,
    }


def copies_per_s(key: SigningKey, copies: int) -> float:
    """Letters a second of one edition to many: it is set once, then filled in and signed for
    each.
    """
    stored, settings = ordinary_week(), key.settings()
    started = time.perf_counter()
    for number in range(copies):
        digest_letter(stored, replace(SUBSCRIBER, id=f"reader{number}"), settings, KEY, NOW)
    return round(copies / (time.perf_counter() - started), 1)


def times_css_inline(rounds: int = 20) -> float:
    """How many times as long setting a mail takes as css-inline alone takes on HTML of the same
    size.
    """
    inliner, style = (
        CSSInliner(load_remote_stylesheets=False),
        renderer(TEMPLATES / "email", "UTC")("style.css"),
    )
    ours = theirs = 0.0
    for number in range(rounds):
        stored = replace(long_week(12, 2), digest=f"round {number}")
        started = time.perf_counter()
        mail = edition_mail(stored, LINKS, SITE, EMAIL)
        ours += time.perf_counter() - started
        assert mail is not None
        bare = re.sub(r' style="[^"]*"', "", mail.html).replace(
            "</title>", f"</title><style>{style}</style>"
        )
        started = time.perf_counter()
        inliner.inline(bare)
        theirs += time.perf_counter() - started
    return round(ours / theirs, 2)


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--messages", type=int, default=1000, help="editions with hostile texts (default 1000)"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        key = signing_key(Path(folder))
        found = report((hostile_week(seed) for seed in range(options.messages)), key)
        found |= {"copies_per_s": copies_per_s(key, 200), "times_css_inline": times_css_inline()}
    print(json.dumps(found, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
