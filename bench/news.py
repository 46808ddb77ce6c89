"""Generated news with known events and planted copies, in time order: an event has one to a dozen
reports in two days.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.features import LEAD_WORDS
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane

PER_DAY = 800  # ten days are 8,000 articles: the window of the baselines that this is compared with
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SOURCES = 400
_COPIED = 0.03  # of the articles
LEAD = (20, 36)  # words: a feed's teaser
TEXT = (80, 240)  # a short article
_WORDS = 20_000
_NAMES = 6_000


@frozen
class Report:
    """A generated article: its event, the article it was copied from, and how."""

    item: ClusterItem
    text: str
    event: int
    copy_of: str | None = None
    edit: str = ""


def reports(articles: int, words_each: tuple[int, int], seed: int = 1) -> Iterator[Report]:
    """Articles by time: an event has one to a dozen reports within two days, each in words of its
    own.
    """
    rng = random.Random(seed)
    words = [_word(rng, 3) for _ in range(_WORDS)]
    names = [_word(rng, 3).capitalize() for _ in range(_NAMES)]
    weights = [1 / (rank + 3) for rank in range(_WORDS)]
    living: list[tuple[int, list[str], list[str], list[Report]]] = []
    events = 0
    for number in range(articles):
        published = BEGIN + timedelta(days=number / PER_DAY)
        living = [
            each for each in living if published - each[3][0].item.published < timedelta(days=2)
        ]
        if living and rng.random() < 0.65:
            event, who, what, told = rng.choice(living[-200:])
        else:
            event, who, what, told = (
                events,
                rng.sample(names, 3),
                rng.choices(words, weights, k=16),
                [],
            )
            living.append((event, who, what, told))
            events += 1
        if told and rng.random() < _COPIED / 0.65:
            made = _copy(rng, number, published, rng.choice(told), words)
        else:
            title = [rng.choice(who), *rng.sample(what, 5), *rng.choices(words, weights, k=2)]
            common = rng.choices(words, weights, k=rng.randint(*words_each))
            text = " ".join(_mixed(rng, common, (*who, *what)))
            made = Report(
                item=_item(rng, number, published, " ".join(title).capitalize(), text),
                text=text,
                event=event,
            )
        told.append(made)
        yield made


def _mixed(rng: random.Random, common: Sequence[str], own: Sequence[str]) -> Iterator[str]:
    """A text: one word in four is the event's own, a sentence has a dozen words."""
    for at, word in enumerate(common):
        chosen = rng.choice(own) if rng.random() < 0.25 else word
        yield chosen.capitalize() if at % 12 == 0 else f"{chosen}." if at % 12 == 11 else chosen


def _copy(
    rng: random.Random, number: int, published: datetime, of: Report, words: Sequence[str]
) -> Report:
    edit = rng.choice(("cut", "boilerplate", "reworded"))
    kept = of.text.split()
    if edit == "cut":
        kept = kept[: int(len(kept) * rng.uniform(0.6, 0.9))]
    elif edit == "boilerplate":
        kept += rng.choices(words, k=40)
    else:
        for at in rng.sample(range(len(kept)), len(kept) // 10):
            kept[at] = rng.choice(words)
    text = " ".join(kept)
    item = _item(rng, number, published, of.item.title, text)
    return Report(
        item=item, text=text, event=of.event, copy_of=of.copy_of or of.item.article_id, edit=edit
    )


def _item(
    rng: random.Random, number: int, published: datetime, title: str, text: str
) -> ClusterItem:
    source = f"source-{rng.randrange(_SOURCES)}"
    return ClusterItem(
        article_id=f"{number:012}",
        title=title,
        lead=" ".join(text.split()[:LEAD_WORDS]),
        published=published,
        source_key=source,
        family=source,
        lane=Lane.NEWS,
        canonical_url=f"https://{source}.example/{number}",
    )


def _word(rng: random.Random, syllables: int) -> str:
    return "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(syllables))
