"""Keeps the histories of stories up to date: what each article, and each new version of one, added
to the reports before it.

A history is made again from all that is stored of a story, so a run that was killed, a merge or a
split leaves nothing to repair. A story with a single report has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.cluster.members import members
from aggregator.domain.claim import Claim
from aggregator.domain.story import HistoryEntry, Member, by_article
from aggregator.extract.admission import evidence, with_evidence_only
from aggregator.extract.quotable_sentences import extracted_claim, is_written_in, quotable_sentences
from aggregator.memory.history import ReportedVersion, story_history
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import articles
from aggregator.store.rows import batches
from aggregator.store.writing import history as stored_history
from aggregator.store.writing.history import StoredVersion
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import own_refusal

_STORY_BATCH = 50  # stories in one transaction: what a kill can cost


def remember(services: Services, story_ids: Sequence[str]) -> None:
    """Makes the histories of these stories again, where there is more than one report."""
    with services.database.reading() as connection:
        again = stored_history.reported_again(connection, story_ids)
        known = stored_history.history_of(connection, again)
    for some in batches(again, _STORY_BATCH):
        with services.database.writing() as connection:
            for story_id in some:
                made = _history(connection, services, story_id)
                if made != known.get(story_id, ()):
                    stored_history.save_history(connection, story_id, made)


def _history(connection: Connection, services: Services, story_id: str) -> tuple[HistoryEntry, ...]:
    analysis = services.settings.analysis
    found = articles.articles_of(connection, [story_id], passages=False)[story_id]
    of_article = by_article(members(found, services.sources()))
    versions = stored_history.versions_of(connection, story_id)
    passages = {passage.key: passage for version in versions for passage in version.passages}
    published = {key: member.article.published.at.date() for key, member in of_article.items()}
    grounds = Grounds(passages=passages, published=published, quote_words=analysis.quote_words)

    def stands(claim: Claim) -> bool:
        return own_refusal(claim, grounds) is None

    reports = [
        _report(of_article[version.article_id], version, analysis.language, analysis.quote_words)
        for version in versions
    ]
    return story_history(reports, stands, analysis.quote_words)


def _report(
    member: Member, version: StoredVersion, language: str, quote_words: int
) -> ReportedVersion:
    """A version as a report. No sentence of a copy, or of a text in another language, is to be
    shown.
    """
    as_read = replace(
        member, article=replace(member.article, version=version.version, passages=version.passages)
    )
    is_original = member.copy_of is None and is_written_in(as_read, language)
    found = quotable_sentences((with_evidence_only(as_read, language),)) if is_original else ()
    return ReportedVersion(
        article_id=version.article_id,
        version=version.version,
        at=version.learnt,
        published=member.article.published.at,
        is_original=is_original,
        passages=tuple(
            (passage.key, evidence(passage, language) if passage.n else as_read.article.title)
            for passage in version.passages
        ),
        claims=tuple(
            claim for candidate in found if (claim := extracted_claim(candidate, quote_words))
        ),
    )
