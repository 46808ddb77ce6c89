"""Cards in a real site folder: drawn when what they tell changed, and never otherwise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.page import CardRenderer
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.plugins.cards.card_kit import installed_renderer
from aggregator.plugins.cards.content import Card, card_of
from tests.builders import leverage_story, sample_standings, sample_stories
from tests.memory_site import MemoryContent, Publication, publish, site_pages
from tests.unit.site.makers import published as published_edition

SITE = SiteSettings(base_url="https://news.example/ai")
STORIES = sample_stories(3)
EDITIONS = (published_edition(STORIES),)


class CountingPress:
    """Draws a card as its headline, and notes which it drew."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def draw(self, card: Card) -> bytes:
        self.drawn.append(card.path)
        return repr(card).encode()

    def card_renderer(self, kit: str = "kit") -> CardRenderer:
        return CardRenderer(card=card_of, draw=self.draw, kit=kit)


def build(
    folder: Path,
    card_renderer: CardRenderer | None,
    before: Publication | None = None,
    *,
    stories: Sequence[PublishedStory] = STORIES,
    site: SiteSettings = SITE,
) -> Publication:
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=EDITIONS,
        card_renderer=card_renderer,
    )
    return publish(site_pages(content, site), folder, site, before.manifest if before else {})


def test_each_card_that_a_page_names_lies_there_and_is_a_picture(tmp_path: Path) -> None:
    build(tmp_path, installed_renderer())
    named = {
        found
        for page in tmp_path.rglob("*.html")
        for found in re.findall(
            r'property="og:image" content="https://news.example/ai/([^"]+)"',
            page.read_text("utf-8"),
        )
    }

    drawn = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png")}
    own = {path for path in drawn if not path.startswith("card/")}

    assert own < named < drawn
    assert {path.split("/")[0] for path in named} == {"story", "week", "card", "card.png"}
    assert drawn - own == {f"card/{section}.png" for section in NewsSection}
    assert all((tmp_path / path).read_bytes().startswith(b"\x89PNG") for path in named)


def test_the_cards_of_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        build(folder, installed_renderer())
    first, second = (
        [path.read_bytes() for path in sorted(folder.rglob("card.png"))] for folder in folders
    )

    assert first == second


def test_a_card_is_drawn_again_only_where_what_it_tells_changed(tmp_path: Path) -> None:
    counting = CountingPress()
    first = build(tmp_path, counting.card_renderer())
    counting.drawn.clear()
    story = leverage_story()
    told_otherwise = replace(
        story, analysis=replace(story.analysis, kept=replace(story.analysis.kept, takeaways=()))
    )
    second = build(
        tmp_path, counting.card_renderer(), first, stories=(told_otherwise, *STORIES[1:])
    )
    after_a_claim = list(counting.drawn)
    one_less = replace(story, story=replace(story.story, members=story.story.members[:3]))
    build(tmp_path, counting.card_renderer(), second, stories=(one_less, *STORIES[1:]))

    assert after_a_claim == []
    assert counting.drawn == [f"story/{story.story.slug}-{story.story.id}/card.png"]


def test_another_kit_draws_every_card_again_and_another_template_none(tmp_path: Path) -> None:
    counting = CountingPress()
    first = build(tmp_path, counting.card_renderer())
    total = len(counting.drawn)
    counting.drawn.clear()
    second = build(
        tmp_path,
        counting.card_renderer(),
        first,
        site=replace(SITE, description="Said otherwise on every page."),
    )
    after_a_setting = len(counting.drawn)
    build(tmp_path, counting.card_renderer("another kit"), second)

    assert (after_a_setting, len(counting.drawn)) == (10, 10 + total)  # of sections and the site


def test_without_the_library_the_site_is_whole_and_names_no_card(tmp_path: Path) -> None:
    before = build(tmp_path, installed_renderer())
    cards = len(list(tmp_path.rglob("*.png")))
    after = build(tmp_path, None, before)
    pages = [page.read_text("utf-8") for page in tmp_path.rglob("*.html")]

    assert list(tmp_path.rglob("*.png")) == []
    assert [text for text in pages if "og:image" in text or "summary_large_image" in text] == []
    assert after.removed == cards > 0


@pytest.mark.parametrize(
    "missing", ["PIL", "PIL._imagingft"], ids=["no library", "a library without fonts"]
)
def test_where_the_library_is_missing_there_is_no_press(missing: str) -> None:
    ask = (
        f"import sys; sys.modules[{missing!r}] = None;"
        " import aggregator.plugins.cards.card_kit as kit; print(kit.installed_renderer())"
    )
    process = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, timeout=30, check=True
    )

    assert process.stdout == "None\n"


def test_cards_drawn_by_other_processes_are_the_same_bytes() -> None:
    ask = (
        "import hashlib; from tests.unit.site.test_cards_of_publish import EDITION, STORY; from"
        " aggregator.plugins.cards.cards import"
        " card_png;print(*[hashlib.sha256(card_png(each)).hexdigest() for each in (EDITION,"
        " STORY)])"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", ask],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


def test_twins_and_feeds_name_the_card_that_the_page_names(tmp_path: Path) -> None:
    build(tmp_path, CountingPress().card_renderer())
    cards = {
        f"https://news.example/ai/{path.relative_to(tmp_path).as_posix()}"
        for path in tmp_path.rglob("card.png")
        if path.relative_to(tmp_path).parts[0] in {"story", "week"}
    }
    twins = {
        json.loads(path.read_text("utf-8")).get("image") for path in tmp_path.glob("*/*/index.json")
    } - {None}
    of_stories, of_editions = (
        json.loads((tmp_path / path).read_text("utf-8"))["items"]
        for path in ("feed.json", "week/feed.json")
    )
    atom = re.findall(
        r'rel="enclosure" type="image/png" href="([^"]+)"',
        (tmp_path / "feed.xml").read_text("utf-8"),
    )

    assert (
        cards
        < twins
        < cards | {f"https://news.example/ai/card/{section}.png" for section in NewsSection}
    )
    assert {record["image"] for record in (*of_stories, *of_editions) if "image" in record} == cards
    assert atom == [story["image"] for story in of_stories if "image" in story]


def test_without_cards_nothing_names_one(tmp_path: Path) -> None:
    build(tmp_path, None)

    assert "card.png" not in "".join(
        path.read_text("utf-8") for path in tmp_path.rglob("*") if path.suffix in {".json", ".xml"}
    )
