"""What the gates keep of a whole draft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.article import Article, Passage
from aggregator.domain.claim import ClaimKind, Draft, Rejection
from aggregator.domain.settings import AnalysisSettings
from aggregator.story.stage.gating import Gates
from aggregator.verify.wording import Casing
from tests.builders import article, claim, headline, member, story

ASKED, OTHER = (
    "Halden did not disclose the price of the deal on Saturday.",
    "Halden employs 900 people in 12 countries.",
)


def report() -> Article:
    """An article of two sentences."""
    bare = article("Halden buys the chip maker Ferrow")
    texts = enumerate((bare.title, ASKED, OTHER))
    passages = tuple(Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts)
    return replace(bare, passages=passages)


def test_what_is_not_known_is_told_as_that_alone() -> None:
    first = report()
    of, claims = story((member(first),)), (claim(ASKED, first), claim(OTHER, first, n=2))
    draft = Draft(
        headline=headline(first), what_changed=claims, takeaways=claims, unknowns=claims[:1]
    )
    kept, _ = Gates.around(of, AnalysisSettings()).over(draft, of)

    assert kept is not None
    assert (kept.what_changed, kept.takeaways, kept.unknowns) == (
        claims[1:],
        claims[1:],
        claims[:1],
    )


def test_a_refusal_names_the_words_that_no_report_of_the_story_bears_out() -> None:
    first = report()
    gates = Gates.around(story((member(first),)), AnalysisSettings())
    wrong = claim("Halden employs 700 people.", first, kind=ClaimKind.WRITTEN, quote="Halden")
    found = gates.against(wrong, ())

    assert found is not None
    assert (found.reason, found.words) == (Rejection.NUMBER, ("700",))
    assert found.because


@pytest.mark.parametrize(
    ("archive", "reason"),
    [({}, None), ({"vextra": (3, 0)}, Rejection.NAME), ({"vextra": (0, 3)}, None)],
    ids=["nothing is known of it", "written as a name", "an ordinary word"],
)
def test_a_first_word_is_a_name_where_the_archive_writes_it_so(
    archive: Casing, reason: Rejection | None
) -> None:
    first = report()
    gates = Gates.around(story((member(first),)), AnalysisSettings(), archive)
    opened = claim("Vextra employs 900 people.", first, kind=ClaimKind.WRITTEN, quote="Halden")
    found = gates.against(opened, ())

    assert (found.reason if found else None) is reason
