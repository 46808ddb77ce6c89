"""The operator's overrides: what overrides.toml changes about stories, and which story each article
then belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.story import StoryOverrides


@frozen
class Pin:
    """`[[pin]]`: the story leads its lists and its edition, to the end of the day `until` if there
    is one.
    """

    story: str
    until: date | None = None


@frozen
class Merge:
    """`[[merge]]`: the stories are one, under the permalink of the first; those of the others lead
    there.
    """

    stories: tuple[str, ...]


@frozen
class Split:
    """`[[split]]`: the articles at these addresses are a story of their own; the story keeps its
    permalink.
    """

    story: str
    articles: tuple[str, ...]


@frozen
class Rename:
    """`[[rename]]`: the story's headline, shown as the operator's."""

    story: str
    headline: str


@frozen
class Drop:
    """`[[drop]]`: a story, or the article at an address, is published no more."""

    reason: str
    story: str = ""
    url: str = ""


@frozen
class Annotation:
    """`[[annotate]]`: the operator's note on a story."""

    story: str
    note: str


@frozen
class Overrides:
    """The whole of overrides.toml; field names are its tables."""

    pin: tuple[Pin, ...] = ()
    merge: tuple[Merge, ...] = ()
    split: tuple[Split, ...] = ()
    rename: tuple[Rename, ...] = ()
    drop: tuple[Drop, ...] = ()
    annotate: tuple[Annotation, ...] = ()

    def stories(self) -> tuple[str, ...]:
        """Every story that is named, each once."""
        several: tuple[Pin | Split | Rename | Drop | Annotation, ...]
        several = (*self.pin, *self.split, *self.rename, *self.drop, *self.annotate)
        named = (
            *(pin.story for pin in several),
            *(story for merge in self.merge for story in merge.stories),
        )
        return tuple(dict.fromkeys(story for story in named if story))

    def addresses(self) -> tuple[str, ...]:
        """Every address of an article that is named, each once."""
        named = (
            *(url for split in self.split for url in split.articles),
            *(drop.url for drop in self.drop),
        )
        return tuple(dict.fromkeys(url for url in named if url))


@frozen
class OverrideTargets:
    """The targets of overrides that exist: the living story of each id that is named, the article
    of each address.
    """

    stories: Mapping[str, str] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)


Home = Callable[[str, str], str | None]


def home_of(overrides: Overrides, known: OverrideTargets) -> Home:
    """A function from an article's id and the story that clustering put it into to the story it
    belongs to; None for one that is dropped.
    """
    into = _merged(overrides, known)
    dropped = {known.articles[drop.url] for drop in overrides.drop if drop.url in known.articles}
    apart = {
        article: (story, new)
        for split in overrides.split
        for article, story, new in _parted(split, known)
    }

    def home(article_id: str, placed_in: str) -> str | None:
        if article_id in dropped:
            return None
        joined = into.get(placed_in, placed_in)
        whole, new = apart.get(article_id, ("", ""))
        return new if into.get(whole, whole) == joined else joined

    return home


def story_overrides(
    overrides: Overrides, known: OverrideTargets, today: date
) -> dict[str, StoryOverrides]:
    """The overrides of each story, by the story that has its articles; a pin holds to the end of
    its last day.
    """
    into = _merged(overrides, known)
    stated: dict[str, dict[str, str | bool]] = {}

    def add(story: str, what: str, value: str | bool) -> None:
        if story in known.stories:
            living = known.stories[story]
            stated.setdefault(into.get(living, living), {})[what] = value

    for pin in overrides.pin:
        if pin.until is None or today <= pin.until:
            add(pin.story, "pinned", True)
    for rename in overrides.rename:
        add(rename.story, "headline", rename.headline)
    for drop in overrides.drop:
        add(drop.story, "dropped", drop.reason)
    for annotation in overrides.annotate:
        add(annotation.story, "note", annotation.note)
    return {
        story: StoryOverrides(
            pinned=bool(values.get("pinned")),
            headline=str(values.get("headline", "")),
            note=str(values.get("note", "")),
            dropped=str(values.get("dropped", "")),
        )
        for story, values in stated.items()
    }


def unknown(overrides: Overrides, known: OverrideTargets) -> tuple[str, ...]:
    """A sentence for each story or address that an override names and that does not exist."""
    stories = (
        f"no story has the id {story}"
        for story in overrides.stories()
        if story not in known.stories
    )
    return (
        *stories,
        *(
            f"no article at {address}"
            for address in overrides.addresses()
            if address not in known.articles
        ),
    )


def split_id(first_article: str) -> str:
    """The id of the story that articles split off make."""
    return stable_id("split", first_article)


def _merged(overrides: Overrides, known: OverrideTargets) -> dict[str, str]:
    """The stories that were merged into another, with that one; a story named in two merges joins
    both.
    """
    into: dict[str, str] = {}
    for merge in overrides.merge:
        living = [known.stories[story] for story in merge.stories if story in known.stories]
        roots = [into.get(story, story) for story in living]
        for root in roots[1:]:
            into |= {
                story: roots[0]
                for story in (root, *(key for key, end in into.items() if end == root))
                if story != roots[0]
            }
    return into


def _parted(split: Split, known: OverrideTargets) -> list[tuple[str, str, str]]:
    """The articles that are split off, each with the story it leaves and the new one."""
    found = [known.articles[url] for url in split.articles if url in known.articles]
    if split.story not in known.stories:
        return []
    return [(article, known.stories[split.story], split_id(found[0])) for article in found]
