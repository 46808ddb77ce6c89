"""The sentences of an edition: citations numbered through it, bounds on what comes from outside,
themes, reading time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aggregator.domain.claim import Claim
from aggregator.domain.publishing.edition import EditionStory
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.story import PublishedStory, Story, by_article
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import normalised, word_count
from aggregator.site.story.cited import source_label, unquoted_notice
from aggregator.templating.translation import translations

MOST_NAME = 80  # characters of the name of a source
_MOST_CLAIM = 600  # characters; a quotation has at most 45 words
# characters; the longest of 11,000 real ones of 25 words has 240, of 45 words some 430
_MOST_QUOTE = 500
_MOST_URL = 600  # a longer address is not linked: a handful of them would fill a mail
# silent reading of English non-fiction: 238 in the mean (Brysbaert 2019), less for figures and
# names
_WORDS_A_MINUTE = 230


class CitationNumbers:
    """The citations of an edition: the same passage and quote have one number, counted from 1 in
    the order of reading.
    """

    def __init__(self, stories: Mapping[str, PublishedStory], language: str) -> None:
        self._words = translations(language)
        self._members = {
            story_id: by_article(story.story.members) for story_id, story in stories.items()
        }
        self._numbers: dict[tuple[str, str], int] = {}

    def claim(self, story_id: str, claim: Claim) -> PrintedClaim:
        """The claim of a story with its citations numbered; those into articles that are not of the
        story are left out.
        """
        members = self._members[story_id]
        cited = {
            (citation.passage, citation.quote): members.get(citation.article_id)
            for citation in claim.citations
        }
        known = {key: member for key, member in cited.items() if member is not None}
        return PrintedClaim(
            text=claim.text,
            kind=claim.kind,
            citations=tuple(
                PrintedCitation(
                    number=self._numbers.setdefault((passage, quote), len(self._numbers) + 1),
                    passage=passage,
                    quote=quote if member.is_quotable or passage.endswith(".0") else "",
                    source=bounded(source_label(member.source_name, quote, self._words), MOST_NAME),
                    url=address(member.article.url),
                    notice=""
                    if member.is_quotable or passage.endswith(".0")
                    else unquoted_notice(bounded(member.source_name, MOST_NAME), self._words),
                )
                for (passage, quote), member in known.items()
            ),
        )


def fits_edition(claim: Claim, story: Story) -> bool:
    """Whether a claim can stand in an edition: it cites an article of its story, and is not as long
    as no sentence is.
    """
    articles = {member.article.id for member in story.members}
    is_cited = any(citation.article_id in articles for citation in claim.citations)
    return (
        is_cited
        and len(claim.text) <= _MOST_CLAIM
        and all(len(citation.quote) <= _MOST_QUOTE for citation in claim.citations)
    )


def bounded(text: str, most: int) -> str:
    """The text on one line without control characters, cut at a word with an ellipsis where it is
    longer than `most`.
    """
    whole = normalised(text[: 20 * most])  # control characters make a text long, and cost time
    if len(whole) <= most:
        return whole or "(without a title)"
    cut = whole[:most]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > most // 2 else cut[:-1]).rstrip(" ,;:–—-") + "…"


def reading_minutes(opening: Sequence[PrintedClaim], stories: Iterable[EditionStory]) -> int:
    """How long the edition takes to read, at least a minute."""
    texts = [claim.text for claim in opening]
    for story in stories:
        texts += [story.headline, *(claim.text for claim in story.claims)]
    return max(1, round(sum(map(word_count, texts)) / _WORDS_A_MINUTE))


def address(text: str) -> str:
    """The web address, empty where there is none or it is longer than any should be."""
    url = fetchable_url(text) or "" if len(text) <= _MOST_URL else ""
    return url if len(url) <= _MOST_URL else ""
