"""What many tests begin with, made once: the web of the seed story, and a house that has read
it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.house import SEED, Begun
from tests.servers import MiniWeb


@pytest.fixture(scope="session")
def seed_web() -> Iterator[MiniWeb]:
    """The web of the seed story. Many tests ask it, none changes it."""
    with MiniWeb(SEED) as web:
        yield web


@pytest.fixture(scope="session")
def begun(seed_web: MiniWeb, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A house that has read that web. Tests look at it; who changes one takes a copy."""
    return Begun.reading(tmp_path_factory.mktemp("begun"), seed_web)
