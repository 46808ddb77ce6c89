"""Which companies, models, people, products and regulations a text speaks of: by the registry
alone, no model asked.

One pass over the words of a text: each is looked up in an index by first word, the longest phrase
wins, and a model's name takes the version and variant after it ("Claude Opus 4.6", "GPT-5.1
Codex"). Names of several things count only with their capitals or in their company, as the registry
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.registry import Registry, RegistryEntity
from aggregator.domain.story import Entity, EntityKind, Mention
from aggregator.english.text import slug

MOST_ENTITIES = 12  # of a story; the rest is mentioned in passing
_SHARE = 4  # an entity that no headline names must be named by one in so many articles,
_FEWEST_MENTIONS = 2  # and as often as this: of those named once a third were by the way
_NEVER_IN_PASSING = frozenset({EntityKind.REGULATION})
_ADDRESS = re.compile(r"\S+://\S+|\S+\.\w{2,}/\S*")  # names a host, not who runs it
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_JOINTS = dict.fromkeys(" -‐‑_\u00a0", " ") | {"’": "'", "·": "-"}
_VERSION = re.compile(r"[1-9]?\d(?:\.\d{1,2}){0,2}")
_NEWEST_VERSION = 20  # "Gemini 25" is no version
_SUFFIXES = frozenset({"o", "n", "v", "a"})  # GPT-4o, Gemma 3n, GLM-5V; b, m, k and t are sizes
_QUANTITIES = frozenset(
    "million billion trillion percent times years months weeks days hours minutes people users"
    " things reasons ways tips x k m b bn tokens parameters models agents points".split()
)
_BEFORE_VERSION = frozenset({"", " ", "."})  # "Qwen3", "GPT-5" (hyphens are spaces here), "FLUX.2"
_MOST_PARTS = 4  # a version and three variants, as in "Gemini 2.5 Flash Lite"


@frozen
class Tokens:
    """The words of a text in order: as written, folded, and what stands before each."""

    written: tuple[str, ...]
    folded: tuple[str, ...]
    gaps: tuple[str, ...]


@frozen
class EntityPhrase:
    """One way to write an entity; `entry` is None for what only looks like one. `variant` stands
    for the family's name.
    """

    words: Tokens
    key: str = ""
    kind: EntityKind = EntityKind.COMPANY
    entry: RegistryEntity | None = None
    variant: str = ""


@frozen
class Gazetteer:
    """The phrases of a registry by their first word, longest first, and models before companies:
    "DeepSeek" and its V3.

    `lines` are the keys of models that have versions or variants, whose bare name means all of
    them, `makers` the companies of models and products by their key.
    """

    phrases: dict[str, tuple[EntityPhrase, ...]]
    lines: frozenset[str] = frozenset()
    makers: Mapping[str, Entity] = field(default_factory=dict)


def gazetteer(registry: Registry) -> Gazetteer:
    """The index of a registry; making it takes some milliseconds."""
    phrases = grouped((phrase.words.folded[0], phrase) for phrase in _phrases(registry))
    ordered = {
        first: tuple(
            sorted(
                some,
                key=lambda phrase: (
                    -len(phrase.words.folded),
                    phrase.kind is not EntityKind.MODEL,
                    phrase.key,
                ),
            )
        )
        for first, some in phrases.items()
    }
    models = registry.entities.get(EntityKind.MODEL, {})
    lines = frozenset(key for key, entry in models.items() if entry.versions or entry.variants)
    return Gazetteer(phrases=ordered, lines=lines, makers=_makers(registry))


def tokens_of(text: str) -> Tokens:
    """The words of a text: runs of letters, and numbers with their points."""
    written, gaps, end = [], [], 0
    for found in _TOKEN.finditer(text):
        written.append(found[0])
        gap = text[end : found.start()]
        gaps.append(_JOINTS.get(gap, gap))
        end = found.end()
    return Tokens(
        written=tuple(written), folded=tuple(word.lower() for word in written), gaps=tuple(gaps)
    )


def entities_in(words: Tokens, index: Gazetteer) -> tuple[Entity, ...]:
    """The entities that a text names, each once, in the order of their first mention.

    A line of models ("Claude") is left out where one of its versions is named.
    """
    found: dict[str, Entity] = {}
    lines: set[str] = set()
    for entity, line in _named(words, index):
        found.setdefault(entity.key, entity)
        lines |= {line} - {entity.key}
    return tuple(entity for key, entity in found.items() if key not in lines)


def makers_in(words: Tokens, index: Gazetteer) -> tuple[Entity, ...]:
    """The companies whose models and products a text names, each once."""
    makers = (index.makers[key] for _, key in _named(words, index) if key in index.makers)
    return tuple(dict.fromkeys(makers))


def _named(words: Tokens, index: Gazetteer) -> Iterator[tuple[Entity, str]]:
    """The entities that a text names, in order, each with the key of its entry."""
    around, place = frozenset(words.folded), 0
    while place < len(words.folded):
        entity, key, place = _at(place, words, around, index)
        if entity:
            yield entity, key


def mentions_in(text: str, index: Gazetteer, around: frozenset[str]) -> tuple[Mention, ...]:
    """Every place where a text names an entity, in order; `around` are the folded words of the
    article it stands in.
    """
    words, spans = tokens_of(text), [found.span() for found in _TOKEN.finditer(text)]
    found: list[Mention] = []
    place = 0
    while place < len(spans):
        entity, line, after = _at(place, words, around, index)
        if entity:
            is_line = entity.key == line and line in index.lines
            found.append(
                Mention(
                    entity=entity, start=spans[place][0], end=spans[after - 1][1], is_line=is_line
                )
            )
        place = after
    return tuple(found)


def entities_mentioned(text: str, index: Gazetteer) -> tuple[Entity, ...]:
    """The entities that a text names outside of addresses, each as often as it does, but lines of
    models of which it names a version.
    """
    plain = _ADDRESS.sub("", text)
    words = tokens_of(plain)
    known = {entity.key for entity in entities_in(words, index)}
    found = mentions_in(plain, index, frozenset(words.folded))
    return tuple(mention.entity for mention in found if mention.entity.key in known)


def story_entities(
    articles: Sequence[tuple[Sequence[Entity], Sequence[Entity]]],
) -> tuple[Entity, ...]:
    """The entities of a story, most mentioned first, from those of each article's headline and
    the mentions in its lead.

    What no headline names is left out where the leads name it but once, or only a few of many
    articles do.
    """
    mentions: dict[str, int] = {}
    named: dict[str, int] = {}
    known: dict[str, Entity] = {}
    titled: dict[str, int] = {}
    for in_title, in_lead in articles:
        for entity in {entity.key: entity for entity in in_title}.values():
            titled[entity.key] = titled.get(entity.key, 0) + 1
        for entity in in_lead:
            named[entity.key] = named.get(entity.key, 0) + 1
        for entity in {entity.key: entity for entity in (*in_title, *in_lead)}.values():
            known.setdefault(entity.key, entity)
            mentions[entity.key] = mentions.get(entity.key, 0) + 1
    kept = [
        key
        for key, count in mentions.items()
        if key in titled
        or (
            count * _SHARE >= len(articles)
            and (named.get(key, 0) >= _FEWEST_MENTIONS or known[key].kind in _NEVER_IN_PASSING)
        )
    ]
    kept.sort(key=lambda key: (-mentions[key] - titled.get(key, 0), key))
    return tuple(
        Entity(key=key, name=known[key].name, kind=known[key].kind, mentions=mentions[key])
        for key in kept[:MOST_ENTITIES]
    )


def _makers(registry: Registry) -> dict[str, Entity]:
    companies = registry.entities.get(EntityKind.COMPANY, {})
    return {
        key: Entity(key=entry.maker, name=companies[entry.maker].name, kind=EntityKind.COMPANY)
        for entries in registry.entities.values()
        for key, entry in entries.items()
        if entry.maker in companies
    }


def _phrases(registry: Registry) -> Iterator[EntityPhrase]:
    for kind, entries in registry.entities.items():
        for key, entry in entries.items():
            for written in dict.fromkeys((entry.name, *entry.aliases)):
                yield EntityPhrase(words=tokens_of(written), key=key, kind=kind, entry=entry)
            for variant in entry.alone:
                yield EntityPhrase(
                    words=tokens_of(variant), key=key, kind=kind, entry=entry, variant=variant
                )
            for decoy in entry.decoys:
                yield EntityPhrase(words=tokens_of(decoy))


def _at(
    place: int, words: Tokens, around: frozenset[str], index: Gazetteer
) -> tuple[Entity | None, str, int]:
    """The entity whose name begins at a word, the key of its entry, and where to go on."""
    for phrase in index.phrases.get(words.folded[place], ()):
        end = place + len(phrase.words.folded)
        if not _stands(phrase, words, place, end):
            continue
        entry = phrase.entry
        if entry is None:
            return None, "", end
        version, variants, after = (
            _version(entry, words, end) if phrase.kind is EntityKind.MODEL else ("", (), end)
        )
        if _is_glued(words, after) or not _is_meant(phrase, entry, version, around):
            continue
        return _entity(phrase, entry, version, variants), phrase.key, after
    return None, "", place + 1


def _stands(phrase: EntityPhrase, words: Tokens, place: int, end: int) -> bool:
    """Whether the words of a phrase stand here, with its joints, and its capitals where these
    count.
    """
    if (
        phrase.words.folded != words.folded[place:end]
        or phrase.words.gaps[1:] != words.gaps[place + 1 : end]
    ):
        return False
    if place and not words.gaps[place]:
        return False
    is_cased = phrase.entry is not None and (phrase.entry.cased or bool(phrase.variant))
    return not is_cased or phrase.words.written == words.written[place:end]


def _is_glued(words: Tokens, place: int) -> bool:
    """Whether the word at a place hangs on to the one before."""
    return place < len(words.gaps) and not words.gaps[place]


def _is_meant(
    phrase: EntityPhrase, entry: RegistryEntity, version: str, around: frozenset[str]
) -> bool:
    """Whether the name means this entity: a version decides, else the words around it where the
    registry asks for them.
    """
    if version:
        return True
    if phrase.variant or not entry.bare:
        return False
    return not entry.needs or not around.isdisjoint(entry.needs)


def _version(entry: RegistryEntity, words: Tokens, place: int) -> tuple[str, tuple[str, ...], int]:
    """The number and the variants that follow a model's name, and where they end."""
    variants = {variant.lower(): variant for variant in entry.variants}
    version, found = "", []
    may_be_small = words.folded[place - 1].isdigit()  # "o3-mini" has its number in the name
    for _ in range(_MOST_PARTS):
        if place >= len(words.folded) or words.gaps[place] not in _BEFORE_VERSION:
            break
        number, after = ("", place) if version else _number(entry, words, place)
        variant = variants.get(words.folded[place], "")
        if number:
            version, place = number, after
        elif (
            variant
            and (version or may_be_small or words.written[place][0].isupper())
            and not _is_glued(words, place + 1)
        ):
            found.append(variant)
            place += 1
        else:
            break
    return version, tuple(found), place


