"""Builds the site of the demo: the world is read week by week, as it would have been, and each
week gets its edition.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aggregator.adapters.clock import FrozenClock
from aggregator.adapters.locks import run_lock
from aggregator.bootstrap import demand_mail_libraries, open_services
from aggregator.config.configuration import load
from aggregator.digest.stage.edition import build_edition
from aggregator.domain.prediction import Decision, Outcome
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.settings import EngineChoice, Settings
from aggregator.errors import ArgumentError, MailError
from aggregator.pipeline import prepare, refresh
from aggregator.plugins.demo.script import scripted_judge, scripted_pages, scripted_writer
from aggregator.plugins.demo.world import DemoServer
from aggregator.plugins.predictions.store import decide, stored_predictions
from aggregator.ports import JudgeSeat, ModelEngine
from aggregator.resources import DEMO
from aggregator.services import RefreshOptions, Services, Watch

_MARK = "# The demo of aggregator"  # how its config.toml begins
_MADE = ("aggregator.db", "site", "mail")
# in the shipped config.toml
_URL, _ENGINE = "http://127.0.0.1:8400", 'engine = "auto"'
_BY_SCRIPT = (
    "All the news is invented, and prewritten answers stand in for an AI model and its judge, whose"
    " error rates are also invented."
)
_BY_RULES = "All the news is invented. Rules choose the sentences; no AI model is used."


def new_settings(folder: Path, port: int, *, by_rules: bool) -> Settings:
    """The demo's settings, written into a folder in which nothing is built yet; an earlier demo is
    removed.

    Raises ArgumentError where the folder holds anything else.
    """
    config = folder / "config.toml"
    if folder.resolve() == DEMO.resolve():
        raise ArgumentError(f"{folder} is where the demo's own files are; choose another folder")
    if config.is_file() and config.read_text("utf-8").startswith(_MARK):
        for path in (folder / name for name in _MADE):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    elif folder.is_dir() and any(folder.iterdir()):
        raise ArgumentError(f"{folder} is not empty and contains no demo; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    text = (DEMO / "config.toml").read_text("utf-8").replace(_URL, f"http://127.0.0.1:{port}")
    if by_rules:
        text = text.replace(_ENGINE, 'engine = "extractive"').replace(_BY_SCRIPT, _BY_RULES)
    config.write_text(text, "utf-8")
    shutil.copyfile(DEMO / "registry.toml", folder / "registry.toml")
    return load(config, {})


def folder_of(settings: Settings) -> Path:
    """The folder that the demo is kept in."""
    return Path(settings.site.output).parent


async def build_demo(settings: Settings, server: DemoServer, watch: Watch) -> list[StoredEdition]:
    """Reads the world through the server and builds the site; returns the editions, oldest
    first.
    """
    settings = replace(settings, fetch=replace(settings.fetch, proxy=server.url))
    schedule = tomllib.loads((DEMO / "schedule.toml").read_text("utf-8"))
    with run_lock(settings.database):
        async with open_services(settings, schedule["refreshes"][0]) as opened:
            by_rules = settings.analysis.engine is EngineChoice.EXTRACTIVE
            services = opened if by_rules else _with_script(opened)
            editions = []
            for moment in sorted({*schedule["refreshes"], *schedule["editions"]}):
                server.moment = moment
                then = replace(services, clock=FrozenClock(moment))
                if moment in schedule["editions"]:
                    await prepare(then, watch)
                    editions.append((await build_edition(then, None, watch)).stored)
                else:
                    await refresh(then, RefreshOptions(everything=True), watch)
                    _decide(then, schedule["decisions"])
            return editions


def write_mails(settings: Settings, editions: list[StoredEdition]) -> list[Path]:
    """Writes the mail of each edition and its HTML, and returns the latter; none where the
    libraries for mail are not installed.
    """
    try:
        demand_mail_libraries()
    except MailError:
        return []
    from aggregator.digest.mail.letters import trial_letter

    folder = folder_of(settings) / "mail"
    folder.mkdir()
    written = []
    for stored in editions:
        moment = stored.edition.published
        letter = trial_letter(stored, "reader@example.org", settings, moment, mark="")
        message = message_from_bytes(letter.content, policy=default)
        html = message.get_body(("html",))
        (folder / f"{stored.edition.period}.eml").write_bytes(letter.content)
        page = folder / f"{stored.edition.period}.html"
        page.write_text(html.get_content() if html else "", "utf-8")
        written.append(page)
    return written


def _with_script(services: Services) -> Services:
    pages = scripted_pages()
    engine = scripted_writer(pages, services.settings.analysis)
    seat = scripted_judge(pages, services.find_labelled())

    async def find_model() -> ModelEngine:
        return engine

    async def find_judge() -> JudgeSeat:
        return seat

    return replace(services, find_model=find_model, find_judge=find_judge)


def _decide(services: Services, decisions: Sequence[Mapping[str, Any]]) -> None:
    """Records what became of predictions, on the day on which the demo's operator found out."""
    found = [each for each in decisions if each["at"] == services.clock.now()]
    if not found:
        return
    with services.database.writing() as connection:
        for each in stored_predictions(connection):
            for row in found:
                if each.outcome is Outcome.DUE and row["words"] in each.implication.claim.text:
                    decision = Decision(
                        outcome=Outcome(row["outcome"]), at=services.clock.now(), url=row["url"]
                    )
                    decide(connection, each.id, decision)
