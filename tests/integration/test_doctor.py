"""What the doctor finds, and what it says to do."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from aggregator.adapters.embedder import is_installed
from aggregator.adapters.locks import run_lock
from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EmbeddingEngine,
    EmbeddingSettings,
    EngineChoice,
    FetchSettings,
    OllamaSettings,
    OpenAiSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import (
    Listing,
    ListingFormat,
    ListingRepair,
    Route,
    Source,
    SourceKind,
)
from aggregator.ops.doctor.checks import findings
from aggregator.ops.doctor.finding import Finding
from aggregator.store import runs
from aggregator.store.database import Database
from aggregator.store.news import sources
from aggregator.store.news.sources import save_repair
from aggregator.store.writing.models import keep_flaw
from aggregator.story.stage.canary import WRITING
from aggregator.verify.judge.question import Form, question_digest
from tests.integration.installation import publish
from tests.messages import named
from tests.ollama_api import Trouble
from tests.ollama_models import extractive_writer
from tests.ollama_server import DIGEST, OllamaServer

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
RESTORE = (
    "restore a backup: `aggregator db restore --force FILE`; without a backup, move the"
    " file away and refresh"
)
LONG_AGO = (
    "the newest refresh began on 2026-07-06 05:00 UTC, 4 days ago: the site shows nothing newer"
)
DAILY = Source(key="daily", name="The Daily", url="https://daily.example/feed")
WEEKLY = Source(key="weekly", name="The Weekly", url="https://weekly.example/feed", enabled=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings without a fault, on a folder without database and site."""
    return Settings(
        site=SiteSettings(
            base_url="https://news.example",
            contact="mail@news.example",
            output=str(tmp_path / "site"),
        ),
        database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'news.db'}"),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        sources=(DAILY, WEEKLY),
    )


@pytest.fixture
def healthy(settings: Settings) -> Settings:
    """The same after a refresh an hour ago."""
    database = opened(settings)
    with database.writing() as connection:
        runs.start_run(connection, "one", NOW - timedelta(hours=1))
        runs.finish_run(connection, "one", {"run": "one"})
        publish(connection, settings, {"index.html": b"<!doctype html>"})
    database.close()
    return settings


def opened(settings: Settings) -> Database:
    """The migrated database of these settings."""
    database = Database(settings.database.url)
    database.upgrade(NOW)
    return database


def unwell(settings: Settings, now: datetime = NOW) -> list[tuple[str, str, str]]:
    """The findings that are not ok: level, what, remedy."""
    return [
        (finding.level, finding.what, finding.remedy)
        for finding in findings(settings, now)
        if finding.level != "ok"
    ]


def one_unwell(settings: Settings, now: datetime = NOW) -> Finding:
    """The only finding that is not ok."""
    (found,) = (finding for finding in findings(settings, now) if finding.level != "ok")
    return found


def test_a_healthy_house_has_nothing_to_do(healthy: Settings) -> None:
    assert unwell(healthy) == []


def test_what_is_well_is_told_too(healthy: Settings) -> None:
    reported = [finding.what for finding in findings(healthy, NOW)]

    assert [
        item
        for item in ("1 of 2 sources enabled", "engine: extractive", "is intact", "05:00 UTC")
        if item not in "\n".join(reported)
    ] == []


