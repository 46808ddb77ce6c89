"""Articles in versions with their passages, and when a page that could not be had may be asked
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, tuple_, update

from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.web.urls import canonical_url
from aggregator.store.rows import add, among, change, count, drop, passage_key, record_of, row_of
from aggregator.store.schema import (
    analyses,
    articles,
    citations,
    passages,
    sketches,
    stories,
    versions,
)


@frozen
class KnownArticle:
    """How much of a stored article was read and when, the source it came from, and when its page
    may be asked again.
    """

    read: Read
    source_key: str
    shortfall: str | None
    page_due: datetime | None
    page_failures: int
    first_seen: datetime
    page_read: datetime | None = None
    is_linked: bool = False

    def may_ask(self, now: datetime) -> bool:
        """Whether the page may be asked now: never before its own next try, nor soon after it was
        read.
        """
        next_reading = self.next_reading(now) if self.page_read else now
        return next_reading is not None and max(self.page_due or now, next_reading) <= now

    def next_reading(self, now: datetime) -> datetime | None:
        """When a page that was read may be read again, as a feed tells of a change; None if never:
        it was not, or is old.
        """
        if self.page_read is None or now - self.first_seen > _CHANGES_FOR:
            return None
        return self.page_read + _LEAST_BETWEEN


_RETRY_DAYS = 30  # a page that could not be had for a month is let go
_CHANGES_FOR = timedelta(days=14)  # after an article was first seen; later changes are seldom news
_LEAST_BETWEEN = timedelta(days=1)  # of two readings of a page, however often a feed is rewritten
# of a passage: its article, version and number
_UNPLACED = articles.placed_in.is_(None) & articles.is_issue.is_not(True)
_TRUST = tuple(DateOrigin)  # the most trusted first
_ANALYSED = frozenset({"title", "published", "language", "read", "reserved"})

# Built once: making a statement costs more than SQLite takes to carry it out.
_STORED = (
    select(articles, versions.digest)
    .join(versions, (versions.article_id == articles.id) & (versions.version == articles.version))
    .where(articles.id == bindparam("article"))
)
_PUT = update(articles).where(articles.id == bindparam("article"))
_ADD_ARTICLE, _ADD_VERSION, _ADD_PASSAGES = map(insert, (articles, versions, passages))


def save_article(
    connection: Connection,
    article: Article,
    *,
    digest: str,
    now: datetime,
    page_due: datetime | None,
    page_failures: int,
    page_read: datetime | None = None,
) -> bool:
    """Stores a first or changed version, or what else became known of the same text; returns
    whether it is new text.

    Identity, address and first sight of a known article stay, and its date unless a more trusted or
    an earlier one came. The story of an article becomes stale where its text or a fact changed that
    its analysis rests on, and so does any other that cites the article.
    """
    tried = {"page_due": page_due, "page_failures": page_failures} | (
        {"page_read": page_read} if page_read else {}
    )
    known = connection.execute(_STORED, {"article": article.id}).one_or_none()
    if known is None:
        row = row_of(
            article,
            articles,
            published=article.published.at,
            published_origin=article.published.origin,
            words=_words(article),
            **tried,
        )
        connection.execute(_ADD_ARTICLE, row)
        _save_version(connection, article, 1, digest, now)
        return True
    is_new = (known.digest, known.read) != (digest, article.read)
    version = known.version + 1 if is_new else known.version
    values = _facts(article, known)
    values |= {"words": _words(article)} if is_new else {}
    changed = {
        name: value
        for name, value in (values | tried | {"version": version}).items()
        if getattr(known, name) != value
    }
    if changed:
        connection.execute(update(articles).where(articles.id == article.id).values(changed))
    if changed.keys() & _ANALYSED or is_new:
        connection.execute(
            update(stories).where(stories.id == known.story_id).values(stale=True, tagged=None)
        )
        _outdate_citing(connection, article.id, known.story_id)
    if is_new:
        _save_version(connection, article, version, digest, now)
    return is_new


def _outdate_citing(connection: Connection, article_id: str, own: str | None) -> None:
    """Has the stories of others that cite an article written again."""
    citing = select(citations.story_id).where(
        citations.article_id == article_id, citations.story_id.is_distinct_from(own)
    )
    found = set(connection.scalars(citing))
    change(connection, analyses.story_id, found, inputs="")
    change(connection, stories.id, found, stale=True)


def _words(article: Article) -> int:
    return sum(len(passage.text.split()) for passage in article.passages if passage.n > 0)


def _save_version(
    connection: Connection, article: Article, version: int, digest: str, now: datetime
) -> None:
    row = {
        "article_id": article.id,
        "version": version,
        "digest": digest,
        "extracted": now,
        "read": article.read,
    }
    connection.execute(_ADD_VERSION, row)
    rows = [
        {
            "article_id": article.id,
            "version": version,
            "n": passage.n,
            "text": passage.text,
            "verdicts": passage.verdicts,
        }
        for passage in article.passages
    ]
    connection.execute(_ADD_PASSAGES, rows)


def _facts(article: Article, known: Row[Any]) -> dict[str, object]:
    """What is stored of a known article from now on. What a page once said stays where this reading
    says nothing of it.
    """
    published = min(
        (
            article.published,
            EntryDate(at=known.published, origin=DateOrigin(known.published_origin)),
        ),
        key=lambda dated: (_TRUST.index(dated.origin), dated.at),
    )
    says_own = article.canonical_url != canonical_url(article.url)
    return {
        "title": article.title,
        "is_labelled": article.is_labelled,
        "byline": article.byline or known.byline,
        "published": published.at,
        "published_origin": published.origin,
        "language": article.language or known.language,
        "canonical_url": article.canonical_url if says_own else known.canonical_url,
        "read": article.read,
        "shortfall": article.shortfall,
        "image_url": None if article.reserved else article.image_url or known.image_url,
        "is_walled": article.is_walled,
        "reserved": article.reserved,
        "is_issue": article.is_issue,
    }


_RETRY_PAGE = (
    update(articles)
    .where(articles.id == bindparam("article"))
    .values(page_due=bindparam("due"), page_failures=bindparam("failures"))
)  # made once: a day may have thousands of pages that still cannot be fetched


def retry_page(
    connection: Connection, article_id: str, *, page_due: datetime | None, page_failures: int
) -> None:
    """Records when the page of an article is asked next; its text stays."""
    tried = {"article": article_id, "due": page_due, "failures": page_failures}
    connection.execute(_RETRY_PAGE, tried)


def adopt(connection: Connection, article: Article) -> None:
    """Gives an article that only an issue of a newsletter linked to, to the source that lists it,
    under the title that this gives it.
    """
    article_id = article.id
    own = {"source_key": article.source_key, "title": article.title, "is_linked": False}
    own |= {"is_labelled": article.is_labelled}
    change(connection, articles.id, [article_id], **own)


def keep_text(connection: Connection, article_id: str, now: datetime) -> None:
    """Records that the page of an article was read again and gave no better text."""
    tried = {"page_due": None, "page_failures": 0, "page_read": now}
    change(connection, articles.id, [article_id], **tried)


def pages_due(
    connection: Connection, now: datetime, most: int | None = None
) -> tuple[tuple[str, int], ...]:
    """The articles whose page may be asked again, at most so many, with how often it failed; in
    order of id. After a month none is.

    One that is due later than anybody can have said was put off by a clock that was wrong: it is
    due now.
    """
    month = timedelta(days=_RETRY_DAYS)
    young, is_due = (
        articles.first_seen > now - month,
        or_(articles.page_due <= now, articles.page_due > now + month),
    )
    due = select(articles.id, articles.page_failures).where(is_due, young).order_by(articles.id)
    return tuple((row.id, row.page_failures) for row in connection.execute(due.limit(most)))


def known_articles(connection: Connection, article_ids: Sequence[str]) -> dict[str, KnownArticle]:
    """What is stored of these articles; those not stored are left out."""
    return {
        row.id: record_of(KnownArticle, row, is_linked=bool(row.is_linked))
        for row in among(connection, select(articles), articles.id, article_ids)
    }


def first_seen(connection: Connection) -> datetime | None:
    """When the first article was seen; None where there is none yet."""
    found: datetime | None = connection.scalar(select(func.min(articles.first_seen)))
    return found


def unplaced_count(connection: Connection) -> int:
    """How many articles are in no story yet."""
    return count(connection, articles, _UNPLACED)


def unplaced_articles(connection: Connection) -> tuple[Article, ...]:
    """The articles that are in no story yet, with their text."""
    rows = connection.execute(select(articles).where(_UNPLACED).order_by(articles.id)).fetchall()
    return _with_passages(connection, rows)


def articles_with_text(connection: Connection, article_ids: Sequence[str]) -> tuple[Article, ...]:
    """These articles with their text, by id; those not stored are left out."""
    chosen = select(articles).where(articles.id.in_(article_ids)).order_by(articles.id)
    return _with_passages(connection, connection.execute(chosen).fetchall())


@frozen
class Sketch:
    """What clustering reads of a placed article instead of its text: the beginning, the hashes of
    the whole, and the bytes of `ClusterItem.terms`, which are empty in those of an older release.
    """

    lead: str
    shingles: bytes
    terms: bytes = b""


@frozen
class PlacedArticle:
    """An article where clustering put it. It has its text if its sketch is missing or of an older
    version.
    """

    article: Article
    story_id: str
    storyline: str | None
    affairs: tuple[str, ...]
    copy_of: str | None
    sketch: Sketch | None


def placed_articles(
    connection: Connection, since: datetime, until: datetime
) -> tuple[PlacedArticle, ...]:
    """The articles published in a span that clustering put into a story, by id; overrides are not
    seen.
    """
    sketched = (sketches.article_id == articles.id) & (sketches.version == articles.version)
    chosen = (
        select(
            articles,
            stories.storyline,
            stories.affairs,
            sketches.lead,
            sketches.shingles,
            sketches.terms,
        )
        .join(stories, stories.id == articles.placed_in)
        .outerjoin(sketches, sketched)
        .where(articles.published.between(since, until))
        .order_by(articles.id)
    )
    rows = connection.execute(chosen).fetchall()
    texts = {
        passage.id: passage
        for passage in _with_passages(connection, [row for row in rows if row.shingles is None])
    }
    return tuple(
        PlacedArticle(
            article=texts.get(row.id) or _article(row, ()),
            story_id=row.placed_in,
            storyline=row.storyline,
            affairs=tuple(row.affairs),
            copy_of=row.copy_of,
            sketch=None if row.shingles is None else record_of(Sketch, row),
        )
        for row in rows
    )


def save_sketches(connection: Connection, made: Sequence[tuple[Article, Sketch]]) -> None:
    """Keeps the sketches of articles, in place of older ones."""
    drop(connection, sketches.article_id, [article.id for article, _ in made])
    rows = [
        row_of(sketch, sketches, article_id=article.id, version=article.version)
        for article, sketch in made
    ]
    add(connection, sketches, rows)


def articles_of(
    connection: Connection, story_ids: Sequence[str], *, passages: bool
) -> dict[str, list[tuple[Article, str | None]]]:
    """The members of each story, oldest first, with what each is a copy of; without passages where
    only facts are needed.
    """
    found: dict[str, list[tuple[Article, str | None]]] = {story_id: [] for story_id in story_ids}
    ordered = select(articles).order_by(articles.published, articles.id)
    rows = [*among(connection, ordered, articles.story_id, story_ids)]
    texts = (
        _with_passages(connection, rows) if passages else tuple(_article(row, ()) for row in rows)
    )
    for article, row in zip(texts, rows, strict=True):
        found[row.story_id].append((article, row.copy_of))
    return found


def articles_by_id(
    connection: Connection, article_ids: Sequence[str]
) -> dict[str, tuple[Article, str | None]]:
    """These articles without passages, each with what it is a copy of; those not stored are left
    out.
    """
    rows = among(connection, select(articles), articles.id, article_ids)
    return {row.id: (_article(row, ()), row.copy_of) for row in rows}


def headlines_since(connection: Connection, since: datetime) -> dict[str, tuple[str, ...]]:
    """The headlines of the articles published since a moment, by story."""
    chosen = select(articles.story_id, articles.title).where(
        articles.published >= since, articles.story_id.is_not(None)
    )
    rows = connection.execute(chosen.order_by(articles.published, articles.id))
    return grouped((row.story_id, row.title) for row in rows)


def passages_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Passage]:
    """These passages by key; those not stored are left out."""
    key = tuple_(passages.article_id, passages.version, passages.n)
    places = (key.split(".") for key in set(keys))
    wanted = [(article, int(version), int(n)) for article, version, n in places]
    found = among(connection, select(passages), key, wanted)
    return {passage_key(row): record_of(Passage, row) for row in found}


def newest_texts(connection: Connection, most: int) -> Iterator[str]:
    """The passages of the newest articles that have a text, without their headlines: so many
    articles at most.
    """
    has_text = (
        select(passages.n)
        .where(
            passages.article_id == articles.id, passages.version == articles.version, passages.n > 0
        )
        .exists()
    )
    newest = (
        select(articles.id, articles.version)
        .where(has_text)
        .order_by(articles.published.desc(), articles.id)
    )
    some = newest.limit(most).subquery()
    chosen = select(passages.text).join(
        some, (some.c.id == passages.article_id) & (some.c.version == passages.version)
    )
    yield from connection.scalars(chosen.where(passages.n > 0))


def place_article(
    connection: Connection,
    article_id: str,
    story_id: str,
    copy_of: str | None,
    *,
    because: str = "",
    similarity: float = 0.0,
) -> None:
    """Puts an article into a story, for a reason; overrides may move it when they are replayed."""
    reason = {"placed_because": because, "placed_similarity": similarity}
    placed = {"story_id": story_id, "placed_in": story_id, "copy_of": copy_of} | reason
    connection.execute(_PUT, {"article": article_id} | placed)


def _with_passages(
    connection: Connection, rows: Sequence[Row[tuple[object, ...]]]
) -> tuple[Article, ...]:
    texts: dict[str, list[Passage]] = {row.id: [] for row in rows}
    current = select(passages).join(
        articles, (articles.id == passages.article_id) & (articles.version == passages.version)
    )
    ordered = current.order_by(passages.article_id, passages.n)
    for row in among(connection, ordered, passages.article_id, texts):
        texts[row.article_id].append(record_of(Passage, row))
    return tuple(_article(row, tuple(texts[row.id])) for row in rows)


def _article(row: Row[tuple[object, ...]], texts: tuple[Passage, ...]) -> Article:
    return record_of(
        Article,
        row,
        published=EntryDate(at=row.published, origin=DateOrigin(row.published_origin)),
        is_issue=bool(row.is_issue),
        is_linked=bool(row.is_linked),
        is_labelled=bool(row.is_labelled),
        passages=texts,
    )
