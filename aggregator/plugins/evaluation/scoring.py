"""Scores how well an engine analyses stories whose facts are known: the code of a refresh, without
stored answers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from aggregator.domain.claim import Analysis, Citation, Claim, ClaimKind, Rejection
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.evaluation import Outcome, Score
from aggregator.domain.settings import AnalysisSettings
from aggregator.english.lexical import carrying, content_words
from aggregator.errors import LlmError
from aggregator.hooks.sections import all_sections
from aggregator.plugins.evaluation.gold import (
    Case,
    GoldFact,
    covered_facts,
    own_claims,
    stated_falsehoods,
)
from aggregator.plugins.evaluation.store import keep_score
from aggregator.ports import Clock, Engine, ModelEngine, Prompt, Reply
from aggregator.services import Watch
from aggregator.store.database import Database
from aggregator.store.writing.models import keep_form
from aggregator.story.answers import quote_for
from aggregator.story.page.question import Fitness
from aggregator.story.page.sentences import kind_in
from aggregator.story.run import analyse
from aggregator.story.sections import WRITING_OF, writing_of
from aggregator.story.stage.checked import Page, tried
from aggregator.story.stage.gating import Gates
from aggregator.story.stage.judging import SentenceJudge
from aggregator.verify.wording import Casing, casing_of

# where a writer states what has no section of its own
ROOMIEST = max(WRITING_OF, key=lambda section: WRITING_OF[section].most)
_MOST_FAILURES = 3  # stories in a row: after that the model is left alone
_MOST_CITATIONS = 3  # passages of a sentence of the set, as of a sentence of a page


async def engine_score(
    engine: Engine | ModelEngine,
    cases: Sequence[Case],
    settings: AnalysisSettings,
    judge: SentenceJudge,
    clock: Clock,
    watch: Watch,
) -> Score:
    """The score of an engine. A story that the model fails on counts as not analysed; raises
    LlmError if it fails for good.
    """
    watch.stage(f"scoring {engine.model or engine.name}, stories", len(cases))
    evaluation = _Evaluation(engine, settings, judge, clock, _casing(cases))
    for case in cases:
        await evaluation.analyse_case(case)
        watch.step(case.name)
    return evaluation.score(cases)


def keep(database: Database, score: Score, now: datetime) -> None:
    """Keeps a score, and the form in which its model wrote pages: a run starts from it."""
    with database.writing(durable=True) as connection:
        keep_score(connection, score, now)
        if score.form:
            keep_form(connection, score.digest, score.form, now)


def cases_digest(cases: Sequence[Case]) -> str:
    """Sixteen figures that change with anything in the cases: scores of one digest compare."""
    told = json.dumps([asdict(case) for case in cases], default=str, sort_keys=True)
    return sha256_of(told)[:16]


def _casing(cases: Sequence[Case]) -> Casing:
    """How the stories of the set write words, which is the archive that the anchors know."""
    return casing_of(
        passage.text
        for case in cases
        for member in case.story.members
        for passage in member.article.passages
        if passage.n
    )


class _Evaluation:
    """An engine under way."""

    def __init__(
        self,
        engine: Engine | ModelEngine,
        settings: AnalysisSettings,
        judge: SentenceJudge,
        clock: Clock,
        archive: Casing,
    ) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._judge, self._archive = judge, archive
        self._counts: Counter[str] = Counter()
        self._anchors, self._printed = _Pages(), _Pages()
        self._failures: list[str] = []
        self._in_a_row = 0
        self._seconds = 0.0
        self._fitness = Fitness()

    async def analyse_case(self, case: Case) -> None:
        """Has the engine analyse a case, and counts the result. Raises LlmError when going on is
        useless.
        """
        gates = Gates.around(case.story, self._settings, self._archive)
        began_s, judged = self._clock.monotonic_s(), self._judged_tokens()
        try:
            by_anchors, printed = await self._pages(case, gates)
        except LlmError as error:
            self._in_a_row += 1
            if error.is_final or self._in_a_row >= _MOST_FAILURES:
                raise
            self._failures.append(f"{case.name}: {error.reason}")
            return
        self._in_a_row = 0
        self._seconds += self._clock.monotonic_s() - began_s
        self._counts["judged"] += self._judged_tokens() - judged
        self._anchors.add(case, by_anchors)
        self._printed.add(case, printed)
        if isinstance(self._engine, ModelEngine):
            await self._check_sentences(case, gates)

    def score(self, cases: Sequence[Case]) -> Score:
        """What was counted."""
        engine = self._engine
        is_model = isinstance(engine, ModelEngine)
        return Score(
            engine=engine.name,
            model=(engine.model or "") if is_model else "",
            digest=engine.digest if isinstance(engine, ModelEngine) else engine.rules,
            prompts=engine.prompts if isinstance(engine, ModelEngine) else "",
            judge=self._judge.model if is_model else "",
            cases=cases_digest(cases),
            stories=len(cases),
            form=self._fitness.form.value if is_model else "",
            calls=self._counts["calls"],
            unusable=self._counts["unusable"],
            proposed=self._counts["proposed"],
            refused=self._counts["refused"],
            judged_false=self._counts["judged_false"],
            facts=sum(len(case.facts) for case in cases),
            falsehoods=sum(len(case.falsehoods) for case in cases),
            sections=len(cases) * len(writing_of()),
            anchors=self._anchors.outcome(),
            printed=self._printed.outcome(),
            read_tokens=self._counts["read"],
            written_tokens=self._counts["written"],
            judged_tokens=self._counts["judged"],
            seconds=round(self._seconds, 1),
            why=self._judge.why,
            failures=tuple(self._failures),
        )

    async def _pages(self, case: Case, gates: Gates) -> tuple[Page, Page]:
        """The page of a case as the anchors alone let it through, and as it is printed."""
        now = case.story.updated
        if not isinstance(self._engine, ModelEngine):
            page = Page(result=analyse(case.story, self._engine, gates.over, now))
            return page, page
        story = await tried(
            case.story, self._engine, self._answer, gates, self._judge, now, self._fitness
        )
        self._fitness = story.fitness
        trials = story.trials
        refused = trials.rejected.total() - trials.rejected[Rejection.REPEATED]
        judged_false = dict(story.printed.result.rejected).get(Rejection.JUDGED, 0)
        self._counts.update(
            unusable=trials.unusable,
            proposed=trials.proposed,
            refused=refused,
            judged_false=judged_false if self._judge.model else 0,
        )
        return story.by_anchors, story.printed

    async def _check_sentences(self, case: Case, gates: Gates) -> None:
        """Counts what anchors and judge make of the true and the false sentences of the set."""
        truths = [
            _claim(case, fact.text, fact.needs, kind_in(section_of(fact)), self._settings)
            for fact in case.facts
        ]
        falsehoods = [
            _claim(case, each.text, (), ClaimKind.WRITTEN, self._settings)
            for each in case.falsehoods
        ]
        for claims, is_true in ((truths, True), (falsehoods, False)):
            passed = [claim for claim in claims if gates.against(claim, ()) is None]
            judged = await self._judge.refused(case.story, passed)
            kept = [claim for claim in passed if claim not in judged]
            self._anchors.count(is_true, len(claims), len(passed))
            self._printed.count(is_true, len(claims), len(kept))

    async def _answer(self, section: str, prompt: Prompt) -> Reply:
        assert isinstance(self._engine, ModelEngine)
        reply = await self._engine.llm.answer(prompt)
        self._counts.update(
            calls=1, read=reply.prompt_tokens - reply.cached_tokens, written=reply.completion_tokens
        )
        return reply

    def _judged_tokens(self) -> int:
        bench = self._judge.bench
        return bench.seat.judge.spent_tokens if bench else 0


class _Pages:
    """The pages of one way of checking, counted."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._false: list[str] = []

    def add(self, case: Case, page: Page) -> None:
        """Counts the page of a case."""
        if not isinstance(page.result, Analysis):
            self._counts["empty"] += len(writing_of())
            return
        kept = page.result.kept
        self._counts.update(
            written=own_claims(kept),
            facts_written=covered_facts(case, kept, own_words=True),
            facts_unaided=covered_facts(case, page.unaided or kept),
            facts_reported=covered_facts(case, kept),
            empty=sum(
                not kept.items(section) for section in all_sections() if section.key in writing_of()
            ),
        )
        self._false += stated_falsehoods(case, kept)

    def count(self, is_true: bool, claims: int, kept: int) -> None:
        """Counts what was kept of true or of false sentences."""
        if is_true:
            self._counts["truths_refused"] += claims - kept
        else:
            self._counts["falsehoods_passed"] += kept

    def outcome(self) -> Outcome:
        """All pages together."""
        return Outcome(**self._counts, false=tuple(self._false))


def _claim(
    case: Case, text: str, needs: Sequence[str], kind: ClaimKind, settings: AnalysisSettings
) -> Claim:
    """A sentence of the set as a claim on the passages that carry it."""
    own = content_words(" ".join((text, *needs)))
    passages = [each for member in case.story.members for each in member.article.passages]
    parts = {place: content_words(each.text) for place, each in enumerate(passages)}
    cited = [passages[place] for place in carrying(own, parts)[:_MOST_CITATIONS]]
    return Claim(
        text=text,
        kind=kind,
        citations=tuple(
            Citation(passage=each.key, quote=quote_for(text, each.text, settings.quote_words))
            for each in cited
        ),
    )


def section_of(fact: GoldFact) -> str:
    """Where a writer reports a fact: what is open or disputed is a takeaway, as code finds those
    sections.
    """
    return fact.section if fact.section in writing_of() else ROOMIEST
