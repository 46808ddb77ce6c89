"""The tools for agents, asked by the protocol's official client over both of its transports."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from mcp import StdioServerParameters
from mcp.client.client import Client
from sqlalchemy import update

from aggregator.bootstrap import open_services
from aggregator.cli.app import aggregator
from aggregator.domain.settings import EngineChoice
from aggregator.errors import PluginError
from aggregator.plugins.agents.answers import NOTICE
from aggregator.plugins.agents.server import MOST_BODY, agent_server
from aggregator.plugins.questions.answer import MOST_QUOTED
from aggregator.plugins.questions.stage.archive import Cursor, changed_since
from aggregator.ports import JudgeSeat
from aggregator.store.database import Database
from aggregator.store.runs import finish_run, start_run
from aggregator.store.schema import stories
from tests.integration.newsroom import Newsroom, agreeing, stored_stories
from tests.integration.stored import NOW

_TOOLS = {"search", "story", "entity_timeline", "changed_since", "edition", "check_claim"}
_CARD = "The F40 card of Ferrow now costs 2,100 dollars, a third less than it did in March."
_BEFORE = "2026-07-01T00:00:00Z"
Call = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def house(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Three stories, told by rules, with an edition; and the configuration that leads there."""
    folder = tmp_path_factory.mktemp("house")
    path, ids = stored_stories(empty_database, folder)
    with Newsroom(folder, path, ids) as newsroom:
        newsroom.refreshed("http://127.0.0.1:1", engine=EngineChoice.EXTRACTIVE)
        (folder / "config.toml").write_text(
            f'[database]\nurl = "sqlite:///{newsroom.path}"\n'
            '[site]\nbase_url = "https://news.example"\n[analysis]\nengine = "extractive"\n',
            "utf-8",
        )
        made = CliRunner().invoke(
            aggregator,
            ["--config", str(folder / "config.toml"), "edition", "build", "--week", "2026-W27"],
        )
        assert made.exit_code == 0, made.output
        yield newsroom


def _command(house: Newsroom, *options: str) -> list[str]:
    config = str(house.folder / "config.toml")
    return [sys.executable, "-m", "aggregator", "--config", config, "--json", "mcp", *options]


