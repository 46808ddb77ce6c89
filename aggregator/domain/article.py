"""What we derived: the document an entry points to, and the numbered passages that citations point
into.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from aggregator.domain.entry import EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.page_template import Sighting
from aggregator.domain.wording import N_

WALLED = N_("paywalled")  # shown to readers in place of a text behind a paywall


class Read(StrEnum):
    """How much of an article we could read."""

    FULL = "full"
    EXCERPT = "excerpt"
    HEADLINE = "headline"


class Verdict(StrEnum):
    """Whether a sentence of an article may be used, or why not (`extract/admission.py`)."""

    EVIDENCE = "evidence"
    ADDRESSED = "addressed"  # to whoever reads or summarises it
    MUTILATED = "mutilated"
    UNSUPPORTED = "unsupported"  # a headline that shares nothing with its text
    FOREIGN = "foreign"  # no claim is made of it; headline, links and clustering use it

    @property
    def letter(self) -> str:
        """Its first letter, by which it is stored."""
        return self.value[0]

    @classmethod
    def of_letter(cls, letter: str) -> Verdict:
        """The verdict that is stored as a letter."""
        return _BY_LETTER[letter]


_BY_LETTER = {verdict.letter: verdict for verdict in Verdict}


@frozen
class Passage:
    """A numbered span of one version of an article's stored text; `n` 0 is the headline as
    published.

    `verdicts` has a letter for each of its sentences, none where it was not admitted yet.
    """

    article_id: str
    version: int
    n: int
    text: str
    verdicts: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """`<article>.<version>.<n>`, as citations write it."""
        return f"{self.article_id}.{self.version}.{self.n}"


def article_of(passage: str) -> str:
    """The id of the article that a passage is of, from its key."""
    return passage.partition(".")[0]


@frozen
class NewsletterItem:
    """One thing that an issue of a newsletter lists, counted from 0 in reading order.

    `links` are the addresses that it links to, that of its title first. `is_lead`: it stands first,
    or the title of the issue names it.
    """

    position: int
    title: str
    text: str = ""
    links: tuple[str, ...] = ()
    is_lead: bool = False


@frozen
class PageText:
    """What the extractor saw of one page or feed text: paragraphs in reading order, and what the
    page says of itself.

    `text`: all of the main text, one line a block, with the subheadings and the code that are no
    paragraphs to be quoted. `is_walled`: it says that the whole text is for those who pay.
    `is_garbled`: its bytes are no letters in any encoding that it may have. `reserved`: the word by
    which it closes its text to models. `items` are what it lists. `sighting`: what it tells of how
    its publisher lays out pages.
    """

    title: str = ""
    text: str = ""
    paragraphs: tuple[str, ...] = ()
    byline: str = ""
    published: EntryDate | None = None
    language: str | None = None
    canonical_url: str | None = None
    image_url: str | None = None
    is_walled: bool = False
    is_garbled: bool = False
    reserved: str = ""
    items: tuple[NewsletterItem, ...] = field(default=(), compare=False)
    sighting: Sighting = field(default=Sighting(), compare=False)


@frozen
class Article:
    """One version of a document. `id` is made from its canonical URL, so it is the same after any
    crash or re-crawl.

    `shortfall` says why the text is not full (`http 404`, `robots.txt`), None where it is.
    `reserved` names the word by which its publisher closes the text to models: of such an article
    only headline and link are kept. `backlog`: it was published before any of its sources was
    followed. `is_issue`: it is an issue of a newsletter, and so in no story. `is_linked`: its
    source lists it only within an issue. `is_labelled`: its title is a neutral label of ours, since
    its headline was not admitted. `words` has its stored text, the headline not counted.
    """

    id: str
    version: int
    source_key: str
    url: str
    canonical_url: str
    title: str
    published: EntryDate
    first_seen: datetime
    read: Read
    passages: tuple[Passage, ...]
    byline: str = ""
    language: str | None = None
    shortfall: str | None = None
    image_url: str | None = None
    is_walled: bool = False
    reserved: str = ""
    backlog: bool = False
    is_issue: bool = False
    is_linked: bool = False
    is_labelled: bool = False
    words: int = field(default=0, compare=False)

    @property
    def headline(self) -> str:
        """The title as a text to cluster, tag and rank by; empty where it is our label."""
        return "" if self.is_labelled else self.title

    @property
    def text(self) -> str:
        """The stored text without the headline, paragraphs apart by a blank line."""
        return "\n\n".join(passage.text for passage in self.passages if passage.n > 0)


@frozen
class Judgement:
    """A judgement on two articles, `one` the smaller id: whether they report one event, and who
    judged.
    """

    one: str
    other: str
    same: bool
    by: str
