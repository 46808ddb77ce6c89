"""The sources that the operator wants read, and how their listings are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from aggregator.domain.frozen import config_table, frozen
from aggregator.domain.web.address import Address, hide
from aggregator.domain.web.urls import host


class Lane(StrEnum):
    """What kind of source it is; papers and releases are shown and ranked apart from news."""

    NEWS = "news"
    LAB = "lab"
    PAPER = "paper"
    RELEASE = "release"
    LETTER = "letter"
    COMMUNITY = "community"


NEWS_LANES = frozenset({Lane.NEWS, Lane.LAB})
SIDE_LANES = frozenset({Lane.PAPER, Lane.RELEASE})  # listed apart: there are hundreds a week


class Scope(StrEnum):
    """What a source writes about: the subject of the site alone, or others too, whose entries are
    then left out. Auto: as its entries show. "ai" is what the subject was called before.
    """

    AUTO = "auto"
    SUBJECT = "subject"
    AI = "ai"
    GENERAL = "general"


class SourceKind(StrEnum):
    """What an address of a source serves: the publisher's feed, a page of theirs that lists
    articles, a feed that others make of such a page, or the API of a model registry.
    """

    FEED = "feed"
    LISTING = "listing"
    MIRROR = "mirror"
    REGISTRY = "registry"


class ListingFormat(StrEnum):
    """What a listing is: pages and JSON that the operator describes, or a service whose shape we
    know.
    """

    HTML = "html"
    JSON = "json"
    NEXTJS = "nextjs"
    SITEMAP = "sitemap"
    HUGGINGFACE = "huggingface"
    GITHUB = "github"
    HACKERNEWS = "hackernews"
    ARXIV = "arxiv"
    PLUGIN = "plugin"  # read by the plugin that has the kind named in `items`


@frozen
class SourceReader:
    """How a plugin reads a `kind` of source: `read` takes a document and its address, and gives
    what it lists, each as `title`, `link`, `date` (ISO 8601 or seconds), `summary`, `tags` and
    `votes`, the last four if it has them. It runs in a process that ends after ten seconds.

    With `mapping`, a record made with `config_table` that describes the table
    `[sources.listing.mapping]`, `read` is also given that table. What it gives then are not
    entries: they go to the hook `records_read` as they are.
    """

    kind: str
    read: Callable[..., Iterable[Any]]
    mapping: type | None = None


def _setting(help: str, **default: Any) -> Any:
    return field(metadata={"help": help}, **default)


@config_table
class Listing:
    """`[sources.listing]`: where to find the entries in a document that is not a feed.

    For `html` the fields are CSS selectors, `items` in the page and the others within an item:
    `time@title` is an attribute, `h2::text` the text of a heading without that of the elements in
    it. For `json` and `nextjs` they are
    paths: `post.slug` a key within a key, `**` anything however deep, `type=post|news` only objects
      that say so,
    `url, slug` the first that is there. The other formats need none.
    """

    format: ListingFormat = _setting(
        "html, json, nextjs, sitemap, huggingface, github, hackernews, arxiv, or plugin (the plugin"
        " of the kind that `items` names)"
    )
    script: str = _setting(
        "json: CSS selector of the script element that contains it; empty: the document is JSON",
        default="",
    )
    items: str = _setting(
        "html: CSS selector of an entry; json, nextjs: path to the entries", default=""
    )
    title: str = _setting(
        "where to find the title; empty in html: the first heading, else the link's text",
        default="",
    )
    link: str = _setting(
        "where to find the link; empty in html: the entry itself, else its first link", default=""
    )
    date: str = _setting(
        "where to find the date; empty in html: the first time element", default=""
    )
    summary: str = _setting("where to find a summary", default="")
    tags: str = _setting("where to find categories", default="")
    votes: str = _setting(
        "json, nextjs: where to find points and comments, which are added up", default=""
    )
    prefix: str = _setting(
        "keep only links that begin with this; relative links are appended to it", default=""
    )
    minimum: int = _setting(
        "fewer entries than this count as a failure: the page layout has changed", default=1
    )
    points: int = _setting("hackernews: entries with fewer points are left out", default=0)
    mapping: Mapping[str, Any] = _setting(
        "plugin: what the plugin that reads the kind needs to know, in keys of its own",
        default_factory=dict,
    )


_KIND_HELP = (
    "feed, listing (a page without a feed, with [sources.listing]), mirror (a feed that others make"
    " of the publisher's pages), registry (a model registry's API) or a kind that a plugin reads,"
    " such as catalogue (prices, windows and retirements of models)"
)
_BY_HELP = "mirror: who makes it, shown to readers"


@config_table
class Route:
    """One of a source's `routes`: a further address of it, used where those before it fail."""

    url: str = _setting("a further URL of the source, used where the ones before it fail")
    kind: SourceKind = _setting(_KIND_HELP, default=SourceKind.FEED)
    by: str = _setting(_BY_HELP, default="")
    listing: Listing | None = _setting(
        "where to find the entries of a page without a feed", default=None
    )
    note: str = _setting("where the URL was found and when, or anything worth knowing", default="")

    def __post_init__(self) -> None:
        hide(self, "url")


