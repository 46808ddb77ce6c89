"""What the archive holds on a question and what it answers; whether it supports or contradicts a
sentence: the anchors first, then the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aggregator.cluster.members import quotable_among
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.publishing.listed_fact import ListedFact
from aggregator.domain.settings import Settings
from aggregator.domain.story import Story
from aggregator.domain.web.urls import host
from aggregator.errors import LlmError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.plugins.questions.answer import (
    Answer,
    AnswerSentence,
    AnswerValue,
    CheckedVerdict,
    CheckResult,
    FoundFact,
    FoundStory,
    SentenceKind,
    cut,
    fact_of,
)
from aggregator.plugins.questions.matching import names_all, values
from aggregator.plugins.questions.question import MOST_CHARACTERS, Evidence, Question, question_of
from aggregator.plugins.questions.ranking import (
    answers,
    contradicted_by,
    matching,
    ranked,
    stated_in,
)
from aggregator.plugins.questions.stage.passages import longer_names, passages_with
from aggregator.ports import ModelEngine, Prompt
from aggregator.resources import TEMPLATES
from aggregator.services import Services
from aggregator.site.head import absolute
from aggregator.site.paths import story_path
from aggregator.site.story.cited import unquoted_notice
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.story import evidence as seen
from aggregator.story.answers import (
    NUMBERS,
    TEXT,
    Unusable,
    opening_claims,
    quote_for,
    record,
    several,
)
from aggregator.story.stage.gating import Gates, with_texts
from aggregator.story.stage.judging import SentenceJudge, sentence_judge
from aggregator.story.stage.stored import shown_stories
from aggregator.templating.environment import plain_renderer
from aggregator.templating.translation import IN_ENGLISH
from aggregator.verify.anchors.check import contested
from aggregator.verify.share import repeats

_PASSAGES = 300  # that are read sentence by sentence: a third of a second
_WEIGHED = 25  # sentences, the best, that may be an answer
MOST_SENTENCES = 5  # of an answer by rules
_MOST_WRITTEN = 3
_MOST_WORDS = 30
_ANSWER_TOKENS = 500

_NOTHING = "nothing in the archive is about this"
_STATED = "a source says it word for word"
_OTHER = "a source gives another figure"
_PLACED = "the story nearest to it has something else in the place of: {}"
_MISSING = "the story nearest to it does not bear out: {}"
_LISTED = "a list that is read as data has it: {}"
_LISTED_OTHER = "a list that is read as data has something else: {}"
_JUDGED = "the anchors found nothing against it, and the judge finds it in the passages"
_DOUBTED = "the judge does not find it in the passages"
_NO_JUDGE = "the anchors found nothing against it, and no judge is there to say more: {}"

_render = plain_renderer(TEMPLATES / "prompts")


@frozen
class Retrieved:
    """What shares most with a question, best first, what of it matches nearly as well as the best,
    and what of it states what is asked.
    """

    question: Question
    evidence: tuple[Evidence, ...]
    matching: tuple[Evidence, ...]
    stated: tuple[Evidence, ...]


def retrieve(connection: Connection, settings: Settings, text: str, today: date) -> Retrieved:
    """The sentences of the archive that share most with a question. Raises ArgumentError."""
    question = question_of(text, today)
    question = replace(question, longer=longer_names(connection, question.names))
    found = passages_with(connection, [word.forms for word in question.words], _PASSAGES)
    rarity = {word.stem: weight for word, weight in zip(question.words, found.rarity, strict=True)}
    evidence = ranked(question, found.passages, rarity, settings.analysis.language)
    stated = [item for item in evidence[:_WEIGHED] if answers(question, item, rarity)]
    stated = [
        item
        for item in stated
        if not stated[0].stems & question.stems > item.stems & question.stems
    ]
    return Retrieved(
        question=question,
        evidence=evidence,
        matching=matching(evidence, rarity),
        stated=tuple(stated[:MOST_SENTENCES]),
    )


def found_facts(
    evidence: Sequence[Evidence], settings: Settings, most: int
) -> tuple[FoundFact, ...]:
    """Evidence as it is shown, with the names of its sources."""
    sources = {source.key: source for source in settings.sources}
    is_quotable = quotable_among(sources)
    facts = []
    for item in evidence[:most]:
        found, source = item.found, sources.get(item.found.source_key)
        name = source.name if source else host(found.url)
        may_quote = is_quotable(found.source_key, found.url)
        facts.append(fact_of(item, name, "" if may_quote else unquoted_notice(name, IN_ENGLISH)))
    return tuple(facts)


def listed_facts(
    connection: Connection, services: Services, text: str
) -> tuple[tuple[ListedFact, FoundFact], ...]:
    """What lists that plugins read as data say to a text, each with its line as it is shown."""
    if len(text) > MOST_CHARACTERS:
        return ()
    found = plugins().all("listed_facts", connection=connection, services=services, text=text)
    return tuple(
        (
            fact,
            FoundFact(
                text=cut(fact.quote),
                passage="",
                source=fact.source,
                url=fact.url,
                published=fact.day,
                story="",
            ),
        )
        for fact in found[:MOST_SENTENCES]
    )


def found_stories(
    connection: Connection, settings: Settings, story_ids: Sequence[str]
) -> tuple[FoundStory, ...]:
    """These stories in their order; one without a page is left out."""
    known = {
        published.story.id: published
        for published in shown_stories(connection, settings, list(dict.fromkeys(story_ids)))
    }
    return tuple(
        FoundStory(
            id=story_id,
            headline=published.analysis.kept.headline.text,
            url=absolute(settings.site, story_path(published.story)),
            published=published.story.published.date(),
        )
        for story_id in dict.fromkeys(story_ids)
        if (published := known.get(story_id))
    )


def quoted_answer(retrieved: Retrieved, settings: Settings) -> Answer:
    """The answer in the words of the sources; empty where the archive does not know."""
    facts = found_facts(retrieved.stated, settings, MOST_SENTENCES)
    quotable = [item for item, fact in zip(retrieved.stated, facts, strict=True) if not fact.notice]
    return Answer(
        question=retrieved.question.text,
        sentences=tuple(
            AnswerSentence(
                text=fact.text or fact.notice,
                kind=SentenceKind.WRITTEN if fact.notice else SentenceKind.QUOTED,
                citations=(fact,),
            )
            for fact in facts
        ),
        values=tuple(
            AnswerValue(text=text, facts=found_facts(kept, settings, MOST_SENTENCES))
            for text, kept in values(retrieved.question, quotable)
        ),
    )


async def answer(services: Services, text: str) -> Answer:
    """What the archive says to a question: written by the model of the settings from what was
    found, each sentence passed by anchors and judge, or else in the words of the sources.

    Whether the archive knows is decided before a model is asked. Raises ArgumentError and
    DatabaseError.
    """
    settings = services.settings
    with services.database.reading() as connection:
        retrieved = retrieve(connection, settings, text, services.clock.now().date())
        listed = tuple(
            AnswerSentence(text=fact.text, kind=SentenceKind.LISTED, citations=(shown,))
            for fact, shown in listed_facts(connection, services, text)
        )
    found = quoted = quoted_answer(retrieved, settings)
    if quoted.is_known:
        try:
            written = await _written_answer(services, retrieved)
            found = replace(written, values=quoted.values) if written else quoted
        except LlmError as error:
            log().info("no model: the answer quotes its sources", reason=str(error))
    return replace(found, sentences=(*listed, *found.sentences))


async def _written_answer(services: Services, retrieved: Retrieved) -> Answer | None:
    """The answer in a model's words; None where it has none that may be shown. Raises LlmError."""
    engine = await services.find_model()
    if not isinstance(engine, ModelEngine):
        return None
    judge = await sentence_judge(services)
    if judge.threshold is None:
        return None
    settings = services.settings
    shown = _shown(retrieved, settings)
    reply = await engine.llm.answer(
        Prompt(
            system=_render("system.txt", most_words=_MOST_WORDS),
            prefix=_render("evidence.txt", sources=shown.sources, archive=()),
            task=_render("ask/answer.txt", question=seen.plain_text(retrieved.question.text)),
            schema=record(opening=several(record(text=TEXT, passages=NUMBERS), _MOST_WRITTEN)),
            most_tokens=_ANSWER_TOKENS,
        )
    )
    claims = opening_claims(reply, shown.numbered(), settings.analysis.quote_words)
    if isinstance(claims, Unusable):
        return None
    kept = await _kept(services, judge, retrieved, claims[:_MOST_WRITTEN])
    sentences = tuple(_sentence(claim, retrieved, settings) for claim in kept)
    if not sentences:
        return None
    return Answer(
        question=retrieved.question.text,
        sentences=sentences,
        engine=engine.model,
        rates=judge.rates,
    )


