"""Every documented measuring command starts, and one of the tests runs it on a tiny input."""

from __future__ import annotations

import gzip
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from aggregator.store.database import Database
from bench import extract, sending
from tests.acceptance.house import SEED, House
from tests.integration.stored import NOW, article, placed
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer
from tests.quality import costs, hostile, hostile_servers, models, sections

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"(?:python -m |`)((?:bench|tests\.quality)(?:\.[a-z_]+)*)\b")
# Which test runs what a command does; small runs of those that have no other are at the end of this
# module.
RUN_BY = {
    "tests.quality.catalogues": "tests/quality/test_catalogue_readings.py",
    "bench.budget": "tests/integration/test_bench.py",
    "bench.cluster": "tests/quality/test_cluster_bench.py",
    "bench.extract": "tests/quality/test_commands.py",
    "bench.parse": "tests/integration/test_bench.py",
    "bench.refresh": "tests/integration/test_bench.py",
    "bench.sending": "tests/quality/test_commands.py",
    "bench.site": "tests/integration/test_bench.py",
    "tests.quality.ablate": "tests/quality/test_ablate.py",
    "tests.quality.admission": "tests/unit/extract/test_admission.py",
    "tests.quality.checked": "tests/quality/test_checked.py",
    "tests.quality.checks": "tests/quality/test_checks.py",
    "tests.quality.citations": "tests/acceptance/test_refresh.py",
    "tests.quality.claims": "tests/quality/test_claims.py",
    "tests.quality.clusters": "tests/quality/test_clusters.py",
    "tests.quality.costs": "tests/quality/test_commands.py",
    "tests.quality.entities": "tests/quality/test_entities.py",
    "tests.quality.extraction": "tests/quality/test_extraction.py",
    "tests.quality.feeds": "tests/quality/test_feeds.py",
    "tests.quality.grounding": "tests/quality/test_grounding.py",
    "tests.quality.hostile": "tests/quality/test_commands.py",
    "tests.quality.hostile_servers": "tests/quality/test_commands.py",
    "tests.quality.injection": "tests/quality/test_injection.py",
    "tests.quality.mail": "tests/quality/test_spam.py",
    "tests.quality.models": "tests/quality/test_commands.py",
    "tests.quality.newsletters": "tests/quality/test_newsletters.py",
    "tests.quality.opened": "tests/quality/test_opened.py",
    "tests.quality.planted": "tests/quality/test_planted.py",
    "tests.quality.ranking": "tests/quality/test_ranking.py",
    "tests.quality.search": "tests/quality/test_search.py",
    "tests.quality.sections": "tests/quality/test_commands.py",
    "tests.quality.site": "tests/quality/test_site.py",
    "tests.quality.strong_writer": "tests/quality/test_strong_writer.py",
    "tests.quality.subjects": "tests/quality/test_subjects.py",
    "tests.quality.timelines": "tests/quality/test_timelines.py",
}
# Here they are only started: their smallest runs take more than three CPU seconds, or a network.
STARTED = {
    "bench": "its peer is installed from a registry, and its rounds take a minute",
    "bench.search": "its peers are installed from a registry, and asked by node",
    "tests.quality.choosing": "its labels are of articles in a database of the captured web",
    "tests.quality.predictions": "its labels are of articles in a database of the captured web",
    "tests.quality.questions": "its labels are of the demo's world and of the captured web",
    "tests.quality.alarm": "its scripted judges take a minute",
    "tests.quality.cells": "its scripted judges take ten CPU seconds",
    "tests.quality.thresholds": "its scripted judges take a minute",
    "bench.workers": "a PostgreSQL server and three workers take 6.6 CPU seconds, of one story",
}


