"""The bars of a run on terminals of several widths."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from aggregator.cli.progress import Bars

NAME = "A headline that is as long as those of a site that has many of them tend to be"


@pytest.mark.parametrize("width", [72, 80, 120])
def test_the_counters_of_a_bar_are_whole_and_its_name_is_cut(width: int) -> None:
    out = io.StringIO()
    with Bars(Console(file=out, width=width, force_terminal=True)) as bars:
        bars.stage("articles", 12_345)
        bars.step(NAME)
        bars._progress.refresh()
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue()).replace("\r", "\n").splitlines()
    (line,) = {line for line in lines if "1/12345" in line and "A headline" in line} or {""}

    assert re.search(r"^articles .* 1/12345 0:\d\d:\d\d A ", line)
    assert len(line.rstrip()) <= width
