"""How things stand with a product or company: the newest value of what pages of names show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aggregator.domain.fact import Attribute, AttributeFact
from aggregator.domain.story import Member
from aggregator.domain.web.urls import fetchable_url
from aggregator.site.lists.standing import LatestRow
from aggregator.site.story.cited import words_language
from aggregator.site.story.insight import attribute_name, value_beside
from aggregator.templating.translation import translations

STANDING = (  # in the order of the page
    Attribute.PRICE,
    Attribute.LICENCE,
    Attribute.CONTEXT,
    Attribute.PARAMETERS,
    Attribute.USERS,
    Attribute.REVENUE,
    Attribute.VALUATION,
)


def standing_rows(
    facts: Iterable[AttributeFact], members: Mapping[str, Member], language: str
) -> Iterator[tuple[str, LatestRow]]:
    """The newest value of each of these attributes, with the key of its owner; `members` are the
    articles that may state them, by id.
    """
    newest: dict[tuple[int, str], AttributeFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.as_of, fact.passage, fact.text)):
        if fact.article_id in members:
            newest[STANDING.index(fact.attribute), fact.subject] = fact
    words = translations(language)
    for (_, subject), fact in sorted(newest.items(), key=lambda pair: pair[0]):
        member = members[fact.article_id]
        name = attribute_name(fact.attribute, fact.qualifier, words, fact.text)
        row = LatestRow(
            name=name,
            text=value_beside(name, fact.text),
            lang=words_language(member.article, language),
            path="",
            url=fetchable_url(member.article.url) or "",
            source=member.source_name,
            day=words.day(fact.as_of),
            machine=fact.as_of.isoformat(),
        )
        yield subject, row
