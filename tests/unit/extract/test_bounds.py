"""What is refused before it is parsed, and what of the real web must not be."""

from __future__ import annotations

import time

import pytest

from aggregator.extract.markup import MAX_BYTES, MAX_TAGS, bounded, excess

MANY = b" ".join(b'a%d="1"' % n for n in range(1_200))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            b"<div %s>" % MANY,
            "not read: a tag with more than 1,000 attributes",
            id="attributes without end",
        ),
        pytest.param(
            b"<div %s" % MANY,
            "not read: a tag with more than 1,000 attributes",
            id="and without the end of the tag",
        ),
        pytest.param(
            b"<div %s>" % b" ".join(b"a%d" % n for n in range(9_000)),
            "not read: a tag with more than 1,000 attributes",
            id="without values",
        ),
        pytest.param(
            b'<img src="data:image/png;base64,%s">' % (b"QUJD" * 80_000),
            None,
            id="a picture in an attribute",
        ),
        pytest.param(
            b"<div data-props='%s'>" % (b'{"a": 1, "b": "c = d"} ' * 20_000),
            None,
            id="JSON in an attribute",
        ),
        pytest.param(b"<p>a < b and so on</p>" * 20_000, None, id="a long page"),
    ],
)
def test_only_what_no_publisher_writes_is_refused(body: bytes, reason: str | None) -> None:
    assert excess(body) == reason


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(b"<p>a</p>" * 10_000, 80_000, id="a page as pages are"),
        pytest.param(b"<p>" * 100_000, 3 * MAX_TAGS, id="tags without end"),
        pytest.param(b"a" * 5_000_000, MAX_BYTES, id="text without end"),
    ],
)
def test_a_page_is_cut_behind_what_no_publisher_writes(body: bytes, kept: int) -> None:
    assert bounded(body) == body[:kept]


@pytest.mark.parametrize("piece", [b"<", b"<a", b'<a "', b"<a '\"", b"<a b=", b" "], ids=repr)
def test_looking_takes_time_that_grows_as_the_page_does(piece: bytes) -> None:
    began = time.process_time()
    excess(piece * (4_000_000 // len(piece)))

    assert time.process_time() - began < 2
