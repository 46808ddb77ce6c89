"""Cards as records: what is told on them, and which pages name one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.page import CardRenderer
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Story
from aggregator.plugins.cards.content import Card, card_of, edition_card, story_card
from aggregator.site.cards import section_cards, with_card
from aggregator.site.edition.page import edition_pages
from aggregator.site.head import HeadCard
from aggregator.site.story.page import story_page
from aggregator.site.story.records import StoryPage
from tests.builders import leverage_story, sample_standings, sample_stories
from tests.memory_site import MemoryContent, site_pages
from tests.unit.site.makers import edition, published

SITE = SiteSettings(base_url="https://news.example/ai", title="AI news", timezone="Europe/Berlin")
PRESS = CardRenderer(card=card_of, draw=lambda card: card.headline.encode(), kit="kit")


def head_cards(press: CardRenderer | None) -> dict[str, HeadCard | None]:
    """The card that each story's page names, by the id of the story; an edition of the first story
    and no other.
    """
    stories = sample_stories(2)
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published(stories[:1]),),
        card_renderer=press,
    )
    records = [page.record for page in site_pages(content, SITE)]
    return {record.id: record.head.card for record in records if isinstance(record, StoryPage)}


def test_a_story_s_card_tells_its_headline_its_day_and_who_reports_it() -> None:
    story = leverage_story()
    page = story_page(story, SITE)

    assert story_card(page, story.story, SITE) == Card(
        path=f"{page.path}card.png",
        site="AI news",
        kicker="",
        date="4 July 2026",
        headline="Mensch says vendors hold leverage over firms",
        instead="Reported by Mistral AI and 2 others",
        facts="4 articles, 2 independent sources",
        artwork=Artwork(section=NewsSection.OTHER),
        origins=3,
        copies=1,
    )


def test_a_story_s_card_names_its_section_and_its_first_topic() -> None:
    story = leverage_story()
    names = {"open-weights": "Open weights", "law": "Law", "chips": "Chips"}
    of = replace(story.story, topics=tuple(names), section=NewsSection.MODELS)
    page = story_page(replace(story, story=of), SITE, topic_names=names)

    assert story_card(page, of, SITE).kicker == "Models · Open weights"


def test_an_edition_s_card_tells_its_week_its_headlines_and_its_days() -> None:
    stories = sample_stories(3)
    (page,) = edition_pages((published(stories),), (), SITE)
    numbers = edition(stories).numbers
    card = edition_card(page, SITE)

    assert (card.path, card.kicker, card.headline) == (
        "week/2026-W27/card.png",
        "Edition 1",
        "29 June – 5 July 2026",
    )
    assert card.bars == numbers.days
    assert "Mensch says vendors hold leverage over firms" in card.leads


def test_a_story_of_importance_has_a_card_of_its_own() -> None:
    story = leverage_story().story
    cards = head_cards(PRESS)

    assert all(cards.values())
    assert cards[story.id] == HeadCard(
        url=f"https://news.example/ai/story/{story.slug}-{story.id}/card.png",
        width=1200,
        height=630,
        alt=(
            "“Mensch says vendors hold leverage over firms”. 4 July 2026, 4 articles, 2 independent"
            " sources"
        ),
    )


def test_other_stories_share_the_card_of_their_section_unless_theirs_was_published() -> None:
    story = leverage_story()
    page = story_page(story, SITE)
    own = f"{page.path}card.png"
    minor = replace(story.story, importance=3.9, section=NewsSection.LAW)

    def head_card(about: Story, kept: Sequence[str] = ()) -> tuple[str, list[str]]:
        shown, drawn = with_card(page, about, SITE, PRESS, kept)
        assert shown.head.card
        return shown.head.card.url, [file.path for each in drawn for file in each.files]

    shared: tuple[str, list[str]] = ("https://news.example/ai/card/law.png", [])
    assert head_card(minor) == shared
    assert head_card(minor, ["story/another/card.png"]) == shared
    assert head_card(minor, [own]) == (f"https://news.example/ai/{own}", [own])
    assert head_card(replace(minor, importance=4.0)) == (f"https://news.example/ai/{own}", [own])


def test_each_section_has_a_card_with_its_name_and_the_unknown_one_that_of_the_site() -> None:
    drawn = {
        page.record.path: page.record.headline
        for page in section_cards(SITE, PRESS)
        if isinstance(page.record, Card)
    }

    assert len(drawn) == len(NewsSection)
    assert drawn["card/law.png"] == "Law and policy"
    assert drawn["card/further.png"] == SITE.title
    assert list(section_cards(SITE, None)) == []


def test_lists_share_cards_that_do_not_change_with_their_stories() -> None:
    stories = sample_stories(4)

    def cards(number: int) -> dict[str, Card]:
        content = MemoryContent(
            stories=stories[:number],
            statuses=sample_standings(),
            engine="extractive",
            topic_names={"chips": "Chips"},
            card_renderer=PRESS,
            kept=["role/security/card.png"],
        )
        records = [page.record for page in site_pages(content, SITE)]
        found = {record.path: record for record in records if isinstance(record, Card)}
        return {path: card for path, card in found.items() if path.split("/")[0] != "story"}

    assert cards(4)["card.png"].headline == SITE.title
    assert set(cards(4)) == {
        "card.png",
        "role/security/card.png",
        *(f"card/{section}.png" for section in NewsSection),
    }
    assert cards(4) == cards(1)


def test_without_a_press_no_page_names_a_card() -> None:
    assert set(head_cards(None).values()) == {None}


def test_the_description_of_a_card_is_cut_between_words() -> None:
    stories = sample_stories(0)
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(published(stories),),
        card_renderer=PRESS,
    )
    alts = [
        page.record.head.card.alt
        for page in site_pages(content, SITE)
        if isinstance(page.record, StoryPage) and page.record.head.card
    ]

    assert max(map(len, alts)) <= 402