def _documented() -> set[str]:
    """The modules that README, docs and Makefile name as commands."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "Makefile"]
    return {name for file in files for name in _NAMED.findall(file.read_text("utf-8"))}


@contextmanager
def _called(*words: str) -> Iterator[None]:
    kept, sys.argv = sys.argv, ["command", *words]
    try:
        yield
    finally:
        sys.argv = kept


def test_every_documented_command_is_run_by_a_test() -> None:
    assert _documented() <= RUN_BY.keys() | STARTED.keys()
    for name, test in RUN_BY.items():
        assert re.search(rf"\b{name.rpartition('.')[2]}\b", (ROOT / test).read_text("utf-8")), (
            f"{test} does not run {name}"
        )


@pytest.mark.parametrize("name", sorted(_documented()))
def test_a_documented_command_starts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    is_package = (ROOT / name.replace(".", "/")).is_dir()
    module = importlib.import_module(f"{name}.__main__" if is_package else name)
    with _called("--help"), pytest.raises(SystemExit) as ended:
        module.main()

    assert (ended.value.code, capsys.readouterr().out[:6]) == (0, "usage:")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_hostile_documents_are_told_as_json_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.xml").write_bytes(
        b"<rss version='2.0'><channel><title>t</title></channel></rss>"
    )
    with _called("--data", str(tmp_path), "--mutations", "1", "--json"):
        hostile.main()
    found = json.loads(capsys.readouterr().out)

    assert (found["documents"], found["mutations"], found["crashes"], found["slow"]) == (
        1,
        1,
        0,
        {},
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and needs all of 127.0.0.0/8")
def test_hostile_servers_are_told_as_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with _called("--hostile", "1", "--good", "1", "--json"):
        hostile_servers.main()
    found = json.loads(capsys.readouterr().out)

    assert (found["good_read"], found["hostile_failed"]) == (1, 1)


_HEARD = (
    (
        "The laboratory in Ferrow said on Monday that its new model answers 40 of 50 questions"
        " correctly."
    ),
    (
        "Developers can download the weights from Tuesday on, under a licence that allows"
        " commercial use."
    ),
    "The company trained it for six weeks on 900 processors, which cost 2 million dollars.",
    "Its rival Northwind has announced a smaller model, which will be published in autumn.",
    "Engineers welcomed the release and asked for a paper about the data it learnt from.",
    "The laboratory was founded in 2019 and has 80 employees, most of them in Ferrow.",
)


def _written(
    command: Callable[[], object], capsys: pytest.CaptureFixture[str], *words: object
) -> dict[str, Any]:
    """The one JSON object that a command writes on stdout."""
    with _called(*(str(word) for word in words)):
        command()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_model_is_measured_as_json_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OllamaServer(extractive_writer) as model:
        house = _of_model(tmp_path, model)
        with closing(Database(house.database)) as database:
            database.upgrade(NOW)
            with database.writing() as connection:
                placed(
                    connection,
                    article(
                        "Laboratory opens a model",
                        *(f"{n}. {each}" for n in range(9) for each in _HEARD),
                    ),
                )
        found = _written(
            models.main, capsys, "--config", house.folder / "config.toml", "--stories", 1, "--json"
        )

    assert (found["stories"], found["untold"], found["failures"]) == (1, 0, [])
    assert found["kept"] > 0


def test_every_section_has_its_share_of_all_pages_and_of_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = _written(sections.main, capsys, "--data", SEED, "--feeds", 3, "--json")

    assert found["all"].keys() == found["top50"].keys() == set(sections.KEYS)
    assert found["all"]["hook"] > found["bare"]["all"]
    assert found["by_engine"] == {"extractive": found["pages"]}


def test_the_cost_of_a_story_is_what_the_server_of_the_model_saw(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = _written(costs.main, capsys, "--data", SEED, "--stories", 1, "--json")

    assert found["stories"] == 1
    assert (found["tokens"]["read"], found["tokens"]["written"]) == (
        found["report"]["prompt"],
        found["report"]["completion"],
    )
    assert found["per_story"]["read"] > found["per_story"]["evaluated"] > 0
    assert 0 < found["calls"]["judging"] < 100  # the story's sentences; a calibration asks 1,200


def test_a_send_of_two_messages_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    found = _written(sending.main, capsys, "--messages", 2, "--rounds", 1)

    assert (found["messages"], found["rounds"]) == (2, 1)
    assert (
        min(
            found[name]
            for name in ("bare_per_s", "sent_per_s", "safe_per_s", "share_sent", "share_safe")
        )
        > 0
    )


def test_the_reading_of_two_pages_is_scored_and_timed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in _HEARD)
    page = (
        f"<html><head><title>T</title></head><body><h1>T</h1><article>{paragraphs}</article>"
        f"</body></html>"
    )
    one, other = tmp_path / "article-extraction-benchmark", tmp_path / "fundus"
    (one / "html").mkdir(parents=True)
    (one / "html" / "a.html.gz").write_bytes(gzip.compress(page.encode()))
    (one / "ground-truth.json").write_text(
        json.dumps({"a": {"articleBody": "\n".join(_HEARD), "url": "https://a.example/1"}})
    )
    (other / "uk").mkdir(parents=True)
    (other / "uk" / "b.html").write_text(page)
    said = {"body": {"summary": [], "sections": [{"paragraphs": _HEARD}]}}
    (other / "uk" / "B.json").write_text(json.dumps({"1": said}))
    row = {
        "country": "uk",
        "publisher": "B",
        "file": "b.html",
        "url": "https://b.example/1",
        "gold_version": "1",
    }
    (other / "index.json").write_text(json.dumps([row]))

    found = _written(
        extract.main, capsys, "--pages", tmp_path, "--rounds", 1, "--sites", 2, "--site-pages", 27
    )

    assert {name: told["ours"]["f1"] for name, told in found["first sight"].items()} == {
        one.name: 1.0,
        other.name: 1.0,
    }
    assert (found["known publishers"]["sites"], found["known publishers"]["pages"]) == (2, 4)
    assert found["ratios"].keys() > {"known publishers: trafilatura's CPU / ours"}


def _of_model(folder: Path, model: OllamaServer) -> House:
    """A house whose stories this model tells."""
    return House(
        folder / "house",
        f'[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost = "{model.url}"\n',
    )
