"""The page of the scorecard from what is stored."""

from __future__ import annotations

from aggregator.cluster.members import members
from aggregator.plugins.predictions.scorecard import (
    MOST_SHOWN,
    PredictionLedger,
    ScorecardPage,
    scorecard_page,
)
from aggregator.plugins.predictions.store import counts, shown_predictions
from aggregator.site.lists.about import is_inferring
from aggregator.site.stage.added_pages import PageInputs
from aggregator.store.news import articles
from aggregator.verify.share import repeats


def stored_scorecard(inputs: PageInputs) -> ScorecardPage:
    """The scorecard of the published stories."""
    connection, services = inputs.connection, inputs.services
    kept = shown_predictions(connection, MOST_SHOWN)
    cited = [citation for prediction in kept for citation in prediction.citations()]
    found = articles.articles_by_id(connection, sorted({citation.article_id for citation in cited}))
    named = members(list(found.values()), services.sources())
    closed = {member.article.id for member in named if not member.is_quotable}
    ledger = PredictionLedger(
        predictions=[each for each in kept if not repeats(each.implication.claim, closed)],
        members={member.article.id: member for member in named},
        counts=counts(connection),
    )
    return scorecard_page(
        ledger,
        inputs.lines.lines_of(sorted({prediction.story_id for prediction in kept})),
        services.settings.site,
        infers=is_inferring(inputs.content.engine, inputs.lines.numbers()),
    )
