"""Plays the frozen pages of a strong writer through the product: `python -m
tests.quality.strong_writer --data CAPTURE --json`.

CAPTURE is a captured web; the pages are those of tests/corpus/strong_writer of whose stories it has
the articles. A page is played on the story that now holds most of its passages, with the facts and
sentences that rest on articles of that story: `elsewhere` counts the other sentences. The product
reads the capture by rules, then writes these stories with a model behind the tests' Ollama, which
gives the frozen facts and sentences, repeats what is refused, and judges by the labels. Prints the
share of the true sentences that stand on the pages as they were written, the refused ones with the
reason, false ones that were printed, sections that the rules alone filled and the page lacks, how
many pages have implications, two rows of a timeline, a comparison and a specification, and of the
pages whose facts have two days or months, which have two rows. `--house FOLDER` takes a house that
has read the capture, and copies it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.config.configuration import load
from aggregator.domain.claim import Analysis, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import (
    DatabaseSettings,
    EngineChoice,
    JudgeSettings,
    OllamaSettings,
    Settings,
)
from aggregator.domain.story import Story
from aggregator.log import set_up_log
from aggregator.ports import ModelEngine, Prompt, Reply
from aggregator.services import Services, Tally
from aggregator.site.stage.publish import publish_stage
from aggregator.store import schema
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.writing import analyses
from aggregator.story.evidence import plain_text
from aggregator.story.material import Material
from aggregator.story.page.question import Fitness
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import Gates, archive_casing, with_texts
from aggregator.story.stage.judging import judged_engine
from aggregator.story.stage.model_analysis import material_for, model_pass
from aggregator.story.stage.places import EveryPlace
from aggregator.story.writer import Writer, refused_of
from tests.acceptance.house import House
from tests.integration.newsroom import Silent
from tests.ollama_server import OllamaServer
from tests.quality.costs import counted
from tests.quality.sections import sections_of
from tests.quality.site.captured import captured_house
from tests.quality.strong_pages import Line, Page, StrongWriter, frozen_pages, path_of, spoken

_NOW = datetime(2026, 9, 1, 7, tzinfo=UTC)
_MODEL = "qwen3:4b"
_OURS = frozenset({ClaimKind.WRITTEN, ClaimKind.INFERRED})
_COUNTED = ("implications", "comparison", "specification", "mechanism", "takeaways")


@frozen
class Played:
    """One page after the product: its story's twin before and after, why each sentence that is not
    printed as written was refused, the facts that were noted, and the tokens a story of all pages.
    `elsewhere` are the sentences of the page that rest on articles of other stories.
    """

    page: Page
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    missing: tuple[tuple[Line, str], ...]
    noted: int
    elsewhere: int
    spent: Mapping[str, float]

    @property
    def lost(self) -> list[str]:
        """Sections that rules alone filled and the page lacks."""
        return sorted(sections_of(self.before) - sections_of(self.after))


def played(house: House) -> list[Played]:
    """The pages whose stories a house has, after the model wrote them."""
    return asyncio.run(_played(house))


def report(found: Sequence[Played]) -> dict[str, Any]:
    """What the product printed of the pages."""
    by_kind: dict[str, list[Played]] = {}
    for each in found:
        by_kind.setdefault(each.page.kind, []).append(each)
    refused = Counter(why for each in found for line, why in each.missing if line.is_true)
    return {
        "stories": len(found),
        **_shares(found),
        "elsewhere": {each.page.name: each.elsewhere for each in found if each.elsewhere},
        "by_kind": {kind: _shares(some) for kind, some in sorted(by_kind.items())},
        "refused": dict(refused.most_common()),
        "sentences": [
            {"story": each.page.name, "section": line.section, "reason": why, "text": line.text}
            for each in found
            for line, why in each.missing
            if line.is_true
        ],
        "tokens": dict(found[0].spent) if found else {},
        "lost": {each.page.name: each.lost for each in found if each.lost},
        "have": {
            **{key: sum(key in sections_of(each.after) for each in found) for key in _COUNTED},
            "two_rows": sum(map(_has_two_rows, found)),
        },
        "timelines": {
            each.page.name: _has_two_rows(each) for each in found if len(each.page.days) > 1
        },
        "pages": {
            each.page.name: {**_shares([each]), "noted": each.noted, "facts": len(each.page.facts)}
            for each in found
        },
    }


def _has_two_rows(each: Played) -> bool:
    return len(each.after.get("timeline", ())) > 1


def _shares(found: Sequence[Played]) -> dict[str, Any]:
    true = [line for each in found for line in each.page.lines if line.is_true]
    missing = [line for each in found for line, _ in each.missing]
    false = sum(not line.is_true for each in found for line in each.page.lines)
    return {
        "printed": round(1 - sum(line.is_true for line in missing) / len(true), 4),
        "true": len(true),
        "false_printed": false - sum(not line.is_true for line in missing),
    }


async def _played(house: House) -> list[Played]:
    whole = {page.name: page for page in frozen_pages()}
    with closing(Database(house.database)) as database, database.reading() as connection:
        chosen, pages = _chosen(connection, list(whole.values()))
    twins = _twins(house)
    writer = StrongWriter(pages=pages, keys={})
    with OllamaServer(writer, name=_MODEL) as server:
        async with open_services(_settings(house, server.url), _NOW) as services:
            tally, watch = Tally(), Silent()
            engine = await judged_engine(services, watch, tally)
            assert isinstance(engine, ModelEngine), engine
            told = {name: _told(services, engine, story) for name, story in chosen.items()}
            writer.keys = {
                text: key for each in told.values() for text, key in _keys(*each).items()
            }
            await model_pass(services, engine, list(chosen.values()), EveryPlace(), watch, tally)
            assert not tally.failures, tally.failures
            spent = counted(server.calls, len(chosen))["per_story"]
            publish_stage(services, watch, full=False)
            with services.database.reading() as connection:
                kept = analyses.analyses_of(connection, [each.id for each in chosen.values()])
            reasons = {name: await _reasons(services, engine, *each) for name, each in told.items()}
    after = _twins(house)
    return [
        Played(
            page=page,
            before=twins.get(chosen[page.name].id, {}),
            after=after.get(chosen[page.name].id, {}),
            missing=tuple(_missing(page, kept.get(chosen[page.name].id), reasons[page.name])),
            noted=writer.noted.get(page.name, 0),
            elsewhere=len(whole[page.name].lines) - len(page.lines),
            spent=spent,
        )
        for page in pages
    ]


def _twins(house: House) -> dict[str, dict[str, Any]]:
    """The twins of the stories that have a page, by the story; others only say where they went."""
    return {twin["id"]: twin for twin in house.stories() if "id" in twin}


def _settings(house: House, host: str) -> Settings:
    """The settings of a house with the model at an address."""
    own = load(house.folder / "config.toml", {})
    return replace(
        own,
        site=replace(own.site, output=str(house.site)),
        database=DatabaseSettings(url=house.database),
        analysis=replace(
            own.analysis,
            engine=EngineChoice.OLLAMA,
            time_budget_s=0,
            ollama=OllamaSettings(host=host, model=_MODEL),
            judge=JudgeSettings(threshold=0.5),
        ),
    )


def _chosen(connection: Connection, pages: Sequence[Page]) -> tuple[dict[str, Story], list[Page]]:
    """The story that has most passages of each page, and what of the page rests on its articles;
    without the pages of which no story here has anything.
    """
    rows = connection.execute(select(schema.articles.canonical_url, schema.articles.story_id))
    story_of = {urlsplit(row.canonical_url).path: row.story_id for row in rows}
    ids: dict[str, str] = {}
    for page in pages:
        of = (story_of.get(path_of(key)) for key in sorted(page.passages))
        if held := Counter(each for each in of if each is not None):
            ids[page.name] = held.most_common(1)[0][0]
    found = {each.id: each for each in stories.stories_by_id(connection, [*ids.values()])}
    kept = [
        page.within({path for path in story_of if story_of[path] == ids[page.name]})
        for page in pages
        if page.name in ids
    ]
    return {name: found[of] for name, of in ids.items()}, kept


def _told(services: Services, engine: ModelEngine, bare: Story) -> tuple[Story, Material]:
    """A story with what the archive has beside it, and what a model is shown of it."""
    with services.database.reading() as connection:
        (story,) = with_texts(connection, services, [bare])
        story = with_background(connection, services, story)
    material = material_for(story, engine.options)
    assert material, f"{bare.slug}: a model may read nothing of it"
    return story, material


def _keys(story: Story, material: Material) -> dict[str, str]:
    """The names of the passages that a model is shown of a story, by their texts."""
    paths = {
        each.article.id: urlsplit(each.article.canonical_url).path
        for each in (*story.members, *story.background)
    }
    return {
        " ".join(plain_text(shown.text).split()): f"{paths[shown.article_id]}#{shown.n}"
        for shown in material.evidence.numbered().values()
    }


async def _reasons(
    services: Services, engine: ModelEngine, story: Story, material: Material
) -> dict[str, str]:
    """Why the gates refuse sentences of a story as the model first has them."""

    async def ask(section: str, prompt: Prompt) -> Reply:
        return await engine.llm.answer(prompt)

    with services.database.reading() as connection:
        archive = archive_casing(connection)
    gates = Gates.around(story, services.settings.analysis, archive)
    written = await Writer(ask, lambda prompt: None).write(story, material, Fitness())
    refused = refused_of(written, gates.against)
    reasons = {spoken(each.claim.text): "later" for each in written.sentences}
    for place, refusal in refused.items():
        own = spoken(written.sentences[place].claim.text)
        reasons[own] = " ".join((refusal.reason.value, *refusal.words))
    return reasons


def _missing(
    page: Page, analysis: Analysis | None, reasons: Mapping[str, str]
) -> list[tuple[Line, str]]:
    """The sentences of a page that are not printed as they were written, each with the reason."""
    claims = analysis.kept.claims() if analysis else ()
    printed = {spoken(claim.text) for claim in claims if claim.kind in _OURS}
    return [
        (line, reasons.get(spoken(line.text), "not read") if line.is_true else "judged")
        for line in page.lines
        if spoken(line.text) not in printed
    ]


def main() -> int:
    """Prints the report of a capture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="captured web")
    parser.add_argument("--house", type=Path, help="folder of a house that has read it")
    parser.add_argument("--json", action="store_true", help="one JSON object, on one line")
    options = parser.parse_args()
    set_up_log(logging.WARNING, as_json=False)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "house"
        if options.house:
            shutil.copytree(options.house, folder)
            house = House.in_folder(folder)
        else:
            house = captured_house(options.data, folder).house
        found = report(played(house))
    found["seconds"] = round(time.monotonic() - began_s, 1)
    print(json.dumps(found, ensure_ascii=False, indent=None if options.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