@contextmanager
def _over(house: Newsroom, transport: str) -> Iterator[Any]:
    """What a client connects to: a command to start, or the address of a server that runs."""
    if transport == "stdio":
        command, *arguments = _command(house)
        yield StdioServerParameters(command=command, args=arguments)
        return
    started = subprocess.Popen(
        _command(house, "--http", "127.0.0.1:0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert started.stdout is not None
        yield re.findall(r'"(http://[^"]+)"', "".join(iter(started.stdout.readline, "}\n")))[0]
    finally:
        started.terminate()
        started.communicate()


async def _called(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    async with Client(server) as client:
        return [await client.call_tool(name, arguments) for name, arguments in calls]


def _inside(house: Newsroom, *calls: tuple[str, dict[str, Any]], judged: bool = True) -> list[Any]:
    """What a server in this process answers, by a judge that agrees or without one."""

    async def none() -> JudgeSeat | None:
        return None

    async def run() -> list[Any]:
        settings = house.settings("http://127.0.0.1:1")
        async with open_services(settings, NOW) as services:
            judge = agreeing if judged else none
            return await _called(agent_server(replace(services, find_judge=judge), "1.0"), *calls)

    return asyncio.run(run())


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_every_tool_answers_over_every_transport(house: Newsroom, transport: str) -> None:
    story = house.ids[0]

    async def run(server: Any) -> tuple[set[str], list[Any]]:
        async with Client(server) as client:
            listed = {tool.name for tool in (await client.list_tools()).tools}
        return listed, await _called(
            server,
            ("search", {"words": "F40 card price"}),
            ("story", {"story_id": story}),
            ("entity_timeline", {"entity": "Ferrow"}),
            ("changed_since", {"since": _BEFORE}),
            ("edition", {}),
            ("check_claim", {"claim": _CARD}),
            ("search", {"words": "x" * 501}),
        )

    with _over(house, transport) as server:
        listed, answers = asyncio.run(run(server))

    assert (listed, [answer.is_error for answer in answers]) == (_TOOLS, [False] * 6 + [True])
    assert {answer.structured_content["notice"] for answer in answers[:6]} == {NOTICE}


def test_every_tool_is_marked_as_reading_only(house: Newsroom) -> None:
    async def run() -> list[bool]:
        async with (
            open_services(house.settings("http://127.0.0.1:1"), NOW) as services,
            Client(agent_server(services, "1.0")) as client,
        ):
            tools = (await client.list_tools()).tools
            return [bool(tool.annotations and tool.annotations.read_only_hint) for tool in tools]

    assert asyncio.run(run()) == [True] * len(_TOOLS)


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        (
            "search",
            {"words": ""},
            'words: "" cannot be used; give words to look for, 1 to 500 characters, such as "Heron',
        ),
        ("search", {"query": "Heron"}, "query: no such argument; search takes words, most"),
        ("search", {"most": 99}, "most: 99 cannot be used; give how many to return at most"),
        ("story", {"story_id": "x"}, "12 characters of a-z and 2-7, such as "),
        ("story", {"story_id": "a" * 12}, "story_id: no story has the id aaaaaaaaaaaa"),
        ("entity_timeline", {}, "entity: is missing; give the name of a company"),
        ("changed_since", {"since": "2026-07-01T00:00:00"}, "with its time zone"),
        ("changed_since", {"cursor": "WzFd"}, "cursor: no such cursor: give one from"),
        ("changed_since", {}, "since or cursor: give one of them, such as since = "),
        ("edition", {"period": "June"}, 'such as "2026-W26"'),
        ("edition", {"period": "2020-W01"}, "period: there is no edition of 2020-W01"),
        ("check_claim", {"claim": "???"}, "claim: nothing to search for: name a company"),
    ],
)
def test_a_refused_argument_is_named_with_what_to_give_and_an_example(
    house: Newsroom, tool: str, arguments: dict[str, Any], told: str
) -> None:
    (answer,) = _inside(house, (tool, arguments))
    text = answer.content[0].text

    assert (answer.is_error, told in text, "pydantic" in text, "http" in text) == (
        True,
        True,
        False,
        False,
    )


def test_every_argument_is_described_with_examples_in_the_schema_and_in_the_documents(
    house: Newsroom,
) -> None:
    async def run() -> dict[str, dict[str, Any]]:
        async with (
            open_services(house.settings("http://127.0.0.1:1"), NOW) as services,
            Client(agent_server(services, "1.0")) as client,
        ):
            tools = (await client.list_tools()).tools
            return {tool.name: tool.input_schema["properties"] for tool in tools}

    offered = asyncio.run(run())
    documented = {
        tool: set(re.findall(r"`(\w+)`:", row))
        for tool, row in re.findall(
            r"^\| `(\w+)` \|([^|]*)\|", Path("docs/agents.md").read_text("utf-8"), re.MULTILINE
        )
    }

    assert documented == {tool: set(arguments) for tool, arguments in offered.items()}
    assert [
        (tool, name)
        for tool, arguments in offered.items()
        for name, argument in arguments.items()
        if not (argument.get("description") and argument.get("examples"))
    ] == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"words": ""}),
        ("search", {"words": "\x00\x1b"}),
        ("search", {"words": "a" * 1_000_000}),
        ("search", {"words": "Ferrow", "most": 10**9}),
        ("search", {"words": ["Ferrow"]}),
        ("search", {}),
        ("story", {"story_id": "../../etc/passwd"}),
        ("story", {"story_id": "a" * 12}),
        ("story", {"story_id": "' OR 1=1 --"}),
        ("entity_timeline", {"entity": "x" * 101}),
        ("changed_since", {"since": "yesterday"}),
        ("changed_since", {"since": "2026-07-01T00:00:00"}),
        ("changed_since", {}),
        ("changed_since", {"since": _BEFORE, "cursor": "WzFd"}),
        ("changed_since", {"cursor": "WzFd"}),
        ("changed_since", {"cursor": "A" * 301}),
        ("changed_since", {"cursor": "W251bGwsMSwyLDMsNF0="}),
        ("edition", {"period": "2026-W99"}),
        ("edition", {"period": "2026-02-31"}),
        ("edition", {"period": "../index"}),
        ("check_claim", {"claim": "?" * 100}),
        ("drop_everything", {}),
    ],
)
def test_a_hostile_argument_is_an_error_in_few_words(
    house: Newsroom, tool: str, arguments: dict[str, Any]
) -> None:
    (answer,) = _inside(house, (tool, arguments))

    assert answer.is_error
    assert len(str(answer.content)) < 1_000


