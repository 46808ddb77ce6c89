"""What a story is written from: its articles that a model may read, as it sees them, and what its
answers are looked up in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aggregator.domain.claim import Claim
from aggregator.domain.dates import report_day
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Member, Story
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    open_members,
    quotable_by_words,
    quotable_sentences,
)
from aggregator.story.evidence import Evidence
from aggregator.story.fact_question import whole_articles
from aggregator.story.rules.story_headline import headline_of
from aggregator.verify.origins import outlet_name


@frozen
class Material:
    """One story. `sentences` holds every headline and sentence of its articles by their words;
    `days` and `names` are those of the reports by the id of the article, `earlier` the ids of
    those of the archive. `most_tokens` is the room for passages, and for facts, in a question.
    """

    members: tuple[Member, ...]
    evidence: Evidence
    headline: Claim
    sentences: Mapping[tuple[str, ...], QuotableSentence | None]
    days: Mapping[str, date]
    names: Mapping[str, str]
    texts: Mapping[str, str]
    earlier: frozenset[str]
    quote_words: int
    most_tokens: int

    @property
    def reported(self) -> date:
        """The day of its last own report."""
        return max(self.days[each.article.id] for each in self.members)


def material_of(
    story: Story, *, language: str, quote_words: int, evidence_tokens: int
) -> Material | None:
    """The material of a story; None where it has no article in the language that a model may
    read.
    """
    members = open_members(story, language)
    if not members:
        return None
    everyone = (*members, *story.background)
    evidence = whole_articles(members, evidence_tokens, story.background)
    found = quotable_sentences(members)
    return Material(
        members=members,
        evidence=evidence,
        headline=headline_of(members, found, quote_words),
        sentences=quotable_by_words(members),
        days={each.article.id: report_day(each.article.published.at) for each in everyone},
        names={
            each.article.id: outlet_name(each.source_name, each.article.canonical_url)
            for each in everyone
        },
        texts={each.key: each.text for each in evidence.numbered().values()},
        earlier=frozenset(each.article.id for each in story.background),
        quote_words=quote_words,
        most_tokens=evidence_tokens,
    )
