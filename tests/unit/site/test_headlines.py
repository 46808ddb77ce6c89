"""In which language a story's headline is marked, on sites in English and in another language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.domain.claim import ClaimKind, Draft
from aggregator.domain.story import StoryOverrides
from aggregator.site.story.origins import headline_language
from tests.builders import article, claim, headline, member, published_story, story

ENGLISH = "How to work with the agents that you have"
GERMAN = "Was nach den Assistenten kommt und wie es mit der Arbeit weitergeht"


@pytest.mark.parametrize(
    ("title", "declared", "site", "marked"),
    [
        pytest.param(ENGLISH, None, "de", "en", id="a feed that declares none"),
        pytest.param(
            ENGLISH, "de", "de", "en", id="a feed that declares the site's, of an English article"
        ),
        pytest.param(ENGLISH, "de", "en", "", id="the same on an English site"),
        pytest.param(ENGLISH, "en-US", "en", "", id="the site's own"),
        pytest.param(GERMAN, "de", "en", "de", id="another than the site's"),
        pytest.param(GERMAN, "de-AT", "de", "", id="a variety of the site's"),
        pytest.param("GPT-6", "ja", "de", "ja", id="too short to tell, as declared"),
    ],
)
def test_a_headline_is_marked_as_it_reads(
    title: str, declared: str | None, site: str, marked: str
) -> None:
    of = article(title, language=declared)

    assert (
        headline_language(published_story(story((member(of),)), Draft(headline=headline(of))), site)
        == marked
    )


def test_what_a_model_wrote_is_english_and_what_the_operator_wrote_the_sites() -> None:
    of = article()
    written = published_story(
        story((member(of),)),
        Draft(headline=claim("A warning of closed models", of, kind=ClaimKind.WRITTEN)),
    )
    renamed = replace(
        written,
        story=replace(written.story, operator=StoryOverrides(headline="Warnung vor Modellen")),
    )

    assert (headline_language(written, "de"), headline_language(renamed, "de")) == ("en", "")