@pytest.mark.parametrize(
    "words", ["' OR 1=1; DROP TABLE passages; --", "Ferrow% _", "NEAR(Ferrow AND *)", "Ferrow\x00"]
)
def test_hostile_words_are_searched_as_words(house: Newsroom, words: str) -> None:
    (answer,) = _inside(house, ("search", {"words": words}))

    assert not answer.is_error


def test_what_is_new_since_a_moment_is_listed(house: Newsroom) -> None:
    then, now = _inside(
        house,
        ("changed_since", {"since": _BEFORE}),
        ("changed_since", {"since": "2030-01-01T00:00:00+02:00"}),
    )

    listed = [
        {story["id"] for story in answer.structured_content["new_stories"]}
        for answer in (then, now)
    ]
    assert listed == [set(house.ids), set()]


def test_a_cursor_leads_through_all_that_is_new_once(house: Newsroom) -> None:
    """By the official client, two at a time; behind the last there is nothing."""

    async def run() -> tuple[list[str], list[bool]]:
        listed: list[str] = []
        more: list[bool] = []
        async with (
            open_services(house.settings("http://127.0.0.1:1"), NOW) as services,
            Client(agent_server(services, "1.0")) as client,
        ):
            asked: dict[str, Any] = {"since": _BEFORE}
            for _ in range(3):
                answer = await client.call_tool("changed_since", {**asked, "most": 2})
                listed += [story["id"] for story in answer.structured_content["new_stories"]]
                more.append(answer.structured_content["is_more"])
                asked = {"cursor": answer.structured_content["cursor"]}
        return listed, more

    listed, more = asyncio.run(run())

    assert (sorted(listed), more) == (sorted(house.ids), [True, False, False])


def test_what_a_refresh_under_way_has_read_waits_for_its_end(
    house: Newsroom, tmp_path: Path
) -> None:
    shutil.copy(house.path, tmp_path / "news.db")
    settings = house.settings("http://127.0.0.1:1")
    began, after = NOW + timedelta(days=1), Cursor.at(NOW + timedelta(hours=2))
    with Database(f"sqlite:///{tmp_path}/news.db") as database:
        with database.writing() as connection:
            start_run(connection, "under-way", began)
            connection.execute(update(stories).values(first_seen=began + timedelta(minutes=1)))
        with database.reading() as connection:
            meanwhile = changed_since(connection, settings, after, 10)
        with database.writing() as connection:
            finish_run(connection, "under-way", {})
        with database.reading() as connection:
            then = changed_since(connection, settings, meanwhile.cursor, 10)

    assert (len(meanwhile.stories), len(then.stories)) == (0, len(house.ids))


def test_an_edition_is_read_by_its_period(house: Newsroom) -> None:
    newest, named = _inside(house, ("edition", {}), ("edition", {"period": "2026-W27"}))

    assert newest.structured_content == named.structured_content
    assert named.structured_content["period"] == "2026-W27"


