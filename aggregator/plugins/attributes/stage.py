"""Stage between clustering and analysis: what articles state of products is noted, and stories get
the sections it makes.

An article is read again when its text, its story or the rules changed; the sections of a story are
made again when one of its articles was, or when anything else is stated of a product they look at.
Both are functions of what is stored, so a run that was killed, a merge or a correction leaves
nothing to repair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.cluster.entities import Gazetteer, gazetteer, mentions_in, tokens_of
from aggregator.cluster.members import Membership, members_among
from aggregator.domain.dates import report_day
from aggregator.domain.fact import AttributeFact, Fact
from aggregator.domain.story import Member, Mention, Story, by_article
from aggregator.extract.admission import evidence
from aggregator.extract.quotable_sentences import is_written_in
from aggregator.plugins.attributes import store as attributes
from aggregator.plugins.attributes.comparison import ComparisonInput, insight
from aggregator.plugins.attributes.extraction import attribute_facts
from aggregator.plugins.attributes.noted import noted_attributes, spoken_of
from aggregator.plugins.attributes.standing import STANDING, standing_rows
from aggregator.plugins.attributes.subjects import Subject, subjects
from aggregator.services import Services
from aggregator.site.lists.standing import LatestRow
from aggregator.store.database import Connection
from aggregator.store.news import articles, stories
from aggregator.store.rows import batches
from aggregator.store.writing import story_facts
from aggregator.story.prompts import prompt_sentences
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import own_refusal

_MOST_BESIDE = 2  # products that the archive states most beside those of a story
_STORY_BATCH = 50  # stories in one transaction: what a kill can cost


@dataclass(frozen=True, slots=True)
class _Notes:
    """What a run notes by: its services, who publishes what, the index of names, and the name of
    the rules.
    """

    services: Services
    members: Membership
    names: Gazetteer
    rules: str

    def mentions_in(self, member: Member) -> Callable[[str], Sequence[Mention]]:
        """Finds the names in a sentence of an article: some are names only beside certain words of
        it.
        """
        around: list[frozenset[str]] = []

        def found(text: str) -> Sequence[Mention]:
            if not around:
                around.append(
                    frozenset(tokens_of(f"{member.article.title} {member.article.text}").folded)
                )
            return mentions_in(text, self.names, around[0])

        return found


def _notes(services: Services) -> _Notes:
    return _Notes(
        services, members_among(services.sources()), gazetteer(services.registry), _rules(services)
    )


def note_stage(services: Services) -> None:
    """Reads the articles that wait for it, and makes the sections again that rest on what they
    state or stated.
    """
    rules = _rules(services)
    with services.database.reading() as connection:
        waiting, left = (
            attributes.pending_articles(connection, rules),
            attributes.articles_without_story(connection),
        )
    if not waiting and not left:
        return
    notes = _notes(services)
    with services.database.writing() as connection:
        _compare(
            connection,
            notes,
            {*left.values(), *attributes.stories_about(connection, _forgotten(connection, left))},
        )
    for some in batches(list(waiting), _STORY_BATCH):
        with services.database.writing() as connection:
            changed = _read(connection, notes, {each: waiting[each] for each in some})
            _compare(connection, notes, {*some, *attributes.stories_about(connection, changed)})


def note_story(connection: Connection, services: Services, story_id: str) -> None:
    """Reads the articles of a story again, as facts of it were noted or forgotten, and makes the
    sections again that rest on what they state or stated.
    """
    notes = _notes(services)
    placed = articles.articles_of(connection, [story_id], passages=False)
    ids = {article.id for several in placed.values() for article, _ in several}
    changed = _read(connection, notes, {story_id: ids})
    if changed:
        _compare(connection, notes, {story_id, *attributes.stories_about(connection, changed)})


def _forgotten(connection: Connection, article_ids: Collection[str]) -> frozenset[str]:
    attributes.forget_extracted(connection, article_ids)
    return attributes.drop_facts(connection, article_ids)


def _rules(services: Services) -> str:
    return attributes.noting_rules(services.settings.analysis, services.registry_digest)


def _read(
    connection: Connection, notes: _Notes, waiting: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Notes what the articles of these stories state that wait for it; returns of whom anything
    else is stated now.
    """
    found = articles.articles_of(connection, list(waiting), passages=True)
    read = {
        story_id: [
            member for member in notes.members(several) if member.article.id in waiting[story_id]
        ]
        for story_id, several in found.items()
    }
    noted = story_facts.facts_of(connection, list(read))
    stated = {
        member.article.id: tuple(_stated(member, notes, noted.get(story_id, ())))
        for story_id, several in read.items()
        for member in several
    }
    placed = [
        (story_id, member.article, member.copy_of)
        for story_id, several in read.items()
        for member in several
    ]
    attributes.mark_extracted(connection, placed, notes.rules)
    return attributes.save_facts(connection, stated)


