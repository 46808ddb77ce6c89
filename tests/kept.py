"""What tests make once and not each time: compiled statements, the tables of a new database file,
cards of stories, the shipped registry and the words of its names, the digest of templates and code,
certificates. Nothing of it depends on what a test did.
"""

from __future__ import annotations

import copy
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
import pytest
import sqlalchemy
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.util import LRUCache

from aggregator.cluster import entities
from aggregator.config import registry_file
from aggregator.domain.settings import SiteSettings
from aggregator.hooks.plugins import plugins
from aggregator.plugins.cards import card_kit
from aggregator.resources import DEFAULT_REGISTRY, MIGRATIONS
from aggregator.site.publish import assets, publisher
from aggregator.site.stage import publish
from aggregator.store import sqlite
from aggregator.store.database import Database


def keep(patch: pytest.MonkeyPatch) -> None:
    """Has this process keep it until the patch is undone."""
    _keep_statements(patch)
    _keep_tables(patch)
    _keep_registry(patch)
    _keep_rendition(patch)
    _keep_certificates(patch)
    # Tests publish the same few stories over and over, and a card takes 10 ms.
    patch.setattr(card_kit, "_draw", lru_cache(maxsize=1_000)(card_kit._draw))


def _keep_statements(patch: pytest.MonkeyPatch) -> None:
    """Each test has databases of its own, which compile the same statements: a tenth of a
    refresh.
    """
    compiled: LRUCache[Any, Any] = LRUCache(5_000)

    def create_engine(*arguments: Any, **options: Any) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(*arguments, **options)
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    # What was compiled is kept by its dialect, and every engine makes one.
    dialect = pysqlite.dialect
    patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other), raising=False)
    patch.setattr(dialect, "__hash__", lambda self: hash(type(self)), raising=False)
    patch.setattr(sqlite, "create_engine", create_engine)


def _keep_tables(patch: pytest.MonkeyPatch) -> None:
    """The migrations of a new file take a tenth of a second, and end in what the first one has."""
    migrate, made = Database._migrate, list[bytes]()

    def migrated(database: Database, migrations: Path = MIGRATIONS) -> None:
        path = database.path
        if path is None or path.exists() or migrations != MIGRATIONS:
            migrate(database, migrations)
        elif made:
            sqlite._make_private(path)
            path.write_bytes(made[0])
        else:
            migrate(database, migrations)
            made.append(path.read_bytes())

    patch.setattr(Database, "_migrate", migrated)


def _keep_registry(patch: pytest.MonkeyPatch) -> None:
    parsed = registry_file._parsed
    shipped = lru_cache(maxsize=1)(parsed)
    patch.setattr(
        registry_file,
        "_parsed",
        lambda file: copy.copy(shipped(file)) if file == DEFAULT_REGISTRY else parsed(file),
    )
    # Each load and each index of the registry reads the words of three thousand names.
    patch.setattr(entities, "tokens_of", lru_cache(maxsize=20_000)(entities.tokens_of))


def _keep_rendition(patch: pytest.MonkeyPatch) -> None:
    """The digest of templates and code reads four hundred files, twice in each build."""
    made = assets.rendition_digest

    @lru_cache(maxsize=1_000)
    def kept(site: SiteSettings, _plugins: str) -> str:
        return made(site)

    def digest(site: SiteSettings) -> str:
        return kept(site, plugins().identity(*assets._HOOKS))

    for module in (publisher, publish):
        patch.setattr(module, "rendition_digest", digest)


def _keep_certificates(patch: pytest.MonkeyPatch) -> None:
    """Each client of a model's server reads all trusted certificates, which takes 10 ms."""
    made, trusted = ssl.create_default_context, certifi.where()
    shared = lru_cache(maxsize=1)(lambda: made(cafile=trusted))

    def context(*purpose: Any, **options: Any) -> ssl.SSLContext:
        return shared() if options == {"cafile": trusted} else made(*purpose, **options)

    patch.setattr(ssl, "create_default_context", context)
