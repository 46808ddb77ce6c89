"""Hostile documents, servers and markup in small; the large runs are the scripts'."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.loaded import read_as_the_program_does
from tests.quality import hostile, hostile_servers
from tests.requirements import CHROMIUM

DATA = Path(__file__).parents[3] / "shared" / "corpus"
RSS = (
    b'<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>%s</channel></rss>'
)
ITEM = (
    b"<item><title>One</title><link>https://a.example/1</link><description>x</description></item>"
)
VECTORS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href=java&#10;script:alert(1)>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>x</mi></math>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    '"><details open ontoggle=alert(1)>',
    "</title><script>alert(1)</script>",
)


def test_bombs_and_their_mutations_crash_nothing_and_take_no_time(tmp_path: Path) -> None:
    lol = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
    bombs = {
        "laughs.xml": b'<!DOCTYPE rss [<!ENTITY l0 "lol">'
        + lol
        + b"]>"
        + RSS % b"<item><title>&l9;</title></item>",
        "outside.xml": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + RSS % b"<item><title>&x;</title></item>",
        "deep.xml": RSS % (b"<b>" * 20_000),
        "many.xml": RSS % (ITEM * 4_000),
        "crowded.xml": RSS % (b"<item %s/>" % b" ".join(b'a%d="1"' % n for n in range(20_000))),
        "plain.xml": RSS % ITEM,
    }
    for name, body in bombs.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "packed.xml.gz").write_bytes(gzip.compress(b"\0" * 50_000_000))
    with pytest.MonkeyPatch.context() as patch:
        read_as_the_program_does(patch)
        found = hostile.report(tmp_path, mutations=150)

    assert (found["documents"], found["mutations"], found["crashed"], found["over_limit"]) == (
        7,
        150,
        [],
        0,
    )
    assert 0 < found["worker_mb"] < 300


@pytest.mark.skipif(CHROMIUM.path() is None, reason=CHROMIUM.reason)
def test_what_would_run_is_counted_and_none_of_it_is_on_our_pages(tmp_path: Path) -> None:
    for n, vector in enumerate(VECTORS):
        (tmp_path / f"{n}.html").write_text(f"<!doctype html><title>x</title>{vector}", "utf-8")

    assert hostile.pages_that_ran(tmp_path) == len(VECTORS)
    assert hostile.executed(VECTORS) == 0


@pytest.mark.skipif(not (DATA / "hostile").is_dir(), reason=f"no hostile documents at {DATA}")
@pytest.mark.parametrize("mutations", [10, pytest.param(50, marks=pytest.mark.whole)])
def test_the_bombs_of_the_corpus_crash_nothing(mutations: int) -> None:
    found = hostile.report(DATA / "hostile" / "xml-bombs", mutations=mutations)

    assert (found["crashed"], found["over_limit"], found["executed"]) == ([], 0, 0)


def test_hostile_servers_end_in_time_and_cost_the_good_feeds_nothing() -> None:
    found = hostile_servers.report(hostile=len(hostile_servers.KINDS), good=40, timeout_s=10)

    assert (found["good_read"], found["hostile_failed"]) == (40, len(hostile_servers.KINDS))
    assert found["good_beside_s"] < found["slowest_hostile_s"] < 15
    assert found["growth_mb"] < 64


def test_a_vector_may_hold_any_separator_of_lines(tmp_path: Path) -> None:
    payload = "<b>\u2028\x85</b>"
    text = json.dumps({"payload": payload}, ensure_ascii=False)
    (tmp_path / "vectors.jsonl").write_text(f"{text}\n", "utf-8")

    assert list(hostile.vectors_in(tmp_path)) == [payload]