def _stated(member: Member, notes: _Notes, noted: Sequence[Fact]) -> Iterator[AttributeFact]:
    """What an article states by rules, or as a model noted it of its story, and the gates let pass;
    nothing of a copy, nor of a text in another language.

    Few articles state anything, so what is dear comes after that.
    """
    analysis, article = notes.services.settings.analysis, member.article
    found = () if member.copy_of else _found(member, notes, noted)
    if not found or not is_written_in(member, analysis.language):
        return
    grounds = Grounds(
        passages={passage.key: passage for passage in article.passages},
        published={article.id: report_day(article.published.at)},
        quote_words=analysis.quote_words,
        prompts=prompt_sentences(),
    )
    for fact in found:
        text = evidence(grounds.passages[fact.passage], analysis.language)
        if fact.quote in text and own_refusal(fact.claim, grounds) is None:
            yield fact


def _found(member: Member, notes: _Notes, noted: Sequence[Fact]) -> tuple[AttributeFact, ...]:
    """What both extractors find: where one of them has an attribute, the rules have it."""
    mentions, words = notes.mentions_in(member), notes.services.settings.analysis.quote_words
    by_rules = attribute_facts(member, mentions, words)
    known = {(fact.subject, fact.attribute, fact.qualifier) for fact in by_rules}
    by_model = noted_attributes(member, noted, mentions, words)
    return by_rules + tuple(
        fact for fact in by_model if (fact.subject, fact.attribute, fact.qualifier) not in known
    )


def _compare(connection: Connection, notes: _Notes, story_ids: Collection[str]) -> None:
    """Makes the sections of these stories again; of one whose articles state nothing, there is
    nothing to keep.
    """
    ids = sorted(story_ids)
    bare = {story.id: story for story in stories.stories_by_id(connection, ids)}
    found = articles.articles_of(connection, ids, passages=False)
    attributes.drop_insights(connection, ids)
    own = attributes.facts_of_articles(
        connection, [article.id for several in found.values() for article, _ in several]
    )
    for story_id, several in found.items():
        facts = [fact for article, _ in several for fact in own.get(article.id, ())]
        if facts and story_id in bare:
            told = replace(bare[story_id], members=notes.members(several))
            known = _known(connection, notes, told, facts)
            attributes.save_insight(
                connection,
                story_id,
                insight(known),
                {*known.named, *(fact.subject for fact in facts)},
            )


def _known(
    connection: Connection, notes: _Notes, story: Story, own: Sequence[AttributeFact]
) -> ComparisonInput:
    stated = Counter(fact.subject for fact in own)
    beside = attributes.stated_beside(connection, stated, _MOST_BESIDE)
    named = list(dict.fromkeys([*(entity.key for entity in story.entities), *beside]))
    archive = attributes.facts_about(connection, {*named, *stated})
    mine = {member.article.id for member in story.members}
    others = [fact for fact in archive if fact.article_id not in mine]
    background = articles.articles_by_id(connection, [fact.article_id for fact in others])
    stating = (*story.members, *notes.members(list(background.values())))
    return ComparisonInput(
        own=own,
        archive=others,
        families={member.article.id: member.family for member in stating},
        named=named,
        headlined=[
            subject.key for member in story.members for subject in _headlined(member, notes)
        ],
        updated=story.updated.date(),
        titles=[member.article.title for member in story.members],
        spoken_of=spoken_of(
            passage.text
            for of_story in articles.articles_of(connection, [story.id], passages=True).values()
            for article, _ in of_story
            for passage in article.passages
        ),
    )


def _headlined(member: Member, notes: _Notes) -> Sequence[Subject]:
    title = member.article.title
    return subjects(title, mentions_in(title, notes.names, frozenset(tokens_of(title).folded)))


def stated_rows(
    connection: Connection, services: Services, without: Collection[str]
) -> Iterator[tuple[str, LatestRow]]:
    """How things stand by the archive, but for these stories: by articles that may be quoted."""
    facts = attributes.facts_of_kinds(connection, STANDING, without)
    found = articles.articles_by_id(connection, sorted({fact.article_id for fact in facts}))
    members = members_among(services.sources())(list(found.values()))
    quotable = by_article(member for member in members if member.is_quotable)
    return standing_rows(facts, quotable, services.settings.site.language)
