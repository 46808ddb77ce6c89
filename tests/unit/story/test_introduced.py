"""Whether a sentence names people and things that only its article has explained."""

from __future__ import annotations

import pytest

from aggregator.story.rules.introduced import unexplained_names
from tests.unit.story.makers import reported

REPORT = (
    "Yoshua Bergen, who chairs the panel, spoke in Oslo with Mira K. Holt of Halden. But Nadir"
    " (a lab in Oslo) has grown, and Tern, a small model, won. Google watched."
)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        pytest.param("Bergen says the report was late.", {"Bergen"}, id="a surname"),
        pytest.param("The report was late, says Bergen.", {"Bergen"}, id="a speaker behind"),
        pytest.param("On Monday, Bergen’s panel met.", {"Bergen"}, id="an owner"),
        pytest.param("Holt now leads the lab.", {"Holt"}, id="a surname behind an initial"),
        pytest.param("Nadir also sells boards.", {"Nadir"}, id="a name with an aside"),
        pytest.param("Tern answers in Welsh.", {"Tern"}, id="a name with an apposition"),
        pytest.param("Yoshua Bergen says it was late.", set(), id="a name in full"),
        pytest.param("Google says it was late.", set(), id="readers know a name given bare"),
        pytest.param("Ferrow says it was late.", set(), id="it is new here"),
        pytest.param("Reports say “Bergen says no” at last.", set(), id="inside a quotation"),
        pytest.param("Halden-2 is a model.", set(), id="a known name with a number"),
    ],
)
def test_names_that_only_the_article_explains(sentence: str, names: set[str]) -> None:
    article = reported("Halden reports", REPORT, sentence).article

    assert unexplained_names(sentence, article, {"Halden"}) == names
