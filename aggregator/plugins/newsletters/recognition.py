"""Which articles gather many events: newsletters, weekly reviews, lists. They must not glue stories
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from aggregator.cluster.similarity.roundups import is_roundup
from aggregator.domain.article import NewsletterItem
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import host
from aggregator.english.text import word_count
from aggregator.plugins.newsletters.items import subject_words, title_parts

# Fitted on the captured feeds and pages; noticed by tests/quality/newsletters.py.
_LEAST_ITEMS = 3  # of a document whose title announces an issue
_LEAST_EXPECTED = 4  # items with links, and other publishers, of a document by a writer of letters
_LEAST_LINKED = 6  # the same of any other
_MANY, _MOSTLY = 20, 0.6  # items with links, and their share
_MOST_UNITY, _MOST_UNITY_EXPECTED = 0.4, 0.5
_SHORT = 500  # characters of an item: the sections of an article are longer
_SUBJECTS = 3  # that a title lists
_BARE_WORDS = 60  # fewer: there is next to no text but the title


@frozen
class IssueTraits:
    """What a document shows of being an issue. `linked` items lead to `hosts` other publishers;
    `subjects` are those that its title lists; `unity` is the share of its items that name the word
    of the title that most of them name: an article has one subject, an issue many. `length` is that
    of the text of the middle one, in characters.
    """

    items: int
    linked: int
    hosts: int
    subjects: int
    unity: float
    length: int

    @property
    def is_mostly_linked(self) -> bool:
        """Whether most of its items lead elsewhere, or a great many do."""
        return self.linked >= _MANY or self.linked > _MOSTLY * self.items


def issue_traits(items: Sequence[NewsletterItem], title: str, url: str) -> IssueTraits:
    """The traits of a document with these items."""
    own = host(url)
    elsewhere = [{found for link in item.links if (found := host(link)) != own} for item in items]
    named = [subject_words(f"{item.title} {item.text}") for item in items]
    shares = [sum(word in words for words in named) for word in subject_words(title)]
    parts = title_parts(title)
    return IssueTraits(
        items=len(items),
        linked=sum(map(bool, elsewhere)),
        hosts=len(set().union(*elsewhere)),
        subjects=len(parts) if all(word_count(part) > 1 for part in parts) else 0,
        unity=max(shares, default=0) / max(len(items), 1),
        length=median_low([len(item.text) for item in items]) if items else 0,
    )


def is_issue(
    items: Sequence[NewsletterItem], *, title: str, url: str, lane: Lane, words: int
) -> bool:
    """Whether a document gathers many events, so that it is no report of one: by its structure and
    its title. `words` has its text.
    """
    traits = issue_traits(items, title, url)
    if traits.subjects >= _SUBJECTS and words < _BARE_WORDS:
        return True
    if is_roundup(title, lane) and traits.items >= _LEAST_ITEMS:
        return traits.unity <= _MOST_UNITY_EXPECTED
    is_expected = lane is Lane.LETTER
    least = _LEAST_EXPECTED if is_expected else _LEAST_LINKED
    return (
        min(traits.linked, traits.hosts) >= least
        and traits.unity <= (_MOST_UNITY_EXPECTED if is_expected else _MOST_UNITY)
        and (is_expected or (traits.length <= _SHORT and traits.is_mostly_linked))
    )
