"""Admits stored text again: what was stored before there were verdicts, or all of it, as the rule
changed. Stories whose articles are judged otherwise are written again.
"""

from __future__ import annotations

from aggregator.domain.article import Article
from aggregator.domain.web.urls import host
from aggregator.extract.admission import admitted
from aggregator.services import Services
from aggregator.store.news import admission
from aggregator.store.news.articles import articles_with_text
from aggregator.store.rows import batches

_AT_ONCE = 200  # articles in one transaction


def admit(services: Services, article: Article) -> Article:
    """An article with the verdicts of its sentences, and a headline that may be shown."""
    source, settings = services.sources().get(article.source_key), services.settings
    return admitted(
        article,
        source.name if source else host(article.url),
        language=settings.analysis.language,
        site_language=settings.site.language,
    )


def readmit(services: Services, *, everything: bool) -> tuple[int, int]:
    """Judges the newest version of each article that has no verdicts yet, or of every article;
    returns of how many, and of how many anything changed.
    """
    with services.database.reading() as connection:
        waiting = admission.waiting(connection, everything=everything)
    changed = 0
    for some in batches(waiting, _AT_ONCE):
        with services.database.writing() as connection:
            for before in articles_with_text(connection, some):
                changed += admission.save(connection, before, admit(services, before))
    return len(waiting), changed
