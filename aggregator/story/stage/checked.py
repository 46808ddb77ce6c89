"""A story that a model wrote, with what its gates and the judge refuse of it: what a run has
between two phases, and what `eval` scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime

from aggregator.domain.claim import Analysis, Claim, ClaimKind, Draft
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Story
from aggregator.ports import ModelEngine, WritingOptions
from aggregator.story.material import Material, material_of
from aggregator.story.page.question import Fitness
from aggregator.story.rules.extractive import page_by_rules
from aggregator.story.run import Unanalysed, analysis_of
from aggregator.story.stage.gating import Gates
from aggregator.story.stage.judging import SentenceJudge
from aggregator.story.writer import Ask, Trials, Writer, Written, draft_from, refused_of
from aggregator.verify.gates import Refusal, explained


def readable_material(story: Story, options: WritingOptions) -> Material | None:
    """What a model writes a story from; None where there is nothing that it may read."""
    return material_of(
        story,
        language=options.language,
        quote_words=options.quote_words,
        evidence_tokens=options.evidence_tokens,
    )


@frozen
class CheckedStory:
    """A story between two phases: what is written, what checks it, and what they refuse of it."""

    written: Written
    gates: Gates
    refused: Mapping[int, Refusal] = field(default_factory=dict)

    def refused_by(self, judged: Mapping[Claim, Refusal]) -> CheckedStory:
        """The story with what its gates refuse, and what was judged."""
        found = refused_of(self.written, self.gates.against, judged)
        return replace(
            self,
            refused={
                place: each if each.because else replace(each, because=explained(each.reason))
                for place, each in found.items()
            },
        )

    async def judged_by(
        self, judge: SentenceJudge, before_asking: Callable[[], None]
    ) -> CheckedStory:
        """The story with what its gates and the judge refuse. Raises LlmError, and what
        `before_asking` does, which is called when a question is about to be put to the model.

        All that a model wrote is judged: what stands beside a sentence, and the attributes that it
        noted for cells, as the sentences that these say; what is refused of that is left out.
        A sentence that repeats a refused one stands once that is gone, so it is judged then.
        """
        story = self.written.story
        judged: dict[Claim, Refusal] = {}
        seen: set[Claim] = set()
        while claims := [
            claim for claim in self.refused_by(judged)._standing() if claim not in seen
        ]:
            seen.update(claims)
            if judge.may_be_asked(story, claims):
                before_asking()
            judged |= await judge.refused(story, claims)
        return self._without(judged).refused_by(judged)

    def concluded(self, engine: ModelEngine, now: datetime) -> Analysis | Unanalysed:
        """What is kept of the story."""
        story, trials = self.written.story, self.written.trials
        by_rules = page_by_rules(
            story,
            language=engine.options.language,
            quote_words=engine.options.quote_words,
            hook_words=engine.options.hook_words,
        )
        draft = draft_from(self.written, self.refused, by_rules, self.gates.against)
        return analysis_of(story, engine, draft, self.gates.over, now, trials.rejected)

    def unaided(self) -> Draft:
        """The page as the model wrote and chose it, without what rules add to it."""
        apart = replace(self.written, trials=Trials())  # its refusals are counted where it ends
        return draft_from(apart, self.refused, None, self.gates.against)

    def _standing(self) -> list[Claim]:
        """What is not refused, as a judge is asked about it, in the order of the page; the
        attributes for cells come last.
        """
        claims: list[Claim] = []
        for place, sentence in enumerate(self.written.sentences):
            if place not in self.refused:
                claims.append(sentence.judged)
                claims += (sentence.trigger,) if sentence.trigger else ()
                claims += (sentence.judged_sign,) if sentence.has_sign else ()
        return claims + [_cell(fact) for fact in self.written.facts if _is_cell(fact)]

    def _without(self, refused: Mapping[Claim, Refusal]) -> CheckedStory:
        """The story without the triggers, signs and attributes that are refused; what is to come
        is then its own sign.
        """
        sentences = tuple(
            replace(
                sentence,
                trigger=None if sentence.trigger in refused else sentence.trigger,
                sign=sentence.claim.text
                if sentence.has_sign and sentence.judged_sign in refused
                else sentence.sign,
            )
            for sentence in self.written.sentences
        )
        facts = tuple(
            fact for fact in self.written.facts if not (_is_cell(fact) and _cell(fact) in refused)
        )
        return replace(self, written=replace(self.written, sentences=sentences, facts=facts))


def _is_cell(fact: Fact) -> bool:
    return fact.kind is FactKind.ATTRIBUTE


def _cell(fact: Fact) -> Claim:
    """The sentence that a cell says."""
    return Claim(text=fact.text, kind=ClaimKind.WRITTEN, citations=fact.citations)


@frozen
class Page:
    """The page of a story, and what the model alone has on it."""

    result: Analysis | Unanalysed
    unaided: Draft | None = None


@frozen
class TriedStory:
    """One story as a model writes it: its page as the anchors alone let it through and as it would
    be printed, what happened until the anchors had checked it, and the form that the model gets
    next.
    """

    by_anchors: Page
    printed: Page
    trials: Trials
    fitness: Fitness


async def tried(
    story: Story,
    engine: ModelEngine,
    ask: Ask,
    gates: Gates,
    judge: SentenceJudge,
    now: datetime,
    fitness: Fitness | None = None,
) -> TriedStory:
    """One story by the steps of a run, without kept answers. Sentences are repaired as the judge
    asks for it, or the anchors where there is none. Raises what `ask` does, and LlmError.
    """
    fitness = fitness or Fitness()
    material = readable_material(story, engine.options)
    if material is None:
        options = engine.options
        draft = page_by_rules(
            story,
            language=options.language,
            quote_words=options.quote_words,
            hook_words=options.hook_words,
        )
        page = Page(result=analysis_of(story, engine, draft, gates.over, now))
        return TriedStory(by_anchors=page, printed=page, trials=Trials(), fitness=fitness)
    writer = Writer(ask, lambda question: None)
    first = CheckedStory(written=await writer.write(story, material, fitness), gates=gates)
    is_judging = judge.threshold is not None
    checked = await first.judged_by(judge, _at_once) if is_judging else first.refused_by({})
    again = replace(checked, written=await writer.repair(checked.written, checked.refused))
    # each page has refusals of its own to count
    apart = replace(again, written=replace(again.written, trials=Trials()))
    judged = await apart.judged_by(judge, _at_once)
    for form, is_fit in first.written.outcomes:
        fitness = fitness.after(form, is_fit=is_fit)
    by_anchors = again.refused_by({})
    return TriedStory(
        by_anchors=Page(result=by_anchors.concluded(engine, now), unaided=by_anchors.unaided()),
        printed=Page(result=judged.concluded(engine, now), unaided=judged.unaided()),
        trials=again.written.trials,
        fitness=fitness,
    )


def _at_once() -> None:
    """Nothing limits what an evaluation asks."""
