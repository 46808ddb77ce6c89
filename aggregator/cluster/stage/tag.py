"""The tagging stage: finds topics, entities and signals of stories that are new, changed, or were
tagged by another registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator.cluster.entities import (
    Gazetteer,
    entities_in,
    entities_mentioned,
    gazetteer,
    makers_in,
    story_entities,
    tokens_of,
)
from aggregator.cluster.members import Placed, members_among
from aggregator.cluster.rank import story_signals
from aggregator.cluster.section_model import likeliest_section, section_shares
from aggregator.cluster.topics import (
    TopicCues,
    story_topics,
    topic_cues,
    topic_points,
    topic_strengths,
)
from aggregator.domain.story import Entity, Member, Signals
from aggregator.extract.admission import usable_article
from aggregator.services import Services
from aggregator.store.news import articles, entries, stories
from aggregator.store.rows import batches

# what an article is about stands at its beginning; further down are those it mentions in passing
LEAD_WORDS = 80
MENTION_WORDS = 300  # in which what the lead names is named again, or was mentioned in passing
STANDFIRST_WORDS = 40  # a text as short says no more than who does what, as the headline does
_STORY_BATCH = 200  # stories in one transaction: what a kill can cost


def tag_stage(services: Services) -> None:
    """Finds the topics, entities and signals of the stories that have none by the present registry
    and articles.
    """
    with services.database.reading() as connection:
        waiting = stories.untagged_stories(connection, services.registry_digest)
    if not waiting:
        return
    names, about = gazetteer(services.registry), topic_cues(services.registry)
    members, language = members_among(services.sources()), services.settings.analysis.language
    for batch in batches(waiting, _STORY_BATCH):
        with services.database.writing() as connection:
            placed = articles.articles_of(connection, batch, passages=True)
            ids = sorted(article.id for some in placed.values() for article, _ in some)
            votes = entries.votes_of(connection, ids)
            found = {
                story_id: story_tags(members(_usable(several, language)), names, about, votes)
                for story_id, several in placed.items()
            }
            stories.save_tags(connection, found, digest=services.registry_digest)


def _usable(placed: Placed, language: str) -> Placed:
    return [(usable_article(article, language), copy_of) for article, copy_of in placed]


def story_tags(
    found: Sequence[Member], names: Gazetteer, about: TopicCues, votes: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[Entity, ...], Signals]:
    """The topics and the entities that the headlines and leads of a story's articles speak of, and
    the signals of its importance. A company speaks of itself in what it announces, also where it
    writes "we", and a headline on its model or product is about it. `votes` are the points and
    comments of articles by id.
    """
    subjects, mentioned, points, strengths = [], [], [], []
    for member in found:
        article = member.article
        words = article.text.split()
        beginning = " ".join(words[:LEAD_WORDS])
        title, lead = tokens_of(article.headline), tokens_of(beginning)
        in_title, in_lead = entities_in(title, names), entities_in(lead, names)
        made_by = makers_in(title, names)
        subjects.append((*in_title, *made_by))
        known = {entity.key for entity in in_lead}
        counted = entities_mentioned(" ".join(words[:MENTION_WORDS]), names)
        announcer = entities_in(tokens_of(member.source_name), names) if member.primary else ()
        is_short = len(words) <= STANDFIRST_WORDS
        mentioned.append(
            (
                (*in_title, *made_by, *announcer, *(in_lead if is_short else ())),
                [entity for entity in counted if entity.key in known],
            )
        )
        points.append(topic_points(title, lead, in_title, in_lead, about))
        strengths.append(topic_strengths(article.headline, beginning, points[-1], about))
    own = [place for place, member in enumerate(found) if member.copy_of is None]
    chosen = own or range(len(found))
    originals = [found[place].article for place in chosen]
    signals = replace(
        story_signals(
            originals,
            [subjects[place] for place in chosen],
            [points[place] for place in chosen],
        ),
        votes=max((votes.get(member.article.id, 0) for member in found), default=0),
        section=likeliest_section(
            [
                section_shares(article.headline, article.text, article.url, strengths[place])
                for article, place in zip(originals, chosen, strict=True)
            ]
        ),
    )
    return story_topics(strengths, about), story_entities(mentioned), signals
