"""Stage between clustering and analysis: stories that are new, grew, or were tagged by another
registry get their tags.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.cluster.entities import Gazetteer, entities_in, gazetteer, story_entities, words_of
from aggregator.cluster.topics import Cues, cues, story_topics, topic_points
from aggregator.domain.article import Article
from aggregator.domain.story import Entity
from aggregator.services import Services
from aggregator.store.news import articles, tags

# what an article is about stands at its beginning; further down are those it mentions in passing
_LEAD_WORDS = 80
_STORY_BATCH = 200  # stories in one transaction: what a kill can cost


def tag_stage(services: Services) -> None:
    """Finds the topics and entities of the stories that have none by the present registry and
    articles.
    """
    with services.database.reading() as connection:
        waiting = tags.untagged_stories(connection, services.registry_digest)
    if not waiting:
        return
    names, about = gazetteer(services.registry), cues(services.registry)
    for start in range(0, len(waiting), _STORY_BATCH):
        batch = waiting[start : start + _STORY_BATCH]
        with services.database.writing() as connection:
            members = articles.articles_of(connection, batch, passages=True)
            found = {
                each: story_tags([article for article, _ in members[each]], names, about)
                for each in batch
            }
            tags.save_tags(connection, found, digest=services.registry_digest)


def story_tags(
    members: Sequence[Article], names: Gazetteer, about: Cues
) -> tuple[tuple[str, ...], tuple[Entity, ...]]:
    """The topics and the entities that the headlines and leads of a story's articles speak of."""
    found, points = [], []
    for article in members:
        title, lead = (
            words_of(article.title),
            words_of(" ".join(article.text.split()[:_LEAD_WORDS])),
        )
        titled, told = entities_in(title, names), entities_in(lead, names)
        found.append((titled, told))
        points.append(topic_points(title, lead, titled, told, about))
    return story_topics(points, about), story_entities(found)