async def _kept(
    services: Services, judge: SentenceJudge, retrieved: Retrieved, claims: Sequence[Claim]
) -> list[Claim]:
    """The claims that the gates and the judge let pass; each rests on one story."""
    of_article = {item.found.passage.article_id: item.found.story_id for item in retrieved.stated}
    is_quotable = quotable_among(services.sources())
    closed = {
        item.found.passage.article_id
        for item in retrieved.stated
        if not is_quotable(item.found.source_key, item.found.url)
    }
    with services.database.reading() as connection:
        bare = stories.stories_by_id(connection, sorted(set(of_article.values())))
        known = {story.id: story for story in with_texts(connection, services, bare)}
    kept: list[Claim] = []
    for claim in claims:
        on = {of_article.get(item.article_id, "") for item in claim.citations}
        story = known.get(on.pop()) if len(on) == 1 else None
        if story is None or repeats(claim, closed):
            continue
        if Gates.around(story, services.settings.analysis).against(claim, kept):
            continue
        if not await judge.refused(story, [claim]):
            kept.append(claim)
    return kept


def _shown(retrieved: Retrieved, settings: Settings) -> seen.Evidence:
    """The sentences as a model sees them, numbered, each under its source."""
    facts = found_facts(retrieved.stated, settings, MOST_SENTENCES)
    return seen.Evidence(
        sources=tuple(
            seen.EvidenceSource(
                name=fact.source,
                day=f"{fact.published:%Y-%m-%d}",
                passages=(
                    seen.Numbered(
                        number=number,
                        passage=item.found.passage,
                        text=seen.plain_text(" ".join((*item.before[-2:], item.text))),
                    ),
                ),
            )
            for number, (item, fact) in enumerate(
                zip(retrieved.stated, facts, strict=True), start=1
            )
        )
    )


