"""What a feed entry carries of its article, and whether that is the whole article. Pure; stands
apart from `feed`, so that judging an entry does not load the feed parser.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.domain.entry import Entry
from aggregator.english.text import word_count, words
from aggregator.extract.markup import paragraphs
from aggregator.extract.page.boilerplate import is_visibly_cut, trails_off, without_boilerplate
from aggregator.extract.page.joined_lines import repaired_lines

# Words from which an uncut feed text is taken for the article: teasers of real feeds have up to
# 120, short news items and paper abstracts start at 150. Noticed by
# tests/unit/extract/test_entry_text.py.
FULL_TEXT_WORDS = 150
# Words from which three dots at the end are style: excerpts are cut at 55 (WordPress) to 250 words.
ESSAY_WORDS = 300
# Words that a standfirst has: fewer are a label, more are an excerpt.
_STANDFIRST_WORDS = range(8, 61)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryText:
    """What a feed carries of an article: paragraphs in reading order, and whether they serve as the
    article.
    """

    paragraphs: tuple[str, ...] = ()
    full: bool = False


def entry_text(entry: Entry) -> EntryText:
    """The readable text of an entry; `full` where it serves as the article: long enough and not
    visibly cut.
    """
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
    has_it = _letters(summary[0]) in _letters(" ".join((entry.title, *text)))
    return text if has_it or is_cut else (*summary, *text)


def _letters(text: str) -> str:
    return "".join(words(text)).lower()


def _words(paragraphs: tuple[str, ...]) -> int:
    return sum(map(word_count, paragraphs))


def _is_cut(raw: tuple[str, ...], kept: tuple[str, ...]) -> bool:
    """The mark stands last, or before WordPress's "The post … appeared first on …"."""
    return any(map(is_visibly_cut, raw[-2:])) or (
        trails_off(kept[-1]) and _words(kept) < ESSAY_WORDS
    )
