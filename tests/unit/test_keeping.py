"""What the gates keep of a whole draft."""

from __future__ import annotations

from dataclasses import replace

from aggregator.domain.article import Passage
from aggregator.domain.claim import Draft
from aggregator.domain.settings import AnalysisSettings
from aggregator.story.stage.gating import Gates
from tests.builders import article, claim, headline, member, story


def test_what_is_not_known_is_told_as_that_alone() -> None:
    asked, other = (
        "Halden did not disclose the price of the deal on Saturday.",
        "Halden employs 900 people in 12 countries.",
    )
    bare = article("Halden buys the chip maker Ferrow")
    texts = enumerate((bare.title, asked, other))
    first = replace(
        bare,
        passages=tuple(Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts),
    )
    of = story((member(first),))
    claims = (claim(asked, first), claim(other, first, n=2))
    kept, _ = Gates.around(of, AnalysisSettings()).over(
        Draft(headline=headline(first), what_changed=claims, takeaways=claims), of
    )

    assert kept is not None
    assert (kept.what_changed, kept.takeaways, [unknown.claim for unknown in kept.unknowns]) == (
        claims[1:],
        claims[1:],
        [claims[0]],
    )