def test_before_the_first_refresh_the_doctor_says_to_refresh_and_creates_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    assert [(level, named(what), named(remedy)) for level, what, remedy in unwell(settings)] == [
        ("warning", [str(tmp_path / "news.db")], ["aggregator refresh"]),
        ("warning", [str(tmp_path / "site")], ["aggregator refresh", "aggregator build"]),
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("table", "changes", "level", "what", "remedy"),
    [
        pytest.param(
            "sources", (), "error", "no source is enabled", "[[sources]]", id="no sources"
        ),
        pytest.param(
            "sources",
            (WEEKLY,),
            "error",
            "no source is enabled",
            "[[sources]]",
            id="all sources off",
        ),
        pytest.param(
            "site",
            {"base_url": "http://localhost:8000"},
            "warning",
            "site.base_url is http://localhost:8000",
            "public URL",
            id="a site for this machine only",
        ),
        pytest.param(
            "site",
            {"contact": ""},
            "warning",
            "site.contact is empty",
            "address for corrections",
            id="no contact",
        ),
        pytest.param(
            "fetch",
            {"proxy": "http://p.example:3128"},
            "warning",
            "proxy is set",
            "block private",
            id="a proxy",
        ),
        pytest.param(
            "fetch",
            {"respect_robots": False},
            "warning",
            "respect_robots is off",
            "set it to true",
            id="no manners",
        ),
    ],
)
def test_a_setting_that_will_be_regretted_is_told(
    healthy: Settings, table: str, changes: Any, level: str, what: str, remedy: str
) -> None:
    value = changes if table == "sources" else replace(getattr(healthy, table), **changes)
    found = one_unwell(replace(healthy, **{table: value}))

    assert (found.level, what in found.what, remedy in found.remedy) == (level, True, True)


def test_a_proxy_s_password_is_not_told(healthy: Settings) -> None:
    found = findings(
        replace(healthy, fetch=FetchSettings(proxy="http://me:hunter2@proxy.example:3128")), NOW
    )

    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("revision", "level", "what", "remedy"),
    [
        pytest.param("0021", "warning", "has schema 0021", "aggregator db upgrade", id="older"),
        pytest.param(
            "9999", "error", "newer version (schema 9999", "upgrade the program", id="newer"
        ),
    ],
)
def test_a_database_of_another_version_is_told_with_what_to_upgrade(
    healthy: Settings, revision: str, level: str, what: str, remedy: str
) -> None:
    database = opened(healthy)
    with database.writing() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    database.close()
    found = one_unwell(healthy)

    assert (found.level, what in found.what, remedy in found.remedy) == (level, True, True)


def test_a_file_that_is_no_database_is_an_error_with_a_way_out(
    healthy: Settings, tmp_path: Path
) -> None:
    (tmp_path / "news.db").write_bytes(
        b"this is no database at all, but as long as the head of one is" * 20
    )
    found = one_unwell(healthy)

    assert (found.level, "news.db" in found.what, "restore a backup" in found.remedy) == (
        "error",
        True,
        True,
    )


def test_rows_that_point_nowhere_are_damage(healthy: Settings, tmp_path: Path) -> None:
    with closing(
        sqlite3.connect(tmp_path / "news.db")
    ) as connection:  # a plain connection minds no foreign key
        connection.execute(
            "INSERT INTO passages (article_id, version, n, text) VALUES ('lost', 1, 0, 'x')"
        )
        connection.commit()

    ((level, what, remedy),) = unwell(healthy)
    assert (level, remedy) == ("error", RESTORE)
    assert [word for word in ("passages row 1 ", "versions") if word not in what] == []


@pytest.mark.parametrize(
    ("now", "level", "what"),
    [
        pytest.param(NOW + timedelta(days=4), "warning", LONG_AGO, id="long ago"),
        pytest.param(
            NOW - timedelta(hours=3),
            "error",
            "the newest run began in the future (2026-07-06 05:00 UTC)",
            id="ahead of now",
        ),
    ],
)
def test_the_time_of_the_newest_refresh_is_looked_at(
    healthy: Settings, now: datetime, level: str, what: str
) -> None:
    found = one_unwell(healthy, now)

    assert (found.level, found.what) == (level, what)


def test_a_lock_that_cannot_be_written_is_told_before_there_is_a_database(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "news.db.run.lock").mkdir()

    assert f"{tmp_path / 'news.db.run.lock'} cannot be written" in [
        what for _, what, _ in unwell(settings)
    ]


def test_a_database_without_a_run_asks_for_one(settings: Settings) -> None:
    opened(settings).close()

    assert ("warning", "no refresh yet", "run `aggregator refresh`") in unwell(settings)