def test_texts_and_lists_are_bounded(house: Newsroom) -> None:
    found, checked = _inside(
        house,
        ("search", {"words": "Halden Ferrow Northwind", "most": 2}),
        ("check_claim", {"claim": "Ferrow sells cards. " * 24}),
    )

    assert len(found.structured_content["facts"]) == 2
    assert len(checked.structured_content["claim"]) == MOST_QUOTED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (_CARD, "supported"),
        (_CARD.replace("2,100", "1,900"), "contradicted"),
        ("Northwind plans to publish the training code on 5 October 2026.", "contradicted"),
        ("Ferrow was founded in Oslo by Tallis Berg.", "unknown"),
        ("Quillmere sells bicycles in Peru.", "unknown"),
    ],
)
def test_code_alone_decides_on_a_claim_where_it_can(
    house: Newsroom, claim: str, verdict: str
) -> None:
    (answer,) = _inside(house, ("check_claim", {"claim": claim}), judged=False)

    assert answer.structured_content["verdict"] == verdict


@pytest.mark.parametrize(("judged", "verdict"), [(True, "supported"), (False, "unknown")])
def test_other_words_are_supported_only_where_a_judge_says_so(
    house: Newsroom, *, judged: bool, verdict: str
) -> None:
    claim = "Ferrow sells the F40 card for 2,100 dollars."

    (answer,) = _inside(house, ("check_claim", {"claim": claim}), judged=judged)

    assert answer.structured_content["verdict"] == verdict


@pytest.mark.parametrize("http", ["0.0.0.0:0", "192.0.2.1:80", "news.example:80", "[::]:0"])
def test_an_address_that_others_reach_is_refused(house: Newsroom, http: str) -> None:
    config = str(house.folder / "config.toml")

    ended = CliRunner().invoke(aggregator, ["--config", config, "mcp", "--http", http])

    assert (ended.exit_code, "--allow-remote" in ended.output) == (2, True)


def test_over_http_a_large_request_or_a_foreign_name_is_refused(house: Newsroom) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with _over(house, "http") as address:
        large = httpx.post(address, content=b"x" * (MOST_BODY + 1), headers=headers)
        foreign = httpx.post(address, json={}, headers=headers | {"Host": "evil.example"})

    assert (large.status_code, foreign.status_code) == (413, 421)


@pytest.mark.parametrize("options", [(), ("--without-plugins",)])
def test_with_the_plugins_off_only_their_commands_are_missing(
    house: Newsroom, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Off by the configuration, then by an option: a command says so. The site is the same
    where these plugins alone are off.
    """
    text = (house.folder / "config.toml").read_text("utf-8")
    off = (
        ""
        if options
        else "[plugins.questions]\nenabled = false\n[plugins.agents]\nenabled = false\n"
    )

    def invoked(folder: str, *arguments: str) -> Result:
        config = tmp_path / f"{folder}.toml"
        given = off if folder == "off" else ""
        site = f'[site]\noutput = "{tmp_path / folder}"\n'
        config.write_text(text.replace("[site]\n", site) + given, "utf-8")
        before = options if folder == "off" else ()
        return CliRunner().invoke(aggregator, ["--config", str(config), *before, *arguments])

    for arguments in (("search", "card"), ("ask", "What costs less?"), ("mcp",)):
        refused = invoked("off", *arguments)
        assert isinstance(refused.exception, PluginError)
        assert refused.exception.exit_code == 2
        remedy = "leave out --without-plugins" if options else "under [plugins."
        assert remedy in str(refused.exception)
    built = [invoked(folder, "build", "--now", NOW.isoformat()) for folder in ("on", "off")]
    assert [done.exit_code for done in built] == [0, 0], built[1].output
    on, without = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "on", tmp_path / "off")
    )
    assert Path("index.html") in on
    assert without == on or options  # without any plugin there are no cards either
