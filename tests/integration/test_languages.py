"""A site in another language: every word of ours is said in it, what sources say stays as it is,
and is marked as English.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aggregator.domain.claim import ClaimKind, Implication, Likelihood
from aggregator.domain.prediction import Prediction
from aggregator.domain.settings import SiteSettings
from aggregator.site.paths import story_path
from aggregator.templating.translation import PSEUDO_LOCALE, translations
from tests.architecture.test_messages import NAMES, Texts
from tests.builders import SAMPLE_TOPICS, leverage_story, sample_standings, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import ledger as sample_ledger
from tests.unit.site.makers import published as published_edition

SITE = SiteSettings(base_url="https://news.example", contact="editor@news.example")
# What is no word of ours: names, keys of programs, and places that a script fills in.
OTHERS = NAMES | {"LinkedIn", "extractive", "{day} {month} {year}"}


VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def content(language: str) -> MemoryContent:
    """The sample site's."""
    stories = sample_stories()
    return MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published_edition(stories),),
        ledger=sample_ledger(stories),
        topic_names=translations(language).named(SAMPLE_TOPICS),
        removed=("story/removed-aaaaaaaaaaaa/",),
    )


def built(folder: Path, language: str) -> Path:
    """The folder of the sample site in a language."""
    site = SiteSettings(
        **{name: getattr(SITE, name) for name in ("base_url", "contact")}, language=language
    )
    publish(site_pages(content(language), site), folder, site, {})
    return folder


def strings(value: object) -> str:
    """All texts of some records, one a line."""
    match value:
        case str():
            return value
        case dict():
            return "\n".join(map(strings, value.values()))
        case tuple() | list() | frozenset():
            return "\n".join(map(strings, value))
    return (
        "\n".join(strings(getattr(value, field.name)) for field in fields(value))
        if is_dataclass(value)
        else ""
    )


class Spoken(HTMLParser):
    """What a page says, each text with the language it is marked with."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Into an element, which speaks as what it stands in where it says nothing else."""
        if tag not in VOID:
            around = self._open[-1][1] if self._open else ""
            self._open.append((tag, dict(attributes).get("lang") or around))

    def handle_endtag(self, tag: str) -> None:
        """Out of it, and out of those within that were left open."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A text, without the spaces around it; that of scripts and titles has no mark."""
        if data.strip() and self._open[-1][0] not in {"script", "style", "title"}:
            self.found.append((self._open[-1][1], data.strip()))


def texts(page: Path) -> list[str]:
    """What somebody reads on a page, in order."""
    found = Texts()
    found.feed(page.read_text("utf-8"))
    found.close()
    return [" ".join(text.split()) for text in found.found]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample site in English, and lengthened."""
    return built(tmp_path_factory.mktemp("en"), "en"), built(
        tmp_path_factory.mktemp("longer"), PSEUDO_LOCALE
    )


@cache
def told() -> str:
    """Everything that stories, sources and the edition hold, with the apostrophes of pages."""
    of = content("en")
    return curly(
        strings(
            (
                of.stories,
                of.statuses,
                of.editions,
                of.ledger.predictions,
                SITE.title,
                SITE.description,
                SITE.contact,
            )
        )
    )


def curly(text: str) -> str:
    return " ".join(text.split()).replace("'", "’")


def test_every_word_of_ours_is_said_in_the_language_of_the_site(sites: tuple[Path, Path]) -> None:
    english, longer = sites
    pages = sorted(path.relative_to(english) for path in english.rglob("*.html"))

    same = {
        part
        for page in pages
        for text, said in zip(texts(english / page), texts(longer / page), strict=True)
        if text == said
        for part in re.split(r" · |, |: |\. |https://\S+| \(\d+\)", text)
        if len(part) > 2
        and re.search("[aeiou]", part)
        and part not in OTHERS
        and curly(part.strip("·,. …")) not in told()
    }
    assert same == set()


def test_a_page_says_its_language_and_that_of_what_it_tells(tmp_path: Path) -> None:
    page = (built(tmp_path, "de") / story_path(leverage_story().story) / "index.html").read_text(
        "utf-8"
    )

    assert '<html lang="de">' in page
    assert '<q class="claim" lang="en">' in page
    assert "Was sich geändert hat" in page


def test_nothing_that_a_story_says_stands_as_german_wherever_it_is(tmp_path: Path) -> None:
    of, folder = content("de"), built(tmp_path, "de")
    claims = [
        claim
        for story in of.stories
        for claim in (story.headline, *story.claims())
        if claim.kind is not ClaimKind.ABSENT
    ]
    said = {claim.text for claim in claims} | {
        citation.quote for claim in claims for citation in claim.citations
    }
    unmarked = set()
    for page in folder.rglob("*.html"):
        spoken = Spoken()
        spoken.feed(page.read_text("utf-8"))
        unmarked |= {
            (page.relative_to(folder).as_posix(), text)
            for lang, text in spoken.found
            if text in said and lang == "de"
        }

    assert unmarked == set()


def test_what_a_model_says_of_a_sign_is_marked_as_english(tmp_path: Path) -> None:
    of = leverage_story()
    predicted = Implication(
        claim=of.headline,
        horizon=date(2027, 1, 1),
        likelihood=Likelihood.LIKELY,
        sign="Northwind opens it.",
    )
    prediction = Prediction(
        id="p", story_id=of.story.id, noted=of.story.published, implication=predicted
    )
    published = replace(
        of,
        story=replace(of.story, predictions=(prediction,)),
    )
    site = replace(SITE, language="de")
    publish(site_pages(replace(content("de"), stories=(published,)), site), tmp_path, site, {})
    page = (tmp_path / story_path(published.story) / "index.html").read_text("utf-8")

    assert '<span lang="en">Northwind opens it.</span>' in page
