"""One story from its articles to a draft by a model: facts, page, and after a check the sentences
again that were refused.

Each phase is a step of its own, as all stories of a run go through one before any goes through the
next. What a model answered is kept by whoever asks, so that a step that is done again asks nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.domain.claim import Claim, Draft, Rejection
from aggregator.domain.fact import Fact
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Story
from aggregator.english.lexical import unlike
from aggregator.english.text import estimated_tokens
from aggregator.ports import FinishReason, Prompt, Reply
from aggregator.story.answers import Unusable, goes_round
from aggregator.story.fact_question import facts_prompt
from aggregator.story.facts import facts_by_rules, noted
from aggregator.story.material import Material
from aggregator.story.page.noted import noted_rows, noted_sentences, noted_unknowns
from aggregator.story.page.question import Fitness, Form, page_prompt, repair_prompt
from aggregator.story.page.reply import Sources, rewritten, written
from aggregator.story.page.sentences import HEADLINE, Sentence, dated, draft_of
from aggregator.story.page.settling import Check, filled, refusals, settled
from aggregator.story.prompts import prompt_sentences
from aggregator.story.sections import within_half_a_minute, writing_of
from aggregator.verify.form import has_leak
from aggregator.verify.gates import Refusal

# What for, and the question; raises LlmError, or BudgetSpentError.
Ask = Callable[[str, Prompt], Awaitable[Reply]]
# The answer to a question that was asked before; None where it was not.
Kept = Callable[[Prompt], Reply | None]

_FEWEST_FACTS = 6  # below that rules add sentences of the articles: a page has eight sections
_MOST_FACTS = 32  # that a writer is shown
_ABOUT_TOKENS = 14  # of what stands beside a fact: its number, kind and day
BRIEF = ("hook", "what_changed")  # the sections of a story in brief
_MOST_OPENINGS, _OPENING = 4, 6  # articles, and passages of each, the headline among them
_BRIEF_TOKENS = 900  # of the sentences that a question in brief shows
_MOST_REPAIRS = 6  # sentences of one page that are asked for again
_ALIKE = 0.7  # share of content words from which on a sentence says what a fact says


@dataclass(slots=True)
class Trials:
    """What happened on the way to a draft: calls, answers out of shape, sentences proposed,
    refusals by reason.
    """

    calls: int = 0
    unusable: int = 0
    proposed: int = 0
    rejected: Counter[Rejection] = field(default_factory=Counter)


@frozen
class Written:
    """A story under way: what it is written from, its facts and the sentences of its page so far.

    `outcomes` are the forms in which the page was asked for, and whether the model could answer so.
    """

    story: Story
    material: Material
    facts: tuple[Fact, ...]
    sentences: tuple[Sentence, ...]
    outcomes: tuple[tuple[Form, bool], ...]
    trials: Trials


class Writer:
    """A model, asked through `ask`; an answer that is `kept` is read whatever form the model has by
    now.
    """

    def __init__(self, ask: Ask, kept: Kept) -> None:
        self._ask, self._kept = ask, kept

    async def write(self, story: Story, material: Material, fitness: Fitness) -> Written:
        """The facts of a story and its page as the model first has them. Raises what `ask` does."""
        trials = Trials()
        facts = await self._facts(material, trials)
        sources = Sources(
            facts=facts, sentences=material.sentences, quote_words=material.quote_words
        )
        outcomes, answered = await self._page(material, sources, fitness.form, trials)
        sentences = tuple(dated(each, material) for each in answered)
        sentences += tuple(noted_sentences(sources, material))
        trials.proposed += len(sentences)
        return Written(
            story=story,
            material=material,
            facts=facts,
            sentences=sentences,
            outcomes=outcomes,
            trials=trials,
        )

    async def write_in_brief(self, story: Story, material: Material) -> Written:
        """Hook and what changed of a story, by one question over the openings of its articles.
        Raises what `ask` does.
        """
        trials = Trials()
        facts = opening_facts(material)
        sources = Sources(
            facts=facts, sentences=material.sentences, quote_words=material.quote_words
        )
        question = brief_prompt(material)
        answer = written(await self._asked("brief", question, trials), sources, BRIEF)
        if isinstance(answer, Unusable):
            trials.unusable += 1
            answer = []
        trials.proposed += len(answer)
        sentences = tuple(dated(each, material) for each in answer)
        return Written(
            story=story,
            material=material,
            facts=facts,
            sentences=sentences,
            outcomes=(),
            trials=trials,
        )

    async def repair(self, story: Written, refused: Mapping[int, Refusal]) -> Written:
        """The story with the sentences written again that were refused, as far as the model has
        others for them. Raises what `ask` does.
        """
        material, trials = story.material, story.trials
        sources = Sources(
            facts=story.facts, sentences=material.sentences, quote_words=material.quote_words
        )
        sentences = list(story.sentences)
        asked = [
            place
            for place in sorted(refused)
            if sentences[place].is_asked_for and sentences[place].section != HEADLINE
        ]
        places = asked[:_MOST_REPAIRS]
        if not places:
            return story
        question = repair_prompt(
            material.headline.text,
            story.facts,
            [(sentences[place], refused[place]) for place in places],
        )
        reply = await self._asked("repair", question, trials)
        found = rewritten(reply, [sentences[place] for place in places], sources)
        for place, again in zip(places, found, strict=True):
            if again:
                sentences[place] = dated(again, material)
        return replace(story, sentences=tuple(sentences))

    async def _facts(self, material: Material, trials: Trials) -> tuple[Fact, ...]:
        """The facts that the model notes, with those that rules find where it notes few."""
        reply = await self._asked("facts", facts_prompt(material.evidence), trials)
        answer = noted(
            reply, material.evidence, material.days, material.names, material.quote_words
        )
        if isinstance(answer, Unusable):
            trials.unusable += 1
        texts = [passage.text for passage in material.evidence.numbered().values()]
        own = [
            fact
            for fact in (() if isinstance(answer, Unusable) else answer)
            if not has_leak(fact.text, texts, prompt_sentences())
        ]
        found = with_more(own, facts_by_rules(material.members, material.quote_words))
        return _within(found, material.most_tokens)

    async def _page(
        self, material: Material, sources: Sources, form: Form, trials: Trials
    ) -> tuple[tuple[tuple[Form, bool], ...], list[Sentence]]:
        """In which forms the page was asked for, with what success, and its sentences.

        Of a page that was asked for whole in vain the sections are asked for one by one.
        """
        outcomes: list[tuple[Form, bool]] = []
        question = page_prompt(material.headline.text, sources.facts)
        reply = await self._had("page", question, trials, may_ask=form is Form.WHOLE)
        if reply:
            answer = written(reply, sources, tuple(writing_of()))
            is_lost = reply.finish is FinishReason.LENGTH and goes_round(reply.text)
            own = [] if is_lost or isinstance(answer, Unusable) else answer
            outcomes.append((Form.WHOLE, bool(own)))
            if own:
                return tuple(outcomes), own
            trials.unusable += 1
        answers = await self._sections(material, sources, trials, may_ask=form is not Form.FACTS)
        if answers is not None:
            outcomes.append((Form.SHORT, bool(answers)))
        return tuple(outcomes), answers or []

    async def _sections(
        self, material: Material, sources: Sources, trials: Trials, *, may_ask: bool
    ) -> list[Sentence] | None:
        """The sentences of all sections, each asked for by itself; None where they may not be."""
        found: list[Sentence] = []
        for section, writing in writing_of().items():
            if section == HEADLINE:  # a source has one: not worth a question
                continue
            before = [each.claim.text for each in found] if writing.goes_beyond else ()
            question = page_prompt(material.headline.text, sources.facts, (section,), before)
            reply = await self._had(section, question, trials, may_ask=may_ask)
            if reply is None:
                return None
            answer = written(reply, sources, (section,))
            if isinstance(answer, Unusable):
                trials.unusable += 1
            else:
                found += answer
        return found

    async def _had(
        self, section: str, question: Prompt, trials: Trials, *, may_ask: bool
    ) -> Reply | None:
        """The answer to a question; where it may not be asked, only one that was given before."""
        if may_ask:
            return await self._asked(section, question, trials)
        return self._kept(question)

    async def _asked(self, section: str, question: Prompt, trials: Trials) -> Reply:
        trials.calls += 1
        return await self._ask(section, question)


def opening_facts(material: Material) -> tuple[Fact, ...]:
    """What the openings of the articles state, in their own words."""
    openings = [
        replace(
            member, article=replace(member.article, passages=member.article.passages[:_OPENING])
        )
        for member in material.members[:_MOST_OPENINGS]
    ]
    return _within(facts_by_rules(openings, material.quote_words), _BRIEF_TOKENS)


def brief_prompt(material: Material) -> Prompt:
    """The question for a story in brief."""
    return page_prompt(material.headline.text, opening_facts(material), BRIEF)


def refused_of(
    story: Written, check: Check, judged: Mapping[Claim, Refusal] | None = None
) -> dict[int, Refusal]:
    """The sentences of a story that may not be printed, by their place."""
    return refusals(story.sentences, story.material, check, judged)


def draft_from(
    story: Written, refused: Mapping[int, Refusal], by_rules: Draft | None, check: Check
) -> Draft:
    """The draft of a story: what passed, and what rules chose where nothing is left."""
    story.trials.rejected.update(each.reason for each in refused.values())
    sentences = settled(story.sentences, refused, check)
    draft = replace(
        draft_of(story.material.headline, sentences),
        timeline=noted_rows(sentences, story.material.reported),
        unknowns=noted_unknowns(sentences),
    )
    if by_rules is None:
        return within_half_a_minute(draft)
    printed = list(draft.claims())

    def is_stated(claim: Claim) -> bool:
        found = check(claim, printed)
        return found is not None and found.reason is Rejection.REPEATED

    return within_half_a_minute(filled(draft, by_rules, is_stated))


def with_more(own: Sequence[Fact], others: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of a model, with those of others that say something else where it noted few."""
    more = others if len(own) < _FEWEST_FACTS else ()
    return (*own, *unlike(more, own, lambda fact: fact.text, _ALIKE))[:_MOST_FACTS]


def _within(facts: Sequence[Fact], most_tokens: int) -> tuple[Fact, ...]:
    """The first facts, as far as a question has room for them."""
    kept: list[Fact] = []
    for fact in facts:
        most_tokens -= estimated_tokens(fact.text) + _ABOUT_TOKENS
        if most_tokens < 0:
            break
        kept.append(fact)
    return tuple(kept)
