"""A web that grows and shrinks for twelve weeks: after each the site equals that of a full
build.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog

from tests.acceptance.growing import GrowingWeb, Seen


@pytest.fixture(autouse=True)
def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


def faults(web: GrowingWeb, weeks: int) -> dict[int, Seen]:
    """What was wrong, by week, after so many weeks."""
    seen = asyncio.run(web.lived(weeks))
    return {week: each for week, each in enumerate(seen, 1) if each.differing or each.dead}


@pytest.mark.timeout(300)
def test_after_each_of_twelve_weeks_the_site_is_that_of_a_build_from_nothing(
    tmp_path: Path,
) -> None:
    web = GrowingWeb(tmp_path, seed=2, events=4)

    assert faults(web, 12) == {}
    assert 2 <= len(web.editions) < 12  # some weeks have one, and some have nothing for it
    assert set(web.done) == {deed.__name__ for deed in web.deeds()}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
def test_so_it_is_in_any_world(tmp_path: Path, seed: int) -> None:
    assert faults(GrowingWeb(tmp_path, seed=seed, events=9), 16) == {}
