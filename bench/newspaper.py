"""A generated newspaper: told stories of the size and the spread that a captured web gave, put into
a database by the store.

Of 3,277 stories told by rules from 75 captured feeds, a quarter had a headline only, a half an
excerpt, a quarter a text; their pages had 12.6 kB on average, half of them less than 9.8 kB, one in
ten more than 21.7 kB. The words are made up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.claim import (
    Analysis,
    Audience,
    Citation,
    Claim,
    ClaimKind,
    Draft,
    Rejection,
    TimelineRow,
)
from aggregator.domain.dates import Precision, iso_week
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.registry import Registry
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import (
    Entity,
    HistoryEntry,
    HistoryKind,
    Member,
    PublishedStory,
    RankReason,
    Reason,
    Signals,
    Story,
)
from aggregator.english.text import slug
from aggregator.store.database import Connection, Database
from aggregator.store.news.articles import place_article, save_article
from aggregator.store.news.stories import mark_fresh, save_story, save_tags, story_ids
from aggregator.store.writing.analyses import analyses_of, save_analyses
from aggregator.store.writing.history import save_history

_T = TypeVar("_T")

RULES = "generated"
_BEGIN = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
_PER_WEEK = 800  # what some sixty busy sources give, so that ten thousand stories are twelve weeks
_READS = ((Read.HEADLINE, 0.25), (Read.EXCERPT, 0.55), (Read.FULL, 0.2))
_PASSAGES = {Read.HEADLINE: (0, 0), Read.EXCERPT: (0, 1), Read.FULL: (5, 16)}
_MEMBERS = ((1, 0.86), (2, 0.09), (3, 0.03), (6, 0.02))
_ENTITIES = ((0, 0.4), (1, 0.3), (2, 0.2), (3, 0.1))
_TOPICS = ((0, 0.3), (1, 0.5), (2, 0.2))
_FAMILIAR = 400  # entities that are in the news, a few of them all the time
_GOES_ON = 0.12  # of the stories continue a storyline
_REMEMBERED = 120  # stories that a new one may continue
_BATCH = 500  # stories in one transaction
_SOURCES = {
    Lane.NEWS: 32,
    Lane.LAB: 8,
    Lane.PAPER: 6,
    Lane.RELEASE: 6,
    Lane.LETTER: 4,
    Lane.COMMUNITY: 4,
}
_FUNCTION_WORDS = (
    "the of and to in a is that for on with as by at from its has will not how new more than after"
).split()
_SEASONING = (
    "$2.4 billion",
    "38 %",
    "“early access”",
    "R&D",
    "GPT-style",
    "<100 ms",
    "doesn’t",
    "C++",
    "7B",
    "10×",
)


@frozen
class _Tongue:
    """Words to choose from, the frequent ones many times."""

    words: tuple[str, ...]

    def sentence(self, rng: random.Random, fewest: int = 9, most: int = 24) -> str:
        """Words that look like a sentence."""
        words = rng.choices(self.words, k=rng.randint(fewest, most))
        if rng.random() < 0.3:
            words[rng.randrange(len(words))] = rng.choice(_SEASONING)
        return f"{words[0].capitalize()} {' '.join(words[1:])}."


def newspaper_sources() -> tuple[Source, ...]:
    """The sources that the newspaper reads; one in ten belongs to the family of another."""
    lanes = [lane for lane, number in _SOURCES.items() for _ in range(number)]
    return tuple(
        Source(
            key=f"source-{n}",
            name=f"The {lane.capitalize()} of Town {n}",
            url=f"https://town-{n}.example/feed.xml",
            lane=lane,
            family="sisters" if n % 10 == 0 else "",
        )
        for n, lane in enumerate(lanes)
    )


def fill(database: Database, count: int, registry: Registry) -> None:
    """Stores a newspaper of so many stories: articles, passages, stories, tags, analyses and
    ledgers.
    """
    told = newspaper(count, registry)
    while some := list(islice(told, _BATCH)):
        with database.writing() as connection:
            for story in some:
                _save(connection, story)
            tags = {
                story.story.id: (story.story.topics, story.story.entities, Signals())
                for story in some
            }
            save_tags(connection, tags, digest=registry.digest)


def tell_again(database: Database, share: float) -> int:
    """Tells that share of the stories anew, evenly over the archive, as another run of an engine
    would; returns how many.
    """
    with database.writing() as connection:
        ids = story_ids(connection)
        some = ids[:: round(1 / share)]
        for analysis in analyses_of(connection, some).values():
            save_analyses(connection, [_otherwise(analysis)], RULES)
    return len(some)


def newspaper(count: int, registry: Registry, seed: int = 1) -> Iterator[PublishedStory]:
    """Told stories in time order, the same for the same arguments but for how many there are."""
    rng = random.Random(seed)
    tongue, sources = _tongue(rng), newspaper_sources()
    entities = _entities(rng, registry)
    topics = sorted(registry.topic)
    recent: list[Story] = []
    for number in range(count):
        published = _BEGIN + timedelta(weeks=1) * number / _PER_WEEK
        before = rng.choice(recent) if recent and rng.random() < _GOES_ON else None
        named = before.entities if before else _named(rng, entities)
        about = before.topics if before else tuple(rng.sample(topics, _drawn(rng, _TOPICS)))
        told = _told(rng, tongue, number, published.replace(microsecond=0), (named, about), sources)
        if before:
            told = replace(told, story=replace(told.story, storyline=before.storyline))
        recent = [*recent[-_REMEMBERED:], told.story]
        yield told


def _save(connection: Connection, told: PublishedStory) -> None:
    story = told.story
    save_story(connection, story)
    for member in story.members:
        article, seen = member.article, member.article.first_seen
        save_article(
            connection,
            article,
            digest=stable_id(article.text),
            now=seen,
            page_due=None,
            page_failures=0,
        )
        place_article(connection, article.id, story.id, member.copy_of, because="generated")
    save_analyses(connection, [told.analysis], RULES)
    save_history(connection, story.id, story.history)
    mark_fresh(connection, [story.id])


def _otherwise(analysis: Analysis) -> Analysis:
    """The same story told anew from the same passages: another hook, the sections in another
    order.
    """
    kept = analysis.kept
    hook = kept.takeaways[-1] if kept.takeaways else kept.hook
    other = replace(
        kept, hook=hook, what_changed=kept.what_changed[::-1], takeaways=kept.takeaways[::-1]
    )
    return replace(analysis, analysed_at=analysis.analysed_at + timedelta(hours=1), kept=other)


def _told(
    rng: random.Random,
    tongue: _Tongue,
    number: int,
    published: datetime,
    tags: tuple[tuple[Entity, ...], tuple[str, ...]],
    sources: Sequence[Source],
) -> PublishedStory:
    entities, topics = tags
    read = _drawn(rng, _READS)
    subject = f"{entities[0].name} " if entities and rng.random() < 0.5 else ""
    title = subject + tongue.sentence(rng, 5, 14).rstrip(".")
    chosen = rng.sample(sources, _drawn(rng, _MEMBERS))
    members: list[Member] = []
    for place_of, source in enumerate(chosen):
        at = published + timedelta(minutes=90 * place_of)
        text = title if place_of == 0 else tongue.sentence(rng, 6, 14).rstrip(".")
        article = _article(rng, tongue, f"{number}.{place_of}", text, read, at, source)
        copy_of = members[0].article.id if place_of and rng.random() < 0.15 else None
        members.append(
            Member(
                article=article,
                family=source.family or source.key,
                source_name=source.name,
                lane=source.lane,
                weight=1.0,
                copy_of=copy_of,
            )
        )
    story = _story(number, title, members, entities, topics)
    return PublishedStory(
        story=replace(story, history=_facts(rng, story)), analysis=_analysis(rng, story)
    )


def _article(
    rng: random.Random,
    tongue: _Tongue,
    key: str,
    title: str,
    read: Read,
    at: datetime,
    source: Source,
) -> Article:
    article_id = stable_id("article", key)
    passages = range(rng.randint(*_PASSAGES[read]))
    texts = (
        title,
        *(" ".join(tongue.sentence(rng) for _ in range(rng.randint(1, 3))) for _ in passages),
    )
    url = f"https://{source.key.replace('source', 'town')}.example/{at:%Y/%m/%d}/{slug(title)}"
    return Article(
        id=article_id,
        version=1,
        source_key=source.key,
        url=url,
        canonical_url=url,
        title=title,
        published=EntryDate(at=at, origin=DateOrigin.FEED),
        language="en",
        first_seen=at + timedelta(minutes=20),
        read=read,
        passages=tuple(
            Passage(article_id=article_id, version=1, n=n, text=text)
            for n, text in enumerate(texts)
        ),
    )


def _story(
    number: int,
    title: str,
    members: Sequence[Member],
    entities: tuple[Entity, ...],
    topics: tuple[str, ...],
) -> Story:
    story_id = stable_id("story", str(number))
    founder = members[0].article
    points = 2.0 * len(members) + founder.published.at.timestamp() / 86_400
    return Story(
        id=story_id,
        slug=slug(title),
        week=iso_week(founder.first_seen, ZoneInfo("UTC")),
        published=founder.published.at,
        updated=max(member.article.published.at for member in members),
        first_seen=founder.first_seen,
        members=tuple(members),
        score=round(points, 6),
        importance=2.0 * len(members),
        reasons=(RankReason(name=Reason.ORIGINS, points=2.0 * len(members), count=len(members)),),
        storyline=story_id,
        topics=topics,
        entities=entities,
    )


def _analysis(rng: random.Random, story: Story) -> Analysis:
    """As the rules tell: as many claims as there is text for."""
    articles = [member.article for member in story.members]
    founder = articles[0]
    sentences = [
        _claim(article, passage) for article in articles for passage in article.passages[1:]
    ][:14]
    rng.shuffle(sentences)
    headline = _claim(founder, founder.passages[0])
    event = TimelineRow(
        day=story.published.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=headline,
    )
    earlier = [
        TimelineRow(
            day=story.published.date() - timedelta(days=30 * (n + 1)),
            precision=Precision.MONTH,
            planned=False,
            this_event=False,
            claim=each,
        )
        for n, each in enumerate(sentences[8:10])
    ]
    draft = Draft(
        headline=headline,
        hook=sentences[0] if sentences else None,
        what_changed=tuple(sentences[1:3]),
        why_it_matters=tuple(sentences[3:4]),
        who_should_care=tuple(
            Audience(role=rng.choice(list(all_roles())), claim=sentence)
            for sentence in sentences[4:6]
        ),
        takeaways=tuple(sentences[5:10]),
        timeline=(*earlier, event),
    )
    return Analysis(
        story_id=story.id,
        engine="extractive",
        model=None,
        analysed_at=story.first_seen + timedelta(minutes=5),
        inputs=stable_id(story.id, "inputs"),
        kept=draft,
        rejected=((Rejection.NAME, 1),) if rng.random() < 0.1 else (),
    )


def _claim(article: Article, passage: Passage) -> Claim:
    """The first sentence of a passage, quoted."""
    text = passage.text.partition(". ")[0]
    cited = Citation(passage=f"{article.id}.{article.version}.{passage.n}", quote=text)
    return Claim(text=text, kind=ClaimKind.EXTRACTED, citations=(cited,))


def _facts(rng: random.Random, story: Story) -> tuple[HistoryEntry, ...]:
    """What the later reports of a story with several added."""
    later = [
        (member.article, passage)
        for member in story.members[1:]
        for passage in member.article.passages[1:2]
    ]
    return tuple(
        HistoryEntry(
            n=n,
            article_id=article.id,
            at=article.first_seen,
            kind=HistoryKind.ADDED,
            text=passage.text.partition(". ")[0],
            passage=f"{article.id}.1.{passage.n}",
        )
        for n, (article, passage) in enumerate(later[:3], start=1)
        if rng.random() < 0.7
    )


def _tongue(rng: random.Random) -> _Tongue:
    made = [_word(rng, rng.choice((2, 3, 3, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 20) for rank in range(len(made))]
    drawn = rng.choices(made, weights, k=60_000)
    return _Tongue(words=(*drawn, *rng.choices(_FUNCTION_WORDS, k=30_000)))


def _word(rng: random.Random, syllables: int) -> str:
    return "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(syllables))


def _entities(rng: random.Random, registry: Registry) -> tuple[Entity, ...]:
    """Entities of the registry, those in the news all the time many times."""
    known = sorted(
        (key, entry.name, kind)
        for kind, entries in registry.entities.items()
        for key, entry in entries.items()
    )
    some = rng.sample(known, min(_FAMILIAR, len(known)))
    drawn = rng.choices(some, [1 / (rank + 4) for rank in range(len(some))], k=5_000)
    return tuple(Entity(key=key, name=name, kind=kind) for key, name, kind in drawn)


def _named(rng: random.Random, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    return tuple(
        {choice.key: choice for choice in rng.choices(entities, k=_drawn(rng, _ENTITIES))}.values()
    )


def _drawn(rng: random.Random, shares: Sequence[tuple[_T, float]]) -> _T:
    values, weights = zip(*shares, strict=True)
    found: _T = rng.choices(values, weights)[0]
    return found
