"""Assembles an article from its feed entries and its page: the best text, the most trusted date,
and how much was read; before that, what an entry carries and whether it is the whole article.

Its text becomes numbered passages, the units that citations point into. A stored passage is
normalised once, here, so that every quote of it later matches character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.domain.article import WALLED, Article, PageText, Passage, Read
from aggregator.domain.dates import plausible
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, SeenEntry
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.web.rights import CLOSED
from aggregator.domain.web.urls import canonical_url
from aggregator.domain.wording import N_
from aggregator.english.text import folded, is_english, normalised, sentences, word_count, words
from aggregator.extract.feed.sitemap import address_words
from aggregator.extract.markup import paragraphs
from aggregator.extract.page.main_text import (
    is_visibly_cut,
    repaired_lines,
    trails_off,
    without_boilerplate,
)

_SHORT = N_("the page has almost no text")
_PAGE_WORDS = 50  # a page with fewer words than this is full only if it says more than the feed did
# letters of a significant word, those that its forms share, and how many stems are needed
_LONG, _STEM, _LEAST_STEMS = 4, 5, 3
# Words from which an uncut feed text is taken for the article: teasers of real feeds have up to
# 120, short news items and paper abstracts start at 150. Noticed by
# tests/unit/extract/test_entry_text.py.
FULL_TEXT_WORDS = 150
# Words from which three dots at the end are style: excerpts are cut at 55 (WordPress) to 250 words.
ESSAY_WORDS = 300
# Words that a standfirst has: fewer are a label, more are an excerpt.
_STANDFIRST_WORDS = range(8, 61)
# a long news paragraph; about 150 tokens, so that a citation points at something readable
PASSAGE_CHARACTERS = 600
_EMPHASIS = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*]{1,200})(?<=[^\s*])\*\*(?![\w*])")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(https?://[^\s()]{1,2000}\)")
MAX_PASSAGES = 400  # of one article; the longest article of the corpus has 180
MAX_CHARACTERS = 200_000  # of one article, some 35,000 words


@frozen
class FeedText:
    """What the feeds gave of one article: the entry with the best text, and that text."""

    seen: SeenEntry
    text: EntryText


def best_feed_text(seen: Sequence[SeenEntry]) -> FeedText:
    """The best of the entries that point to one article: a full text before an excerpt, a longer
    before a shorter, the link of a newsletter last.
    """
    texts = [FeedText(seen=entry, text=entry_text(entry.entry)) for entry in seen]
    best = min(
        texts,
        key=lambda candidate: (
            bool(candidate.seen.issue_id),
            not candidate.text.full,
            -_words(candidate.text.paragraphs),
            candidate.seen.entry.source_key,
            candidate.seen.entry.guid,
        ),
    )
    return replace(best, seen=replace(best.seen, backlog=all(entry.backlog for entry in seen)))


def article_from_feed(
    feed: FeedText, *, shortfall: str | None, now: datetime
) -> tuple[Article, str]:
    """The article from its feed, with its digest: full where the feed carries the text, else an
    excerpt or a headline.
    """
    if feed.text.full:
        full = with_standfirst(feed.seen.entry, feed.text.paragraphs)
        return _article(feed, None, full, Read.FULL, None, now)
    read = Read.EXCERPT if feed.text.paragraphs else Read.HEADLINE
    return _article(feed, None, feed.text.paragraphs, read, shortfall, now)


def article_from_page(feed: FeedText, page: PageText, *, now: datetime) -> tuple[Article, str]:
    """The article from its page; from the feed where the page is walled or holds no more than
    that.
    """
    shortfall = _shortfall(feed, page)
    if shortfall is None:
        full = with_standfirst(feed.seen.entry, page.paragraphs)
        return _article(feed, page, full, Read.FULL, None, now)
    paragraphs = feed.text.paragraphs or (page.paragraphs if shortfall == _SHORT else ())
    return _article(
        feed, page, paragraphs, Read.EXCERPT if paragraphs else Read.HEADLINE, shortfall, now
    )


def _shortfall(feed: FeedText, page: PageText) -> str | None:
    """Why the text of a page does not count as the article's; None where it does."""
    page_words, feed_words = _words(page.paragraphs), _words(feed.text.paragraphs)
    if page.is_walled:
        return WALLED
    if page.is_garbled:
        return N_("the page's character encoding is unknown")
    if page_words < _PAGE_WORDS and not page_words > feed_words > 0:
        return N_("the page has no more text than the feed") if feed_words else _SHORT
    announced, text = (
        f"{feed.seen.entry.title}. {' '.join(feed.text.paragraphs)}",
        " ".join(page.paragraphs),
    )
    if {_is_surely_english(announced), _is_surely_english(text)} == {True, False}:
        return N_("the page is in a different language than the feed")
    if not _shares_a_word(announced, text):
        return N_("the page is about something else")
    return None


