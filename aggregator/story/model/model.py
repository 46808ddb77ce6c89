"""The engine that asks a model: a section at a time, each claim gated, one repair, then the best
source sentence or nothing.

The model is never trusted. What it says is kept where every gate lets it pass; what is refused is
told to it once; what is refused again gives way to the source sentence that is nearest to it, shown
as the quotation that it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from aggregator.domain.claim import (
    SECTIONS,
    Action,
    Citation,
    Claim,
    ClaimKind,
    Draft,
    Implication,
    Rejection,
)
from aggregator.domain.dates import date_mentions, machine_date, report_day, stated_years
from aggregator.domain.prediction import WAS_DONE
from aggregator.domain.sections import Content
from aggregator.domain.story import Member, Story
from aggregator.english.lexical import content_words
from aggregator.english.speech_acts import is_statement
from aggregator.english.text import words
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    open_members,
    quotable_by_words,
    quotable_sentences,
    readable_members,
)
from aggregator.extract.statements import STATEMENTS
from aggregator.ports import Prompt, Reply, WritingOptions
from aggregator.story.model.corroboration import seconded
from aggregator.story.model.evidence import Evidence, evidence
from aggregator.story.model.inferred import grounded, joined, unfalsifiable
from aggregator.story.model.introducing import introduced
from aggregator.story.model.prompt import (
    Section,
    prompt,
    prompts_digest,
    repair_prompt,
    vote_prompt,
)
from aggregator.story.model.reply import READING, Unusable, Written, vote, written
from aggregator.story.model.token_budget import TokenBudget
from aggregator.story.rules.extractive import draft, headline_of, says_why

Ask = Callable[
    [str, Prompt], Awaitable[Reply]
]  # what for, and the question; raises LlmError, or BudgetSpent
Gate = Callable[
    [Claim, Sequence[Claim]], Rejection | None
]  # a claim, and what the page tells before it
Explain = Callable[[Rejection], str]
Doubtful = Callable[
    [Claim], Sequence[str]
]  # the passages that a claim cites where they carry it by little, else none

_SPECIFIC = re.compile(
    r"(?<!^)\b[A-Z]|\d"
)  # an action without a name or a figure is advice that fits any news
_OWNED = re.compile(
    r"\d|\b(?:according"
    r" to|said|says|told|reports?|reported|announced|claims?|wrote|warned|argues?|estimates?)\b"
)
_BRIEF_WORDS = (
    12  # of a refused statement when it is told to the model: enough to know which is meant
)
# share of a refused claim's content words that a source sentence must hold to stand in for it
_NEAR = 0.34


@dataclass(slots=True)
class Trials:
    """What happened on the way to a draft: calls, answers out of shape, claims proposed, repairs,
    and refusals by reason.
    """

    calls: int = 0
    unusable: int = 0
    proposed: int = 0
    repairs: int = 0
    quoted: int = 0
    votes: int = 0
    rejected: Counter[Rejection] = field(default_factory=Counter)


def beyond_doubt(claim: Claim) -> Sequence[str]:
    """No passages: nothing is put to the vote."""
    return ()


def model_rules() -> str:
    """The versions of all that decides what a model tells, but for the model: the prompts, and how
    its answers are read.
    """
    return f"{prompts_digest()} {STATEMENTS} {READING}"


async def model_draft(
    story: Story,
    ask: Ask,
    gate: Gate,
    explain: Explain,
    telling: WritingOptions,
    doubtful: Doubtful = beyond_doubt,
) -> tuple[Draft | None, Trials]:
    """The draft of a story as far as its claims survive; None where the story has no article in the
    language.

    A claim that is `doubtful` falls if the model, asked whether those passages state it, says no.

    A story with next to no text that a model may read is told by the rules alone: `trials.calls`
    stays 0. See `Telling.question_share`.
    """
    trials = Trials()
    quoted = draft(story, language=telling.language, quote_words=telling.quote_words)
    members = open_members(story, telling.language)
    if not members:
        return quoted, trials
    teller = _Teller(members, story.background, ask, gate, explain, telling, trials, doubtful)
    brief = await teller.section(Section.BRIEF)
    why = await teller.section(Section.WHY)
    following = await teller.section(Section.NEXT)
    care = await teller.section(Section.CARE)
    takeaways = await teller.section(Section.TAKEAWAYS)
    foretold = await teller.section(Section.FORETOLD)
    told = Draft(
        headline=headline_of(readable_members(story, telling.language)),
        hook=brief.hook,
        what_changed=brief.what_changed,
        why_it_matters=why.why_it_matters,
        what_to_do_next=following.what_to_do_next,
        who_should_care=care.who_should_care,
        takeaways=takeaways.takeaways,
        implications=foretold.implications,
    )
    said = list(told.claims())
    return (
        _filled(told, quoted, lambda each: gate(each, said) is Rejection.REPEATED)
        if quoted
        else told
    ), trials


def _filled(told: Draft, quoted: Draft, is_told: Callable[[Claim], bool]) -> Draft:
    """The model's draft, with the sentences that rules chose where a section of it came to nothing,
    and their timeline.

    A sentence that the model's sections tell already is not chosen again, and one that the rules
    lead with stands nowhere else.
    """
    said = {citation.quote for claim in told.claims() for citation in claim.citations}
    lead = quoted.hook.text if quoted.hook and not told.hook else ""

    def chosen(own: Sequence[Claim], by_rules: Sequence[Claim], fewest: int) -> tuple[Claim, ...]:
        kept = tuple(claim for claim in own if claim.text != lead)
        fresh = tuple(
            claim
            for claim in by_rules
            if claim.citations[0].quote not in said and not is_told(claim)
        )
        return kept if len(kept) >= fewest else kept + fresh

    return replace(
        told,
        hook=told.hook or quoted.hook,
        what_to_do_next=told.what_to_do_next
        or tuple(
            action
            for action in quoted.what_to_do_next
            if action.claim.citations[0].quote not in said
        ),
        who_should_care=told.who_should_care or quoted.who_should_care,
        implications=joined(told.implications, quoted.implications),
        timeline=quoted.timeline,
    ).with_items(
        {
            section: chosen(told.statements(section), quoted.statements(section), section.fewest)
            for section in SECTIONS
            if section.content is Content.CLAIMS
        }
    )


class _Teller:
    """One story under way: its evidence, its sentences, and what it tells so far."""

    def __init__(
        self,
        members: Sequence[Member],
        background: Sequence[Member],
        ask: Ask,
        gate: Gate,
        explain: Explain,
        telling: WritingOptions,
        trials: Trials,
        doubtful: Doubtful,
    ) -> None:
        self._ask, self._gate, self._explain, self._telling, self._trials = (
            ask,
            gate,
            explain,
            telling,
            trials,
        )
        self._doubtful, self._members = doubtful, members
        self._evidence: Evidence = evidence(members, telling.evidence_tokens, background)
        self._numbered = self._evidence.numbered()
        self.sentences: tuple[QuotableSentence, ...] = quotable_sentences(tuple(members))
        self._sources = quotable_by_words(
            members
        )  # what is of the archive is told with its day, word for word or not
        self._purse = TokenBudget(self._evidence, telling.question_share)
        self._headline = headline_of(members)
        self._days = {
            member.article.id: report_day(member.article.published.at)
            for member in (*members, *background)
        }
        self._reported = max(self._days[member.article.id] for member in members)
        self._texts = {passage.key: passage.text for passage in self._numbered.values()}
        self._earlier = frozenset(member.article.id for member in background)
        self._told: list[Claim] = []

    async def section(self, section: Section) -> Written:
        """What survives of a section: the first answer, mended by one repair, then quoted or
        dropped claim by claim.
        """
        told = [claim.text for claim in self._told] if section is Section.TAKEAWAYS else []
        question = prompt(section, self._evidence, told)
        if not self._purse.pays(question):
            return Written()
        answer = await self._answer(section, question)
        refused = await self._refused(answer)
        if isinstance(answer, Unusable) or _is_mendable(answer, refused):
            answer, refused = await self._repaired(section, question, answer, refused, told)
        if isinstance(answer, Unusable):
            return Written()
        self._trials.proposed += len(_claims(answer))
        self._trials.rejected.update(refused.values())
        kept = self._seconded(self._settled(answer, refused))
        self._told.extend(_claims(kept))
        return kept

    def _seconded(self, kept: Written) -> Written:
        """The key statements with a second origin, where another says the same."""

        def both(claim: Claim) -> Claim:
            return seconded(
                claim,
                self._members,
                lambda each: self._gate(each, ()) is None,
                self._telling.quote_words,
            )

        changes, takeaways = tuple(map(both, kept.what_changed)), tuple(map(both, kept.takeaways))
        return replace(
            kept,
            hook=both(kept.hook) if kept.hook else None,
            what_changed=changes,
            takeaways=takeaways,
        )

    async def _repaired(
        self,
        section: Section,
        question: Prompt,
        answer: Written | Unusable,
        refused: dict[Claim, Rejection],
        told: Sequence[str],
    ) -> tuple[Written | Unusable, dict[Claim, Rejection]]:
        """The better of the answer and another one, for which the model is told what was refused
        and why.
        """
        named = {_brief(claim.text): self._explain(reason) for claim, reason in refused.items()}
        if isinstance(answer, Unusable):
            named = {"(the whole answer)": answer.reason}
        repair = repair_prompt(section, self._evidence, named, told)
        if not (
            isinstance(answer, Unusable) or self._purse.pays(repair, question, self._later(section))
        ):
            return answer, refused
        self._trials.repairs += 1
        again = await self._answer(section, repair)
        refused_again = await self._refused(again)
        is_better = _sound_count(again, refused_again) >= _sound_count(
            answer, refused
        )  # small models mend one, forget the rest
        return (again, refused_again) if is_better else (answer, refused)

    def _later(self, section: Section) -> tuple[Prompt, ...]:
        """The questions that come before another trial of this section: a page needs a hook, the
        rest waits its turn.
        """
        later = (
            list(Section)[list(Section).index(section) + 1 :]
            if section is not Section.BRIEF
            else []
        )
        return tuple(prompt(each, self._evidence) for each in later)

    async def _answer(self, section: Section, question: Prompt) -> Written | Unusable:
        self._trials.calls += 1
        reply = await self._ask(section, question)
        answer = written(
            section, reply, self._numbered, self._telling.quote_words, self._evidence.earlier()
        )
        if isinstance(answer, Unusable):
            self._trials.unusable += 1
            return answer
        quoted = replace(
            answer.mapped(self._quoted), implications=answer.implications
        )  # how likely it is, the model says
        answer = quoted.mapped(self._introduced).mapped(self._rested)
        return replace(answer, implications=tuple(map(self._dated, answer.implications)))

    def _quoted(self, claim: Claim) -> Claim:
        """The claim as the quotation that it is, where it is a headline or a sentence of an article
        word for word.
        """
        source = self._sources.get(words(claim.text))
        if source is None:
            return claim
        whole = Citation(passage=source.passage.key, quote=source.sentence)
        too_long = replace(claim, kind=ClaimKind.EXTRACTED, citations=(whole,))  # a gate says so
        return extracted_claim(source, self._telling.quote_words) or too_long

    def _dated(self, foretold: Implication) -> Implication:
        """The prediction with the day that its passages give it; with none where they give it none,
        so that it is refused.
        """
        keys = dict.fromkeys(citation.passage for citation in foretold.claim.citations)
        cited = [(self._texts[key], self._days[key.partition(".")[0]]) for key in keys]
        return grounded(foretold, cited) or replace(foretold, horizon=date.min)

    def _introduced(self, claim: Claim) -> Claim:
        """The claim with the passage that introduces whom it names, where a name is all that its
        own passages lack.
        """
        if self._gate(claim, ()) is not Rejection.NAME:
            return claim
        passages = tuple(self._numbered.values())
        return introduced(
            claim, passages, lambda each: self._gate(each, ()) is None, self._telling.quote_words
        )

    def _rested(self, claim: Claim) -> Claim:
        """The claim on the first article that carries it alone, its own before the archive's; else
        on all that it cites.
        """
        by_article: dict[str, list[Citation]] = {}
        for citation in sorted(claim.citations, key=self._is_earlier):
            by_article.setdefault(citation.passage.partition(".")[0], []).append(citation)
        parts = (
            replace(claim, citations=tuple(part))
            for part in by_article.values()
            if len(by_article) > 1
        )
        return next((part for part in parts if self._gate(part, ()) is None), claim)

    def _is_pieced(self, claim: Claim) -> bool:
        """Whether a claim with a figure or a speaker rests on two reports of which neither carries
        it alone.

        "450 people, according to a filing": the figure is the mayor's, the filing has another.
        """
        articles = {citation.passage.partition(".")[0] for citation in claim.citations}
        return (
            len(articles) > 1
            and not any(map(self._is_earlier, claim.citations))
            and bool(_OWNED.search(claim.text))
        )

    def _is_earlier(self, citation: Citation) -> bool:
        return citation.passage.partition(".")[0] in self._earlier

    def _is_out_of_time(self, claim: Claim, answer: Written) -> bool:
        """Whether a claim rests on the archive where news is asked for, or mixes both without the
        year of the earlier.
        """
        earlier = [
            self._texts[citation.passage]
            for citation in claim.citations
            if self._is_earlier(citation)
        ]
        if not earlier:
            return False
        if len(earlier) < len(claim.citations):
            years = (stated_years(each, self._reported) for each in earlier)
            return stated_years(claim.text, self._reported).isdisjoint(frozenset().union(*years))
        return claim not in (*answer.why_it_matters, *answer.takeaways)

    async def _refused(self, answer: Written | Unusable) -> dict[Claim, Rejection]:
        """The claims of an answer that a gate turns away, or a vote where the gates are in doubt,
        in its order.
        """
        if isinstance(answer, Unusable):
            return {}
        refused: dict[Claim, Rejection] = {}
        before = [self._headline, *self._told]
        actions = {action.claim for action in answer.what_to_do_next}
        foretold = {implication.claim: implication for implication in answer.implications}
        for claim in _claims(answer):
            reason = self._gate(claim, before) or await self._voted_down(claim)
            if reason is None and claim not in actions and not is_statement(claim.text):
                reason = Rejection.LEAK
            if reason is None and claim not in foretold and self._is_unfit_copy(claim):
                reason = Rejection.DANGLING
            if reason is None and self._is_pieced(claim):
                reason = Rejection.SUPPORT
            if reason is None and self._is_out_of_time(claim, answer):
                reason = Rejection.EARLIER
            if reason is None and claim in answer.why_it_matters and _is_mere_news(claim):
                reason = Rejection.REASON
            if reason is None and claim in actions and not _SPECIFIC.search(claim.text):
                reason = Rejection.PHRASE
            if reason is None and claim in foretold:
                reason = unfalsifiable(foretold[claim], self._reported)
            if reason:
                refused[claim] = reason
            else:
                before.append(claim)
        return refused

    def _is_unfit_copy(self, claim: Claim) -> bool:
        """Whether it is copied from an article and cannot stand alone: else it would be a
        quotation.
        """
        return claim.kind is not ClaimKind.EXTRACTED and words(claim.text) in self._sources

    async def _voted_down(self, claim: Claim) -> Rejection | None:
        """SUPPORT where a doubtful claim is not stated by its passages, says the model; an answer
        out of shape is no vote.
        """
        passages = self._doubtful(claim)
        question = vote_prompt(claim.text, passages) if passages else None
        if question is None or not self._purse.pays(question):
            return None
        self._trials.votes += 1
        return Rejection.SUPPORT if vote(await self._ask("vote", question)) is False else None

    def _settled(self, answer: Written, refused: Mapping[Claim, Rejection]) -> Written:
        """The answer with each refused claim replaced by the nearest source sentence, or gone."""
        # What was told stays told: a model may say it again word for word, and that one is refused,
        # not this one.
        used = [
            self._headline,
            *self._told,
            *(claim for claim in _claims(answer) if claim not in refused),
        ]

        def settled(claim: Claim) -> Claim | None:
            if claim not in refused:
                return claim
            quoted = self._nearest(claim, used)
            if quoted:
                used.append(quoted)
                self._trials.quoted += 1
            return quoted

        def several(claims: Sequence[Claim]) -> tuple[Claim, ...]:
            return tuple(kept for kept in map(settled, claims) if kept)

        return Written(
            hook=settled(answer.hook) if answer.hook else None,
            what_changed=several(answer.what_changed),
            why_it_matters=tuple(
                claim for claim in answer.why_it_matters if claim not in refused
            ),  # the nearest is no reason
            what_to_do_next=tuple(
                self._due(_sound(action, refused))
                for action in answer.what_to_do_next
                if action.claim not in refused
            ),
            who_should_care=tuple(
                audience for audience in answer.who_should_care if audience.claim not in refused
            ),
            takeaways=several(answer.takeaways),
            implications=tuple(
                self._signed(implication)
                for implication in answer.implications
                if implication.claim not in refused
            ),
        )

    def _signed(self, foretold: Implication) -> Implication:
        """The prediction with a sign that stands in what it rests on, else with the plain one."""
        sign = replace(foretold.claim, text=foretold.sign)
        return foretold if self._gate(sign, ()) is None else replace(foretold, sign=WAS_DONE)

    def _due(self, action: Action) -> Action:
        """The action with the day by which it is due: the first that it or its trigger states, not
        before the news itself.
        """
        for claim in (action.trigger, action.claim):
            published = (
                self._days.get(claim.citations[0].passage.partition(".")[0]) if claim else None
            )
            mentions = date_mentions(claim.text, published) if claim and published else ()
            for mention in mentions:
                if published and mention.day >= published:
                    return replace(action, by=machine_date(mention.day, mention.precision))
        return action

    def _nearest(self, claim: Claim, used: Sequence[Claim]) -> Claim | None:
        """The presentable sentence that shares most with a refused claim, if it shares enough and
        the gates let it pass.
        """
        own = content_words(claim.text)
        ranked = sorted(
            self.sentences,
            key=lambda each: (
                -len(own & content_words(each.sentence)),
                each.article_rank,
                each.position,
            ),
        )
        for candidate in ranked[:3]:
            shared = len(own & content_words(candidate.sentence))
            quoted = extracted_claim(candidate, self._telling.quote_words)
            if not own or shared < _NEAR * len(own):
                return None
            if (
                quoted
                and quoted.text not in {each.text for each in used}
                and self._gate(quoted, used) is None
            ):
                return quoted
        return None


def _is_mere_news(claim: Claim) -> bool:
    """Whether it is a quotation that does not say why anything matters."""
    return claim.kind is ClaimKind.EXTRACTED and not says_why(claim.text)


def _brief(text: str) -> str:
    words = text.split()
    return text if len(words) <= _BRIEF_WORDS else f"{' '.join(words[:_BRIEF_WORDS])} …"


def _is_mendable(answer: Written, refused: Mapping[Claim, Rejection]) -> bool:
    """Whether another trial is worth its price: some field is left with nothing, and not only for
    having been told before.

    Who repeats has nothing more to say, but a hook is needed.
    """
    actions, audiences = (
        [action.claim for action in answer.what_to_do_next],
        [audience.claim for audience in answer.who_should_care],
    )
    fields = (answer.what_changed, answer.why_it_matters, actions, audiences, answer.takeaways)
    lost = [
        [refused[claim] for claim in field]
        for field in fields
        if field and all(claim in refused for claim in field)
    ]
    return answer.hook in refused or any(set(reasons) - {Rejection.REPEATED} for reasons in lost)


def _claims(answer: Written) -> list[Claim]:
    """Every claim of an answer, in its order."""
    found = [answer.hook] if answer.hook else []
    found += [*answer.what_changed, *answer.why_it_matters]
    for action in answer.what_to_do_next:
        found += [action.claim, action.trigger] if action.trigger else [action.claim]
    found += [audience.claim for audience in answer.who_should_care]
    return (
        found + list(answer.takeaways) + [implication.claim for implication in answer.implications]
    )


def _sound_count(answer: Written | Unusable, refused: Mapping[Claim, Rejection]) -> int:
    """How many claims of an answer may stand; less than none for one that is no answer."""
    return (
        -1
        if isinstance(answer, Unusable)
        else sum(claim not in refused for claim in _claims(answer))
    )


def _sound(action: Action, refused: Mapping[Claim, Rejection]) -> Action:
    """An action without a trigger that was refused."""
    return replace(action, trigger=None) if action.trigger in refused else action
