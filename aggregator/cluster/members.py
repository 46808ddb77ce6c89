"""Articles as clustering sees them, and as members of stories.

A member knows who publishes its article, whose copy it is and whether it is the vendor's own word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from aggregator.domain.article import Article
from aggregator.domain.dates import iso_week
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import Member, Story
from aggregator.domain.web.urls import host, is_preprint, registrable_domain
from aggregator.english.text import slug

Placed = Sequence[tuple[Article, str | None]]  # articles, each with the one that it copies
Membership = Callable[[Placed], tuple[Member, ...]]
_OWN_WORD = frozenset({Lane.LAB, Lane.RELEASE})


@frozen
class ClusterItem:
    """An article as clustering sees it. `story_id`, `storyline`, `affairs` and `copy_of` are set
    where an earlier run decided them.

    `lead` is the beginning of the text or the publisher's summary; `shingles` are the bytes of
    `sketch` of the whole text, empty where only an excerpt was had. `terms` are the bytes of the
    features of title and lead, empty where they were not read yet. `vector` is the headline's
    embedding (`ports.Embedder`), empty where there is none. `family` is who stands behind the
    source: two articles of one family are one voice. Where it is not `dated`, `published` is when
    it was first seen.
    """

    article_id: str
    title: str
    lead: str
    published: datetime
    source_key: str
    family: str
    lane: Lane
    canonical_url: str
    shingles: bytes = b""
    terms: bytes = b""
    vector: bytes = b""
    story_id: str | None = None
    storyline: str | None = None
    affairs: tuple[str, ...] = ()
    copy_of: str | None = None
    dated: bool = True


@frozen
class Assignment:
    """The story an article belongs to, and why. `similarity` is 1 for a copy and 0 for the founder
    of a new story.

    `storyline` and `affairs` are those of that story, `copy_of` is the article whose text it
    repeats, never itself a copy.
    """

    article_id: str
    story_id: str
    storyline: str
    similarity: float
    reason: str
    affairs: tuple[str, ...] = ()
    copy_of: str | None = None


def members(placed: Placed, sources: Mapping[str, Source]) -> tuple[Member, ...]:
    """The members, oldest first. An article whose source left the configuration keeps its host as
    name and family.
    """
    return members_among(sources)(placed)


def members_among(sources: Mapping[str, Source]) -> Membership:
    """`members` of these sources, for many stories: who publishes at which host is found once."""
    publishers, families = _publishers(sources), _families(sources)
    quotable = quotable_among(sources)

    def found(placed: Placed) -> tuple[Member, ...]:
        ordered = sorted(placed, key=lambda pair: (pair[0].published.at, pair[0].id))
        return tuple(
            replace(
                _member(article, copy_of, sources.get(article.source_key), publishers, families),
                is_quotable=quotable(article.source_key, article.url),
            )
            for article, copy_of in ordered
        )

    return found


def quotable_among(sources: Mapping[str, Source]) -> Callable[[str, str], bool]:
    """Whether what a source (its key) lists at an address may be quoted: neither the source nor who
    publishes there forbids it.
    """
    publishers = _publishers(sources)

    def is_quotable(source_key: str, url: str) -> bool:
        parties = (sources.get(source_key), publishers.get(host(url)))
        return all(party.quoting for party in parties if party)

    return is_quotable


def story_of_members(
    story_id: str,
    found: Sequence[Member],
    timezone: str,
    editions: Mapping[str, datetime] = MappingProxyType({}),
) -> Story:
    """The story of members given oldest first, not ranked yet; the store keeps the slug and week
    that it was first given.

    Its week is that of its publication, or the one in which it was first read where the edition of
    that week was out by then; `editions` are the weeks that have one, each with when it came out.
    """
    founder, zone = found[0].article, ZoneInfo(timezone)
    first_seen = min(member.article.first_seen for member in found)
    week = iso_week(founder.published.at, zone)
    is_too_late = week in editions and editions[week] <= first_seen
    return Story(
        id=story_id,
        slug=slug(founder.title),
        week=iso_week(first_seen, zone) if is_too_late else week,
        published=founder.published.at,
        updated=max(member.article.published.at for member in found),
        first_seen=first_seen,
        members=tuple(found),
    )


def _publishers(sources: Mapping[str, Source]) -> dict[str, Source]:
    """The one source of each host; a host that several share (a forge, a blog platform) names no
    publisher.
    """
    homes = {host(source.home): source for source in sources.values()}
    shared = Counter(host(source.home) for source in sources.values())
    return {name: source for name, source in homes.items() if shared[name] == 1}


def _families(sources: Mapping[str, Source]) -> dict[str, str]:
    """The family of each domain that is the home of a source: what is published at the hosts below
    is of the same party. A domain that several families share is nobody's.
    """
    found: dict[str, set[str]] = {}
    for source in sources.values():
        domain = registrable_domain(source.home)
        if source.family and host(source.home) == domain:  # a blog's platform is not the blog's
            found.setdefault(domain, set()).add(source.family)
    return {domain: min(several) for domain, several in found.items() if len(several) == 1}


def _member(
    article: Article,
    copy_of: str | None,
    source: Source | None,
    publishers: Mapping[str, Source],
    families: Mapping[str, str],
) -> Member:
    published_on = host(article.url)
    if article.is_linked:  # in a newsletter, which is not its publisher
        source = publishers.get(published_on)
    is_own = source is not None and any(_is_within(published_on, at) for at in source.hosts)
    publisher = source if is_own else publishers.get(published_on)
    home = publisher.home if publisher else article.url
    return Member(
        article=article,
        family=(publisher.family if publisher else "")
        or families.get(registrable_domain(home), host(home)),
        source_name=_name(published_on, source, publisher),
        lane=_lane(article, source),
        weight=source.weight if source else 1.0,
        copy_of=copy_of,
        primary=source is not None and is_own and source.lane in _OWN_WORD,
    )


def _lane(article: Article, source: Source | None) -> Lane:
    """The lane of its source; a paper is one where nothing was written of the source's lane."""
    lane = source.lane if source else Lane.NEWS
    return Lane.PAPER if lane is Lane.NEWS and is_preprint(article.url) else lane


def _name(published_on: str, source: Source | None, publisher: Source | None) -> str:
    """The publisher's name; what a community only links to goes by its host."""
    if publisher:
        return publisher.name
    is_named = source is not None and source.lane is not Lane.COMMUNITY
    return source.name if source and is_named else published_on


def _is_within(name: str, other: str) -> bool:
    """Whether one host name is the other or lies below it: blog.example.org and example.org are one
    publisher's.
    """
    return name == other or name.endswith(f".{other}") or other.endswith(f".{name}")
