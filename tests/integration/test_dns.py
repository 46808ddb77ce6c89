"""The DNS: what the real adapter and the fake both do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from aggregator.adapters.dns import DnsResolver
from aggregator.errors import DnsError
from aggregator.ports import DnsLookup
from tests.fakes import FakeNames
from tests.name_server import NameServer

LONG = "v=DKIM1; k=rsa; p=" + "A" * 400  # longer than one string of a record
RECORDS = {
    "news.example": ("v=spf1 -all", "another"),
    "key.news.example": (LONG,),
    "empty.example": (),
}


@pytest.fixture(params=["adapter", "fake"])
def names(request: pytest.FixtureRequest) -> Iterator[DnsLookup]:
    if request.param == "fake":
        yield FakeNames(RECORDS)
        return
    with NameServer(RECORDS) as server:
        yield DnsResolver(("127.0.0.1",), port=server.port)


@pytest.fixture(params=["adapter", "fake"])
def mute(request: pytest.FixtureRequest) -> Iterator[DnsLookup]:
    if request.param == "fake":
        yield FakeNames(None)
        return
    with NameServer(RECORDS, is_mute=True) as server:
        yield DnsResolver(("127.0.0.1",), port=server.port, timeout_s=0.3)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        pytest.param("news.example", {"v=spf1 -all", "another"}, id="several records"),
        pytest.param("key.news.example", {LONG}, id="one in two strings"),
        pytest.param("empty.example", set(), id="a name without such a record"),
        pytest.param("nowhere.example", set(), id="no such name"),
    ],
)
def test_the_texts_of_a_name_are_given(names: DnsLookup, name: str, texts: set[str]) -> None:
    assert set(asyncio.run(names.texts(name))) == texts


def test_no_answer_is_not_the_same_as_no_record(mute: DnsLookup) -> None:
    with pytest.raises(DnsError, match=r"news\.example"):
        asyncio.run(mute.texts("news.example"))


@pytest.mark.parametrize("name", ["", "a..b", "x" * 300])
def test_what_is_no_name_has_no_answer(name: str) -> None:
    ask: Callable[[], object] = lambda: asyncio.run(DnsResolver(("127.0.0.1",), port=9).texts(name))  # noqa: E731

    with pytest.raises(DnsError):
        ask()