def _sentence(claim: Claim, retrieved: Retrieved, settings: Settings) -> AnswerSentence:
    found = reversed(found_facts(retrieved.stated, settings, MOST_SENTENCES))
    facts = {fact.passage: fact for fact in found}  # of one passage the best sentence
    cited = tuple(facts[item.passage] for item in claim.citations if item.passage in facts)
    return AnswerSentence(text=claim.text, kind=SentenceKind.WRITTEN, citations=cited)


async def checked(services: Services, text: str) -> CheckResult:
    """What the lists that are read as data say of a sentence, else what the archive does. Raises
    ArgumentError and DatabaseError.
    """
    with services.database.reading() as connection:
        listed = listed_facts(connection, services, text)
    of_it = [(fact, shown) for fact, shown in listed if fact.agrees is not None]
    if len({fact.agrees for fact, _ in of_it}) != 1:  # lists may disagree
        return await _checked_by_archive(services, text)
    is_so, texts = of_it[0][0].agrees, "; ".join(fact.text for fact, _ in of_it)
    return CheckResult(
        claim=text,
        verdict=CheckedVerdict.SUPPORTED if is_so else CheckedVerdict.CONTRADICTED,
        because=(_LISTED if is_so else _LISTED_OTHER).format(texts),
        facts=tuple(shown for _, shown in of_it),
    )


async def _checked_by_archive(services: Services, text: str) -> CheckResult:
    settings = services.settings
    with services.database.reading() as connection:
        retrieved = retrieve(connection, settings, text, services.clock.now().date())
        claim = retrieved.question
        near = [item for item in retrieved.evidence[:50] if names_all(claim, item)]
        bare = stories.stories_by_id(connection, [near[0].found.story_id] if near else [])
        known = with_texts(connection, services, bare)

    def outcome(
        verdict: CheckedVerdict,
        because: str,
        best: Evidence | None = None,
        rates: JudgeRates | None = None,
    ) -> CheckResult:
        shown = [best, *(item for item in near if item is not best)] if best else near
        facts = found_facts(shown, settings, MOST_SENTENCES)
        return CheckResult(
            claim=claim.text, verdict=verdict, because=because, facts=facts, rates=rates
        )

    if not near or not known:
        return outcome(CheckedVerdict.UNKNOWN, _NOTHING)
    if said := stated_in(claim, near):
        return outcome(CheckedVerdict.SUPPORTED, _STATED, said)
    if other := contradicted_by(claim, near):
        return outcome(CheckedVerdict.CONTRADICTED, _OTHER, other)
    written = _claim_on(claim.text, near, known[0], settings.analysis.quote_words)
    gates = Gates.around(known[0], settings.analysis)
    refused = gates.against(written, ())
    if refused and (others := contested(claim.text, gates.grounds.story())):
        return outcome(CheckedVerdict.CONTRADICTED, _PLACED.format(", ".join(others)))
    if refused:
        words = ", ".join(refused.words) or refused.because
        return outcome(CheckedVerdict.UNKNOWN, _MISSING.format(words))
    verdict, because, rates = await _judged(services, known[0], written)
    return outcome(verdict, because, rates=rates)


async def _judged(
    services: Services, story: Story, claim: Claim
) -> tuple[CheckedVerdict, str, JudgeRates | None]:
    """What the judge of the installation says."""
    try:
        judge = await sentence_judge(services)
        if judge.threshold is None:
            return CheckedVerdict.UNKNOWN, _NO_JUDGE.format(judge.why), None
        doubted = await judge.refused(story, [claim])
    except LlmError as error:
        return CheckedVerdict.UNKNOWN, _NO_JUDGE.format(error), None
    if doubted:
        return CheckedVerdict.UNKNOWN, _DOUBTED, judge.rates
    return CheckedVerdict.SUPPORTED, _JUDGED, judge.rates


def _claim_on(text: str, near: list[Evidence], story: Story, quote_words: int) -> Claim:
    """The sentence as a claim on the passages of a story that are nearest to it."""
    passages = {item.found.passage.key: item.found.passage for item in near[:MOST_SENTENCES]}
    stored = {
        passage.key: passage.text for member in story.members for passage in member.article.passages
    }
    return Claim(
        text=text,
        kind=ClaimKind.WRITTEN,
        citations=tuple(
            Citation(passage=key, quote=quote_for(text, stored[key], quote_words))
            for key in passages
            if stored.get(key)
        ),
    )