@config_table
class Source:
    """One `[[sources]]` table of config.toml. `note` says why a source is off, or what to know of
    it.
    """

    key: str = _setting("short name in URLs and reports: a-z, 0-9 and hyphens")
    name: str = _setting("name shown to readers")
    url: str = _setting(
        "URL of the feed, or of a page that lists articles; secrets in it are never shown"
    )
    kind: SourceKind = _setting(_KIND_HELP, default=SourceKind.FEED)
    by: str = _setting(_BY_HELP, default="")
    lane: Lane = _setting("news, lab, paper, release, letter or community", default=Lane.NEWS)
    public_url: str = _setting(
        "URL that its page on the site links to; empty: url, unless it contains a secret",
        default="",
    )
    weight: float = _setting("weight of its reports in the ranking, 0 to 10", default=1.0)
    family: str = _setting(
        "shared word for several sources of one publisher: together they count as one origin",
        default="",
    )
    licence: str = _setting("licence of its texts, if stated", default="")
    removal_contact: str = _setting(
        "where its publisher accepts requests about its texts", default=""
    )
    quoting: bool = _setting(
        "false: of its texts nothing but headlines is shown; citations of it have source, date and"
        " link",
        default=True,
    )
    include: tuple[str, ...] = _setting(
        "keep only entries with one of these words or phrases", default=()
    )
    exclude: tuple[str, ...] = _setting(
        "leave out entries with one of these words or phrases", default=()
    )
    scope: Scope = _setting(
        "subject (or ai, its former name), general (entries about other subjects are left out) or"
        " auto: decided from its entries",
        default=Scope.AUTO,
    )
    categories: tuple[str, ...] = _setting(
        "keep only entries in one of these feed categories", default=()
    )
    languages: tuple[str, ...] = _setting(
        "keep only entries in one of these languages, or without a stated language", default=()
    )
    max_age_days: int = _setting(
        "older entries are recorded but not read; 0: fetch.max_age_days", default=0
    )
    listing: Listing | None = _setting(
        "where to find the entries of a page without a feed", default=None
    )
    routes: tuple[Route, ...] = _setting(
        "further URLs of the source, tried in order if those before fail", default=()
    )
    folder: str = _setting("folder in an OPML list, such as AI/Labs", default="")
    opml: Mapping[str, str] = _setting(
        "attributes that other programs gave it in OPML, kept for export", default_factory=dict
    )
    enabled: bool = _setting("false: listed but not fetched", default=True)
    note: str = _setting("why it is disabled, or anything worth knowing", default="")

    def __post_init__(self) -> None:
        hide(self, "url")

    @property
    def address(self) -> Address:
        """The address to fetch, with its secrets, as a type that does not print them."""
        return Address(self.url)

    @property
    def reading(self) -> Listing | None:
        """How a document that is no feed is read; the API of a model registry needs no table."""
        is_api = self.kind is SourceKind.REGISTRY and self.listing is None
        return Listing(format=ListingFormat.HUGGINGFACE) if is_api else self.listing

    @property
    def home(self) -> str:
        """An address of its publisher's: what readers are shown, else where it is fetched."""
        return self.public_url or self.url

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts at which its publisher's articles lie: where it is read, mirrors left out."""
        read_at = ((self.url, self.kind), *((route.url, route.kind) for route in self.routes))
        own = (url for url, kind in read_at if kind is not SourceKind.MIRROR)
        return frozenset(map(host, (self.home, *own)))

    def ways(self) -> tuple[Source, ...]:
        """The source as read at each of its addresses, in the order in which they are tried."""
        return (
            self,
            *(
                replace(
                    self,
                    url=route.url,
                    kind=route.kind,
                    by=route.by,
                    listing=route.listing,
                    note=route.note,
                    public_url=self.link or self.public_url,
                    routes=(),
                )
                for route in self.routes
            ),
        )

    @property
    def link(self) -> str:
        """The address that readers may see; none if ours contains a secret, since it does not work
        without it.
        """
        return self.public_url or ("" if self.address.has_secrets else self.url)


@frozen
class ListingRepair:
    """The listing that a model proposed for a page whose layout changed, or why there is none.

    `digest` is that of the table that failed and of the question: for another table the model is
    asked again.
    """

    source_key: str
    url: str
    digest: str
    asked: datetime
    listing: Listing | None
    reason: str = ""
