"""What stories state for days to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from aggregator.domain.claim import Claim, Draft
from aggregator.domain.dates import Precision
from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.domain.settings import Settings
from aggregator.domain.story import Member, PublishedStory
from aggregator.site.paths import story_path
from aggregator.site.story.cited import unquoted_notice
from aggregator.store.database import Connection
from aggregator.story.stage.stored import shown_stories
from aggregator.templating.translation import Translations, translations

_DAY = len("2026-08-01")


def facts_of_stories(
    connection: Connection, settings: Settings, story_ids: Sequence[str]
) -> Iterator[DatedFact]:
    """What these stories state for days."""
    words = translations(settings.site.language)
    for published in shown_stories(connection, settings, story_ids):
        yield from _facts(published, words)


def _statement(quote: str, member: Member, words: Translations) -> str:
    """The words that state a day, with their source; a notice where these may not be quoted."""
    if not member.is_quotable:
        return unquoted_notice(member.source_name, words)
    return f"“{quote}” ({member.source_name})"


def _facts(published: PublishedStory, words: Translations) -> Iterator[DatedFact]:
    """What a story states for days: of each day the first, with the article that it cites."""
    story = published.story
    members = {member.article.id: member for member in (*story.members, *story.background)}
    subjects = [f"topic/{topic}" for topic in story.topics]
    subjects += [f"entity/{entity.key}" for entity in story.entities]
    first = dict(reversed(list(_dated_claims(published.analysis.kept))))
    for day, claim in first.items():
        citation = claim.citations[0]
        member = members.get(citation.article_id)
        if member and published.has_page:
            yield DatedFact(
                key=f"{story.id}/{day}",
                about=story.id,
                day=day,
                title=claim.text,
                stated=_statement(citation.quote, member, words),
                url=story_path(story),
                origin=member.article.url,
                article=citation.article_id,
                subjects=tuple(subjects),
            )


def _dated_claims(kept: Draft) -> Iterator[tuple[date, Claim]]:
    """What is planned for a day, and what is due by one."""
    for row in kept.timeline:
        if row.planned and row.precision is Precision.DAY:
            yield row.day, row.claim
    for action in kept.what_to_do_next:
        if len(action.by) == _DAY:
            yield date.fromisoformat(action.by), action.claim
