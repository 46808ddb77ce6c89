"""`aggregator refresh` as a process with a model: our Ollama behind the real client, the captured
seed story before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.house import SEED, House
from tests.ollama_api import Trouble
from tests.ollama_models import agreeing, shortening_writer
from tests.ollama_server import OllamaServer
from tests.quality.citations import claims_in, counted
from tests.servers import MiniWeb

MODEL = "qwen3:4b-instruct"
LATER = "2026-07-06T07:00Z"


def house_with(
    folder: Path, web: MiniWeb, host: str, *, engine: str = "ollama", timeout_s: float = 20
) -> House:
    """A house that has a model at an address, which also judges."""
    served = f'[analysis.ollama]\nhost = "{host}"\nmodel = "{MODEL}"\ntimeout_s = {timeout_s}\n'
    analysis = f'[analysis]\nengine = "{engine}"\n{served}[analysis.judge]\nthreshold = 0.5\n'
    return House(folder, f"{analysis}{web.sources_toml()}")


@pytest.fixture(scope="module")
def web() -> Iterator[MiniWeb]:
    with MiniWeb(SEED) as serving:
        yield serving


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaServer]:
    with OllamaServer(agreeing(shortening_writer)) as serving:
        yield serving


@pytest.fixture(scope="module")
def first(
    web: MiniWeb, server: OllamaServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[House, dict[str, Any]]:
    """A house after its first refresh, and the report of that."""
    house = house_with(tmp_path_factory.mktemp("model"), web, server.url)
    return house, house.refreshed("--all")


def bad_claims(house: House) -> dict[str, int]:
    """What does not hold of the claims of a site, counted by kind; nothing where all hold."""
    counts = counted(house.site, house.folder / "aggregator.db")
    assert (counts["stories"] > 0, counts["claims"] > 20) == (True, True)
    return {name: count for name, count in counts.items() if name.startswith("bad_") and count}


def test_the_report_names_the_model_and_what_it_cost(
    first: tuple[House, dict[str, Any]], server: OllamaServer
) -> None:
    _, report = first

    assert (report["engine"], report["failures"]) == (f"ollama ({MODEL})", [])
    written = [call for call in server.calls if call.schema is not None]  # the others are judged
    assert report["tokens"]["prompt"] == sum(call.prompt_tokens for call in written) > 0


def test_every_claim_cites_a_passage_that_holds_its_quote(
    first: tuple[House, dict[str, Any]],
) -> None:
    assert bad_claims(first[0]) == {}


def test_a_story_tells_which_of_its_claims_were_written_and_which_copied(
    first: tuple[House, dict[str, Any]],
) -> None:
    for story in first[0].stories():
        provenance, kinds = (
            story["provenance"],
            Counter(claim["kind"] for claim in claims_in(story)),
        )

        by = (provenance["engine"], provenance.get("model"))
        assert by == ("ollama", MODEL) or (
            by == ("extractive", None) and not kinds["written"] + kinds["inferred"]
        )
        assert {kind: provenance[kind] for kind in kinds} == dict(kinds)


def test_the_site_says_that_a_model_writes(first: tuple[House, dict[str, Any]]) -> None:
    about = (first[0].site / "about" / "index.html").read_text("utf-8")

    assert (
        "No language model writes anything" in about,
        f"A language model ({MODEL})" in about,
    ) == (False, True)


def test_the_story_of_several_sources_has_what_a_model_wrote(
    first: tuple[House, dict[str, Any]],
) -> None:
    story = next(story for story in first[0].stories() if len(story["sources"]) > 1)

    assert "written" in {claim["kind"] for claim in claims_in(story)}


def test_a_refresh_with_nothing_new_asks_the_model_nothing(
    first: tuple[House, dict[str, Any]], server: OllamaServer
) -> None:
    house, _ = first
    asked, before = len(server.calls), house.files()
    house.refreshed("--all", now=LATER)

    assert (len(server.calls) - asked, house.files() == before) == (0, True)


@pytest.mark.parametrize(
    "trouble",
    [Trouble.HUNG, Trouble.GARBAGE, Trouble.OLD_VERSION],
    ids=["hung", "garbage", "old version"],
)
def test_a_server_that_is_broken_ends_in_a_whole_site_and_a_remedy(
    web: MiniWeb, tmp_path: Path, trouble: Trouble
) -> None:
    with OllamaServer(shortening_writer) as broken:
        broken.misbehave(trouble)
        house = house_with(tmp_path, web, broken.url, timeout_s=0.5)
        report = house.refreshed("--all")

    assert [
        (each["source"], each["stage"], "; " in each["reason"]) for each in report["failures"]
    ] == [("ollama", "analysis", True)]
    assert ({story["provenance"]["engine"] for story in house.stories()}, bad_claims(house)) == (
        {"extractive"},
        {},
    )


def test_a_server_that_is_not_there_is_told_to_a_person_with_what_to_do(
    web: MiniWeb, tmp_path: Path
) -> None:
    done = house_with(tmp_path, web, "http://127.0.0.1:9").run("refresh", "--all", "--now", LATER)

    assert done.returncode == 0
    assert "ollama serve" in done.stdout + done.stderr
