"""Reads registry.toml, the shipped one and the operator's laid over it, and reports all its
problems at once.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from aggregator import cluster
from aggregator.config.layers import laid_over, read_toml, text_of
from aggregator.config.validators import did_you_mean
from aggregator.domain.ids import sha256_of
from aggregator.domain.publishing.newsroom import Newsroom, Role, Subject, shipped_newsroom
from aggregator.domain.registry import Registry, RegistryEntity, Topic
from aggregator.domain.story import EntityKind
from aggregator.errors import ConfigError
from aggregator.resources import DEFAULT_REGISTRY

_TOPIC = "topic"
_ROLE = "role"
_SUBJECT = "subject"
_TABLES = (_TOPIC, _ROLE, *EntityKind)
_OURS = "ours"  # the key by which an operator's table leaves out all of ours
_MOST_WORDS = 2  # of a term: reports are read by words and pairs of them
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORM = re.compile(r"(?:[^{}]|\{(?:name|version|variant)\})*")
_TAGGERS = (
    "entities.py",
    "topics.py",
    "topic_weights.json",
    "section_model.py",
    "section_weights.json",
    "similarity/terms.py",
)  # code that decides which tags a story gets
_Tables = dict[str, dict[str, Any]]
_Record = TypeVar("_Record", RegistryEntity, Topic, Role, Subject)


def load_registry(own: Path) -> Registry:
    """The registry; the operator's file need not be there. Raises `ConfigError` with all
    problems.
    """
    tables: _Tables = functools.reduce(_laid_over, map(_parsed, _files(own)), {})
    about = {"": tables.pop(_SUBJECT)}
    problems = list(_misplaced(tables))
    subject = _records(Subject, {_SUBJECT: about}, problems)[_SUBJECT]
    problems += () if problems else _unusable_terms(subject[""])
    topic = _records(Topic, {_TOPIC: tables.get(_TOPIC, {})}, problems)[_TOPIC]
    found = _records(RegistryEntity, {kind: tables.get(kind, {}) for kind in EntityKind}, problems)
    role = _records(Role, {_ROLE: tables.get(_ROLE, {})}, problems)[_ROLE]
    problems += _unusable_words(role)
    problems += () if problems else _mistakes(topic, found)
    if problems:
        raise ConfigError(str(own), problems)
    return Registry(
        topic={key: record for key, record in topic.items() if not record.off},
        entities={
            kind: {key: record for key, record in found[kind].items() if not record.off}
            for kind in EntityKind
        },
        newsroom=replace(
            _newsroom({key: one for key, one in role.items() if not one.off}),
            subject=subject[""],
            fitted=text_of(fitted) if (fitted := fitted_file(own)).is_file() else "",
        ),
        digest=registry_digest(own),
    )


def _newsroom(roles: dict[str, Role]) -> Newsroom:
    """The newsroom, with a digest where it is not ours: then stories are written again."""
    found = Newsroom(roles=roles)
    digest = "" if roles == shipped_newsroom().roles else sha256_of(repr(found))[:8]
    return replace(found, digest=digest)


def fitted_file(own: Path) -> Path:
    """Where `subject fit` writes what it has learnt, beside the operator's registry."""
    return own.with_name("relevance.toml")


def subject_of(own: Path) -> Subject | None:
    """What the operator's file says that the site is about; None where it says nothing that can be
    read.
    """
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only where there is one

    try:
        return TypeAdapter(Subject).validate_python(read_toml(_files(own)[1])[_SUBJECT])
    except (IndexError, ConfigError, KeyError, ValidationError):
        return None  # `load_registry` says what is wrong


def registry_digest(own: Path) -> str:
    """SHA-256 over the files and the code that reads texts by them: where it changed, stories are
    tagged again.
    """
    code = [Path(folder) / name for folder in cluster.__path__ for name in _TAGGERS]
    return hashlib.sha256(
        b"\x00".join(path.read_bytes() for path in (*_files(own), *code))
    ).hexdigest()[:16]


def _files(own: Path) -> list[Path]:
    is_other = own.is_file() and own.resolve() != DEFAULT_REGISTRY.resolve()
    return [DEFAULT_REGISTRY, own] if is_other else [DEFAULT_REGISTRY]


def _laid_over(below: _Tables, above: _Tables) -> _Tables:
    """Tables over those of the file before, without its entries where they say `ours = false`, or
    where the file names another subject and does not say `ours = true`.
    """
    before, after = (tables.get(_SUBJECT, {}).get("name") for tables in (below, above))
    is_same = after in {None, before}
    kept = {name: table for name, table in below.items() if above.get(name, {}).get(_OURS, is_same)}
    written = {
        name: {key: entry for key, entry in table.items() if key != _OURS}
        for name, table in above.items()
    }
    return laid_over(kept, written)


