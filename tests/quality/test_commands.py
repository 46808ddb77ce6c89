"""Every documented measuring command starts, and one of the tests runs it on a tiny input."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from tests.quality import hostile, hostile_servers

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"(?:python -m |`)((?:bench|tests\.quality)(?:\.[a-z_]+)*)\b")
# Which test runs what a command does; the two at the end of this module are run here.
RUN_BY = {
    "bench.cluster": "tests/quality/test_cluster_bench.py",
    "bench.parse": "tests/integration/test_bench.py",
    "bench.refresh": "tests/integration/test_bench.py",
    "bench.site": "tests/integration/test_bench.py",
    "tests.quality.citations": "tests/acceptance/test_refresh.py",
    "tests.quality.clusters": "tests/quality/test_clusters.py",
    "tests.quality.entities": "tests/quality/test_entities.py",
    "tests.quality.extraction": "tests/quality/test_extraction.py",
    "tests.quality.feeds": "tests/quality/test_feeds.py",
    "tests.quality.grounding": "tests/quality/test_grounding.py",
    "tests.quality.hostile": "tests/quality/test_commands.py",
    "tests.quality.hostile_servers": "tests/quality/test_commands.py",
    "tests.quality.injection": "tests/quality/test_injection.py",
    "tests.quality.mail": "tests/quality/test_spam.py",
    "tests.quality.planted": "tests/quality/test_grounding.py",
    "tests.quality.search": "tests/quality/test_search.py",
    "tests.quality.site": "tests/quality/test_site.py",
    "tests.quality.timelines": "tests/quality/test_timelines.py",
}
# Even their smallest run needs minutes, a model or judged data: here they are only started.
STARTED = {
    "bench",
    "bench.extract",
    "bench.search",
    "bench.sending",
    "bench.workers",
    "tests.quality.models",
    "tests.quality.votes",
    "tests.quality.weights",
}


def _documented() -> set[str]:
    """The modules that README, docs and Makefile name as commands."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "Makefile"]
    return {name for file in files for name in _NAMED.findall(file.read_text("utf-8"))}


@contextmanager
def _called(*words: str) -> Iterator[None]:
    kept, sys.argv = sys.argv, ["command", *words]
    try:
        yield
    finally:
        sys.argv = kept
        structlog.reset_defaults()


def test_every_documented_command_is_run_by_a_test() -> None:
    assert _documented() <= RUN_BY.keys() | STARTED
    for name, test in RUN_BY.items():
        assert re.search(rf"\b{name.rpartition('.')[2]}\b", (ROOT / test).read_text("utf-8")), f"{test} does not run {name}"


@pytest.mark.parametrize("name", sorted(_documented()))
def test_a_documented_command_starts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    is_package = (ROOT / name.replace(".", "/")).is_dir()
    module = importlib.import_module(f"{name}.__main__" if is_package else name)
    with _called("--help"), pytest.raises(SystemExit) as ended:
        module.main()

    assert (ended.value.code, capsys.readouterr().out[:6]) == (0, "usage:")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_hostile_documents_are_told_as_json_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.xml").write_bytes(b"<rss version='2.0'><channel><title>t</title></channel></rss>")
    with _called("--data", str(tmp_path), "--mutations", "1", "--json"):
        hostile.main()
    found = json.loads(capsys.readouterr().out)

    assert (found["documents"], found["mutations"], found["crashes"], found["slow"]) == (1, 1, 0, {})


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and needs all of 127.0.0.0/8")
def test_hostile_servers_are_told_as_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with _called("--hostile", "1", "--good", "1", "--json"):
        hostile_servers.main()
    found = json.loads(capsys.readouterr().out)

    assert (found["good_read"], found["hostile_failed"]) == (1, 1)