def test_a_refresh_that_died_is_told(healthy: Settings) -> None:
    database = opened(healthy)
    with database.writing() as connection:
        runs.start_run(connection, "two", NOW - timedelta(minutes=5))
        runs.start_run(connection, "three", NOW - timedelta(minutes=4))
    died = one_unwell(healthy).what
    with database.writing() as connection:
        runs.finish_run(connection, "three", {"interrupted": True})
    database.close()

    stopped = one_unwell(healthy).what
    assert (" killed " in died, " killed " in stopped) == (True, False)


def test_a_refresh_that_is_under_way_has_not_died(healthy: Settings) -> None:
    database = opened(healthy)
    with database.writing() as connection:
        runs.start_run(connection, "two", NOW - timedelta(minutes=5))
    database.close()
    with run_lock(healthy.database):
        found = unwell(healthy)

    assert [(level, what) for level, what, _ in found] == [("warning", "a run is in progress")]


def test_sources_that_fail_are_named_unless_they_are_off_or_gone(healthy: Settings) -> None:
    database = opened(healthy)
    with database.writing() as connection:
        for key in ("daily", "weekly", "gone"):
            sources.save_states(
                connection, [FetchState(source_key=key, url="x", failures=1, reason="http 503")]
            )
    database.close()

    found = one_unwell(healthy).what

    assert (named(found), "daily" in found) == (["1"], True)


def test_a_source_that_is_read_at_a_further_address_is_named_with_the_reason(
    healthy: Settings,
) -> None:
    mirror = Route(url="https://mirror.example/daily.xml", kind=SourceKind.MIRROR, by="a reader")
    failure = RouteFailure(
        source_key="daily",
        url=DAILY.url,
        reason="http 404 not found",
        last_tried=NOW,
        failures=1,
        failing_since=NOW,
    )
    with closing(opened(healthy)) as database, database.writing() as connection:
        sources.save_states(connection, [FetchState(source_key="daily", url=mirror.url)])
        sources.save_route_failures(connection, {"daily": [failure]})
    routed = replace(DAILY, public_url="https://daily.example/", routes=(mirror,))
    found = one_unwell(replace(healthy, sources=(routed, WEEKLY)))

    assert [word for word in ("daily", "a reader") if word not in found.what] == []
    assert (named(found.what), named(found.remedy)) == (["404"], ["aggregator sources check daily"])


def test_a_page_that_is_read_by_proposed_selectors_is_named(healthy: Settings) -> None:
    repair = ListingRepair(
        source_key="daily",
        url=DAILY.url,
        digest="d",
        asked=NOW,
        listing=Listing(format=ListingFormat.HTML, items="li"),
    )
    with closing(opened(healthy)) as database, database.writing() as connection:
        save_repair(connection, repair)

    assert "daily" in one_unwell(healthy).what


