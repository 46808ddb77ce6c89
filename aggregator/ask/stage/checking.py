"""Whether the archive supports or contradicts a sentence: the anchors first, then the judge."""

from __future__ import annotations

from aggregator.ask.answer import CheckedClaim, CheckedVerdict
from aggregator.ask.claim_check import contradicted_by, is_on, stated_in
from aggregator.ask.evidence import Evidence
from aggregator.ask.stage.answering import MOST_SENTENCES, found_facts, retrieve
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.story import Story
from aggregator.errors import LlmError
from aggregator.services import Services
from aggregator.store.news import stories
from aggregator.story.model.reply import quote_for
from aggregator.story.stage.gating import Gates, with_texts
from aggregator.story.stage.judging import sentence_judge
from aggregator.verify.anchors.check import contested

_NOTHING = "nothing in the archive is about this"
_STATED = "a source says it word for word"
_OTHER = "a source gives another figure"
_PLACED = "the story nearest to it has something else in the place of: {}"
_MISSING = "the story nearest to it does not bear out: {}"
_JUDGED = "the anchors found nothing against it, and the judge finds it in the passages"
_DOUBTED = "the judge does not find it in the passages"
_NO_JUDGE = "the anchors found nothing against it, and no judge is there to say more: {}"


async def checked(services: Services, text: str) -> CheckedClaim:
    """What the archive says of a sentence. Raises ArgumentError and DatabaseError."""
    settings = services.settings
    with services.database.reading() as connection:
        retrieved = retrieve(connection, settings, text, services.clock.now().date())
        claim = retrieved.question
        near = [item for item in retrieved.evidence[:50] if is_on(claim, item)]
        bare = stories.stories_by_id(connection, [near[0].found.story_id] if near else [])
        known = with_texts(connection, services, bare)

    def outcome(
        verdict: CheckedVerdict,
        because: str,
        best: Evidence | None = None,
        rates: JudgeRates | None = None,
    ) -> CheckedClaim:
        shown = [best, *(item for item in near if item is not best)] if best else near
        facts = found_facts(shown, settings, MOST_SENTENCES)
        return CheckedClaim(
            claim=claim.text, verdict=verdict, because=because, facts=facts, rates=rates
        )

    if not near or not known:
        return outcome(CheckedVerdict.UNKNOWN, _NOTHING)
    if said := stated_in(claim, near):
        return outcome(CheckedVerdict.SUPPORTED, _STATED, said)
    if other := contradicted_by(claim, near):
        return outcome(CheckedVerdict.CONTRADICTED, _OTHER, other)
    written = _claim(claim.text, near, known[0], settings.analysis.quote_words)
    gates = Gates.around(known[0], settings.analysis)
    refused = gates.against(written, ())
    if refused and (others := contested(claim.text, gates.index())):
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


def _claim(text: str, near: list[Evidence], story: Story, quote_words: int) -> Claim:
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