def _is_surely_english(text: str) -> bool | None:
    """Whether a text is English by its own words; None where they do not decide."""
    found = is_english(text, "en")
    return found if found == is_english(text, "other") else None


def _shares_a_word(announced: str, text: str) -> bool:
    """Whether a page has any of the longer words by which a feed announced it, be it in another
    form.
    """
    stems = {word.casefold()[:_STEM] for word in words(announced) if len(word) >= _LONG}
    folded = text.casefold()
    return len(stems) < _LEAST_STEMS or any(stem in folded for stem in stems)


def without_text(article: Article, word: str) -> tuple[Article, str]:
    """The article without its text, as its publisher closes it to AI systems by `word`: headline
    and link, with the digest.
    """
    kept = tuple(passage for passage in article.passages if passage.n == 0)
    bare = replace(
        article, read=Read.HEADLINE, passages=kept, image_url=None, shortfall=CLOSED, reserved=word
    )
    return bare, text_digest(article.title, ())


def _article(
    feed: FeedText,
    page: PageText | None,
    paragraphs: Sequence[str],
    read: Read,
    shortfall: str | None,
    now: datetime,
) -> tuple[Article, str]:
    seen, entry = feed.seen, feed.seen.entry
    title = _title(entry, page)
    own_address = canonical_url(entry.url) or entry.url
    if entry.is_unlinked:  # several have the address of their source, and are no copies
        own_address = f"{own_address}#{entry.guid}"
    # a page of consent or of an error has an address of its own, too
    is_of_page = read is Read.FULL
    article = Article(
        id=seen.article_id,
        version=1,
        source_key=entry.source_key,
        url=entry.url,
        canonical_url=(
            canonical_url(page.canonical_url)
            if is_of_page and page and page.canonical_url
            else None
        )
        or own_address,
        title=title,
        byline=", ".join(entry.authors) or (page.byline if page else ""),
        published=_published(seen, page, now),
        first_seen=seen.first_seen,
        language=(page.language if page else None) or entry.language,
        read=read,
        shortfall=shortfall,
        image_url=page.image_url if page else None,
        is_walled=bool(page and page.is_walled),
        backlog=seen.backlog,
        passages=passages(seen.article_id, 1, title, paragraphs),
    )
    return article, text_digest(title, paragraphs)


def _title(entry: Entry, page: PageText | None) -> str:
    """The feed's title; the page's where a sitemap gave only the words of the address."""
    is_named = entry.title != address_words(entry.url)
    return (
        (entry.title if is_named else "")
        or (page.title if page else "")
        or entry.title
        or entry.url
    )


def _published(seen: SeenEntry, page: PageText | None, now: datetime) -> EntryDate:
    """The feed's date, else the page's, else the moment we first saw it; absurd dates are
    refused.
    """
    for dated in (seen.entry.published, page.published if page else None):
        if dated and plausible(dated.at, now):
            return replace(dated, at=dated.at.astimezone(UTC))
    return EntryDate(at=seen.first_seen, origin=DateOrigin.FIRST_SEEN)


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(word_count, paragraphs))


@frozen
class EntryText:
    """What a feed carries of an article: paragraphs in reading order, and whether they serve as the
    article.
    """

    paragraphs: tuple[str, ...] = ()
    full: bool = False


