"""What a site is about, and whom it writes for: subject and roles of its registry. Like the
plugins, they are those of the process, so that prompts, rules, pages and emails name the same ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cache

from aggregator.domain.frozen import config_table, frozen
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.english.event_kind import EventKind
from aggregator.resources import DEFAULT_REGISTRY


@config_table
class Role:
    """Who should care: what pages call them, and what shows that a story concerns them.

    `decides` is what they decide, for the model that writes. `words` speak to them: regular
    expressions for whole words, in any case. They care for some `kinds` of event more than for
    others, and look at some `sections` first. `place` is where an edition has them, the lowest
    first. The words of a `common` role are in every story and count half.
    """

    name: str
    decides: str = ""
    words: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    sections: tuple[NewsSection, ...] = ()
    place: int = 99
    common: bool = False
    off: bool = False


@config_table
class Subject:
    """What a site is about: `name` as in "the AI news", `within` as in "what happened in AI".

    `terms` are the words for it, with exactly these capitals if `cased`; `off_topic` are words of
    reports that do not belong. Its stories stand in some `sections`.
    """

    name: str
    within: str = ""
    description: str = ""
    terms: tuple[str, ...] = ()
    cased: bool = False
    off_topic: tuple[str, ...] = ()
    sections: tuple[NewsSection, ...] = tuple(
        section for section in NewsSection if section is not NewsSection.MODELS
    )

    def worded(self, words: Callable[[str], str]) -> dict[str, str]:
        """What stands in the places of messages: the name, and the name after "in"."""
        return {"subject": words(self.name), "within": words(self.within or f"in {self.name}")}

    def mentions(self, text: str) -> int:
        """How often a text has one of the terms."""
        return len(_any_term(self.terms, cased=self.cased).findall(text))


@cache
def _any_term(terms: tuple[str, ...], *, cased: bool) -> re.Pattern[str]:
    whole = rf"\b(?:{'|'.join(map(re.escape, terms))})\b" if terms else r"(?!)"
    return re.compile(whole, re.NOFLAG if cased else re.IGNORECASE)


def _ours() -> Subject:
    return shipped_newsroom().subject


@frozen
class Newsroom:
    """The subject, and the roles by key, in the order in which pages list them. `digest` is empty
    for our roles; `fitted` is what `subject fit` wrote, empty where it never ran.
    """

    roles: Mapping[str, Role]
    digest: str = ""
    subject: Subject = field(default_factory=_ours, repr=False)
    fitted: str = field(default="", repr=False)


@cache
def shipped_newsroom() -> Newsroom:
    """The newsroom of the registry that comes with the program."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - only where roles are asked for

    tables = tomllib.loads(DEFAULT_REGISTRY.read_text("utf-8"))
    return Newsroom(
        roles=TypeAdapter(dict[str, Role]).validate_python(tables["role"]),
        subject=TypeAdapter(Subject).validate_python(tables["subject"]),
    )


class _Active:
    """The newsroom of this process: that of the command that runs."""

    find: Callable[[], Newsroom] = staticmethod(shipped_newsroom)


def open_newsroom(find: Callable[[], Newsroom]) -> None:
    """Makes what is found the newsroom of this process; it is looked for when first needed."""
    _Active.find = staticmethod(cache(find))


def newsroom() -> Newsroom:
    """The newsroom of this process."""
    return _Active.find()


def subject() -> Subject:
    """What this site is about."""
    return newsroom().subject


def all_roles() -> Mapping[str, Role]:
    """The roles of this site by key."""
    return newsroom().roles


def role_names() -> dict[str, str]:
    """What each role of this site is called, as messages."""
    return {key: role.name for key, role in all_roles().items()}


def role_name(key: str) -> str:
    """What a role is called, also one that the site no longer has."""
    role = all_roles().get(key) or shipped_newsroom().roles.get(key)
    return role.name if role else key


def edition_roles() -> list[str]:
    """The keys of the roles in the order in which an edition has them."""
    return sorted(all_roles(), key=lambda key: all_roles()[key].place)


def concerned_roles(named: Iterable[str], section: NewsSection) -> tuple[str, ...]:
    """The roles under which a story is listed: those that its page names as those who should care
    or act; where it names none, those that look at its section first.
    """
    known = tuple(key for key in dict.fromkeys(named) if key in all_roles())
    return known or tuple(key for key in edition_roles() if section in all_roles()[key].sections)
