"""A source that does not allow quoting, from its table in config.toml to all that readers and
agents are shown of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mcp.client.client import Client

from aggregator.bootstrap import open_services
from aggregator.cli.app import aggregator
from aggregator.config.configuration import load
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.settings import EngineChoice
from aggregator.plugins.agents.server import agent_server
from aggregator.store.writing import analyses
from tests.integration.newsroom import BEST, LAST, SECOND, Newsroom, stored_stories
from tests.integration.stored import NOW

_NOTICE = "Oslo Post does not allow quoting; read it at the source."
_WRITTEN = "Halden has a month to name the books behind its model, an Oslo judge decided."
_SOURCE = '[[sources]]\nkey = "{key}"\nname = "{name}"\nurl = "https://{key}.example/feed"\n'
_CONFIG = """
[database]
url = "sqlite:///{database}"
[site]
base_url = "https://news.example"
output = "{folder}/site"
[analysis]
engine = "extractive"
"""


@pytest.fixture(scope="module")
def house(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Three stories told by rules, and a sentence that a model wrote on the second."""
    folder = tmp_path_factory.mktemp("house")
    path, ids = stored_stories(empty_database, folder)
    with Newsroom(folder, path, ids) as newsroom:
        newsroom.refreshed("http://127.0.0.1:1", engine=EngineChoice.EXTRACTIVE)
        _configure(newsroom, "")
        assert SECOND[1] in _site_text(newsroom)
        _configure(newsroom, "quoting = false")
        yield newsroom


def _configure(house: Newsroom, line: str) -> None:
    tables = (
        _SOURCE.format(key=key, name=name) + (line if key == "b" else "")
        for key, name in (("a", "Northern"), ("b", "Oslo Post"), ("c", "Chips"))
    )
    own = _CONFIG.format(database=house.path, folder=house.folder)
    (house.folder / "config.toml").write_text("\n".join((own, *tables)), "utf-8")


def _run(house: Newsroom, *arguments: str) -> str:
    done = CliRunner().invoke(
        aggregator, ["--config", str(house.folder / "config.toml"), *arguments]
    )
    assert done.exit_code == 0, done.output
    return done.output


def _site_text(house: Newsroom) -> str:
    """All files that `aggregator build` writes."""
    _run(house, "build")
    files = sorted((house.folder / "site").rglob("*"))
    return "\n".join(
        each.read_bytes().decode("utf-8", "replace") for each in files if each.is_file()
    )


def _write(house: Newsroom) -> None:
    """Has a model say in its own words what the second story's article says."""
    story = house.ids[1]
    with house.database.writing() as connection:
        told = analyses.analyses_of(connection, [story])[story]
        passage = f"{story}.1.1"
        hook = Claim(
            text=_WRITTEN,
            kind=ClaimKind.WRITTEN,
            citations=(Citation(passage=passage, quote=SECOND[1]),),
        )
        kept = replace(told.kept, hook=hook)
        analyses.save_analyses(connection, [replace(told, kept=kept)], told.rules)


def _of_second(text: str) -> list[str]:
    """The sentences of the article that may not be quoted, as far as a text has their words."""
    runs = [
        " ".join(words[start : start + 6])
        for sentence in SECOND[1:]
        for words in [sentence.split()]
        for start in range(len(words) - 5)
    ]
    return [run for run in runs if run in text]


def test_config_check_accepts_the_key_and_names_a_value_that_is_none(house: Newsroom) -> None:
    _run(house, "config", "check")
    _configure(house, 'quoting = "sometimes"')
    refused = CliRunner().invoke(
        aggregator, ["--config", str(house.folder / "config.toml"), "config", "check"]
    )
    _configure(house, "quoting = false")

    told = str(refused.exception)
    assert ("quoting" in told, "true or false" in told) == (True, True), told


def test_a_page_with_nothing_to_print_becomes_a_line(house: Newsroom) -> None:
    text = _site_text(house)
    pages = (house.folder / "site").glob("story/*/index.md")
    only_headlines = {
        page.parent.name[-12:]
        for page in pages
        if "Only the headline of this story can be shown" in page.read_text("utf-8")
    }

    assert (_of_second(text), SECOND[0] in text, BEST[1] in text, LAST[1] in text) == (
        [],
        True,
        True,
        True,
    )
    assert only_headlines == {house.ids[1]}


def test_a_written_sentence_opens_on_the_source_in_words(house: Newsroom, tmp_path: Path) -> None:
    with house.copied(tmp_path) as copy:
        _configure(copy, "quoting = false")
        _write(copy)
        _run(copy, "edition", "build", "--week", "2026-W27")
        text = _site_text(copy)
    (folder,) = (copy.folder / "site" / "story").glob(f"*{house.ids[1]}")
    told = json.loads((folder / "index.json").read_text("utf-8"))
    (citation,) = told["hook"]["citations"]
    page, markdown = ((folder / name).read_text("utf-8") for name in ("index.html", "index.md"))

    assert (_of_second(text), _WRITTEN.rstrip(".") in text) == ([], True)
    assert (citation["notice"], "quote" in citation) == (_NOTICE, False)
    assert f'<p>{_NOTICE}</p>\n<p><a href="https://b.example/' in page
    assert f"[^1]: {_NOTICE} [Oslo Post](https://b.example/" in markdown
    edition = (copy.folder / "site" / "week" / "2026-W27" / "index.html").read_text("utf-8")
    assert (_WRITTEN.rstrip(".") in edition, _NOTICE in edition) == (True, True)


def test_agents_and_questions_are_given_source_date_and_address(house: Newsroom) -> None:
    asked = ("Which books did Halden use?", "Halden judge Oslo books")

    answers = [_run(house, "ask", asked[0]), _run(house, "search", asked[1])]
    found = asyncio.run(
        _called(
            house,
            ("search", {"words": asked[1]}),
            ("check_claim", {"claim": SECOND[1]}),
            ("changed_since", {"since": "2026-07-01T00:00:00Z"}),
            ("story", {"story_id": house.ids[1]}),
        )
    )

    assert [_of_second(text) for text in answers] == [[], []]
    assert all(_NOTICE in text and "https://b.example/" in text for text in answers)
    facts = [fact for answer in found[:2] for fact in answer["facts"]]
    assert {(fact["quote"], fact["notice"]) for fact in facts if fact["source"] == "Oslo Post"} == {
        ("", _NOTICE)
    }
    assert _of_second(json.dumps([answer for answer in found if answer is not found[1]])) == []
    assert found[1]["verdict"] == "supported"


async def _called(house: Newsroom, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    async with (
        open_services(load(house.folder / "config.toml", {}), NOW) as services,
        Client(agent_server(services, "1.0")) as client,
    ):
        return [(await client.call_tool(*call)).structured_content for call in calls]