def test_of_many_failing_sources_five_are_named(healthy: Settings) -> None:
    several = tuple(replace(DAILY, key=f"s{n}", url=f"https://s{n}.example/feed") for n in range(8))
    database = opened(healthy)
    with database.writing() as connection:
        for source in several:
            sources.save_states(
                connection,
                [FetchState(source_key=source.key, url="x", failures=1, reason="http 503")],
            )
        sources.save_states(connection, [FetchState(source_key="daily", url="x")])
    database.close()

    found = one_unwell(replace(healthy, sources=(DAILY, *several))).what

    assert named(found) == ["8", "s0", "s1", "s2", "s3", "s4", "3"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_site_folder_that_cannot_be_written_is_an_error(healthy: Settings) -> None:
    site = Path(healthy.site.output)
    site.chmod(0o500)
    found = one_unwell(healthy)
    site.chmod(0o700)

    assert (found.level, "cannot be written" in found.what) == ("error", True)


def test_a_file_in_the_place_of_the_site_folder_is_an_error(
    healthy: Settings, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    found = one_unwell(
        replace(healthy, site=replace(healthy.site, output=str(tmp_path / "taken" / "site")))
    )

    assert (found.level, "taken is a file" in found.what, "site.output" in found.remedy) == (
        "error",
        True,
        True,
    )


# The model


def gone() -> str:
    """An address at which nothing listens any more."""
    with OllamaServer(extractive_writer) as server:
        return server.url


def asking(
    settings: Settings, engine: EngineChoice, url: str, model: str = "qwen3:4b-instruct"
) -> Settings:
    """The settings with a model behind this address."""
    served = AnalysisSettings(
        engine=engine,
        ollama=OllamaSettings(host=url, model=model),
        openai=OpenAiSettings(base_url=url, model=model),
    )
    return replace(settings, analysis=served)


def test_a_model_that_answers_is_told_with_version_digest_and_context(
    healthy: Settings, server: OllamaServer
) -> None:
    found = findings(asking(healthy, EngineChoice.AUTO, server.url), NOW)

    assert [
        named(finding.what)
        for finding in found
        if finding.what.startswith("engine") or finding.level != "ok"
    ] == [["engine", "qwen3:4b-instruct", "e55aed6fe643", "8192", server.url, "0.23.0"]]


def test_a_server_of_the_other_kind_is_looked_at_too(
    healthy: Settings, server: OllamaServer
) -> None:
    assert unwell(asking(healthy, EngineChoice.OPENAI, server.openai_url)) == []


def test_the_doctor_asks_the_model_nothing(healthy: Settings, server: OllamaServer) -> None:
    findings(asking(healthy, EngineChoice.AUTO, server.url), NOW)

    assert server.calls == []


def embedding(
    settings: Settings, engine: EmbeddingEngine, url: str, model: str = "qwen3:4b-instruct"
) -> Settings:
    """The settings with an embedder."""
    at = replace(settings.analysis, ollama=OllamaSettings(host=url))
    return replace(settings, embedding=EmbeddingSettings(engine=engine, model=model), analysis=at)


def test_a_local_embedder_is_told_with_its_model(healthy: Settings) -> None:
    if not is_installed():
        pytest.skip("the extra `embed` is not installed")
    found = [
        finding
        for finding in findings(embedding(healthy, EmbeddingEngine.LOCAL, gone()), NOW)
        if "embedding" in finding.what
    ]

    assert [(finding.level, finding.what) for finding in found] == [
        ("ok", "embedding: local; l2_supercat_256")
    ]


def test_an_embedder_that_nobody_measured_is_a_warning_and_an_absent_one_an_error(
    healthy: Settings, server: OllamaServer
) -> None:
    answers = one_unwell(embedding(healthy, EmbeddingEngine.OLLAMA, server.url))
    absent = one_unwell(embedding(healthy, EmbeddingEngine.OLLAMA, server.url, "nomic-embed-text"))

    assert (answers.level, "not measured" in answers.what) == ("warning", True)
    assert (
        absent.level,
        "has no model nomic-embed-text" in absent.what,
        "embedding.model" in absent.remedy,
    ) == (
        "error",
        True,
        True,
    )


def test_words_alone_need_no_embedder(healthy: Settings) -> None:
    assert [finding for finding in findings(healthy, NOW) if "embedding" in finding.what] == []


@pytest.mark.parametrize(
    ("engine", "level"),
    [
        pytest.param(EngineChoice.AUTO, "warning", id="where one is welcome"),
        pytest.param(EngineChoice.OLLAMA, "error", id="where Ollama is demanded"),
        pytest.param(EngineChoice.OPENAI, "error", id="where another server is demanded"),
    ],
)
def test_a_server_that_does_not_answer_is_told_with_its_address(
    healthy: Settings, engine: EngineChoice, level: str
) -> None:
    url = gone()
    found = one_unwell(asking(healthy, engine, url))

    assert (
        found.level,
        url in found.what,
        found.remedy != "",
    ) == (
        level,
        True,
        True,
    )


def test_where_there_is_no_ollama_the_way_to_a_model_is_told(healthy: Settings) -> None:
    remedy = one_unwell(asking(healthy, EngineChoice.AUTO, gone())).remedy

    assert named(remedy) == [
        "ollama serve",
        "analysis.ollama.host",
        "ollama pull qwen3:4b-instruct",
        "analysis.engine",
    ]


def test_a_model_that_is_not_there_is_told_with_how_to_get_it(
    healthy: Settings, server: OllamaServer
) -> None:
    found = one_unwell(asking(healthy, EngineChoice.OLLAMA, server.url, model="llama3.2:3b"))

    assert (found.level, named(found.remedy)) == (
        "error",
        [
            "aggregator model pull llama3.2:3b",
            "ollama pull llama3.2:3b",
            "analysis.ollama.model",
        ],
    )


def test_a_model_that_was_tried_in_vain_is_a_warning(
    healthy: Settings, server: OllamaServer
) -> None:
    with Database(healthy.database.url) as database, database.writing() as connection:
        keep_flaw(connection, WRITING, DIGEST, "0.23.0", "it reasons before answering", NOW)
    found = one_unwell(asking(healthy, EngineChoice.AUTO, server.url))

    assert (found.level, named(found.what)) == ("warning", ["engine", "qwen3:4b-instruct"])
    assert "reasons before answering" in found.what
    assert "aggregator model probe" in found.remedy


def test_a_judge_that_was_tried_in_vain_is_a_warning(
    healthy: Settings, server: OllamaServer
) -> None:
    asked = question_digest(Form.CHAT)
    with Database(healthy.database.url) as database, database.writing() as connection:
        keep_flaw(connection, asked, DIGEST, "0.23.0", "it takes no for yes", NOW)
    found = one_unwell(asking(healthy, EngineChoice.AUTO, server.url))

    assert (found.level, named(found.what)) == ("warning", ["judge", "qwen3:4b-instruct"])
    assert "takes no for yes" in found.what


def test_a_server_too_old_for_a_model_that_can_think_is_a_warning(healthy: Settings) -> None:
    with OllamaServer(extractive_writer, can_think=True) as server:
        found = one_unwell(asking(healthy, EngineChoice.AUTO, server.url))

    assert (found.level, "a reasoning model" in found.what, "0.31.2 or newer" in found.remedy) == (
        "warning",
        True,
        True,
    )


def test_a_version_with_known_holes_is_told(healthy: Settings, server: OllamaServer) -> None:
    server.misbehave(Trouble.OLD_VERSION)
    found = one_unwell(asking(healthy, EngineChoice.AUTO, server.url))

    assert (found.level, "0.6.8" in found.what, "0.17.1 or newer" in found.remedy) == (
        "warning",
        True,
        True,
    )


def test_an_address_that_is_none_is_told(healthy: Settings) -> None:
    found = one_unwell(asking(healthy, EngineChoice.OLLAMA, "http://[half"))

    assert (found.level, "analysis.ollama.host" in found.what) == ("error", True)


def test_a_server_that_would_be_asked_in_the_clear_is_told_even_while_it_does_not_answer(
    healthy: Settings,
) -> None:
    found = unwell(asking(healthy, EngineChoice.AUTO, "http://model.invalid:11434"))

    assert [
        (level, remedy)
        for level, what, remedy in found
        if "is contacted without encryption" in what
    ] == [("warning", "use https or a tunnel")]


@pytest.mark.parametrize("engine", [EngineChoice.AUTO, EngineChoice.OPENAI])
def test_a_server_that_is_silent_is_left_after_three_seconds(
    healthy: Settings, engine: EngineChoice
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, says nothing
        port = silent.getsockname()[1]
        found = one_unwell(asking(healthy, engine, f"http://me:hunter2@127.0.0.1:{port}"))

    assert [f"http://127.0.0.1:{port}", "3"] == named(found.what)[-2:]
    assert "hunter2" not in repr(found)
