"""What both ways of analysing share: stories with their texts, the gates over them, and what is kept of a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import structlog

from aggregator.analyse.prompt import prompt_sentences
from aggregator.analyse.run import Engine, ModelEngine, Unanalysed
from aggregator.analyse.statements import stated
from aggregator.cluster.members import members
from aggregator.domain.article import Passage
from aggregator.domain.claim import Analysis, Claim, Draft, Rejection
from aggregator.domain.dates import report_day
from aggregator.domain.story import Story
from aggregator.stages.services import Services, Tally
from aggregator.store import analyses, articles
from aggregator.store.database import Connection
from aggregator.verify.differences import differences
from aggregator.verify.repetition import is_repeated
from aggregator.verify.verdict import rejection, survivors


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates with the passages of one story's own articles, and nothing else, in reach."""

    passages: dict[str, Passage]
    published: dict[str, date]
    quote_words: int

    @classmethod
    def around(cls, story: Story, quote_words: int) -> Gates:
        """The gates for a story with its texts."""
        found = {passage.key: passage for member in story.members for passage in member.article.passages}
        return cls(found, {each.article.id: report_day(each.article.published.at) for each in story.members}, quote_words)

    def over(self, draft: Draft, story: Story) -> tuple[Draft | None, tuple[tuple[Rejection, int], ...]]:
        """What survives of a whole draft, with what the reports differ on, and how many claims did not, by reason."""
        kept, counts = survivors(draft, self.passages, self.published, self.quote_words, prompt_sentences())
        differing = differences(story.members, self.quote_words)
        sound = tuple(each for each in differing if not any(self.against(claim, ()) for claim in each.claims))
        return (replace(kept, disagreements=sound) if kept else None), counts

    def against(self, claim: Claim, told: Sequence[Claim]) -> Rejection | None:
        """Why a claim is refused, `told` being what the page says before it; None if it may stand."""
        refused = rejection(claim, self.passages, self.published, self.quote_words, prompt_sentences())
        is_again = refused is None and is_repeated(claim.text, [each.text for each in told])
        return Rejection.REPEATED if is_again else refused


def with_texts(connection: Connection, services: Services, bare: Sequence[Story]) -> list[Story]:
    """The stories with their members, and of their passages what states something: nothing else reaches rules, model or gates."""
    texts = articles.articles_of(connection, [story.id for story in bare], passages=True)
    found = {story.id: members(texts[story.id], services.sources()) for story in bare}
    language = services.settings.analysis.language
    return [replace(story, members=tuple(stated(each, language) for each in found[story.id])) for story in bare]


def keep(connection: Connection, result: Analysis | Unanalysed, engine: Engine | ModelEngine, tally: Tally) -> None:
    """Stores the analysis of a story and counts it; a story that cannot be told loses the one it had."""
    tally.rejected.update({reason.value: count for reason, count in result.rejected})
    if isinstance(result, Unanalysed):
        analyses.drop_analysis(connection, result.story_id)
        return
    tally.counts["analysed"] += 1
    tally.counts["claims_kept"] += sum(1 for _ in result.kept.claims())
    analyses.save_analysis(connection, result, engine.rules)
    structlog.get_logger().debug("story told", story=result.story_id, engine=engine.name)
