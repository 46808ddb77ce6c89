"""What a story is about and what is related to it, on its page and in its twins."""

from __future__ import annotations

from dataclasses import replace

from aggregator.domain.outline import Relation
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, EntityKind
from aggregator.site.head import Link
from aggregator.site.lists.lines import story_line, varied
from aggregator.site.story.json_export import story_json
from aggregator.site.story.markdown import story_markdown
from aggregator.site.story.page import story_page
from aggregator.site.story.records import PageRelated, StoryPage
from aggregator.site.story.tags import TagGroup
from tests.builders import sample_stories
from tests.memory_site import MemoryContent, site_pages

SITE = SiteSettings(base_url="https://news.example")
TOLD, OTHER = sample_stories(2)[-2:]
TAGGED = replace(
    TOLD,
    story=replace(
        TOLD.story,
        topics=("chips", "gone"),
        entities=(
            Entity(key="m-2", name="M-2", kind=EntityKind.MODEL, mentions=2),
            Entity(key="lab", name="Lab_1", kind=EntityKind.COMPANY),
        ),
    ),
)
RELATED = PageRelated(
    headline="A *story*",
    lang="",
    path="story/x-1/",
    url="https://news.example/story/x-1/",
    reason="also mentions M-2",
)
PAGE = story_page(TAGGED, SITE, related=[RELATED], topic_names={"chips": "Chips"}, listed={"lab"})


def test_tags_lead_to_their_pages_and_a_topic_that_left_the_list_is_not_shown() -> None:
    chips = (Link(name="Chips", url="topic/chips/"),)

    assert PAGE.tags.groups == (
        TagGroup(name="Topics", tags=chips),
        TagGroup(name="Companies and organisations", tags=(Link(name="Lab_1", url="entity/lab/"),)),
        TagGroup(name="Models", tags=(Link(name="M-2", url=""),)),
    )
    assert PAGE.tags.topic_links == chips


def test_the_json_twin_has_topics_entities_with_their_kind_and_related_stories_with_reasons() -> (
    None
):
    twin = story_json(PAGE)

    assert {key: twin[key] for key in ("topics", "entities", "related")} == {
        "topics": ["chips"],
        "entities": [
            {"key": "m-2", "name": "M-2", "kind": "model"},
            {"key": "lab", "name": "Lab_1", "kind": "company"},
        ],
        "related": [{"url": RELATED.url, "headline": RELATED.headline, "reason": RELATED.reason}],
    }


def test_the_markdown_twin_has_them_as_text() -> None:
    markdown = story_markdown(PAGE)

    link = "[A \\*story\\*](https://news.example/story/x-1/)"
    assert f"\n\n- {link} (also mentions M-2)\n" in markdown
    assert ": Lab\\_1\n- Models: M-2\n" in markdown


def test_where_there_is_nothing_there_is_no_heading_and_no_key() -> None:
    page = story_page(replace(TOLD, story=replace(TOLD.story, topics=(), entities=())), SITE)

    assert not {"topics", "entities", "related"} & story_json(page).keys()
    assert "Related" not in story_markdown(page)
    assert "is about" not in story_markdown(page)


def test_a_related_story_that_is_not_told_is_left_out() -> None:
    relations = [
        Relation(story_id="gone", reason="also mentions M-2"),
        Relation(story_id=OTHER.story.id, reason="also mentions M-2"),
    ]
    content = MemoryContent(
        stories=[TOLD, OTHER], statuses=[], engine="extractive", related={TOLD.story.id: relations}
    )

    pages = {
        page.record.id: page.record
        for page in site_pages(content, SITE)
        if isinstance(page.record, StoryPage)
    }

    assert [related.headline for related in pages[TOLD.story.id].related] == [
        OTHER.analysis.kept.headline.text
    ]
    assert pages[OTHER.story.id].related == ()


def test_a_line_that_waits_for_its_topic_still_counts_for_its_source() -> None:
    line = story_line(TAGGED, "en")
    kinds = enumerate((("x", "a"), ("x", "b"), ("x", "a"), ("x", "a"), ("y", "c")))
    lines = [
        replace(line, id=f"{n}", topics=(topic,), source=source) for n, (topic, source) in kinds
    ]

    assert [line.id for line in varied(lines, 5, per_source=2, per_topic=1)] == ["0", "4", "1", "2"]
    assert [line.id for line in varied(lines, 2, per_source=2, per_topic=1)] == ["0", "4"]
    assert [line.id for line in varied(lines, 5, per_source=2)] == ["0", "1", "2", "4"]
