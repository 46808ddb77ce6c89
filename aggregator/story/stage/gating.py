"""What both ways of analysing share: stories with their texts, the gates over them, and what is
kept of a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby

from aggregator.cluster.members import members_among
from aggregator.domain.claim import Analysis, Claim, Draft, Rejection
from aggregator.domain.dates import report_day
from aggregator.domain.fact import Fact
from aggregator.domain.sections import Content
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.story import Story
from aggregator.extract.admission import with_evidence_only
from aggregator.extract.quotable_sentences import readable_members
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.memory.differences import differences
from aggregator.services import Services, Tally
from aggregator.store.database import Connection
from aggregator.store.news import articles
from aggregator.store.writing import analyses, predictions, story_facts
from aggregator.story.facts import facts_by_rules
from aggregator.story.prompts import prompt_sentences
from aggregator.story.run import Unanalysed
from aggregator.verify.anchors.index import StoryIndex, report_of, story_index
from aggregator.verify.cited import Grounds
from aggregator.verify.gates import Refusal, explanations
from aggregator.verify.verdict import refusal, survivors
from aggregator.verify.wording import Casing, casing_of

_ARCHIVED = 500  # articles: half a second of a processor


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates with the passages of one story's articles and of its background, and nothing else,
    in reach.
    """

    grounds: Grounds
    # a page is checked again each time that one of its sentences is refused or written again
    _known: dict[tuple[Claim, tuple[str, ...]], Refusal | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def around(
        cls, story: Story, settings: AnalysisSettings, archive: Casing | None = None
    ) -> Gates:
        """The gates for a story with its texts, which are read as a whole once a claim was
        written. `archive` says how other stories write words.
        """
        members = (*story.members, *story.background)
        found = {passage.key: passage for member in members for passage in member.article.passages}
        days = {member.article.id: report_day(member.article.published.at) for member in members}

        @cache
        def index() -> StoryIndex:
            return story_index([report_of(member) for member in members], archive=archive)

        grounds = Grounds(
            passages=found,
            published=days,
            quote_words=settings.quote_words,
            hook_words=settings.hook_words,
            prompts=_told_to_models(),
            index=index,
        )
        return cls(grounds)

    def over(
        self, draft: Draft, story: Story
    ) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
        """What survives of a whole draft and of what the story's reports differ on, and how many
        claims did not, by reason.
        """
        differing = differences(story.members, self.grounds.quote_words)
        kept, counts = survivors(replace(draft, disagreements=differing), self.grounds)
        if kept is None:
            return None, counts
        keys = (each for each in kept.sections if each.is_key and each.content is Content.CLAIMS)
        unknowns = kept.unknowns  # what is not known stands there alone
        told = {
            key: [each for each in kept.statements(key) if each not in unknowns] for key in keys
        }
        return kept.with_items(told), counts

    def against(self, claim: Claim, earlier: Sequence[Claim]) -> Refusal | None:
        """Why a claim is refused, `earlier` being what the page says before it; None if it may
        stand.
        """
        before = tuple(claim_before.text for claim_before in earlier)
        if (claim, before) not in self._known:
            self._known[claim, before] = refusal(claim, self.grounds, before)
        return self._known[claim, before]


@cache
def _told_to_models() -> tuple[str, ...]:
    """What a model is told about its work and about what was refused: a small one says it back."""
    return (*prompt_sentences(), *explanations())


def archive_casing(connection: Connection) -> Casing:
    """How the newest articles write words: a name that opens a sentence is known by it."""
    return casing_of(articles.newest_texts(connection, _ARCHIVED))


# what came of a story, and the facts that were noted of it
AnalysedStory = tuple[Analysis | Unanalysed, Sequence[Fact]]


def with_texts(connection: Connection, services: Services, bare: Sequence[Story]) -> list[Story]:
    """The stories with their members, and of their passages what states something: nothing else
    reaches rules, model or gates.
    """
    texts = articles.articles_of(connection, [story.id for story in bare], passages=True)
    members = members_among(services.sources())
    found = {story.id: members(texts[story.id]) for story in bare}
    if not services.is_filtered:
        return [replace(story, members=found[story.id]) for story in bare]
    language = services.settings.analysis.language
    return [
        replace(
            story,
            members=tuple(with_evidence_only(member, language) for member in found[story.id]),
        )
        for story in bare
    ]


def keep(
    connection: Connection,
    services: Services,
    analysed: Sequence[AnalysedStory],
    rules: str,
    tally: Tally,
) -> None:
    """Stores the analyses of stories, made by these rules, each with the facts of its story, and
    counts them; a story that cannot be analysed loses the one it had.
    """
    kept = [(result, facts) for result, facts in analysed if isinstance(result, Analysis)]
    for result, _ in analysed:
        tally.rejected.update({reason.value: count for reason, count in result.rejected})
    for analysis, _ in kept:
        tally.counts["analysed"] += 1
        tally.counts["claims_kept"] += sum(1 for _ in analysis.kept.claims())
        log().debug("story written", story=analysis.story_id, engine=analysis.engine)
    analyses.drop_analyses(
        connection, [result.story_id for result, _ in analysed if isinstance(result, Unanalysed)]
    )
    analyses.save_analyses(connection, [analysis for analysis, _ in kept], rules)
    story_facts.save_facts(connection, {analysis.story_id: facts for analysis, facts in kept})
    for at, several in groupby(kept, key=lambda each: each[0].analysed_at):
        implications = [each for analysis, _ in several for each in analysis.kept.implications]
        predictions.add_predictions(connection, implications, at)
    noted = {result.story_id: facts for result, facts in analysed}
    plugins().all("stories_written", connection=connection, services=services, noted=noted)


def rule_facts(story: Story, settings: AnalysisSettings) -> tuple[Fact, ...]:
    """The facts of a story with its texts as rules find them."""
    return facts_by_rules(readable_members(story, settings.language), settings.quote_words)