def entry_text(entry: Entry) -> EntryText:
    """The readable text of an entry; `full` where it serves as the article: long enough and not
    visibly cut. An entry that links to nothing is a headline, as no page has what it says.
    """
    if entry.is_unlinked:
        return EntryText()
    candidates = [
        repaired_lines(paragraphs(markup), entry.title)
        for markup in (entry.content, entry.summary)
        if markup
    ]
    raw = max(candidates, key=_words, default=())
    kept = without_boilerplate(raw)
    if kept and kept[0] == entry.title:
        kept = kept[1:]
    return EntryText(
        paragraphs=kept, full=_words(kept) >= FULL_TEXT_WORDS and not _is_cut(raw, kept)
    )


def with_standfirst(entry: Entry, text: tuple[str, ...]) -> tuple[str, ...]:
    """The paragraphs of an article under the summary by which its feed announces it, where that is
    a short paragraph of its own, whole, and says what neither text nor title has.
    """
    summary = without_boilerplate(paragraphs(entry.summary)) if entry.summary else ()
    if len(summary) != 1 or word_count(summary[0]) not in _STANDFIRST_WORDS:
        return text
    is_cut = is_visibly_cut(summary[0]) or summary[0].endswith(("…", "..."))
    has_it = folded(summary[0]) in folded(" ".join((entry.title, *text)))
    return text if has_it or is_cut else (*summary, *text)


def _is_cut(raw: tuple[str, ...], kept: tuple[str, ...]) -> bool:
    """The mark stands last, or before WordPress's "The post … appeared first on …"."""
    return any(map(is_visibly_cut, raw[-2:])) or (
        trails_off(kept[-1]) and _words(kept) < ESSAY_WORDS
    )


def passages(
    article_id: str, version: int, title: str, paragraphs: Iterable[str]
) -> tuple[Passage, ...]:
    """The headline as passage 0 and the paragraphs after it, long ones cut between sentences, at
    most 400 in all.
    """
    texts = [normalised(title), *_bounded(paragraphs)]
    return tuple(
        Passage(article_id=article_id, version=version, n=n, text=text)
        for n, text in enumerate(texts)
    )


def text_digest(title: str, paragraphs: Iterable[str]) -> str:
    """A SHA-256 of what would be stored: equal digests mean that an article did not change."""
    stored = "\n".join((normalised(title), *_bounded(paragraphs)))
    return sha256_of(stored)


def _without_markdown(text: str) -> str:
    """A paragraph of a feed that carries Markdown for its HTML, without the marks of emphasis and
    links [CommonMark 6.2, 6.3].
    """
    return _EMPHASIS.sub(r"\1", _LINK.sub(r"\1", text)) if "**" in text or "](" in text else text


def _bounded(paragraphs: Iterable[str]) -> Iterator[str]:
    left, room = MAX_CHARACTERS, MAX_PASSAGES - 1
    for paragraph in paragraphs:
        for part in _sized(_without_markdown(normalised(paragraph))):
            if not room or len(part) > left:
                return
            yield part
            left, room = left - len(part), room - 1


def _sized(paragraph: str) -> Iterator[str]:
    """Runs of whole sentences of about equal length, none much over 600 characters."""
    if len(paragraph) <= PASSAGE_CHARACTERS:
        if paragraph:
            yield paragraph
        return
    fair = len(paragraph) / -(-len(paragraph) // PASSAGE_CHARACTERS)
    part = ""
    for sentence in _pieces(paragraph):
        joined = f"{part} {sentence}" if part else sentence
        if part and (len(joined) > PASSAGE_CHARACTERS or len(part) >= fair):
            yield part
            joined = sentence
        part = joined
    yield part


def _pieces(paragraph: str) -> Iterator[str]:
    """The sentences; one that is a passage and a half long by itself is cut between words."""
    for sentence in sentences(paragraph):
        rest = sentence
        while len(rest) > 1.5 * PASSAGE_CHARACTERS:
            head = rest[:PASSAGE_CHARACTERS].rpartition(" ")[0] or rest[:PASSAGE_CHARACTERS]
            yield head
            rest = rest[len(head) :].lstrip()
        yield rest
