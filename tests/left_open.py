"""A plugin of pytest that finds what tests leave open: `-p tests.left_open --shuffled 1` runs files
and the tests in a file in an order that the number gives, and collects garbage after each test. A
connection or file that nobody closed then fails the test that opened it, by a warning.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffled", type=int, help="the number of the order")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A file's tests stay together, as they share what is made once for a file."""
    order = random.Random(config.getoption("shuffled"))
    files = {item.path: order.random() for item in items}
    items.sort(key=lambda item: (files[item.path], order.random()))


@pytest.fixture(autouse=True)
def _nothing_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of all fixtures of a test this begins first and ends last."""
    yield
    request.node.funcargs.clear()
    gc.collect()