def _unusable_terms(subject: Subject) -> Iterator[str]:
    """Terms that no text has."""
    yield from (
        f"subject.terms: {term!r} must begin with a letter or digit and have at most two words"
        for term in subject.terms
        if not (term[:1].isalnum() and len(term.split()) <= _MOST_WORDS)
    )


def _unusable_words(roles: dict[str, Role]) -> Iterator[str]:
    """Words of roles that are no regular expressions."""
    for key, role in roles.items():
        for word in role.words:
            try:
                re.compile(word)
            except re.error as error:
                yield f"role.{key}.words: {word!r} is not a regular expression: {error}"


def _parsed(file: Path) -> _Tables:
    """The tables of a file; an entry that is only a name becomes a table."""
    tables = read_toml(file)
    if strays := [name for name, table in tables.items() if not isinstance(table, dict)]:
        raise ConfigError(
            str(file),
            [
                f"{name}: is not a table; entries belong under [{_TOPIC}] or a kind"
                for name in strays
            ],
        )
    return {
        name: {
            key: {"name": record} if isinstance(record, str) and name != _SUBJECT else record
            for key, record in table.items()
        }
        for name, table in tables.items()
    }


def _misplaced(tables: _Tables) -> Iterator[str]:
    """Tables that are none of ours, keys that are no address, and keys that two kinds share."""
    for name, table in tables.items():
        if name not in _TABLES:
            yield f"{name}: unknown table{did_you_mean(name, _TABLES)}"
        yield from (
            f"{name}.{key}: keys may contain lower-case letters, digits and hyphens"
            for key in table
            if not _KEY.fullmatch(key)
        )
    places = Counter(key for kind in EntityKind for key in tables.get(kind, {}))
    yield from (
        f"{key}: is the key of {count} entities; keys must be unique"
        for key, count in places.items()
        if count > 1
    )


def _records(
    record: type[_Record], tables: _Tables, problems: list[str]
) -> dict[str, dict[str, _Record]]:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    adapter = TypeAdapter(record)
    found: dict[str, dict[str, _Record]] = {name: {} for name in tables}
    for name, table in tables.items():
        for key, entry in table.items():
            try:
                found[name][key] = adapter.validate_python(entry)
            except ValidationError as error:
                problems += (
                    _problem_line(f"{name}.{key}", mistake, record)
                    for mistake in error.errors(include_url=False)
                )
    return found


def _problem_line(place: str, error: Any, record: type[_Record]) -> str:
    """One line for one mistake of an entry."""
    where = ".".join((place.rstrip("."), *map(str, error["loc"])))
    match error["type"]:
        case "unexpected_keyword_argument":
            return (
                f"{where}: unknown"
                f" key{did_you_mean(str(error['loc'][-1]), record.__dataclass_fields__)}"
            )
        case "missing":
            return f"{where}: is missing"
    return f"{where}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _mistakes(
    topic: dict[str, Topic], found: dict[str, dict[str, RegistryEntity]]
) -> Iterator[str]:
    """What names something that is not there, or cannot be written or found."""
    from aggregator.cluster.entities import tokens_of  # noqa: PLC0415 - likewise

    keys = {key for entries in found.values() for key in entries}
    for key, record in topic.items():
        strangers = [name for name in record.entities if name not in keys]
        phrases = (*record.terms, *record.hints)
        yield from (
            f"topic.{key}: {phrase!r} contains no word"
            for phrase in phrases
            if not tokens_of(phrase).written
        )
        yield from (
            f"topic.{key}.entities: unknown entity {name}{did_you_mean(name, keys)}"
            for name in strangers
        )
    for kind, entries in found.items():
        for key, entry in entries.items():
            if entry.maker and entry.maker not in found[EntityKind.COMPANY]:
                yield (
                    f"{kind}.{key}.maker: unknown company"
                    f" {entry.maker}{did_you_mean(entry.maker, found['company'])}"
                )
            if not _FORM.fullmatch(entry.form):
                yield (
                    f"{kind}.{key}.form: {entry.form!r} may contain only {{name}},"
                    " {version} and {variant}"
                )
            phrases = (entry.name, *entry.aliases, *entry.alone, *entry.decoys)
            yield from (
                f"{kind}.{key}: {phrase!r} contains no word"
                for phrase in phrases
                if not tokens_of(phrase).written
            )
