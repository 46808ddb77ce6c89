"""The items of a newsletter's issue: what stands under its headings, in its lists, behind bold
beginnings and links. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile, pairwise

from aggregator.domain.article import NewsletterItem
from aggregator.domain.web.urls import host
from aggregator.english.text import sentences, word_count, words
from aggregator.english.vocabulary import FUNCTION_WORDS
from aggregator.extract.markup import fragment
from aggregator.extract.page.main_text import repaired_parts, without_boilerplate
from aggregator.plugins.newsletters.linked_blocks import BlockKind, LinkedBlock, linked_blocks

MOST_ITEMS = 120  # of one issue; longer ones say the same again further down
MOST_LINKS = 12  # of one item
_MOST_TITLE = 200  # characters
_MOST_TEXT = 1_200  # characters; what a story is recognised by stands at the beginning
_LABEL_WORDS = 5  # a line without a link that is no longer is a label
_FOOTNOTE_WORDS = 6  # of a list entry that only names what the text before it links to
_LEAST_TITLE = 2  # words by which something can be recognised
_SERIES_WORDS = 3  # of the name of a series before a colon
_MOSTLY = 0.6  # of the items
_SHORT_INTRO = 60  # words between a heading and the list that it announces
_HEADLINE_WORDS = 24  # a longer first sentence is no headline
_LEAST_INTRO = 25  # words of an editorial
_LEAST_RUN = 4  # joined sentences from which a text without markup is a list
# begins with what it consumes, for which a search leaps: a sixth of the time
_SENTENCE_END = re.compile(r"[.!?](?:(?<=[a-z0-9)].)|(?<=[A-Z]{2}.)|[”’\"])(?=[A-Z][\w’'.-]*[ ,:])")
_MARKED = re.compile(r"\*\*([^*\n]{2,80})\*\*")
_DATED = re.compile(
    r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? ?\d{0,2},? ?(?:\d{4})?"
    r"|\d{4}(?:[-/]\d\d?){0,2})",
    re.I,
)
_JOINT = re.compile(r"[,;+]\s")
_SERIES_END = re.compile(r"^.{0,60}?(?:#\s?\d+|\bissue \d+|\bepisode \d+)\s*[-–—:|]?\s+", re.I)
_NO_SUBJECT = {"ai", "week"}  # every item is about the one, every issue about the other


@dataclass(slots=True)
class _Draft:
    """An item while it is read. `is_open`: plain text that follows belongs to it. `inner` is the
    level of the headings within it, `level` its own, 0 where it has none.
    """

    title: str
    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    is_open: bool = True
    is_heading: bool = False
    depth: int = 0
    inner: int = 0
    level: int = 0

    @property
    def words(self) -> int:
        """The words of its text."""
        return sum(map(word_count, self.texts))

    def add(self, block: LinkedBlock) -> None:
        self.texts.append(block.text)
        self.links += [link.url for link in block.links]


def issue_items(markup: str, *, url: str, title: str) -> tuple[NewsletterItem, ...]:
    """The items of an issue from the HTML or the text of its entry, in reading order; none where it
    is not built of items.
    """
    tree = fragment(markup)
    return () if tree is None else items_of(linked_blocks(tree, url), url=url, title=title)


def items_of(blocks: Sequence[LinkedBlock], *, url: str, title: str) -> tuple[NewsletterItem, ...]:
    """The items of a document from its blocks."""
    found = [draft for draft in _drafts(blocks) if _is_item(draft)]
    if sum(bool(draft.links) for draft in found) > _MOSTLY * len(found):
        found = [draft for draft in found if draft.links or not _is_announcing(draft)]
    if not any(draft.links for draft in found):
        prose = [block.text for block in blocks if block.kind is not BlockKind.HEADING]
        found = max(found, _from_prose(prose), key=len)
    if len(found) < 2:  # nothing is listed but in the title
        found = max(found, [_Draft(title=part) for part in title_parts(title)], key=len)
    own = host(url)
    items = tuple(_item(n, draft, own) for n, draft in enumerate(found[:MOST_ITEMS]))
    return _with_leads(items, title)


def title_parts(title: str) -> tuple[str, ...]:
    """The subjects that a title lists, each with a capital, without the name of the series: none
    where it names fewer than two.
    """
    parts = [part.strip(" .…") for part in _JOINT.split(_SERIES_END.sub("", title))]
    parts = [part for part in parts if part]
    series, colon, first = parts[0].partition(": ") if parts else ("", "", "")
    if colon and word_count(series) <= _SERIES_WORDS:
        parts[0] = first
    is_list = len(parts) > 1 and all(part[:1].isupper() or part[:1].isdigit() for part in parts)
    return tuple(parts) if is_list and ": " not in parts[0] else ()


def _drafts(blocks: Iterable[LinkedBlock]) -> Iterator[_Draft]:
    """What the blocks list; labels of sections and editorials among it where they have text."""
    draft: _Draft | None = None
    intro = _Draft(title="")
    for block in blocks:
        if draft is not None and _continues(block, draft):
            draft.add(block)
        elif block.kind is BlockKind.QUOTE:
            continue
        elif (is_heading := _is_heading(block)) or _begins(block, draft):
            if draft is None:
                yield _editorial(intro)
            elif is_heading or not _is_announcing(draft):
                yield draft
            draft = _headed(block) if is_heading else _begun(block)
        elif draft is None:
            intro.add(block)
        elif draft.is_open or block.depth:
            draft.add(block)
    if draft is not None:
        yield draft


def _continues(block: LinkedBlock, draft: _Draft) -> bool:
    """Whether a block is part of an item, whatever it looks like: of a story told at length, or a
    quotation.
    """
    if block.kind is BlockKind.QUOTE:
        return draft.is_open and bool(draft.texts)
    return _is_within(block, draft)


def _is_heading(block: LinkedBlock) -> bool:
    if block.kind is BlockKind.HEADING:
        return True
    return block.kind is BlockKind.TEXT and block.is_bold and len(block.text) <= _MOST_TITLE


def _is_within(block: LinkedBlock, draft: _Draft) -> bool:
    """Whether a block belongs to a story told at length: a bold headline with headings below."""
    if not draft.inner:
        is_headline = draft.is_heading and not draft.level and not draft.texts
        if not is_headline or word_count(draft.title) <= _LABEL_WORDS:
            return False
        draft.inner = block.depth if block.kind is BlockKind.HEADING else 0
        return draft.inner > 0
    if block.kind is BlockKind.HEADING:
        return block.depth >= draft.inner
    return not _is_heading(block) or block.text.endswith(":")


def _headed(block: LinkedBlock) -> _Draft:
    return _Draft(
        title=block.text,
        links=[link.url for link in block.links],
        is_heading=True,
        level=block.depth if block.kind is BlockKind.HEADING else 0,
    )


def _editorial(intro: _Draft) -> _Draft:
    """What an issue says before its first heading: an item if it links to something."""
    first = next((sentence for text in intro.texts for sentence in sentences(text)), "")
    is_long = intro.words >= _LEAST_INTRO
    return replace(intro, title=first if is_long and intro.links else "")


def _begins(block: LinkedBlock, draft: _Draft | None) -> bool:
    """Whether a block begins an item: a list entry of its own, a bold beginning, a link."""
    if block.kind is BlockKind.ENTRY:
        if draft is not None and draft.depth and block.depth > draft.depth:
            is_label = word_count(draft.title) <= _LABEL_WORDS or _is_led(block)
            return is_label and not draft.texts
        if draft is None or not draft.is_heading or not (draft.texts or draft.links):
            return True
        is_footnote = word_count(block.text) <= _FOOTNOTE_WORDS and draft.words >= _LEAST_INTRO
        return bool(block.links or block.bold) and not is_footnote
    return block.depth == 0 and (_is_led(block) or _is_link_led(block))


def _is_led(block: LinkedBlock) -> bool:
    return word_count(block.bold) >= _LEAST_TITLE or block.bold.endswith(":")


def _is_link_led(block: LinkedBlock) -> bool:
    first = next(iter(block.links), None)
    return first is not None and first.start <= 2 and word_count(first.words) > _LEAST_TITLE


def _begun(block: LinkedBlock) -> _Draft:
    title = _title(block)
    is_label = not block.links and (block.is_bold or word_count(block.text) <= _LABEL_WORDS)
    return _Draft(
        title=title,
        texts=[] if is_label else [block.text],
        links=[link.url for link in block.links],
        is_open=block.kind is not BlockKind.ENTRY,
        depth=block.depth if block.kind is BlockKind.ENTRY else 0,
    )


def _title(block: LinkedBlock) -> str:
    bold = block.bold.strip(" :–—-.")
    first = next(iter(block.links), None)
    if word_count(bold) > _LEAST_TITLE:
        return bold
    if first is not None and first.start <= 2 and word_count(first.words) > _LEAST_TITLE:
        return first.words
    return next(iter(sentences(block.text)), block.text)


def _is_announcing(draft: _Draft) -> bool:
    """Whether it is a heading with no more than an announcement of the list below."""
    return draft.is_heading and draft.words < _SHORT_INTRO


def _is_item(draft: _Draft) -> bool:
    """Whether something can be recognised by it, and it is no line around a text."""
    if not draft.title or not (draft.texts or draft.links):
        return False
    if _DATED.fullmatch(draft.title.strip(" :")) or not without_boilerplate((draft.title,)):
        return False
    return word_count(draft.title) >= _LEAST_TITLE and (
        bool(draft.links) or draft.words > _LABEL_WORDS
    )


def _from_prose(prose: Sequence[str]) -> list[_Draft]:
    """The items of a text that lost its markup: lines joined without a space, or bold words in
    asterisks.
    """
    marked = {words for line in prose for words in _MARKED.findall(line)}
    if len(marked) >= _LEAST_RUN:
        return _from_marked([_MARKED.sub(r"\1", line) for line in prose], marked)
    parts = [part for line in prose for part in _unjoined(line)]
    if len(parts) - len(prose) < _LEAST_RUN:
        return []
    found: list[_Draft] = []
    for lines in repaired_parts(parts):
        kept = list(dropwhile(lambda line: word_count(line) <= _LABEL_WORDS, lines))
        title = next(iter(sentences(kept[0])), kept[0]) if kept else ""
        if found and len(lines) == 1 and word_count(title) > _HEADLINE_WORDS:
            found[-1].texts += kept  # the next paragraph of the same item
        elif kept:
            found.append(_Draft(title=title, texts=kept))
    return found


def _unjoined(line: str) -> Iterator[str]:
    """The line, cut where sentences follow each other without a space."""
    places = [0, *(end.end() for end in _SENTENCE_END.finditer(line)), len(line)]
    return (line[start:end] for start, end in pairwise(places))


def _from_marked(prose: Sequence[str], marked: Collection[str]) -> list[_Draft]:
    """A sentence with marked words is an item; one without goes on about the item before it."""
    found: list[_Draft] = []
    for sentence in (sentence for line in prose for sentence in sentences(line)):
        if any(words in sentence for words in marked):
            found.append(_Draft(title=sentence, texts=[sentence]))
        elif found:
            found[-1].texts.append(sentence)
    return found


def _item(position: int, draft: _Draft, own: str) -> NewsletterItem:
    links = dict.fromkeys(draft.links)
    elsewhere = [link for link in links if host(link) != own]
    return NewsletterItem(
        position=position,
        title=_cut(draft.title, _MOST_TITLE),
        text=_cut(" ".join(draft.texts), _MOST_TEXT),
        links=tuple((elsewhere or list(links))[:MOST_LINKS]),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] or text[:most]


def _with_leads(items: tuple[NewsletterItem, ...], title: str) -> tuple[NewsletterItem, ...]:
    """The items with the first marked, and those that the title of the issue names."""
    named = [part for part in map(subject_words, title_parts(title) or (title,)) if part]
    return tuple(
        replace(item, is_lead=not n or any(part <= subject_words(item.title) for part in named))
        for n, item in enumerate(items)
    )


def subject_words(text: str) -> frozenset[str]:
    """The words of a text by which a subject can be recognised."""
    return frozenset(map(str.casefold, words(text))) - FUNCTION_WORDS - _NO_SUBJECT
