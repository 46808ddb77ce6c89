"""Who imports whom: the layers of DESIGN, and each third-party library in its own room."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, Module, imported, modules, nodes, project

OWN = {"aggregator"}

# Where a library may be imported. One that is not named here has no room yet: give it one, and say
# why it is needed.
ROOMS: dict[str, tuple[str, ...]] = {
    "ada_url": ("aggregator.domain.web.urls",),
    "aiohttp": ("aggregator.adapters",),
    "aiosmtplib": ("aggregator.adapters.smtp",),
    "alembic": ("aggregator.store", "migrations"),
    "apprise": ("aggregator.plugins.notifications.notifier",),
    "apscheduler": ("aggregator.config.validators", "aggregator.ops.due", "aggregator.schedule"),
    "bs4": ("aggregator.extract",),
    "charset_normalizer": ("aggregator.extract.charset",),
    "click": ("aggregator.cli", "aggregator.__main__", "aggregator.plugins"),
    "css_inline": ("aggregator.digest.mail.letters",),
    "dkim": ("aggregator.digest.mail.message", "aggregator.digest.mail.dns_records"),
    "dns": ("aggregator.adapters.dns",),
    "email_validator": ("aggregator.digest.mail.addresses",),
    "feedparser": ("aggregator.extract.feed.feed",),
    "filelock": ("aggregator.adapters.locks",),
    "flufl": ("aggregator.digest.mail.bounces",),
    "h11": ("aggregator.serve.server",),
    "htmldate": ("aggregator.extract.page.metadata",),
    "httpx": ("aggregator.adapters",),
    "icalendar": ("aggregator.plugins.calendar.calendar_file",),
    "jinja2": ("aggregator.templating",),
    "lxml": (
        "aggregator.extract",
        "aggregator.crawl.opml",
        "aggregator.domain.publishing.newsroom",
        "aggregator.plugins.newsletters.linked_blocks",
    ),  # OPML is no article: its lists are read where sources are
    "markupsafe": ("aggregator.templating",),
    "mcp": ("aggregator.plugins.agents",),
    "numpy": (
        "aggregator.cluster",
        "aggregator.crawl.fitting",
        "aggregator.plugins.newsletters.votes",
        "aggregator.site.search.index_volume",  # half a million postings at once
        "aggregator.verify.judge.alarm",
        "aggregator.verify.judge.policy",
    ),
    "PIL": ("aggregator.plugins.cards.cards",),
    "pebble": ("aggregator.extract.parser_pool",),
    "pluggy": ("aggregator.hooks",),
    "procrastinate": ("aggregator.plugins.workers",),
    "prometheus_client": ("aggregator.adapters.metrics_text",),
    "protego": ("aggregator.crawl.robots",),
    "psycopg": ("aggregator.store.postgresql",),
    "publicsuffixlist": ("aggregator.domain.web.urls",),
    "pydantic": (
        "aggregator.config",
        "aggregator.cluster.same_event",
        "aggregator.crawl.opml",
        "aggregator.domain.publishing.newsroom",
        "aggregator.story.facts",
        "aggregator.story.answers",
        "aggregator.story.page.reply",
        "aggregator.site.record_json",
        "aggregator.templating.theme",
        "aggregator.store",
        "aggregator.plugins",
    ),
    "rich": ("aggregator.cli",),
    "scipy": ("aggregator.cluster", "aggregator.verify.judge.policy"),
    "sqlalchemy": (
        "aggregator.store",
        "migrations",
        "aggregator.plugins.attributes.store",
        "aggregator.plugins.calendar.store",
        "aggregator.plugins.catalogues.store",
        "aggregator.plugins.evaluation.store",
        "aggregator.plugins.newsletters.store",
        "aggregator.plugins.notifications.store",
        "aggregator.plugins.predictions.store",
        "aggregator.plugins.questions.stage.passages",
        "aggregator.plugins.workers.store",
    ),
    "soupsieve": ("aggregator.extract",),  # the errors of bs4's selectors
    "starlette": ("aggregator.serve", "aggregator.plugins.agents"),
    "structlog": ("aggregator.log",),
    "tomlkit": ("aggregator.config.config_file",),
    "trafilatura": ("aggregator.extract.page.article",),
    "uvicorn": ("aggregator.serve.server",),
    "wordllama": ("aggregator.adapters.embedder",),
    "yarl": ("aggregator.adapters",),
}


def test_the_layers_are_kept() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def imports_of(module: Module, own: Mapping[str, Module]) -> set[str]:
    """The modules of ours that a module imports, at its top, in a function or for types alone."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & own.keys() or {node.module}
    return (found & own.keys()) - {module.name}


def circle(imports: Mapping[str, set[str]]) -> Sequence[str]:
    """Modules each of which imports the next, the last being the first again; nothing where no
    import leads back.
    """
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: Sequence[str] = error.args[1]
        return found[::-1]
    return ()


def test_no_import_leads_back_to_where_it_came_from() -> None:
    own = {module.name: module for module in modules("aggregator")}

    assert circle({name: imports_of(module, own) for name, module in own.items()}) == ()


def test_a_circle_of_imports_is_found() -> None:
    found = circle({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()})

    assert len(found) == 4
    assert found[0] == found[-1]


def test_what_every_stage_is_given_knows_no_room() -> None:
    own = {module.name: module for module in modules("aggregator")}
    known = imports_of(own["aggregator.services"], own)
    common = ("aggregator.domain", "aggregator.ports", "aggregator.store")

    assert [name for name in sorted(known) if not is_within(name, common)] == []


def third_party(module: Module) -> list[tuple[str, str]]:
    """The libraries that a module imports, each with the place."""
    tops = [(name.partition(".")[0], node) for name, node in imported(module)]
    return [
        (top, module.place(node))
        for top, node in tops
        if top not in sys.stdlib_module_names and top not in OWN
    ]


def is_within(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether a module is one of these rooms, or lies in one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def test_each_library_stays_in_its_room() -> None:
    strays = [
        f"{place} imports {library}, whose room is {ROOMS.get(library, 'not named yet')}"
        for module in modules("aggregator", "migrations")
        for library, place in third_party(module)
        if not is_within(module.name, ROOMS.get(library, ()))
    ]

    assert strays == [], "import it there, or name a room for a new one in ROOMS of this module"


def test_each_library_that_is_imported_is_declared() -> None:
    extras = project()["optional-dependencies"]
    declared = [
        *project()["dependencies"],
        *extras["embed"],
        *extras["mail"],
        *extras["mcp"],
        *extras["notify"],
        *extras["postgres"],
        *extras["serve"],
        *extras["workers"],
    ]
    normal = {
        re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-").replace(".", "-")
        for requirement in declared
    }
    distributions = packages_distributions()

    undeclared = {
        library
        for module in modules("aggregator", "migrations")
        for library, _ in third_party(module)
        if not {name.lower().replace("_", "-").replace(".", "-") for name in distributions[library]}
        & normal
    }

    assert undeclared == set(), "add it to pyproject.toml, then run: make constraints ARGS=--keep"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("aggregator.store", True, id="the room itself"),
        pytest.param("aggregator.store.news.entries", True, id="a module in it"),
        pytest.param("aggregator.storekeeper", False, id="a namesake"),
    ],
)
def test_a_room_is_a_module_or_a_package(name: str, *, expected: bool) -> None:
    assert is_within(name, ("aggregator.store",)) is expected