def _number(entry: RegistryEntity, words: Tokens, place: int) -> tuple[str, int]:
    """The version at a place, its letter included, and where it ends; sizes and amounts are
    none.
    """
    letter = next(
        (version for version in entry.versions if version.lower() == words.folded[place]), ""
    )
    if letter and _is_glued(words, place + 1):
        place += 1
    number, end = words.written[place], place + 1
    if not _VERSION.fullmatch(number) or float(number.partition(".")[0]) > _NEWEST_VERSION:
        return "", place
    if _is_glued(words, end):
        if words.folded[end] not in _SUFFIXES or _is_glued(words, end + 1):
            return "", place
        number, end = number + words.written[end], end + 1
    elif end < len(words.folded) and words.gaps[end] == " " and words.folded[end] in _QUANTITIES:
        return "", place
    return letter + number, end


def _entity(
    phrase: EntityPhrase, entry: RegistryEntity, version: str, variants: Iterable[str]
) -> Entity:
    variant = " ".join(([phrase.variant] if phrase.variant else []) + list(variants))
    if not version and not variant:
        return Entity(key=phrase.key, name=entry.name, kind=phrase.kind)
    name = _tidy(entry.form.format(name=entry.name, version=version, variant=variant))
    return Entity(key=slug(name), name=name, kind=phrase.kind)


def _tidy(name: str) -> str:
    """A name without the joints that an absent part left."""
    return re.sub(r"[-.](?=[ -]|$)", "", " ".join(name.split())).strip()
